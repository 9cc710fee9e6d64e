# SPDX-License-Identifier: GPL-2.0-or-later
"""The portal in a real browser, on a guest's network: redirect, one tap, online, back to the page first asked for, log out; voucher,
account, resume code; both languages; closed, outage; narrow, enlarged, without JavaScript, by keyboard alone. What every page looks
like in every state is test_gallery.py's.
"""
import os
import re
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

import axe
import settings as lab
from fixtures import open_city
from phone import browser, buttons, requests_of, shot, text, weight
from space import wait_for

EVENING = "2026-11-23 17:00:00"
ANYWHERE = "http://example.test/news?id=17&page=2"
INTERNET = "This is the internet"
PORTAL_WEIGHT = 30000
THEME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "etc", "gerbang", "theme")



def ways_city():
    settings = lab.small()
    settings["zones"][0]["login"] = ["voucher", "account"]
    settings["zones"][0]["client"]["devices"] = 2
    return settings


@pytest.fixture(scope="module")
def city():
    with open_city() as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture(scope="module")
def club():
    """A zone with vouchers and accounts, and the example's theme."""
    with open_city(settings=ways_city(), theme=THEME) as city:
        city.gateway.start(rehearse=EVENING)
        add_account(city, "siti", "rahasia sekali")
        yield city


def leased(city):
    guest = city.add_guest("taman-kota", dhcp=True)
    city.lease(guest)
    return guest


@pytest.fixture
def guest(city):
    return leased(city)


@pytest.fixture
def member(club):
    return leased(club)


def add_account(city, name, password):
    subprocess.run([os.path.join(city.gateway.build, "ctl/gerbang"), "-c", city.conf, "account", "add", name], input=password + "\n",
                   text=True, check=True, timeout=30, stdout=subprocess.DEVNULL)


def voucher(city):
    code, = city.gateway.gerbang("voucher", "create", "--zone", "taman-kota", "--count", 1, "--valid", "30 d", "--time", "1 h")["codes"]
    return code


def captive(driver):
    driver.get(ANYWHERE)
    assert INTERNET not in driver.page_source
    return buttons(driver)


def sessions(city, guest):
    mac = guest.run("cat", "/sys/class/net/eth0/address").strip()
    return [row for row in city.gateway.sessions() if row["mac"] == mac]


def online(driver, city, guest):
    """The page says so, and the session is there."""
    WebDriverWait(driver, 10).until(lambda d: "/logout" in d.page_source)
    session, = sessions(city, guest)
    return session


def judged(driver):
    assert axe.violations(driver) == []


def refusal(driver):
    """The alert, once the answer is there: a password takes a while to judge."""
    WebDriverWait(driver, 10).until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=alert]"))
    return driver.find_element(By.CSS_SELECTOR, "[role=alert]")


def link(driver, words):
    return driver.find_element(By.LINK_TEXT, words)


def narrow(driver, width=320):
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width, "scrolls sideways"


@pytest.mark.parametrize("language", ["id", "en"])
def test_redirect_one_tap_online_back_and_log_out(city, guest, language):
    with browser(city, guest, language) as driver:
        tap, = captive(driver)
        assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
        assert "Taman Kota Sampit" in text(driver) and driver.title
        shot(driver, f"captive-{language}")
        judged(driver)
        tap.click()
        assert online(driver, city, guest)["login"] == "click"
        shot(driver, f"online-{language}")
        judged(driver)
        said = text(driver)
        assert ("Anda" in said) == (language == "id"), said
        assert any(unit in said for unit in ("jam", "menit", "h", "min")), f"no time left is said: {said}"
        portal = driver.current_url
        back = driver.find_element(By.CSS_SELECTOR, "main a.button")
        assert back.get_attribute("href") == ANYWHERE and "example.test" in back.text
        back.click()
        WebDriverWait(driver, 10).until(lambda d: INTERNET in text(d))
        assert driver.current_url == ANYWHERE
        driver.get(portal)
        buttons(driver)[-1].click()
        wait_for("the session's end", lambda: not sessions(city, guest), 5)
        shot(driver, f"left-{language}")
        assert captive(driver)


def test_the_only_cookie_is_the_resume_code(city, guest):
    with browser(city, guest) as driver:
        captive(driver)[0].click()
        online(driver, city, guest)
        code = driver.find_element(By.CLASS_NAME, "code").text
        cookie, = driver.get_cookies()
        assert (cookie["name"], cookie["value"]) == ("gerbang", code)
        assert cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["path"] == "/"


def test_the_language_is_switched_where_one_is(city, guest):
    """The link keeps the page and where the guest came from."""
    with browser(city, guest, "id") as driver:
        captive(driver)
        link(driver, "Saya punya kode lanjutan").click()
        link(driver, "English").click()
        assert urlsplit(driver.current_url).path == "/resume" and "Resume code" in text(driver)
        assert parse_qs(urlsplit(driver.current_url).query) == {"lang": ["en"], "redir": [ANYWHERE]}
        link(driver, "Other ways to log in").click()
        assert "Agree and log in" in text(driver)
        buttons(driver)[0].click()
        online(driver, city, guest)
        assert "You are online" in text(driver)
        assert driver.find_element(By.CSS_SELECTOR, "main a.button").get_attribute("href") == ANYWHERE
        link(driver, "Bahasa Indonesia").click()
        assert "Anda terhubung" in text(driver)


@pytest.mark.parametrize("language", ["id", "en"])
def test_320_pixels_are_enough(city, guest, language):
    with browser(city, guest, language, width=320) as driver:
        tap, = captive(driver)
        shot(driver, f"captive-{language}-320")
        narrow(driver)
        assert tap.size["height"] >= 44 and tap.size["width"] >= 88, "a button that a thumb misses"
        driver.execute_script("document.documentElement.style.fontSize = '200%'")
        narrow(driver)
        tap.click()
        online(driver, city, guest)
        shot(driver, f"online-{language}-320")
        narrow(driver)


def test_light_and_nobody_else_is_asked(city, guest):
    with browser(city, guest) as driver:
        captive(driver)
        ours = urlsplit(driver.current_url).netloc
        list(requests_of(driver))
        for path in ("/", "/resume", "/terms", "/voucher", "/no-such-page"):
            driver.get(f"http://{ours}{path}")
            assert 2000 < weight(driver) < PORTAL_WEIGHT
        hosts = {urlsplit(url).netloc for url in requests_of(driver) if url.startswith("http")}
        assert hosts == {ours}


def test_the_style_passes_the_policy(city, guest):
    """The hash in the header is that of the page's own sheet."""
    with browser(city, guest) as driver:
        captive(driver)
        assert driver.execute_script("return getComputedStyle(document.querySelector('main')).borderTopLeftRadius") != "0px"
        severe = [entry for entry in driver.get_log("browser") if "Content Security Policy" in entry["message"]]
        assert not severe, severe


def test_without_javascript(city, guest):
    with browser(city, guest, javascript=False) as driver:
        tap, = captive(driver)
        tap.click()
        wait_for("the session", lambda: sessions(city, guest), 5)
        driver.get(ANYWHERE)
        assert INTERNET in text(driver)


def test_keyboard_alone_is_enough(city, guest):
    """Tab to the button, Enter."""
    with browser(city, guest) as driver:
        assert captive(driver)
        for _ in range(8):
            driver.switch_to.active_element.send_keys(Keys.TAB)
            if driver.switch_to.active_element.tag_name in ("button", "input"):
                break
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        wait_for("the session", lambda: sessions(city, guest), 5)


def test_a_resume_code_goes_on_under_a_new_mac(city, guest):
    """Another MAC and a browser without the cookie: the code brings the same visit back."""
    with browser(city, guest) as driver:
        captive(driver)[0].click()
        before = online(driver, city, guest)
        code = driver.find_element(By.CLASS_NAME, "code").text
    city.change_mac(guest)
    with browser(city, guest, profile="new") as driver:
        captive(driver)
        link(driver, "Saya punya kode lanjutan").click()
        judged(driver)
        field = driver.find_element(By.ID, "code")
        field.send_keys("ABCDE-FGHJK")
        buttons(driver)[0].click()
        refusal(driver)
        field = driver.find_element(By.ID, "code")
        assert field.get_attribute("aria-invalid") == "true" and "Belum berhasil" in driver.title
        judged(driver)
        shot(driver, "resume-refused")
        field.clear()
        field.send_keys(code.lower().replace("-", " "))
        buttons(driver)[0].click()
        after = online(driver, city, guest)
        assert after["seconds_remaining"] <= before["seconds_remaining"]
        assert driver.find_element(By.CLASS_NAME, "code").text == code


# ---- vouchers and accounts ----

@pytest.mark.parametrize("language", ["id", "en"])
def test_a_voucher_is_typed_as_people_type(club, member, language):
    code = voucher(club)
    with browser(club, member, language, width=320) as driver:
        captive(driver)
        shot(driver, f"voucher-{language}-320")
        judged(driver)
        narrow(driver)
        driver.find_element(By.ID, "code").send_keys(code.lower().replace("-", "") + " ")
        driver.find_element(By.CSS_SELECTOR, "form[action='/voucher'] button").click()
        session = online(driver, club, member)
        assert session["login"] == "voucher" and 3500 < session["seconds_remaining"] <= 3600
        shot(driver, f"voucher-online-{language}-320")
        judged(driver)


def test_a_voucher_by_its_qr_code(club, member):
    """The address of the QR code opens the page with the code filled in; the guest presses."""
    code = voucher(club)
    with browser(club, member) as driver:
        captive(driver)
        driver.get(f"http://{urlsplit(driver.current_url).netloc}/voucher?code={code}")
        assert driver.find_element(By.ID, "code").get_attribute("value") == code
        assert not sessions(club, member), "logged in by a GET"
        judged(driver)
        buttons(driver)[0].click()
        assert online(driver, club, member)["login"] == "voucher"


def test_a_wrong_voucher_is_told_by_its_field(club, member):
    with browser(club, member, "en") as driver:
        captive(driver)
        driver.find_element(By.ID, "code").send_keys("ABCDE-FGHJK")
        driver.find_element(By.CSS_SELECTOR, "form[action='/voucher'] button").click()
        alert, field = refusal(driver), driver.switch_to.active_element
        assert field.get_attribute("id") == "code" and field.get_attribute("value") == "ABCDE-FGHJK"
        assert "This code is not known." in alert.text and alert.get_attribute("id") in field.get_attribute("aria-describedby")
        shot(driver, "voucher-refused-en")
        judged(driver)


@pytest.mark.parametrize("language, wrong", [("id", "Nama atau kata sandi salah."), ("en", "Name or password is wrong.")])
def test_an_account(club, member, language, wrong):
    with browser(club, member, language) as driver:
        captive(driver)
        fill_account(driver, "Siti", "salah sekali")
        assert wrong in refusal(driver).text
        assert driver.find_element(By.ID, "name").get_attribute("value") == "Siti"
        assert driver.find_element(By.ID, "password").get_attribute("value") == ""
        judged(driver)
        driver.find_element(By.ID, "name").clear()
        fill_account(driver, "siti", "rahasia sekali")
        assert online(driver, club, member)["login"] == "account"
        buttons(driver)[-1].click()
        wait_for("the session's end", lambda: not sessions(club, member), 5)


def fill_account(driver, name, password):
    driver.find_element(By.ID, "name").send_keys(name)
    driver.find_element(By.ID, "password").send_keys(password)
    driver.find_element(By.CSS_SELECTOR, "form[action='/account'] button").click()


def test_the_theme_is_worn(club, member):
    with browser(club, member) as driver:
        captive(driver)
        assert "Kabupaten Kotawaringin Timur" in driver.find_element(By.TAG_NAME, "header").text
        assert driver.execute_script("return document.querySelector('header img').naturalWidth") == 128
        assert driver.find_element(By.LINK_TEXT, "Pengaduan (SP4N-LAPOR!)").get_attribute("href") == "https://www.lapor.go.id/"
        assert weight(driver) < PORTAL_WEIGHT
        link(driver, "Ketentuan dan data pribadi").click()
        assert "Pemerintah Kabupaten Kotawaringin Timur untuk warga" in text(driver)
        assert re.search(r"Undang-Undang Nomor 27 Tahun 2022", text(driver))
        shot(driver, "terms-id")
        judged(driver)


# ---- when there is nothing to log in to ----

@pytest.mark.parametrize("language", ["id", "en"])
def test_the_closed_page(make_city, language):
    city = make_city()
    city.gateway.start(rehearse="2026-11-23 10:00:00")
    guest = leased(city)
    with browser(city, guest, language, width=320) as driver:
        assert captive(driver) == [], "a button on a closed page"
        shot(driver, f"closed-{language}")
        assert ("16.00" if language == "id" else "16:00") in text(driver)
        narrow(driver)
        judged(driver)


def test_an_outage_is_said_and_login_still_works(make_city):
    city = make_city()
    city.gateway.start(rehearse=EVENING)
    guest = leased(city)
    city.gateway.space.ip(f"link set {city.settings['uplink']['device']} down")
    with browser(city, guest) as driver:
        def says():
            driver.get(f"http://{city.zone('taman-kota')['address'].split('/')[0]}/")
            return "Jaringan ke internet sedang putus" in text(driver)
        wait_for("the page to say that the line is down", says, 30, 1)
        shot(driver, "outage-id")
        judged(driver)
        buttons(driver)[0].click()
        online(driver, city, guest)
        assert "Anda sudah masuk" in text(driver) and "Anda terhubung" not in text(driver)
