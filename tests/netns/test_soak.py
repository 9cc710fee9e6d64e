# SPDX-License-Identifier: GPL-2.0-or-later
"""Weeks of a city's life in rehearsed time: offices open and close, parks too, guests come and go, configurations are edited, days and
months close. Nothing may grow with time: memory, descriptors, what the kernel holds. As a test a few weeks in half a minute;
`GERBANG_SOAK_SECONDS=10800 scripts/test netns -k soak -s` goes on for hours and prints each tenth of it."""
import datetime
import os
import statistics
import time

import pytest

import settings
from asking import known, voucher
from space import wait_for
from telephone import login, logout
from traffic import Flow, flows

SECONDS = float(os.environ.get("GERBANG_SOAK_SECONDS", 20))
START = datetime.datetime(2026, 11, 23, 6, 0)
STEPS = ("07:29:59", "12:00:00", "15:59:59", "21:59:59", "23:59:59")  # a second before most of what the calendar changes
PROGRAMS = ("shaper", "daemon", "portal", "watch")
# What may be more at the end than at the beginning. In the daemon SQLite's cache (2 MB) fills with the ledger, and the month's close opens
# the ledger to read: seen for 80 days, then it was flat. Some sets' elements run out by themselves. Anything else is the noise of malloc's arenas.
GROWTH = {"KiB": 256, "daemon KiB": 3072, "daemon descriptors": 2, "rules": 30}


def measure(city):
    """{what: how much there is of it}"""
    seen = {}
    for name in PROGRAMS:
        pid = city.gateway.pid(name)
        children = open(f"/proc/{pid}/task/{pid}/children").read().split()
        for number, process in enumerate([str(pid), *children]):
            with open(f"/proc/{process}/status") as file:
                fields = dict(line.split(":", 1) for line in file)
            label = f"{name}{'+' * number}"
            seen[f"{label} KiB"] = int(fields["RssAnon"].split()[0])
            seen[f"{label} descriptors"] = len(os.listdir(f"/proc/{process}/fd"))
    space = city.gateway.space
    seen["classes"] = sum(len(space.run("tc", "class", "show", "dev", device).splitlines()) for device in ("wan0", "gerbang-ifb"))
    seen["queues"] = len(space.run("tc", "qdisc", "show").splitlines())
    seen["rules"] = len(space.run("nft", "-s", "list", "ruleset").splitlines())
    return seen


def edited(conf, day):
    """One office's ceiling is another each day, and each third day there is an office more."""
    conf["offices"][1]["inside"]["ceiling"] = f"{30 + day % 9} Mbit"
    names = [office["id"] for office in conf["offices"]]
    extra = {"id": "posko", "name": "Posko Bencana", "schedule": "24-jam", "devices": ["lan0"], "prefixes": ["10.10.9.0/24"],
             "inside": {"guaranteed": "1 Mbit", "ceiling": "5 Mbit"}}
    if day % 3 == 0 and "posko" not in names:
        conf["offices"].append(extra)
    elif day % 3 != 0 and "posko" in names:
        conf["offices"].pop()
    return conf


def live_a_day(city, day, conf):
    """Its steps, its edit, its guests. How many logins there were."""
    date = (START + datetime.timedelta(days=day)).date()
    guests = city.guests["taman-kota"]
    for step in STEPS:
        city.gateway.clock_to(f"{date} {step}")
        time.sleep(0.05)
        if step == "12:00:00":
            city.write_conf(edited(conf, day))
            city.gateway.gerbang("apply", json_out=False)
            voucher(city)
        if step == "15:59:59":
            wait_for("the park to be open", lambda: city.gateway.status()["zones"][0]["open"], 5, 0.05)
            online = [login(guest) for guest in guests]
            logout(guests[0], *online[0])
            assert len(city.gateway.sessions()) == len(guests) - 1
    return len(guests)


def settled(city, day):
    """What there is when the park is closed and nobody is in: the same each night. Of the days with the same configuration."""
    city.gateway.settle(0.3)
    return measure(city) if day % 3 == 1 else None


@pytest.mark.plain  # a sanitizer keeps what was freed
@pytest.mark.measure
def test_nothing_grows_with_time(make_city):
    conf = settings.small()
    conf["zones"][0]["login"] = ["click", "voucher"]
    city = make_city(settings=conf, guests={"taman-kota": 4})
    city.gateway.start(rehearse=str(START))
    known(city, *city.guests["taman-kota"])
    seen, logins, day, until = [], 0, 0, time.monotonic() + SECONDS
    with flows(Flow(city, city.hosts["rsud"], "down", udp_bps=2e6)):
        while time.monotonic() < until or day < 12:
            logins += live_a_day(city, day, conf)
            figures = settled(city, day)
            if figures:
                seen.append(figures)
                if len(seen) % max(1, int(SECONDS / 60)) == 0:
                    print(day, figures, flush=True)
            day += 1
    judge(seen, day, logins)


def judge(seen, days, logins):
    third = max(1, len(seen) // 3)
    early, late = seen[:third], seen[-third:]
    assert logins == 4 * days, f"{logins} logins in {days} days"
    growth = {}
    for name in seen[0]:
        grown = statistics.median(row[name] for row in late) - statistics.median(row[name] for row in early)
        if grown > GROWTH.get(name, GROWTH.get(name.split()[-1], 0)):
            growth[name] = [row[name] for row in seen]
    print(f"{days} days, {logins} logins: {seen[1]} ... {seen[-1]}")
    assert not growth, growth
