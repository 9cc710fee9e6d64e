# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's own clock is set while the gateway serves: an hour forward, an hour back, months ahead, and out of the year 2000.

Real steps of CLOCK_REALTIME, in the Debian lane alone: that machine's clock is its own. Everywhere else these tests refuse to run.
What the calendar decides follows local time at once; what a guest was given is counted on the monotonic clock and must not change.
"""
import contextlib
import os
import time
from datetime import datetime, timedelta, timezone

import pytest

from city import INTERNET4
from fixtures import open_city
from settings import small
from space import wait_for
from telephone import login, reaches
from test_schedule import DAYS, kernel_agrees, state
from traffic import Flow, Paced, flows

pytestmark = pytest.mark.debian

SITE = timezone(timedelta(hours=7))
SOON = 10  # seconds, on a machine that is not emulated (wait_for)
SKEW = 8   # seconds that reading two clocks one after the other may take here


def set_clock(local):
    """The machine's clock; "YYYY-MM-DD HH:MM[:SS]" of the site."""
    assert os.environ.get("GERBANG_LANE") == "debian" and os.path.exists("/run/gerbang-vm/up"), "never the clock of a real machine"
    time.clock_settime(time.CLOCK_REALTIME, datetime.fromisoformat(local).replace(tzinfo=SITE).timestamp())


def move_clock(**by):
    set_clock(str(datetime.now(SITE).replace(tzinfo=None) + timedelta(**by)))


@contextlib.contextmanager
def right_afterwards():
    """Whatever a test does to the clock, the next one finds it as it would have been."""
    offset = time.time() - time.monotonic()
    try:
        yield
    finally:
        time.clock_settime(time.CLOCK_REALTIME, time.monotonic() + offset)


@pytest.fixture(scope="module")
def city():
    with right_afterwards():
        set_clock("2026-11-23 10:00")
        with open_city(guests={"taman-kota": 2}) as city:
            city.gateway.start()
            yield city


def closing(city):
    """Seconds until the kernel closes the park by itself, and until the calendar says so."""
    status = city.gateway.status()
    said = datetime.fromisoformat(status["zones"][0]["next_change"]["time"])
    elements = city.gateway.elements("inet", "gerbang", "open_zones")
    assert len(elements) == 1, elements
    return elements[0]["elem"]["expires"], (said - datetime.now(SITE)).total_seconds()


def gate_follows(city):
    kernel, calendar = closing(city)
    return abs(kernel - calendar) <= SKEW


def left(city):
    """{MAC: seconds} as the daemon says, which is bounded by the kernel's own timeouts."""
    return {row["mac"]: row["seconds_remaining"] for row in city.gateway.sessions()}


def kernel_left(city):
    """How long the kernel's elements live on: the sessions' own ends, in every set and map that has any."""
    ends = []
    for row in city.gateway.nft("list", "ruleset"):
        held = next(iter(row.values()))
        if held.get("name") != "open_zones":
            ends += [element["expires"] for element in map(element_of, held.get("elem", ())) if element.get("timeout", 0) > 600]
    return sorted(ends)


def element_of(row):
    """A set's element or a map's [element, value]; {} where it is a bare value."""
    row = row[0] if isinstance(row, list) else row
    return row.get("elem", {}) if isinstance(row, dict) else {}


def follows(city, dinkes, phase, is_open):
    wait_for(f"dinkes {dinkes}, {phase}, the park {'open' if is_open else 'closed'}",
             lambda: agrees(city, dinkes, phase, is_open), SOON)


def agrees(city, dinkes, phase, is_open):
    at, _, _, now, park = state(city)
    return (at, now, park) == (dinkes, phase, is_open) and kernel_agrees(city, dinkes, is_open)


def test_an_hour_forward_over_an_opening_and_an_hour_back(city):
    """15:20 -> 16:20: offices outside, the park open; back: as if it had never been."""
    guest = city.guests["taman-kota"][0]
    set_clock("2026-11-23 15:20")
    follows(city, "inside", "office", False)
    before = len(city.gateway.log("daemon"))
    move_clock(hours=1)
    follows(city, "outside", "public", True)
    status = city.gateway.status()
    assert abs(datetime.fromisoformat(status["time"]).timestamp() - time.time()) < SKEW
    assert status["next_change"]["time"].startswith("2026-11-23T22:00"), status["next_change"]
    assert "clock was set" in city.gateway.log("daemon")[before:]
    login(guest)
    assert guest.ping(INTERNET4) and gate_follows(city)
    move_clock(hours=-1)
    follows(city, "inside", "office", False)
    assert city.gateway.status()["next_change"]["time"].startswith("2026-11-23T16:00")
    assert not reaches(city, guest)


def test_a_session_keeps_its_time_whatever_the_clock_says(city):
    """Two hours are two hours; only the park's closing is local time's."""
    guest = city.guests["taman-kota"][1]
    set_clock("2026-11-23 16:30")
    follows(city, "outside", "public", True)
    login(guest)
    city.gateway.settle(1)
    began, given, held = time.monotonic(), left(city)[guest.mac], kernel_left(city)
    assert held, "the kernel holds no end of a session"
    for by in ({"hours": 1}, {"hours": 2}, {"hours": -3}, {"minutes": -20}, {"seconds": 40}, {"days": 1}, {"days": -1}):
        move_clock(**by)
        wait_for(f"the gate to follow a step by {by}", lambda: gate_follows(city), SOON)
        assert guest.ping(INTERNET4), f"cut off by a step of {by}"
        passed = time.monotonic() - began
        assert abs(left(city)[guest.mac] - (given - passed)) <= SKEW, f"by {by}: {given} s at first, {passed:.0f} s later {left(city)}"
        for then, now in zip(held, kernel_left(city)):
            assert abs(then - (time.monotonic() - began) - now) <= SKEW, f"by {by}: the kernel held {held}, now {kernel_left(city)}"


def test_the_park_closes_by_local_time_after_steps(city):
    """Seconds before closing by a step, then by itself; a step back opens it again, for as long as the calendar says."""
    set_clock("2026-11-23 17:00")
    follows(city, "outside", "public", True)
    set_clock("2026-11-23 21:59:40")
    wait_for("the gate to follow", lambda: gate_follows(city), SOON)
    follows(city, "outside", "public", False)
    late = (datetime.now(SITE) - datetime(2026, 11, 23, 22, tzinfo=SITE)).total_seconds()
    assert 0 <= late < 20, f"closed {late:.1f} s after 22:00"
    set_clock("2026-11-23 21:00")
    follows(city, "outside", "public", True)
    assert gate_follows(city) and 3500 < closing(city)[0] <= 3600


@pytest.mark.parametrize("when, why, dinkes, loket, phase, is_open", DAYS, ids=[row[1] for row in DAYS])
def test_months_ahead_and_back(city, when, why, dinkes, loket, phase, is_open):
    set_clock(when)
    wait_for(f"the right state on {why}", lambda: state(city) == (dinkes, loket, "inside", phase, is_open), SOON)
    wait_for("the kernel to hold it", lambda: kernel_agrees(city, dinkes, is_open), SOON)


def test_traffic_does_not_notice(city):
    """Steps to and fro over 16:00 and over a year: the hospital, which they leave alone, loses no datagram; no connection breaks."""
    set_clock("2026-11-23 15:30")
    follows(city, "inside", "office", False)
    hospital = [Paced(city, city.hosts["rsud"], direction, 1e6) for direction in ("down", "up")]
    office = Flow(city, city.hosts["dinkes"], "up", streams=1)
    with flows(office, *hospital):
        for paced in hospital:
            paced.wait_flowing(20)
        lost = [paced.read()["lost"] for paced in hospital]
        for when in ("2026-11-23 16:30", "2026-11-23 15:30", "2027-11-22 17:00", "2026-11-23 12:30"):
            set_clock(when)
            city.gateway.settle(1.5)
        counted = [paced.read()["packets"] for paced in hospital]
        wait_for("datagrams to go on", lambda: all(p.read()["packets"] > n for p, n in zip(hospital, counted)), SOON)
        assert [paced.read()["lost"] for paced in hospital] == lost and office.alive()


def test_a_clock_that_does_not_rest(city):
    """Forty small steps, as a bad time server makes: the daemon answers, says little, and the gates hold."""
    set_clock("2026-11-23 17:00")
    follows(city, "outside", "public", True)
    guest = city.guests["taman-kota"][1]
    wait_for("the guest", lambda: guest.ping(INTERNET4) or bool(login(guest)), SOON)
    before = len(city.gateway.log("daemon"))
    for step in range(40):
        move_clock(seconds=3 if step % 2 else -2)
        time.sleep(0.05)
    wait_for("the gate to follow", lambda: gate_follows(city), SOON)
    assert guest.ping(INTERNET4)
    assert len(city.gateway.log("daemon")[before:].splitlines()) < 250
    assert city.gateway.status()["shaper"]


def test_a_gateway_that_wakes_in_the_year_2000(make_city):
    """No battery, no time server yet: it serves by what the clock says, and is right as soon as the clock is. Who was in stays in."""
    with right_afterwards():
        set_clock("2000-01-01 00:03")
        city = make_city(guests={"taman-kota": 1})
        city.gateway.start()
        follows(city, "outside", "public", False)
        set_clock("2026-11-23 17:00")
        follows(city, "outside", "public", True)
        guest = city.guests["taman-kota"][0]
        login(guest)
        began, given = time.monotonic(), left(city)[guest.mac]
        for name in ("daemon", "portal", "watch"):
            city.gateway.kill9(name)
        set_clock("2000-01-01 12:00")
        city.gateway.start(names=("daemon", "watch", "portal"))
        set_clock("2026-11-23 17:05")
        follows(city, "outside", "public", True)
        wait_for("the session", lambda: guest.mac in left(city), SOON)
        assert abs(left(city)[guest.mac] - (given - (time.monotonic() - began))) <= SKEW + 2
        assert guest.ping(INTERNET4)
