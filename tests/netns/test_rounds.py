# SPDX-License-Identifier: GPL-2.0-or-later
"""Which probe's target answered: gerbang-watch alone, with a daemon that is played, against an internet of which a part is silent."""
import collections
import ctypes
import fcntl
import json
import os
import socket
import time

import pytest

from asking import TYPES, VERSION, Header
from city import INTERNET4, INTERNET6
from fixtures import open_city
from settings import small
from space import wait_for

SETTINGS, EVENT = TYPES["MESSAGE_WATCH_SETTINGS"], TYPES["MESSAGE_WATCH_EVENT"]
UPLINK, PROBE = 4, 5
TARGETS = [INTERNET4, "192.0.2.99", INTERNET6]  # nobody has the second
Round = collections.namedtuple("Round", "sent answered rtt")


class Event(ctypes.Structure):
    _fields_ = [("header", Header), ("event", ctypes.c_uint8), ("zero", ctypes.c_uint8), ("device", ctypes.c_char * 16),
                ("mac", ctypes.c_uint8 * 6), ("other_mac", ctypes.c_uint8 * 6), ("family", ctypes.c_uint8), ("octets", ctypes.c_uint8 * 16),
                ("lifetime", ctypes.c_uint32), ("rtt_usec", ctypes.c_uint32), ("sent", ctypes.c_uint16), ("answered", ctypes.c_uint16),
                ("name", ctypes.c_char * 256)]


class PlayedDaemon:
    def __init__(self, city, probe_usec):
        directory = city.path("run", "daemon")
        os.makedirs(directory, exist_ok=True)
        os.chmod(city.path("run"), 0o755)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(os.path.join(directory, "watch"))
        os.chmod(os.path.join(directory, "watch"), 0o666)
        self.listener.listen(1)
        self.listener.settimeout(10)
        city.gateway.start_one("watch")
        self.settings = {"uplink": "wan0", "probes": TARGETS, "api": "", "hostname": "wifi.kotimkab.test", "probe_usec": probe_usec,
                         "zones": [], "offices": []}
        self._accept()

    def _accept(self):
        """Its parent part connects first to learn the settings; who reads frames comes after it."""
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(10)
        self.tell()

    def tell(self, **changes):
        self.settings.update(changes)
        blob = os.memfd_create("settings", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.write(blob, json.dumps(self.settings).encode())
        fcntl.fcntl(blob, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
        socket.send_fds(self.socket, [bytes(Header(SETTINGS, VERSION, ctypes.sizeof(Header), 0))], [blob])
        os.close(blob)

    def rounds(self, seconds):
        """Those told in this time."""
        made, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                data, fds, _, _ = socket.recv_fds(self.socket, 4096, 1)
            except TimeoutError:
                break
            for fd in fds:
                os.close(fd)
            if not data:
                self._accept()
                continue
            if Header.from_buffer_copy(data).type != EVENT:
                continue
            assert len(data) == ctypes.sizeof(Event)
            event = Event.from_buffer_copy(data)
            if event.event == PROBE:
                made.append(Round(event.sent, event.answered, event.rtt_usec))
        return made


@pytest.fixture(scope="module")
def daemon():
    with open_city(settings=small(zones=[]), hosts=[]) as city:
        wait_for("the internet", lambda: city.gateway.space.ping(INTERNET4), 5)
        made = PlayedDaemon(city, 200000)
        made.city = city
        yield made


def test_each_round_says_who_was_asked_and_who_answered(daemon):
    rounds = daemon.rounds(5)
    told = [row for row in rounds if row.sent]
    assert len(rounds) >= 10 and len(told) >= 5, rounds
    assert all(row.sent == 0b111 for row in told)
    assert sum(row.answered == 0b101 for row in told) >= 0.8 * len(told) and not any(row.answered & 0b010 for row in told)
    # Short rounds are told when their time for answers is over: the first ten have nobody yet.
    first = next(i for i, row in enumerate(rounds) if row.sent)
    assert 5 <= first <= 12 and rounds[first - 1].rtt > 0


def test_a_round_without_a_carrier_was_asked_and_is_silent(daemon):
    daemon.city.gateway.space.ip("link set wan0 down")
    daemon.rounds(3)  # those before
    rounds = [row for row in daemon.rounds(1.5) if row.sent]
    assert len(rounds) >= 3 and all(row == Round(0b111, 0, 0) for row in rounds)


def test_a_longer_round_is_told_at_its_end(daemon):
    daemon.city.gateway.space.ip("link set wan0 up", "address replace 2001:db8:ffff::2/64 dev wan0 nodad", "route replace default via 192.0.2.1")
    wait_for("the internet", lambda: daemon.city.gateway.space.ping(INTERNET4), 5)
    daemon.tell(probe_usec=1500000)
    daemon.rounds(4)
    rounds = daemon.rounds(5)
    assert 2 <= len(rounds) <= 4 and all(row.sent == 0b111 and row.answered == 0b101 for row in rounds), rounds
