# SPDX-License-Identifier: GPL-2.0-or-later
"""Every probe of probes.py, played before login and after: read as captive then, and answered by its real server now."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from city import HOSTS
from fixtures import open_city
from probes import PROBES
from space import wait_for
from telephone import login

EVENING = "2026-11-23 17:00:00"
HOST = HOSTS[-1]
ANSWERS = {(urlsplit(p.url).netloc, p.url.split(urlsplit(p.url).netloc, 1)[1]): p for p in PROBES}


class Servers(BaseHTTPRequestHandler):
    """All of the probes' real servers."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        probe = ANSWERS.get((self.headers["Host"], self.path))
        self.send_response(probe.status if probe else 404)
        self.send_header("X-Real-Server", "yes")
        if not probe or probe.status != 204:
            self.send_header("Content-Length", str(len(probe.body) if probe else 0))
        self.end_headers()
        self.wfile.write(probe.body.encode() if probe else b"")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def city():
    with open_city() as city:
        city.names({urlsplit(p.url).hostname.rstrip("."): {"A": [HOST]} for p in PROBES})
        city.internet.run("nft", "add table ip probes; add chain ip probes in { type nat hook prerouting priority -100; }; "
                          f"add rule ip probes in ip daddr {HOST} tcp dport 80 redirect to :8100")
        with city.internet.enter():
            server = ThreadingHTTPServer(("0.0.0.0", 8100), Servers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        city.gateway.start(rehearse=EVENING)
        try:
            yield city
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture(scope="module")
def captive(city):
    return city.add_guest("taman-kota")


@pytest.fixture(scope="module")
def online(city):
    guest = city.add_guest("taman-kota")
    login(guest)
    wait_for("the internet", lambda: guest.ping(HOST), 3)
    return guest


@pytest.mark.parametrize("probe", PROBES, ids=[probe.system for probe in PROBES])
def test_before_login_it_reads_as_captive(captive, probe):
    status, headers, body = captive.http(probe.url, "-A", probe.agent)
    assert status == 302 and "x-real-server" not in headers
    assert headers["location"].startswith("http://wifi.kotimkab.test/") and "redir" not in headers["location"]
    assert len(body) > 4 and headers["location"] in body
    assert headers["cache-control"] == "no-store" and headers["connection"] == "close"


@pytest.mark.parametrize("probe", PROBES, ids=[probe.system for probe in PROBES])
def test_after_login_it_reaches_its_server_untouched(online, probe):
    status, headers, body = online.http(probe.url, "-A", probe.agent)
    assert (status, body) == (probe.status, probe.body.replace("\r\n", "\n"))
    assert headers["x-real-server"] == "yes"


def test_every_row_says_where_it_comes_from():
    assert all(len(probe.source) > 10 for probe in PROBES) and len({probe.url for probe in PROBES}) >= 23


def test_a_head_request_is_a_probe_as_well(captive):
    status, headers, body = captive.http("http://www.gstatic.com/generate_204", "-I")
    assert status == 302 and int(headers["content-length"]) > 4 and not body


def test_encrypted_probes_are_refused_at_once_and_never_answered_by_us(captive):
    """Android asks https://www.google.com/generate_204 beside the other: a reset, within a round trip."""
    text = captive.run("curl", "-sS", "-o", "/dev/null", "-w", "%{time_total} %{ssl_verify_result}", "--max-time", 5,
                       "https://www.google.com/generate_204", check=False)
    assert float(text.split()[0]) < 1
