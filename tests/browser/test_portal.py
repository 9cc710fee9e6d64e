# SPDX-License-Identifier: GPL-2.0-or-later
"""The portal in a real browser, on a guest's network: redirect, one tap, online, log out; closed; narrow; without JavaScript."""
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from fixtures import open_city
from phone import browser, buttons, shot, text
from space import wait_for

EVENING = "2026-11-23 17:00:00"
ANYWHERE = "http://example.test/"


@pytest.fixture(scope="module")
def city():
    with open_city() as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    guest = city.add_guest("taman-kota", dhcp=True)
    city.lease(guest)
    return guest


def captive(driver):
    driver.get(ANYWHERE)
    assert "This is the internet" not in driver.page_source
    return buttons(driver)


@pytest.mark.parametrize("language, word", [("id", "Taman Kota Sampit"), ("en", "Taman Kota Sampit")], ids=["id", "en"])
def test_redirect_one_tap_online_log_out(city, guest, language, word):
    with browser(city, guest, language) as driver:
        tap, = captive(driver)
        assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
        assert word in text(driver) and driver.title
        shot(driver, f"captive-{language}")
        tap.click()
        WebDriverWait(driver, 5).until(lambda d: guest_session(city, guest))
        shot(driver, f"online-{language}")
        online = text(driver)
        assert ("Anda" in online) == (language == "id"), online
        assert any(unit in online.lower() for unit in ("jam", "menit", "h", "min")), f"no time left is said: {online}"
        portal = driver.current_url
        driver.get(ANYWHERE)
        assert "This is the internet" in text(driver)
        driver.get(portal)
        buttons(driver)[-1].click()
        wait_for("the session's end", lambda: not guest_session(city, guest), 5)
        shot(driver, f"left-{language}")
        assert captive(driver)
        assert driver.get_cookies() == []


def guest_session(city, guest):
    mac = guest.run("cat", "/sys/class/net/eth0/address").strip()
    return [row for row in city.gateway.sessions() if row["mac"] == mac]


@pytest.mark.parametrize("language", ["id", "en"])
def test_320_pixels_are_enough(city, guest, language):
    with browser(city, guest, language, width=320) as driver:
        tap, = captive(driver)
        shot(driver, f"captive-{language}-320")
        narrow(driver)
        assert tap.size["height"] >= 44 and tap.size["width"] >= 88, "a button that a thumb misses"
        tap.click()
        WebDriverWait(driver, 5).until(lambda d: guest_session(city, guest))
        shot(driver, f"online-{language}-320")
        narrow(driver)


def narrow(driver):
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 320, "scrolls sideways at 320 px"


def test_without_javascript(city, guest):
    with browser(city, guest, javascript=False) as driver:
        tap, = captive(driver)
        tap.click()
        wait_for("the session", lambda: guest_session(city, guest), 5)
        driver.get(ANYWHERE)
        assert "This is the internet" in text(driver)


def test_keyboard_alone_is_enough(city, guest):
    """Tab to the button, Enter."""
    from selenium.webdriver.common.keys import Keys
    with browser(city, guest) as driver:
        assert captive(driver)
        for _ in range(8):
            driver.switch_to.active_element.send_keys(Keys.TAB)
            if driver.switch_to.active_element.tag_name in ("button", "input"):
                break
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        wait_for("the session", lambda: guest_session(city, guest), 5)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_closed_page(make_city, language):
    city = make_city()
    city.gateway.start(rehearse="2026-11-23 10:00:00")
    guest = city.add_guest("taman-kota", dhcp=True)
    city.lease(guest)
    with browser(city, guest, language, width=320) as driver:
        assert captive(driver) == [], "a button on a closed page"
        shot(driver, f"closed-{language}")
        assert ("16.00" if language == "id" else "16:00") in text(driver)
        narrow(driver)
