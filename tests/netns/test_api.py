# SPDX-License-Identifier: GPL-2.0-or-later
"""RFC 8908 over HTTPS as telephones use it, and the certificate behind it: swapped without a restart, broken, absent."""
import json
import os
import socket
import ssl
import time

import pytest

from city import INTERNET4
from fixtures import open_city
from settings import small
from space import wait_for, write
from telephone import login, logout, page, redirect

EVENING = "2026-11-23 17:00:00"
NAME = "wifi.kotimkab.test"
API = f"https://{NAME}/api"
BROWSERS = ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "text/html, application/xhtml+xml, */*"]
PROGRAMS = ["application/captive+json", "*/*", "application/json", "application/captive+json, text/html;q=0.5", ""]


@pytest.fixture(scope="module")
def city():
    settings = small()
    settings["zones"][0]["client"]["data"] = "500 MB"
    settings["portal"]["venue"] = "https://kotimkab.go.id/taman"
    with open_city(settings=settings, tls=True) as city:
        city.gateway.start(rehearse=EVENING)
        wait_for("HTTPS", lambda: city.gateway.space.listening(8443), 5)
        yield city


@pytest.fixture
def guest(city):
    return city.add_guest("taman-kota")


def https(city, guest, url, *options):
    return guest.http(url, "--cacert", city.authority.certificate, *options)


def serial(city, guest):
    """The serial number of the certificate that the portal serves."""
    context = ssl.create_default_context(cafile=city.authority.certificate)
    with guest.enter(), socket.create_connection(("10.200.0.1", 443), 3) as sock, context.wrap_socket(sock, server_hostname=NAME) as tls:
        return tls.getpeercert()["serialNumber"]


def test_a_captive_guest_and_one_online(city, guest):
    status, headers, body = https(city, guest, API, "-H", "Accept: application/captive+json")
    assert status == 200 and headers["content-type"] == "application/captive+json"
    assert headers["cache-control"] == "private, no-store"
    assert json.loads(body) == {"captive": True, "user-portal-url": f"https://{NAME}/", "venue-info-url": "https://kotimkab.go.id/taman"}
    url, html = login(guest)
    state = json.loads(https(city, guest, API)[2])
    assert state["captive"] is False and 7100 < state["seconds-remaining"] <= 7200
    assert 450e6 < state["bytes-remaining"] <= 500e6 and isinstance(state["can-extend-session"], bool)
    assert state["user-portal-url"] == f"https://{NAME}/"
    logout(guest, url, html)
    assert json.loads(https(city, guest, API)[2])["captive"] is True


def test_each_guest_has_its_own_state(city, guest):
    other = city.add_guest("taman-kota")
    login(other)
    assert json.loads(https(city, guest, API)[2])["captive"] is True
    assert json.loads(https(city, other, API)[2])["captive"] is False


@pytest.mark.parametrize("accept", PROGRAMS)
def test_a_program_gets_json(city, guest, accept):
    status, headers, _ = https(city, guest, API, "-H", f"Accept:{accept and ' ' + accept}")
    assert status == 200 and headers["content-type"] == "application/captive+json"
    status, headers, body = https(city, guest, API, "-I")
    assert status == 200 and headers["content-type"] == "application/captive+json" and not body


@pytest.mark.parametrize("accept", BROWSERS)
def test_a_browser_is_sent_to_the_page(city, guest, accept):
    status, headers, _ = https(city, guest, API, "-H", f"Accept: {accept}")
    assert status in (302, 303) and headers["location"] == "/"
    assert "<form" in https(city, guest, API, "-L", "-H", f"Accept: {accept}", "-o", "/dev/stdout")[2]


def test_the_page_works_over_https_and_http_alike(city, guest):
    assert redirect(guest).startswith(f"http://{NAME}/"), "a tap needs no certificate: none can be warned about"
    url, html = page(guest)
    status, _, secure = https(city, guest, f"https://{NAME}/")
    assert status == 200 and "<form" in secure and "<form" in html
    assert https(city, guest, f"https://{NAME}/login", "--data", "lang=id", "-H", f"Origin: https://{NAME}")[0] == 303
    assert guest.ping(INTERNET4)


def test_a_password_is_asked_for_over_https(make_city):
    settings = small()
    settings["zones"][0]["login"] = ["account"]
    city = make_city(settings=settings, guests={"taman-kota": 1}, tls=True)
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    wait_for("HTTPS", lambda: city.gateway.space.listening(8443), 5)
    status, headers, _ = guest.http(redirect(guest, "http://example.test/x"))
    assert status == 302 and headers["location"].startswith(f"https://{NAME}/?lang=id&redir=http://example.test/x")
    assert 'type="password"' in https(city, guest, headers["location"])[2]
    # a certificate for another name would only be a warning: the page then stays where it is
    city.certify("other.test")
    wait_for("the page in HTTP", lambda: guest.http(f"http://{NAME}/")[0] == 200, 5)


def test_a_new_certificate_is_used_without_a_restart(city, guest):
    before, pid = serial(city, guest), city.gateway.pid("portal")
    kept = ssl.create_default_context(cafile=city.authority.certificate)
    with guest.enter(), socket.create_connection(("10.200.0.1", 443), 3) as sock, kept.wrap_socket(sock, server_hostname=NAME) as tls:
        city.certify()
        wait_for("the new certificate", lambda: serial(city, guest) != before, 5, 0.1)
        tls.sendall(f"GET /api HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        assert b"captive" in tls.recv(4096), "a connection of before goes on"
    assert city.gateway.pid("portal") == pid and city.gateway.running["portal"].poll() is None


def test_one_that_expires_soon_is_warned_about(city, guest):
    before = serial(city, guest)
    city.authority.issue("portal", NAME, user="gerbang-portal", days=5)
    wait_for("the new certificate", lambda: serial(city, guest) != before, 5, 0.1)
    assert "expires in 4 days" in city.gateway.log("portal") or "expires in 5 days" in city.gateway.log("portal")


@pytest.mark.parametrize("what", ["junk", "empty", "gone", "another key", "cut short"])
def test_a_broken_one_leaves_the_old_in_use(city, guest, what):
    before, certificate, key = serial(city, guest), city.settings["portal"]["certificate"], city.settings["portal"]["key"]
    with open(certificate) as file:
        text = file.read()
    lines = len(city.gateway.log("portal").splitlines())
    if what == "gone":
        os.rename(certificate, certificate + ".away")
    elif what == "another key":
        _, other = city.authority.issue("other", NAME, user="gerbang-portal")
        os.rename(other, key)
    else:
        write(certificate, {"junk": "not a certificate", "empty": "", "cut short": text[:len(text) // 2]}[what])
    wait_for("a line in the log", lambda: "the certificate before stays in use" in
             "\n".join(city.gateway.log("portal").splitlines()[lines:]), 5, 0.1)
    assert serial(city, guest) == before
    said = city.gateway.log("portal").splitlines()[lines:]
    assert any(os.path.basename(certificate) in line or os.path.basename(key) in line for line in said)
    city.certify()
    wait_for("the repaired certificate", lambda: serial(city, guest) != before, 5, 0.1)


def test_a_key_that_may_not_be_read_is_said_once_with_what_to_do(city, guest):
    before, key = serial(city, guest), city.settings["portal"]["key"]
    lines = len(city.gateway.log("portal").splitlines())
    os.chown(key, 0, 0)
    wait_for("a line in the log", lambda: "chgrp gerbang-portal" in "\n".join(city.gateway.log("portal").splitlines()[lines:]), 5, 0.1)
    time.sleep(1)
    assert len([line for line in city.gateway.log("portal").splitlines()[lines:] if "chgrp" in line]) == 1
    assert serial(city, guest) == before
    city.certify()


def test_without_a_certificate_http_works_and_443_is_refused(make_city):
    city = make_city(guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    assert "portal.certificate" in city.gateway.log("portal")
    assert json.loads(guest.http(f"http://{NAME}/api")[2]) == {"captive": True, "user-portal-url": f"http://{NAME}/"}
    start = time.monotonic()
    assert guest.http(API)[0] == 0 and time.monotonic() - start < 1.5
    login(guest)


def test_https_listens_as_soon_as_its_key_can_be_read(make_city):
    city = make_city(guests={"taman-kota": 1}, tls=True)
    key = city.settings["portal"]["key"]
    os.chown(key, 0, 0)
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    assert guest.http(f"http://{NAME}/")[0] == 200 and not city.gateway.space.listening(8443)
    city.certify()
    wait_for("HTTPS", lambda: https(city, guest, API)[0] == 200, 5, 0.1)
