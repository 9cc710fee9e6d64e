# SPDX-License-Identifier: GPL-2.0-or-later
"""Proof that the uplink was up, or was not: probes of three targets with one, all or half of them silenced by nft in the internet, the carrier
gone, gerbangd and gerbang-watch gone meanwhile; what the ledger holds of it; and tests of the line by iperf3 and HTTP.

Probes come four times a second here (the uplink's rate is adjusted); silence and the minute of loss are as long as they are."""
import contextlib
import re
import sqlite3
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

import pytest

from city import HOSTS
from fixtures import open_city
from gateway import ALL
from settings import small
from space import wait_for

NIGHT = "2026-11-23 21:00:00"
TARGETS = HOSTS[:3]
CARRIER, SILENT, LOSS = 1, 2, 3
DOWN, UP = 20e6, 10e6
FILE = HOSTS[5]


def settings(**uplink):
    return small(uplink={"download": "20 Mbit", "upload": "10 Mbit", "probes": TARGETS, "loss": 20, "own": "1 Mbit",
                         "adjust": {"minimum": {"down": "10 Mbit", "up": "5 Mbit"}, "latency": "200 ms"}, **uplink},
                 offices=[{"id": "dinkes", "name": "Dinas Kesehatan", "schedule": "kantor", "devices": ["lan0"], "prefixes": ["10.10.1.0/24"],
                           "inside": {"guaranteed": "4 Mbit", "ceiling": "9 Mbit"}}],
                 zones=[])


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), hosts=[], provider=True) as city:
        city.internet.run("nft", "add table ip silence; add chain ip silence in { type filter hook prerouting priority -300; }")
        city.gateway.start(rehearse=NIGHT, names=ALL)
        wait_for("probes", lambda: city.gateway.status()["evidence"]["watched"], 10, 0.1)
        yield city


@pytest.fixture(autouse=True)
def heard(city):
    yield
    silence(city)


def silence(city, rule=None):
    """What the internet does with echo requests from now on."""
    city.internet.run("nft", "flush chain ip silence in" + (f"; add rule ip silence in icmp type echo-request {rule}" if rule else ""))


def outage(city):
    return city.gateway.status()["outage"]


def rows(city, sql):
    with contextlib.closing(sqlite3.connect(f"file:{city.path('state', 'rehearsal', 'ledger.db')}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(sql)]


def outages(city):
    return rows(city, "SELECT * FROM outage ORDER BY id")


def kinds(city):
    return [row["kind"] for row in rows(city, "SELECT kind FROM event WHERE kind LIKE 'outage.%' ORDER BY id")]


def clock(city):
    """The city's time in seconds; a status has whole ones."""
    return datetime.fromisoformat(city.gateway.status()["time"]).timestamp()


@contextlib.contextmanager
def iperf3(city, port=5201):
    server = city.internet.popen("iperf3", "-s", "-p", port)
    try:
        wait_for("iperf3", lambda: city.internet.listening(port), 10, 0.05)
        yield f"iperf3://{FILE}:{port}"
    finally:
        server.kill()
        server.wait(5)


class File(BaseHTTPRequestHandler):
    """As many bytes as somebody takes."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65536)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def http(city, port=8088):
    with city.internet.enter():
        server = ThreadingTCPServer((FILE, port), File)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{FILE}:{port}/besar?RAHASIA"
    finally:
        server.shutdown()
        server.server_close()


def line_test(city, server, day, seconds=3):
    """Tonight's, as the ledger has it."""
    city.write_conf(settings(test={"server": server, "at": "03:00", "days": "mon-sun", "seconds": seconds}))
    city.gateway.gerbang("apply", json_out=False)
    known = len(rows(city, "SELECT id FROM line_test"))
    city.gateway.clock_to(f"2026-11-{day} 03:00:00")
    wait_for("the test", lambda: len(rows(city, "SELECT id FROM line_test")) > known, 40, 0.2)
    return rows(city, "SELECT * FROM line_test ORDER BY id")[-1]


@pytest.mark.measure
def test_the_line_is_measured_by_iperf3_while_one_silent_target_is_no_outage(city):
    silence(city, f"ip daddr {TARGETS[0]} drop")
    began = time.monotonic()
    city.provider.gives(DOWN, UP, 100)
    with iperf3(city) as server:
        row = line_test(city, server, 24)
    assert row["error"] == "" and row["server"] == server
    assert 0.80 * DOWN <= row["down_bps"] <= DOWN
    assert 0.75 * UP <= row["up_bps"] <= UP, "through the gateway's own queue: less its headroom"
    said = rows(city, "SELECT kind, text FROM event WHERE kind = 'test' ORDER BY id")[-1]
    assert re.search(r"down \S+ Mbit/s of 20\S* Mbit/s bought, up \S+ Mbit/s of 10", said["text"])
    assert city.gateway.status()["evidence"]["test"]["down_bps"] == row["down_bps"]
    time.sleep(max(0, began + 17 - time.monotonic()))
    targets = {row["address"]: row for row in city.gateway.status()["evidence"]["targets"]}
    assert not outage(city) and not outages(city)
    assert targets[TARGETS[0]]["answered"] < 0.5 * targets[TARGETS[0]]["sent"]
    assert targets[TARGETS[1]]["answered"] >= 0.8 * targets[TARGETS[1]]["sent"] > 40


@pytest.mark.measure
def test_the_line_is_measured_by_http_and_too_little_is_an_alarm(city):
    city.provider.gives(0.6 * DOWN, UP, 100)
    with http(city) as server:
        row = line_test(city, server, 25)
    city.provider.gives()
    assert row["error"] == "" and row["up_bps"] == 0
    assert 0.6 * 0.80 * DOWN <= row["down_bps"] <= 0.6 * 1.02 * DOWN
    said = rows(city, "SELECT kind, text FROM event WHERE kind = 'alarm.uplink' ORDER BY id")[-1]
    assert "too little" in said["text"] and "RAHASIA" not in city.gateway.logs()


def test_a_server_that_is_not_there_is_said_and_no_test_runs_while_somebody_works(city):
    row = line_test(city, f"iperf3://{FILE}:5999", 26)
    assert row["down_bps"] == 0 and f"iperf3://{FILE}:5999: " in row["error"] and "onnect" in row["error"]
    known = len(rows(city, "SELECT id FROM line_test"))
    with iperf3(city) as server:
        city.write_conf(settings(test={"server": server, "at": "03:00", "days": "mon-sun", "seconds": 3}))
        city.gateway.gerbang("apply", json_out=False)
        city.gateway.gerbang("office", "inside", "dinkes", "--until", "2026-11-27 06:00", json_out=False)
        city.gateway.clock_to("2026-11-27 03:00:00")
        wait_for("it to be put off", lambda: "put off by ten minutes: an office is at work" in city.gateway.log("daemon"), 10, 0.1)
        city.gateway.gerbang("office", "auto", "dinkes", json_out=False)
    assert len(rows(city, "SELECT id FROM line_test")) == known


def test_half_of_the_probes_lost_is_an_outage_within_a_minute(city):
    began = clock(city)
    silence(city, f"ip daddr {TARGETS[0]} drop; add rule ip silence in icmp type echo-request numgen random mod 100 < 50 drop")
    wait_for("the outage", lambda: outage(city), 70, 0.5)
    row = outages(city)[-1]
    assert row["cause"] == LOSS and row["ended_wall_usec"] == 0 and outage(city)["cause"] == "loss"
    # The tests of the line just before have filled its queue, and lost probes of their own.
    assert began - 25 <= row["began_wall_usec"] / 1e6 <= began + 8
    assert len(outages(city)) == 1


def test_silence_takes_over_from_its_first_lost_round_and_ends_where_it_was_last_known(city):
    silence(city, "drop")
    began = clock(city)
    wait_for("the silence", lambda: outage(city) and outage(city)["cause"] == "silent", 25, 0.2)
    loss, silent = outages(city)
    assert silent["cause"] == SILENT and abs(silent["began_wall_usec"] / 1e6 - began) < 2
    assert loss["ended_wall_usec"] == silent["began_wall_usec"]
    city.gateway.clock_to("2026-11-27 03:02:00")  # the minute is over, and most of it was an outage
    stopped = clock(city)
    city.gateway.end("daemon")
    assert outages(city)[-1]["ended_wall_usec"] == 0
    measured_and_told_by_target(city)
    silence(city)
    city.gateway.start_one("daemon")
    closed = wait_for("its end", lambda: [row for row in outages(city)[1:] if row["ended_wall_usec"]], 15, 0.1)[0]
    assert stopped - 11 <= closed["ended_wall_usec"] / 1e6 <= stopped + 2
    wait_for("the gateway", city.gateway.is_ready, 15, 0.1)
    assert len(outages(city)) == 2 and not outage(city)


def measured_and_told_by_target(city):
    day = rows(city, "SELECT sum(measured_min) AS measured, sum(down_min) AS down, sum(sent) AS sent, sum(answered) AS answered, "
                     "sum(carrier_min + silent_min + loss_min) AS causes FROM availability")[0]
    targets = rows(city, "SELECT sum(sent) AS sent, sum(answered) AS answered FROM target GROUP BY address")
    assert day["measured"] == 1 and day["down"] == day["causes"] == 1
    assert len(targets) == 3 and sum(row["sent"] for row in targets) == day["sent"] > 300
    assert 0 < sum(row["answered"] for row in targets) == day["answered"] < 0.9 * day["sent"]


def test_no_carrier_is_an_outage_that_restarts_and_a_dead_watch_do_not_end(city):
    wait_for("the gateway", city.gateway.is_ready, 15, 0.1)
    known, begun = len(outages(city)), len(kinds(city))
    began = clock(city)
    city.provider.space.ip("link set gateway down")
    wait_for("the outage", lambda: outage(city), 6, 0.1)
    row = outages(city)[-1]
    assert row["cause"] == CARRIER and -1.5 <= row["began_wall_usec"] / 1e6 - began <= 3
    city.gateway.kill9("watch")
    city.gateway.kill9("daemon")
    city.gateway.start_one("daemon")
    wait_for("the daemon", city.gateway.is_ready, 15, 0.1)
    assert outage(city)["cause"] == "carrier"
    city.gateway.start_one("watch")
    time.sleep(2)
    assert outages(city)[-1] == row
    city.provider.space.ip("link set gateway up")
    ended = clock(city)
    wait_for("its end", lambda: not outage(city), 12, 0.1)
    last = wait_for("it to be written", lambda: outages(city)[-1]["ended_wall_usec"], 20, 0.2)
    assert ended - 1.5 <= last / 1e6 <= ended + 8 and len(outages(city)) == known + 1
    assert kinds(city)[begun:] == ["outage.begin", "outage.end"]
