# SPDX-License-Identifier: GPL-2.0-or-later
"""The portal as a telephone sees it over HTTP: redirect, one page, online, log out, closed; two languages; RFC 8908."""
import json

import pytest

from city import INTERNET4
from fixtures import open_city
from space import wait_for
from telephone import ANYWHERE, login, logout, page, press, redirect

EVENING = "2026-11-23 17:00:00"


@pytest.fixture(scope="module")
def city():
    with open_city() as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    return city.add_guest("taman-kota")


@pytest.mark.parametrize("url", ["http://example.test/", ANYWHERE, "http://[2001:db8:ffff::80]/x", "http://192.0.2.2/"],
                         ids=["by-name", "by-address", "ipv6", "the-gateway"])
def test_any_page_is_redirected_and_the_connection_closed(city, guest, url):
    status, headers, _ = guest.http(url)
    assert status == 302 and headers["location"].startswith("http://")
    assert headers.get("connection", "").lower() == "close"


def test_a_guest_with_dhcp_dns_and_slaac_comes_online(city):
    guest = city.add_guest("taman-kota", dhcp=True)
    city.lease(guest)
    assert guest.http("http://example.test/")[0] == 302
    login(guest)
    assert guest.ping("example.test") and "This is the internet" in guest.http("http://example.test/")[2]


def test_the_page_is_plain_small_and_in_two_languages(city, guest):
    url, html = page(guest, "-H", "Accept-Language: id")
    _, english = page(guest, "-H", "Accept-Language: en-GB,en;q=0.9")
    assert 'lang="id"' in html and 'lang="en"' in english and html != english
    for text in (html, english):
        assert len(text.encode()) < 30000 and "<script" not in text and "Taman Kota Sampit" in text
        assert 'name="viewport"' in text
    _, plain = page(guest)
    assert 'lang="id"' in plain, "the site's language is the default"


def test_one_tap_then_online_then_log_out(city, guest):
    url, html = login(guest)
    session, = [row for row in city.gateway.sessions() if row["mac"] == guest.mac]
    assert {"id", "zone", "mac", "addresses", "login", "started", "expires", "seconds_remaining", "bytes_remaining",
            "down_bytes", "up_bytes"} <= set(session)
    assert session["zone"] == "taman-kota" and guest.address4 in session["addresses"] and session["login"] == "click"
    assert 7200 - 30 < session["seconds_remaining"] <= 7200
    logout(guest, url, html)
    assert redirect(guest) and not guest.ping(INTERNET4)


def test_the_online_page_again_later(city, guest):
    portal = redirect(guest)
    login(guest)
    status, headers, html = guest.http(portal)
    assert status in (200, 302, 303)
    wait_for("online", lambda: guest.ping(INTERNET4), 2)


def test_logging_in_twice_is_one_session(city, guest):
    url, html = page(guest)
    press(guest, url, html)
    press(guest, url, html)
    assert len([row for row in city.gateway.sessions() if row["mac"] == guest.mac]) == 1


def test_the_api_tells_a_guest_its_own_state(city, guest):
    """RFC 8908."""
    base = redirect(guest).split("/")
    api = "/".join(base[:3]) + "/api"
    status, headers, body = guest.http(api)
    assert status == 200 and headers["content-type"].startswith("application/captive+json")
    assert json.loads(body)["captive"] is True and "user-portal-url" in json.loads(body)
    login(guest)
    state = json.loads(guest.http(api)[2])
    assert state["captive"] is False and 7000 < state["seconds-remaining"] <= 7200


@pytest.mark.parametrize("request_bytes", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET " + b"A" * 70000,
                                           b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", b"\x00" * 100],
                         ids=["no-host", "tls", "long", "large-body", "zeroes"])
def test_hostile_requests_do_no_harm(city, guest, request_bytes):
    import socket
    with guest.enter(), socket.create_connection(("192.0.2.80", 80), 2) as sock:
        try:
            sock.sendall(request_bytes)
            sock.settimeout(1)
            sock.recv(4096)
        except OSError:
            pass
    assert redirect(guest)


def test_somebody_elses_form_logs_nobody_in(city, guest):
    """A page elsewhere that makes a browser post to the portal: the Origin gives it away."""
    url, html = page(guest)
    from telephone import Forms
    from urllib.parse import urljoin
    target = urljoin(url, [form for form in Forms(html).forms if form[0] == "post"][0][1])
    guest.http(target, "-H", "Origin: http://evil.test", "--data", "")
    assert not guest.ping(INTERNET4)


def test_the_closed_page_says_when_the_park_opens(make_city):
    city = make_city(guests={"taman-kota": 1})
    city.gateway.start(rehearse="2026-11-23 10:00:00")
    guest = city.guests["taman-kota"][0]
    _, html = page(guest)
    assert "16.00" in html and "<form" not in html
    _, english = page(guest, "-H", "Accept-Language: en")
    assert "16:00" in english
    assert not guest.ping(INTERNET4)


def test_a_host_of_an_office_is_no_guest(city):
    """The portal answers zones alone."""
    assert "This is the internet" in city.hosts["dinkes"].http("http://192.0.2.80/")[2]
