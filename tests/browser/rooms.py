# SPDX-License-Identifier: GPL-2.0-or-later
"""The gallery (gallery.c) behind a small web server on loopback, and a browser to look at it: no network, no daemon, no root.

The server sends what the portal sends: the policy that allows one stylesheet by its hash and nothing else, and the logo.
"""
import base64
import contextlib
import functools
import http.server
import json
import os
import re
import subprocess
import threading

from selenium import webdriver
from selenium.webdriver.chrome.options import Options

from phone import FLAGS, Driver

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("GERBANG_BUILD", os.path.join(TOP, "build"))
EXAMPLE = os.path.join(TOP, "etc", "gerbang", "theme")
POLICY = "default-src 'none'; style-src {style}; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
SITE = "Diskominfo Kabupaten Kotawaringin Timur"
PLAIN = {"name": SITE, "accent": "#0a6353", "background": "#eaf1ee", "logo": "", "logo_type": "",
         "terms": {"id": [], "en": []}, "links": []}


def paragraphs(name):
    with open(os.path.join(EXAMPLE, name), encoding="utf-8") as file:
        return [" ".join(part.split()) for part in file.read().split("\n\n") if part.strip()]


def example():
    """The shipped theme, as the daemon would send it."""
    with open(os.path.join(EXAMPLE, "theme.conf"), encoding="utf-8") as file:
        text = file.read()
    words = dict(re.findall(r'^(\w+) = "([^"]*)"', text, re.M))
    with open(os.path.join(EXAMPLE, words["logo"]), "rb") as file:
        logo = base64.b64encode(file.read()).decode()
    links = [{"url": url, "id": indonesian, "en": english} for url, indonesian, english in
             re.findall(r'url = "([^"]*)"; id = "([^"]*)"; en = "([^"]*)"', text)]
    assert links
    return {"name": words["name"], "accent": words["accent"], "background": words["background"], "logo": logo,
            "logo_type": "image/png", "terms": {"id": paragraphs(words["terms_id"]), "en": paragraphs(words["terms_en"])},
            "links": links}


def colours(accent, background):
    return dict(PLAIN, accent=accent, background=background)


# The last two are as hard on contrast as the configuration lets through.
THEMES = {"plain": lambda: PLAIN, "example": example, "pale": lambda: colours("#767676", "#ffffff"),
          "night": lambda: colours("#ffd23f", "#1b2440")}


class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, gallery, *arguments):
        self.gallery = gallery
        super().__init__(*arguments)

    def do_GET(self):
        if self.path == "/logo" and self.gallery.logo:
            return self.answer(200, "image/png", self.gallery.logo, {})
        page = self.gallery.pages.get(self.path[1:])
        if not page:
            return self.answer(404, "text/plain", b"-", {})
        with open(os.path.join(self.gallery.directory, self.path[1:] + ".html"), "rb") as file:
            self.answer(200, "text/html; charset=utf-8", file.read(), {"Content-Security-Policy": POLICY.format(**page)})

    def answer(self, status, kind, body, headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Gallery:
    """All pages of one theme. `pages`: NAME.LANGUAGE -> status, refresh, style."""

    def __init__(self, directory, theme):
        self.directory, theme = str(directory), THEMES[theme]()
        settings = {"port": 8080, "tls_port": 0, "hostname": "wifi.kotimkab.go.id", "site": SITE, "language": "id",
                    "certificate": "", "key": "", "venue": "", "zones": [], "theme": theme}
        subprocess.run([os.path.join(BUILD, "tests", "browser", "gallery"), self.directory, os.path.join(BUILD, "po")],
                       input=json.dumps(settings).encode(), check=True, timeout=30)
        with open(os.path.join(self.directory, "pages.json")) as file:
            self.pages = json.load(file)
        self.logo = base64.b64decode(theme["logo"])

    @contextlib.contextmanager
    def served(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, self))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            server.server_close()


@contextlib.contextmanager
def looker():
    """A browser whose screen can be changed: see screen()."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Driver("/usr/bin/chromedriver"), options=options)
    try:
        driver.set_page_load_timeout(30)
        driver.set_script_timeout(30)
        yield driver
    finally:
        driver.quit()


def screen(driver, width, dark=False):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": True})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                           {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})


def whole(driver, path):
    """A picture of the whole page, however long."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    picture = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
    with open(path, "wb") as file:
        file.write(base64.b64decode(picture["data"]))
