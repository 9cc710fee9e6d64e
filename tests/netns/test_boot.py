# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway that starts inside a window is right before the first packet is forwarded."""
import contextlib
import re
import socket
import threading
import time

import pytest

from city import INTERNET4
from kernel import snapshot
from space import wait_for
from telephone import arrived

MORNING, EVENING = "2026-11-23 10:00:00", "2026-11-23 17:00:00"


class Knocking:
    """Datagrams every 10 ms, each kind to a port of its own."""

    def __init__(self, city):
        self.city, self.end, self.threads, self.ports = city, threading.Event(), [], {}

    def start(self, what, machine, source=None, v6=False):
        port = 30000 + len(self.ports)
        self.ports[what] = port
        thread = threading.Thread(target=self._run, args=(machine, source, v6, port), daemon=True)
        thread.start()
        self.threads.append(thread)

    def _run(self, machine, source, v6, port):
        family, level, option = (socket.AF_INET6, socket.IPPROTO_IPV6, 75) if v6 else (socket.AF_INET, socket.IPPROTO_IP, 19)
        with machine.enter(), socket.socket(family, socket.SOCK_DGRAM) as sock:
            if source:
                sock.setsockopt(level, option, 1)
                sock.bind((source, 0))
            while not self.end.wait(0.01):
                with contextlib.suppress(OSError):
                    sock.sendto(b"knock", ("2001:db8:ffff::1" if v6 else INTERNET4, port))

    def stop(self):
        self.end.set()
        for thread in self.threads:
            thread.join(2)

    def arrived(self):
        return {what: arrived(self.city, port) for what, port in self.ports.items()}


@pytest.fixture
def knocking(make_city):
    made = []

    def build(**options):
        city = make_city(guests={"taman-kota": 1}, **options)
        guest, office = city.guests["taman-kota"][0], city.hosts["dinkes"]
        knock = Knocking(city)
        made.append(knock)
        knock.start("guest", guest)
        knock.start("guest over IPv6", guest, v6=True)
        knock.start("guest as an office", guest, source="10.10.1.10")
        knock.start("office with a foreign source", office, source="10.10.3.10")
        knock.start("office", office)
        knock.start("office over IPv6", office, v6=True)
        return city, knock
    yield build
    for knock in made:
        knock.stop()


def judge(knock, city):
    """Offices pass in the end, the others never did."""
    wait_for("the offices to be online", lambda: min(v for k, v in knock.arrived().items() if k in
             ("office", "office over IPv6")) > 20, 5)
    knock.stop()
    seen = knock.arrived()
    assert {what for what, count in seen.items() if count} == {"office", "office over IPv6"}, seen
    own = max(row["packets"] for row in city.gateway.classes("wan0").values() if row["ceil"] in (94e6, 60e6))
    assert sum(seen.values()) <= own, "an office's datagram left by another class than its own"


@pytest.mark.parametrize("order", [("shaper", "daemon", "portal"), ("daemon", "portal", "shaper")], ids="-".join)
@pytest.mark.parametrize("when", [MORNING, pytest.param(EVENING, marks=pytest.mark.kernels)], ids=["office-hours", "park-open"])
def test_nothing_passes_before_the_gates(knocking, order, when):
    city, knock = knocking()
    gateway = city.gateway
    assert gateway.space.sysctl("net.ipv4.ip_forward") == "0"
    time.sleep(0.3)
    gateway.rehearse = when
    for name in order:
        gateway.start_one(name)
    wait_for("forwarding", lambda: gateway.space.sysctl("net.ipv4.ip_forward") == "1", 30, 0.001)
    first = plan_of(gateway.space)
    gateway.wait_ready()
    time.sleep(1)
    assert plan_of(gateway.space) == first, "the kernel was not yet right when the first packet could pass"
    judge(knock, city)


def plan_of(space):
    """All but guests' classes, which are made in the background."""
    held = snapshot(space, everything=False)
    return {what: [line for line in text.splitlines() if not re.match(r"htb [12]:[4-9a-f]\w{3} ", line)] if what.startswith("class")
            else text for what, text in held.items() if what != "qdisc"}


def test_a_restart_of_everything_lets_nobody_slip(knocking):
    city, knock = knocking()
    city.gateway.start(rehearse=EVENING)
    for _ in range(2):
        for name in ("portal", "daemon", "shaper"):
            city.gateway.kill9(name)
        city.gateway.start()
    judge(knock, city)


def test_forwarding_stays_off_without_a_plan(knocking):
    """A shaper without a daemon, and a daemon without a shaper, open nothing."""
    city, knock = knocking()
    city.gateway.rehearse = MORNING
    for name in ("shaper", "daemon"):
        city.gateway.start_one(name)
        time.sleep(1)
        assert city.gateway.space.sysctl("net.ipv4.ip_forward") == "0"
        city.gateway.end(name)
    assert not any(knock.arrived().values())
