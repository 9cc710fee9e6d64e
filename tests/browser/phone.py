# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest's browser: chromium in the guest's own namespace, with the guest's resolver.

The test's thread is in that namespace too while the browser lives, because selenium talks to the driver over loopback.
"""
import contextlib
import json
import os

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common import utils
from selenium.webdriver.common.by import By

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
         "--disable-extensions", "--no-default-browser-check", "--window-size=412,915")


class Driver(Service):
    """By number: a minimal system has no /etc/hosts, and to ask a resolver for "localhost" from in here takes long."""

    @property
    def service_url(self):
        return f"http://127.0.0.1:{self.port}"

    def is_connectable(self):
        return utils.is_connectable(self.port, host="127.0.0.1")


@contextlib.contextmanager
def browser(city, guest, language="id", javascript=True, width=None, profile=""):
    """A driver with a fresh profile; the same `profile` again is the same browser, with its cookies."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={city.path('profile-' + guest.short)}-{language}-{profile}")
    options.add_experimental_option("prefs", {"intl.accept_languages": language,
                                              "profile.managed_default_content_settings.javascript": 1 if javascript else 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with guest.enter():
        driver = webdriver.Chrome(service=Driver(in_namespace(city, guest)), options=options)
        try:
            driver.set_page_load_timeout(30)
            if width:
                driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                       {"width": width, "height": 640, "deviceScaleFactor": 2, "mobile": True})
            yield driver
        finally:
            driver.quit()


def in_namespace(city, guest):
    """chromedriver by way of `ip netns exec`, which gives it (and chromium) the guest's resolv.conf."""
    path = city.path(f"chromedriver-{guest.short}")
    with open(path, "w") as file:
        file.write(f'#!/bin/sh\nexport HOME={city.directory}\nexec ip netns exec {guest.name} /usr/bin/chromedriver "$@"\n')
    os.chmod(path, 0o755)
    return path


def buttons(driver):
    return [button for button in driver.find_elements(By.CSS_SELECTOR, "button, input[type=submit]") if button.is_displayed()]


def text(driver):
    return driver.find_element(By.TAG_NAME, "body").text


def requests_of(driver):
    """Every address that the browser has asked since the last call."""
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]["url"]


def weight(driver):
    """Bytes of the page on the screen with all that it fetched, as the browser counts them."""
    return driver.execute_script("return performance.getEntries().filter(e => 'encodedBodySize' in e)"
                                 ".map(e => e.encodedBodySize).reduce((a, b) => a + b, 0)")


def shot(driver, name):
    """A screenshot for people, where GERBANG_SCREENSHOTS names a directory."""
    directory = os.environ.get("GERBANG_SCREENSHOTS")
    if directory:
        os.makedirs(directory, exist_ok=True)
        driver.save_screenshot(os.path.join(directory, f"{name}.png"))
