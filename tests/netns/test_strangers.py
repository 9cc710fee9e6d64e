# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP that no browser speaks: the portal neither falls, nor leaks, nor keeps others waiting."""
import os
import socket
import time

import pytest

from city import WEB
from fixtures import open_city
from space import wait_for
from telephone import login, redirect

EVENING = "2026-11-23 17:00:00"
NAME = "wifi.kotimkab.test"


@pytest.fixture(scope="module")
def city():
    with open_city(tls=True) as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture(scope="module")
def guest(city):
    return city.add_guest("taman-kota")


def connect(guest, address=WEB, port=80, timeout=10):
    with guest.enter():
        return socket.create_connection((address, port), timeout)


def talk(guest, request, address=WEB, port=80):
    """All that comes back until the portal closes, or has nothing more to say for a second."""
    answer = b""
    with connect(guest, address, port) as sock:
        try:
            sock.sendall(request)
            sock.settimeout(1)
            while piece := sock.recv(65536):
                answer += piece
        except OSError:
            pass
    return answer


def status(answer):
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.") else 0


HEAD = f"Host: {NAME}\r\n".encode()
REQUESTS = {
    "no-host": (b"GET / HTTP/1.1\r\n\r\n", {302, 400}),
    "no-host-1.0": (b"GET / HTTP/1.0\r\n\r\n", {302}),
    "no-user-agent": (b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n", {302}),
    "empty-host": (b"GET / HTTP/1.1\r\nHost: \r\n\r\n", {302, 400}),
    "two-hosts": (b"GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n", {302, 400}),
    "line-of-64-kB": (b"GET /" + b"A" * 65536 + b" HTTP/1.1\r\nHost: x.test\r\n\r\n", {0, 302, 400, 414, 431, 500}),
    "target-of-3-kB": (b"GET /" + b"A" * 3000 + b" HTTP/1.1\r\nHost: x.test\r\n\r\n", {302}),
    "headers-of-64-kB": (b"GET / HTTP/1.1\r\nHost: x.test\r\n" + b"X: " + b"y" * 65536 + b"\r\n\r\n", {0, 302, 400, 413, 431, 500}),
    "1000-headers": (b"GET / HTTP/1.1\r\nHost: x.test\r\n" + b"X: y\r\n" * 1000 + b"\r\n", {0, 302, 400, 413, 431, 500}),
    "encoded-dots": (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n", {404}),
    "dots": (b"GET /../../etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n", {404}),
    "encoded-nul": (b"GET /%00 HTTP/1.1\r\n" + HEAD + b"\r\n", {404}),
    "broken-percent": (b"GET /%zz?lang=%z HTTP/1.1\r\n" + HEAD + b"\r\n", {404}),
    "broken-utf-8": (b"GET /?redir=\xff\xfe&lang=\xc0\x80 HTTP/1.1\r\n" + HEAD + b"\r\n", {200}),
    "absolute-ours": (f"GET http://{NAME}/api HTTP/1.1\r\nHost: other.test\r\n\r\n".encode(), {200}),
    "absolute-another": (b"GET http://other.test/x HTTP/1.1\r\n" + HEAD + b"\r\n", {302}),
    "asterisk": (b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n", {404, 405}),
    "connect": (b"CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n", {302, 400, 405}),
    "strange-method": (b"BREW / HTTP/1.1\r\n" + HEAD + b"\r\n", {405}),
    "tls-hello": (b"\x16\x03\x01\x02\x00\x01\x00" + b"\x00" * 100, {0, 302, 400}),
    "zeroes": (b"\x00" * 1000, {0, 302, 400}),
    "line-feeds": (b"GET / HTTP/1.1\nHost: x.test\n\n", {302, 400}),
    "http-0.9": (b"GET /\r\n\r\n", {0, 302, 400}),
    "http-2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {0, 302, 400, 505}),
    "large-body": (b"POST /login HTTP/1.1\r\n" + HEAD + b"Content-Length: 99999999\r\n\r\n" + b"x" * 200000, {0, 400, 403, 413}),
    "chunked-form": (b"POST /voucher HTTP/1.1\r\n" + HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n5\r\ncode=\r\n4\r\nABCD\r\n0\r\n\r\n", {200}),
    "chunked-broken": (b"POST /voucher HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n", {0, 400}),
    "length-negative": (b"POST /login HTTP/1.1\r\n" + HEAD + b"Content-Length: -5\r\n\r\n", {0, 400}),
    "length-huge": (b"POST /login HTTP/1.1\r\n" + HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n", {0, 400, 413}),
    "length-and-chunked": (b"POST /logout HTTP/1.1\r\n" + HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                           {0, 303, 400}),
    "expect": (b"POST /voucher HTTP/1.1\r\n" + HEAD + b"Expect: 100-continue\r\nContent-Length: 0\r\n\r\n", {100, 200}),
    "upgrade": (b"GET / HTTP/1.1\r\n" + HEAD + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", {200}),
    "cookie-of-6-kB": (b"GET / HTTP/1.1\r\n" + HEAD + b"Cookie: " + b"a=b; " * 1200 + b"\r\n\r\n", {0, 200, 413, 431, 500}),
    "cookie-broken": (b"GET / HTTP/1.1\r\n" + HEAD + b"Cookie: gerbang=\"\xff;;;=\x01\r\n\r\n", {200, 400}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_it_is_answered_or_cut_and_the_next_is_served(city, guest, name):
    request, wanted = REQUESTS[name]
    answer = talk(guest, request)
    assert status(answer) in wanted, answer[:400]
    assert b"root:" not in answer and redirect(guest)
    assert city.gateway.running["portal"].poll() is None


def test_pipelined_requests_for_the_portal_are_all_answered(guest):
    page = b"GET /api HTTP/1.1\r\n" + HEAD
    answer = talk(guest, (page + b"\r\n") * 9 + page + b"Connection: close\r\n\r\n", "10.200.0.1")
    assert answer.count(b"HTTP/1.1 200") == 10


def test_after_a_redirect_nothing_more_of_the_connection_counts(guest):
    """It was meant for another host: that host alone may answer what follows."""
    answer = talk(guest, b"GET /a HTTP/1.1\r\nHost: a.test\r\n\r\nPOST /login HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\n\r\n")
    assert answer.count(b"HTTP/1.1") == 1 and redirect(guest)


def test_no_line_of_a_stranger_becomes_a_header(guest):
    for request in (b"GET /x HTTP/1.1\r\nHost: a.test%0d%0aX-Evil: 1\r\n\r\n", b"GET /x%0d%0aX-Evil:1 HTTP/1.1\r\nHost: a.test\r\n\r\n",
                    b"GET /?redir=http://a/%0d%0aX-Evil:%201&lang=id%0d%0aX-Evil:1 HTTP/1.1\r\n" + HEAD + b"\r\n"):
        head = talk(guest, request).split(b"\r\n\r\n")[0]
        assert b"\r\nX-Evil" not in head and status(head) in (200, 302)


def served(guest):
    start = time.monotonic()
    assert redirect(guest)
    return time.monotonic() - start


def test_300_idle_connections_keep_nobody_waiting(city):
    others = [city.add_guest("taman-kota") for _ in range(10)]
    sockets = [connect(other) for other in others for _ in range(30)]
    guest = city.add_guest("taman-kota")
    assert served(guest) < 1
    login(guest)
    time.sleep(7)  # each has five seconds to say what it wants
    assert all(is_closed(sock) for sock in sockets)


def is_closed(sock):
    sock.settimeout(0.01)
    try:
        return sock.recv(10) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        sock.close()


def test_slow_senders_end_and_keep_nobody_waiting(city, guest):
    """One byte a second of a request that never ends."""
    sockets = [connect(guest) for _ in range(20)]
    other, start = city.add_guest("taman-kota"), time.monotonic()
    while sockets and time.monotonic() - start < 15:
        for sock in list(sockets):
            try:
                sock.sendall(b"G")
            except OSError:
                sockets.remove(sock)
        assert served(other) < 1
        time.sleep(0.5)
    assert not sockets and time.monotonic() - start < 12


def test_a_slow_body_ends_too(guest):
    with connect(guest, "10.200.0.1") as sock:
        sock.sendall(b"POST /voucher HTTP/1.1\r\n" + HEAD + b"Content-Length: 100\r\n\r\n")
        start = time.monotonic()
        while time.monotonic() - start < 60:
            try:
                sock.sendall(b"x")
            except OSError:
                break
            sock.settimeout(1)
            try:
                if sock.recv(10) == b"":
                    break
            except TimeoutError:
                pass
        assert time.monotonic() - start < 45


def test_a_handshake_that_never_comes_ends(city, guest):
    wait_for("HTTPS", lambda: city.gateway.space.listening(8443), 5)
    sockets = [connect(guest, "10.200.0.1", 443) for _ in range(20)]
    other = city.add_guest("taman-kota")
    assert other.http(f"https://{NAME}/api", "--cacert", city.authority.certificate)[0] == 200
    for sock in sockets[:10]:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    talk(guest, b"GET / HTTP/1.1\r\n\r\n", "10.200.0.1", 443)
    time.sleep(12)
    assert all(is_closed(sock) for sock in sockets)


def test_no_connection_is_left_and_memory_is_small(city, guest):
    """After all of the above."""
    pid = city.gateway.pid("portal")
    for _ in range(200):
        talk(guest, b"GET / HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n\r\n")
    time.sleep(1)
    sockets = [fd for fd in os.listdir(f"/proc/{pid}/fd") if "socket" in os.readlink(f"/proc/{pid}/fd/{fd}")]
    assert len(sockets) <= 8
    if "asan" in city.gateway.build:
        return
    with open(f"/proc/{pid}/status") as file:
        resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    assert resident < 10240, f"{resident} kB"
