# SPDX-License-Identifier: GPL-2.0-or-later
"""Proof that the uplink was up, or was not: probes of three targets with one, all or half of them silenced by nft in the internet, the carrier
gone, gerbangd and gerbang-watch gone meanwhile; what the ledger holds of it; and tests of the line by iperf3 and HTTP.

Probes come four times a second here (the uplink's rate is adjusted); silence and the minute of loss are as long as they are."""
import contextlib
import ipaddress
import os
import re
import sqlite3
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

import pytest

from asking import Asker
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


def clock(city):
    """The city's time in seconds; a status has whole ones."""
    return datetime.fromisoformat(city.gateway.status()["time"]).timestamp()


def test_one_target_that_is_silent_is_no_outage_and_is_counted(city):
    silence(city, f"ip daddr {TARGETS[0]} drop")
    time.sleep(18)
    targets = {row["address"]: row for row in city.gateway.status()["evidence"]["targets"]}
    assert not outage(city) and not outages(city)
    assert targets[TARGETS[0]]["answered"] < 0.5 * targets[TARGETS[0]]["sent"]
    assert targets[TARGETS[1]]["answered"] >= 0.9 * targets[TARGETS[1]]["sent"] > 50
