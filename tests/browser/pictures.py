#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the documents' pictures of the pages anew, from the gallery: GERBANG_BUILD=build /usr/bin/python3 -B tests/browser/pictures.py"""
import os
import tempfile

from rooms import TOP, Gallery, looker, screen, whole
from small_png import shrink

PICTURES = os.path.join(TOP, "docs", "pictures")
WIDTH = 360
SHOWN = {"login": "login-click.id", "login-voucher": "login-voucher.id", "online": "online.id", "closed": "closed.id",
          "used-up": "used-up.id", "outage": "login-outage.id",
          "login-en": "login-click.en", "online-en": "online.en", "closed-en": "closed.en"}


def picture(driver, url, page, path):
    screen(driver, WIDTH)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": WIDTH, "height": 1, "deviceScaleFactor": 1, "mobile": True})  # as high as the page
    driver.get(url + page)
    whole(driver, path)


def main():
    with tempfile.TemporaryDirectory() as directory, looker() as driver:
        gallery = Gallery(directory, "example")
        with gallery.served() as url:
            for name, page in SHOWN.items():
                picture(driver, url, page, os.path.join(PICTURES, name + ".png"))
    for name in SHOWN:
        path = os.path.join(PICTURES, name + ".png")
        with open(path, "rb") as file:
            small = shrink(file.read())
        with open(path, "wb") as file:
            file.write(small)


if __name__ == "__main__":
    main()
