# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page in every state, both languages, several themes, by day and in the dark, in a real browser: no violation of WCAG 2.1 A and
AA that axe can see, nothing cut off at 320 px or with text at 200 %, targets that a thumb hits, one stylesheet that the policy allows,
no request but the page and its logo, and fewer than 30 kB with everything.
"""
import json
import os
from urllib.parse import urlsplit

import pytest

import axe
from phone import requests_of, weight
from rooms import THEMES, Gallery, looker, screen, whole

WEIGHT = 30000
THUMB = 44

MEASURE = """
const wide = document.documentElement.scrollWidth;
const small = [...document.querySelectorAll('a, button, input:not([type=hidden])')]
	.filter(e => e.getBoundingClientRect().height < arguments[0] || e.getBoundingClientRect().width < arguments[0])
	.map(e => e.outerHTML.slice(0, 120));
const cut = [...document.querySelectorAll('main *, header *, footer *')]
	.filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && e.tagName !== 'INPUT' && getComputedStyle(e).display !== 'inline')
	.map(e => e.outerHTML.slice(0, 120));
return {wide, small, cut};
"""


@pytest.fixture(scope="module")
def driver():
    with looker() as driver:
        yield driver


@pytest.fixture(scope="module")
def gallery(request, tmp_path_factory):
    gallery = Gallery(tmp_path_factory.mktemp("gallery"), request.param)
    gallery.theme = request.param
    with gallery.served() as gallery.url:
        yield gallery


themes = pytest.mark.parametrize("gallery", ["plain", "example"], indirect=True, scope="module")
all_themes = pytest.mark.parametrize("gallery", THEMES, indirect=True, scope="module")


def shown(driver, gallery):
    for name in sorted(gallery.pages):
        driver.get(gallery.url + name)
        yield name


def shots(gallery, name):
    directory = os.environ.get("GERBANG_SCREENSHOTS")
    return os.path.join(directory, "gallery", f"{gallery.theme}-{name}.png") if directory else None


@all_themes
@pytest.mark.parametrize("dark", [False, True], ids=["day", "dark"])
def test_axe_finds_nothing(driver, gallery, dark):
    screen(driver, 320, dark)
    found = {name: lines for name in shown(driver, gallery) if (lines := axe.violations(driver))}
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("gallery", ["plain"], indirect=True, scope="module")
def test_axe_would_find_it(driver, gallery):
    """A page made worse by hand: what the tests above rest on."""
    screen(driver, 320, False)
    driver.get(gallery.url + "login-all.en")
    driver.execute_script("document.querySelector('label[for=code]').remove(); document.documentElement.removeAttribute('lang');"
                          "document.querySelector('h1').style.color = '#ddd'")
    found = "\n".join(axe.violations(driver))
    assert all(rule in found for rule in ("label:", "html-has-lang:", "color-contrast:")), found


@themes
@pytest.mark.parametrize("width, zoom", [(320, 100), (412, 100), (320, 200)])
def test_nothing_is_cut_and_every_target_is_large(driver, gallery, width, zoom):
    screen(driver, width)
    found = {}
    for name in shown(driver, gallery):
        driver.execute_script("document.documentElement.style.fontSize = arguments[0]", f"{zoom}%")
        seen = driver.execute_script(MEASURE, THUMB)
        if seen["wide"] > width or seen["small"] or seen["cut"]:
            found[name] = seen
        if shots(gallery, name):
            whole(driver, shots(gallery, f"{name}-{width}-{zoom}"))
    assert not found, json.dumps(found, indent=1)


@themes
def test_light_and_alone(driver, gallery):
    """Bytes as the browser counts them; the policy with the hash lets the style through; nobody else is asked."""
    screen(driver, 320)
    ours = urlsplit(gallery.url).netloc
    driver.get_log("performance")
    for name in shown(driver, gallery):
        urls = [url for url in requests_of(driver) if not url.endswith("/favicon.ico")]
        assert {urlsplit(url).netloc for url in urls} == {ours}, urls
        assert len(urls) == (2 if gallery.logo else 1), urls
        assert 2000 < weight(driver) < WEIGHT, f"{name}: {weight(driver)} bytes"
        card = driver.execute_script("return getComputedStyle(document.querySelector('main')).borderRadius")
        assert card != "0px", f"{name} has no style: the policy's hash does not fit"
    severe = [entry["message"] for entry in driver.get_log("browser") if "favicon" not in entry["message"]]
    assert not severe, severe


@themes
def test_each_page_says_its_language_and_is_titled(driver, gallery):
    titles = {}
    for name in shown(driver, gallery):
        state, language = name.rsplit(".", 1)
        assert driver.execute_script("return document.documentElement.lang") == language
        assert driver.execute_script("return document.querySelectorAll('h1').length") == 1, name
        titles.setdefault(language, {})[state] = driver.title
    assert all(titles["id"][state] != titles["en"][state] for state in titles["id"]), titles
    for language, wrong in (("id", "Belum berhasil"), ("en", "Not done")):
        assert titles[language]["refused-code"].startswith(wrong)
        assert not titles[language]["login-all"].startswith(wrong)


@themes
def test_a_refusal_is_tied_to_its_field(driver, gallery):
    """The focus is on the field, the field is marked, and what describes it is the alert."""
    for name, field in (("refused-code", "code"), ("refused-password", "name"), ("voucher-refused", "code"),
                        ("resume-refused", "code"), ("refused-patience", "name"), ("refused-devices-account", "name")):
        for language in ("id", "en"):
            driver.get(f"{gallery.url}{name}.{language}")
            active = driver.switch_to.active_element
            assert active.get_attribute("id") == field and active.get_attribute("aria-invalid") == "true", name
            alert = driver.find_element("id", active.get_attribute("aria-describedby").split()[0])
            assert alert.get_attribute("role") == "alert" and len(alert.text) > 20
