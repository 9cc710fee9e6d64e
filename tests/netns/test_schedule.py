# SPDX-License-Identifier: GPL-2.0-or-later
"""The calendar reaches the kernel: at 16:00 with live traffic, and by a clock that is moved to hard days."""
import time
from datetime import datetime

import pytest

from city import INTERNET4
from fixtures import open_city
from gateway import Refused
from settings import small
from space import wait_for
from telephone import login, reaches
from traffic import Flow, Meter, Paced, flows

MBIT = 1e6


def until(city, clock):
    """Sleeps until the daemon's clock reads HH:MM:SS; the monotonic instant."""
    now = datetime.fromisoformat(city.gateway.status()["time"])
    read = time.monotonic()
    hours, minutes, seconds = map(int, clock.split(":"))
    left = (now.replace(hour=hours, minute=minutes, second=seconds, microsecond=0) - now).total_seconds()
    assert left > -1, f"too late for {clock}: the daemon's clock reads {now}"
    time.sleep(max(0, left))
    return read + left


@pytest.mark.measure
def test_at_four_flows_go_on_and_the_new_rates_hold(make_city):
    """dinkes 30/94 -> 5/60 Mbit; the hospital (24 h, 10/20) is left alone and must not lose one datagram."""
    city = make_city()
    city.gateway.start(rehearse="2026-11-23 15:59:46")
    before = class_ids(city)
    running = Flow(city, city.hosts["dinkes"], "both")
    hospital = [Paced(city, city.hosts["rsud"], direction, 9 * MBIT) for direction in ("down", "up")]
    with flows(running, *hospital):
        for paced in hospital:
            paced.wait_flowing()
        time.sleep(2)
        lost = [paced.read()["lost"] for paced in hospital]
        meter = Meter(city, {"dinkes": city.hosts["dinkes"]}, {"dinkes": [running]})
        down, up = meter.over(3)
        assert down["dinkes"] > 60 * MBIT * 1.1 and up["dinkes"] > 60 * MBIT * 1.1, f"not above the evening's ceiling: {down}"
        four = until(city, "16:00:00")
        time.sleep(max(0, four + 2 - time.monotonic()))
        down, up = meter.over(4)
        assert running.alive(), "a TCP connection broke at 16:00"
        for rate in (down["dinkes"], up["dinkes"]):  # TCP may still be recovering from the step: less, never more
            assert 0.85 * 60 * MBIT < rate < 1.02 * 60 * MBIT
        assert [paced.read()["lost"] for paced in hospital] == lost, "the change cost datagrams of a class it leaves alone"
    assert class_ids(city) == before, "classes came or went"
    status = city.gateway.status()
    assert status["phase"] == "public"
    assert {o["id"]: o["state"] for o in status["offices"]} == {
        "dinkes": "outside", "bkad": "outside", "rsud": "inside", "loket": "outside"}


def class_ids(city):
    """Class ids of offices and zones (guests' blocks may come and go)."""
    return {device: sorted(ident for ident in city.gateway.classes(device) if int(ident.split(":")[1], 16) < 0x4000)
            for device in ("wan0", "gerbang-ifb")}


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 1}) as city:
        city.gateway.start(rehearse="2026-11-23 10:00:00")
        yield city


# when, why, state of dinkes (kantor) | loket (a break) | phase | park open
DAYS = [
    ("2026-11-23 10:00", "a working morning", "inside", "inside", "office", False),
    ("2026-11-23 12:30", "a break in the windows", "inside", "outside", "office", False),
    ("2026-11-23 13:00", "after the break", "inside", "inside", "office", False),
    ("2026-11-23 17:00", "the evening", "outside", "outside", "public", True),
    ("2026-11-23 23:00", "the night", "outside", "outside", "public", False),
    ("2026-11-28 11:00", "a Saturday", "outside", "outside", "public", True),
    ("2026-12-25 10:00", "a holiday on a Friday", "outside", "inside", "public", True),
    ("2026-02-23 14:30", "a Ramadan afternoon", "inside", "inside", "office", False),
    ("2026-02-23 15:30", "a later Ramadan afternoon", "outside", "inside", "public", True),
    ("2026-02-18 15:30", "the day before Ramadan", "inside", "inside", "office", False),
    ("2027-01-01 09:00", "New Year's Day", "outside", "inside", "public", True),
    ("2026-12-31 15:59", "the year's last working minute", "inside", "inside", "office", False),
]


@pytest.mark.parametrize("when, why, dinkes, loket, phase, is_open", DAYS, ids=[row[1] for row in DAYS])
def test_the_kernel_follows_the_calendar(city, when, why, dinkes, loket, phase, is_open):
    city.gateway.clock_to(when)
    wait_for(f"the right state on {why}", lambda: state(city) == (dinkes, loket, "inside", phase, is_open), 2)
    wait_for("the kernel to hold it", lambda: kernel_agrees(city, dinkes, is_open), 2)


def state(city):
    status = city.gateway.status()
    offices = {office["id"]: office["state"] for office in status["offices"]}
    return offices["dinkes"], offices["loket"], offices["rsud"], status["phase"], status["zones"][0]["open"]


def kernel_agrees(city, dinkes, is_open):
    ceiling = 94 if dinkes == "inside" else 60
    for device in ("wan0", "gerbang-ifb"):
        if not any(row["ceil"] == ceiling * MBIT for row in city.gateway.classes(device).values()):
            return False
    return bool(city.gateway.elements("inet", "gerbang", "open_zones")) == is_open


def test_the_years_end_passes_by_itself(city):
    """Thursday 2026-12-31 is a plain day of the park; the phase on New Year's Day is a holiday's."""
    city.gateway.clock_to("2026-12-31 23:59:57")
    wait_for("the new year", lambda: city.gateway.status()["time"].startswith("2027-01-01T00:00:0"), 10)
    assert city.gateway.status()["phase"] == "public"


def test_a_moved_clock_does_not_end_sessions(city):
    """A session's length is its own; only the park's closing is the wall clock's."""
    guest = city.guests["taman-kota"][0]
    city.gateway.clock_to("2026-11-23 17:30")
    wait_for("the park to open", lambda: city.gateway.zone("taman-kota")["open"], 2)
    login(guest)
    left = city.gateway.sessions()[0]["seconds_remaining"]
    for when in ("2026-11-23 18:30", "2026-11-23 17:30", "2026-11-23 16:31"):
        city.gateway.clock_to(when)
        city.gateway.settle()
        assert guest.ping(INTERNET4), f"cut off when the clock moved to {when}"
        now = city.gateway.sessions()[0]["seconds_remaining"]
        assert left - 15 <= now <= left, f"{left} s were left, now {now}"
    city.gateway.clock_to("2026-11-23 15:31")
    wait_for("the park to close", lambda: not city.gateway.zone("taman-kota")["open"], 2)
    assert not reaches(city, guest)


def test_the_machines_own_clock_is_watched(make_city):
    """Setting the clock to what it reads is a step of the clock to the kernel, and harmless: nothing may change."""
    city = make_city(settings=all_day(), guests={"taman-kota": 1})
    city.gateway.start()
    guest = city.guests["taman-kota"][0]
    login(guest)
    before = len(city.gateway.log("daemon"))
    time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
    wait_for("the daemon to notice", lambda: "clock" in city.gateway.log("daemon")[before:].lower(), 3)
    assert guest.ping(INTERNET4) and len(city.gateway.sessions()) == 1
    assert abs(datetime.fromisoformat(city.gateway.status()["time"]).timestamp() - time.time()) < 2


def all_day():
    settings = small()
    settings["zones"][0].update(open="24-jam")
    settings["zones"][0].pop("not_during")
    return settings


def test_a_persons_override_of_a_zone_and_overtime(city):
    city.gateway.clock_to("2026-11-24 10:00")
    wait_for("the park to be closed", lambda: not city.gateway.zone("taman-kota")["open"], 2)
    city.gateway.gerbang("zone", "open", "taman-kota", "--for", "1 h", json_out=False)
    wait_for("the park open in office hours", lambda: city.gateway.zone("taman-kota")["open"], 2)
    city.gateway.clock_to("2026-11-24 11:30")
    wait_for("the override's end", lambda: not city.gateway.zone("taman-kota")["open"], 2)
    city.gateway.gerbang("office", "inside", "dinkes", "--until", "2026-11-24 18:00", json_out=False)
    city.gateway.clock_to("2026-11-24 17:00")
    wait_for("overtime", lambda: city.gateway.office("dinkes")["state"] == "inside", 2)
    assert city.gateway.office("bkad")["state"] == "outside"
    city.gateway.clock_to("2026-11-24 18:01")
    wait_for("the end of overtime", lambda: city.gateway.office("dinkes")["state"] == "outside", 2)
    city.gateway.gerbang("zone", "close", "taman-kota", json_out=False)
    wait_for("a closed evening", lambda: not city.gateway.zone("taman-kota")["open"], 2)
    city.gateway.gerbang("zone", "auto", "taman-kota", json_out=False)
    wait_for("the calendar again", lambda: city.gateway.zone("taman-kota")["open"], 2)


def test_overtime_makes_zones_yield_and_is_refused_where_it_does_not_fit(make_city):
    """In the evening: own 2, unattributed 1, dinkes 5, bkad (evenings) 50, rsud 10, loket 1, park 20: 89 of 95 Mbit."""
    settings = small()
    settings["schedules"].append({"id": "malam", "windows": ["mon-fri 16:00-22:00"]})
    settings["offices"][1].update(schedule="malam", inside={"guaranteed": "50 Mbit", "ceiling": "80 Mbit"})
    city = make_city(settings=settings)
    city.gateway.start(rehearse="2026-11-24 17:00")
    wait_for("the park open", lambda: city.gateway.zone("taman-kota")["down"]["guaranteed_bps"] == 20 * MBIT, 5)
    answer = city.gateway.gerbang("office", "inside", "dinkes", "--until", "2026-11-24 20:00")  # 25 more
    assert "taman-kota" in answer["text"], answer
    assert city.gateway.zone("taman-kota")["open"] and city.gateway.zone("taman-kota")["down"]["guaranteed_bps"] == 0
    with pytest.raises(Refused) as refused:  # 7 more: 101 of 95, with the park at nothing
        city.gateway.gerbang("office", "inside", "loket", "--until", "2026-11-24 20:00")
    assert refused.value.status == 1 and "loket" in str(refused.value) and "95 Mbit" in str(refused.value)
    assert city.gateway.office("loket")["state"] == "outside"
    city.gateway.gerbang("office", "auto", "dinkes")
    assert city.gateway.zone("taman-kota")["down"]["guaranteed_bps"] == 20 * MBIT
