# SPDX-License-Identifier: GPL-2.0-or-later
"""The portal as a telephone sees it over HTTP: redirect, one page, online, log out, closed; two languages; RFC 8908."""
import base64
import hashlib
import json
from urllib.parse import urljoin

import pytest

from city import INTERNET4
from fixtures import open_city
from settings import small
from space import wait_for
from telephone import ANYWHERE, Forms, login, logout, page, press, redirect

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
    html = logout(guest, url, html)
    assert '<html lang="id">' in html and "<title>Anda sudah keluar" in html and ">Anda sudah keluar." in html
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


def front(guest):
    """(the portal's address, what its first button sends to)."""
    url, html = page(guest)
    return url, urljoin(url, [form for form in Forms(html).forms if form[0] == "post"][0][1])


@pytest.mark.parametrize("header", ["Origin: http://evil.test", "Origin: null", "Referer: http://evil.test/wifi.kotimkab.test/",
                                    "Origin: http://wifi.kotimkab.test.evil.test", "Sec-Fetch-Site: cross-site"])
def test_somebody_elses_form_logs_nobody_in(city, guest, header):
    """A page elsewhere that makes a browser post to the portal: the browser says where the form came from."""
    _, target = front(guest)
    assert guest.http(target, "-H", header, "--data", "")[0] == 403
    assert not guest.ping(INTERNET4) and redirect(guest)


@pytest.mark.parametrize("header", ["Origin: http://wifi.kotimkab.test", "Origin: https://wifi.kotimkab.test", "Referer: http://wifi.kotimkab.test/?lang=id",
                                    "Sec-Fetch-Site: same-origin", "X-Nothing: said"])
def test_our_own_form_does_and_so_does_a_browser_that_says_nothing(city, guest, header):
    """Captive mini browsers send neither Origin nor Referer."""
    _, target = front(guest)
    assert guest.http(target, "-H", header, "--data", "")[0] == 303
    assert guest.ping(INTERNET4)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_logs_in_or_out(city, guest, method):
    url, target = front(guest)
    option = ["-I"] if method == "HEAD" else ["-X", method]
    assert guest.http(target, *option)[0] == 405 and not guest.ping(INTERNET4)
    login(guest)
    status, headers, _ = guest.http(urljoin(url, "/logout"), *option)
    assert status == 405 and headers["allow"] == "POST" and guest.ping(INTERNET4)


@pytest.mark.parametrize("body", ["code=%00", "code=%zz", "name=%ff&password=x", "code=1&code=2", "code=" + "A" * 3000],
                         ids=["nul", "percent", "utf-8", "twice", "long"])
def test_a_form_that_is_not_ours_is_refused(city, guest, body):
    url, _ = front(guest)
    for path in ("/login", "/voucher", "/account", "/resume"):
        assert guest.http(urljoin(url, path), "--data", body)[0] == 403
    assert guest.http(urljoin(url, "/login"), "-H", "Content-Type: text/plain", "--data", "lang=id")[0] == 403
    assert not guest.ping(INTERNET4)


def test_the_page_first_asked_for_is_a_link_once_online(city, guest):
    wanted = "http://example.test/a/b?c=d&e=%20f#"
    location = redirect(guest, wanted)
    assert "redir=http://example.test/a/b%3Fc%3Dd%26e%3D%2520f" in location
    status, url, html = press(guest, *page(guest, url=location))
    assert status == 200 and 'href="http://example.test/a/b?c=d&amp;e=%20f"' in html
    assert urljoin(url, "/").startswith("http://wifi.kotimkab.test"), "the portal itself leads nowhere else"


@pytest.mark.parametrize("redir", ["javascript:alert(1)", "data:text/html,x", "//evil.test/", "http://user@evil.test/", "ftp://evil.test/",
                                   "http://evil.test\\@x/", "http://evil.test/%0d%0aSet-Cookie:a=b", "http://e/\r\nX: y", "/\\evil.test",
                                   "http://wifi.kotimkab.test/logout", "http://evil.test/" + "a" * 600, 'http://evil.test/"><script>'])
def test_nothing_else_becomes_a_link_and_nothing_a_redirect(city, guest, redir):
    url, target = front(guest)
    status, headers, _ = guest.http(target, "--data-urlencode", f"redir={redir}")
    if "\r" in redir:
        assert status == 403, "no form of ours has a line break"
        return
    assert status == 303 and headers["location"].startswith("/?lang=")
    if "%0d" not in redir:  # an encoded line break in a path is a page's own business; it stays encoded
        assert "redir" not in headers["location"]
    _, headers, html = guest.http(urljoin(url, headers["location"]))
    assert "javascript:" not in html and "<script" not in html and "set-cookie: a=b" not in str(headers).lower()
    assert "evil" not in html or "%0d" in redir


def test_the_browser_keeps_the_visits_code(city, guest):
    url, target = front(guest)
    status, headers, _ = guest.http(target, "--data", "lang=en")
    cookie = headers["set-cookie"]
    assert cookie.startswith("gerbang=") and {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; ")) and "Max-Age=" in cookie
    code = cookie.split(";")[0].removeprefix("gerbang=")
    assert len(code) == 11 and code in guest.http(url)[2], "the page names it, too"
    assert "set-cookie" not in guest.http(url, "-H", f"Cookie: a=b; gerbang={code}")[1], "it has it already"


@pytest.mark.parametrize("path,status", [("/", 200), ("/terms", 200), ("/nothing", 404), ("/voucher?code=ABCDE-FGHJK", 200), ("/api", 200),
                                         ("/favicon.ico", 204), ("/login", 405), ("/%2e%2e/etc/passwd", 404), ("/..", 404)])
def test_every_answer_has_its_security_headers(city, guest, path, status):
    base = "/".join(redirect(guest).split("/")[:3])
    got, headers, html = guest.http(base + path, "--path-as-is")
    assert got == status
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and "referrer-policy" in headers
    assert path == "/favicon.ico" or "no-store" in headers["cache-control"]
    if "<style>" in html:
        style = html.split("<style>")[1].split("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy and "form-action 'self'" in policy and " style=" not in html


def with_vouchers():
    settings = small()
    settings["zones"][0]["login"] = ["voucher"]
    return settings


def test_a_code_in_the_address_waits_for_the_guest_to_press(make_city):
    """A voucher's QR code: the code stands in the field, escaped, and nothing has happened. A wrong one stands there again."""
    city = make_city(settings=with_vouchers(), guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    base = "/".join(redirect(guest).split("/")[:3])
    html = guest.http(base + "/voucher?code=%22%3E%3Cscript%3E")[2]
    assert "<script>" not in html and "&quot;&gt;&lt;script&gt;" in html
    assert "ABCDE-FGHJK" in guest.http(base + "/voucher?code=ABCDE-FGHJK")[2]
    _, _, html = guest.http(base + "/voucher", "--data", "code=12345-67890&lang=en")
    assert "12345-67890" in html and 'lang="en"' in html and "<form" in html
    _, _, html = guest.http(base + "/login", "--data", "")
    assert not guest.ping(INTERNET4), "no tap logs in where a voucher is asked for"


def test_a_logo_is_small_cached_and_asked_for_once(make_city):
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
    city = make_city(guests={"taman-kota": 1}, theme={"theme.conf": 'name = "Kota"; logo = "logo.png";\n', "logo.png": png})
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    url, html = page(guest)
    assert 'src="/logo' in html
    logo = urljoin(url, "/logo")
    status, headers, _ = guest.http(logo, "-o", "/dev/null", "-D", "-")
    assert status == 200 and headers["content-type"] == "image/png" and headers["cache-control"].startswith("max-age=")
    assert guest.http(logo, "-H", f"If-None-Match: {headers['etag']}")[0] == 304


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
