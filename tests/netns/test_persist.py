# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions outlive programs and the machine's power; a visit outlives the MAC it began with. Nothing becomes more by it."""
import contextlib
import os
import shutil
import sqlite3
import time

import pytest

import settings
from asking import CLICK, LOGOUT, RESUME, VOUCHER, Portal, known, voucher
from city import INTERNET4, INTERNET6
from space import run, wait_for
from traffic import Flow, flows

EVENING = "2026-11-23 17:00:00"
MB = 10**6
NAMES = ("shaper", "daemon")


def build(make_city, guests=2, zones=1, changes=None, **client):
    conf = settings.small()
    first = conf["zones"][0]
    first["login"] = ["click", "voucher"]
    first["client"].update(client)
    first.update(changes or {})
    if zones == 2:
        second = dict(first, id="alun-alun", name="Alun-alun", devices=["zone1"], address="10.201.0.1/20",
                      address6="2001:db8:201::1/64")
        conf["zones"].append(second)
    city = make_city(settings=conf, guests={zone["id"]: guests for zone in conf["zones"]}, hosts=[])
    city.gateway.start(rehearse=EVENING, names=NAMES)
    known(city, *(guest for zone in conf["zones"] for guest in city.guests[zone["id"]]))
    return city


def is_in(guest):
    return bool(guest.ping(INTERNET4))


def power_cut(city, off=0.0):
    """All programs die at once, and the kernel forgets what they made."""
    for name in NAMES:
        city.gateway.kill9(name)
    space = city.gateway.space
    space.run("nft", "flush", "ruleset")
    for device in ("wan0", "lan0", "lan1", "zone0", "zone1"):
        for root in ("root", "clsact"):
            space.run("tc", "qdisc", "del", "dev", device, root, check=False)
    space.run("ip", "link", "del", "gerbang-ifb", check=False)
    space.run("sysctl", "-qw", "net.ipv4.ip_forward=0")
    time.sleep(off)


def power_on(city):
    city.gateway.start(names=NAMES)


def ledger(city, *names):
    return city.path("state", "rehearsal", *names)


# --- power

def test_a_reboot_takes_nothing_and_gives_nothing(make_city):
    """Time runs on while the machine is off, data stays used; who was not in is not in."""
    city = build(make_city, guests=3, data="40 MB", session="30 min")
    insider, gone, outsider = city.guests["taman-kota"]
    with Portal(city) as portal:
        before, at = portal.login(insider), time.monotonic()
        portal.login(gone)
        portal.ask(gone, LOGOUT)
        with flows(Flow(city, insider, "down")):
            time.sleep(3)
        time.sleep(0.5)
        used = insider.counters()[0]
        wait_for("the count", lambda: 40 * MB - portal.ask(insider).bytes_remaining > 0.9 * used, 12)
        wait_for("the ledger", lambda: saved_bytes(city) > 0.9 * used, 8)
        left = portal.ask(insider).bytes_remaining
    power_cut(city, off=3)
    assert not is_in(insider)
    power_on(city)
    wait_for("the session", lambda: is_in(insider), 10)
    assert insider.ping(INTERNET6)
    assert not is_in(gone) and not is_in(outsider)
    with Portal(city) as portal:
        after, passed = portal.ask(insider), time.monotonic() - at
        assert after.state == "online" and after.code == before.code
        assert abs(after.seconds_remaining - (before.seconds_remaining - passed)) <= 3, (before, after, passed)
        assert left - 2 * MB < after.bytes_remaining <= left, (left, after)
        assert after.down_bytes + after.up_bytes >= 0.9 * used, after
        (row,) = city.gateway.sessions()
        assert row["id"] == 1 and row["person"] == "pass"
        assert portal.login(outsider).state == "online"
        assert max(row["id"] for row in city.gateway.sessions()) > 2, "an id was used twice"
        with flows(Flow(city, insider, "down")):  # and its data ends where it would have
            wait_for("the end of its data", lambda: portal.ask(insider).state == "used up", 60, 0.1)
        assert insider.counters()[0] < 40 * MB + 2.5 * MB + 1 * MB


def saved_bytes(city):
    with sqlite3.connect(ledger(city, "ledger.db")) as base:
        return base.execute("SELECT ifnull(max(visit_bytes), 0) FROM pass").fetchone()[0]


def test_a_reboot_after_the_end_restores_nobody(make_city):
    """By its own time, and where the zone closed and opened again while the machine was off."""
    city = build(make_city, session="20 s")
    late, _ = city.guests["taman-kota"]
    with Portal(city) as portal:
        portal.login(late)
    power_cut(city, off=20)
    power_on(city)
    time.sleep(1)
    assert not is_in(late) and not city.gateway.sessions()
    city.gateway.stop()
    city = build(make_city, session="100 h")
    guest, _ = city.guests["taman-kota"]
    with Portal(city) as portal:
        portal.login(guest)
    power_cut(city)
    city.gateway.rehearse, city.gateway.rehearse_began = "2026-11-24 17:00:00", time.monotonic()
    power_on(city)
    time.sleep(1)
    assert not is_in(guest) and not city.gateway.sessions()


def test_a_clock_that_went_back_gives_no_time(make_city):
    city = build(make_city, session="30 min")
    guest, _ = city.guests["taman-kota"]
    with Portal(city) as portal:
        portal.login(guest)
    power_cut(city)
    city.gateway.rehearse, city.gateway.rehearse_began = "2026-11-20 17:00:00", time.monotonic()
    power_on(city)
    wait_for("the session", lambda: is_in(guest), 10)
    with Portal(city) as portal:
        state = portal.ask(guest)
        assert 1700 < state.seconds_remaining <= 1800, state
        portal.ask(guest, LOGOUT)
        assert portal.login(guest).seconds_remaining <= 1800


def test_a_vouchers_time_stands_still_while_the_machine_is_off(make_city):
    city = build(make_city)
    guest, _ = city.guests["taman-kota"]
    with Portal(city) as portal:
        code = voucher(city, time_usec=60 * 10**6)
        portal.login(guest, VOUCHER, secret=code)
        time.sleep(6)
        left = portal.ask(guest).seconds_remaining
    power_cut(city, off=12)
    power_on(city)
    wait_for("the session", lambda: is_in(guest), 10)
    with Portal(city) as portal:
        state = portal.ask(guest)
        assert left - 5 <= state.seconds_remaining <= left + 10, (left, state)
        assert state.code == code and state.login == 2


# --- programs

@pytest.mark.parametrize("victims", [("daemon",), ("shaper",), ("daemon", "shaper")], ids="+".join)
def test_killed_during_logins(make_city, victims):
    """Nobody is told "online" who is not; nobody loses what he had; nobody is in twice."""
    city = build(make_city, guests=12)
    guests = city.guests["taman-kota"]
    with Portal(city) as portal:
        for guest in guests[:4]:
            assert portal.login(guest).state == "online"
        numbers = {portal.send(guest, CLICK): guest for guest in guests[4:]}
        time.sleep(0.004)
        for victim in victims:
            city.gateway.kill9(victim)
        told = []
        try:
            portal.socket.settimeout(1)
            while True:
                number, state = portal.receive()
                if state.state == "online":
                    told.append(numbers[number])
        except (AssertionError, OSError, KeyError):
            pass
    assert all(is_in(guest) for guest in guests[:4] + told)
    for victim in victims:
        city.gateway.start_one(victim)
    city.gateway.wait_ready()
    with Portal(city) as portal:
        wait_for("the sessions", lambda: portal.ask(guests[0]).state == "online", 5)
        assert all(is_in(guest) and portal.ask(guest).state == "online" for guest in guests[:4] + told)
        for guest in guests:
            state = portal.ask(guest).state
            wait_for("the kernel and the daemon to agree", lambda: is_in(guest) == (portal.ask(guest).state == "online"), 5)
            assert state in ("online", "captive")
            assert portal.login(guest).state == "online"
        rows = city.gateway.sessions()
        assert len(rows) == len(guests) == len({row["mac"] for row in rows})


# --- another MAC

def test_a_new_mac_takes_the_visit_along(make_city):
    """By the code that is typed, and by the cookie with a mere click. The old MAC is out: one visit, one place."""
    city = build(make_city, guests=4, data="40 MB", session="30 min")
    old, typed, cookie, stranger = city.guests["taman-kota"]
    with Portal(city) as portal:
        first = portal.login(old)
        with flows(Flow(city, old, "down")):
            time.sleep(3)
        time.sleep(0.5)
        used = old.counters()[0]
        state = portal.login(typed, RESUME, secret=first.code.lower().replace("-", ""))
        assert state.state == "online" and state.code == first.code and is_in(typed)
        wait_for("the old MAC to be out", lambda: not is_in(old), 5)
        wait_for("the count", lambda: abs(40 * MB - portal.ask(typed).bytes_remaining - used) < 0.1 * used, 12)
        assert portal.ask(typed).seconds_remaining < first.seconds_remaining - 2
        state = portal.login(cookie, cookie=first.code)
        assert state.state == "online" and state.code == first.code
        wait_for("the former MAC to be out", lambda: not is_in(typed), 5)
        assert [row["mac"] for row in city.gateway.sessions()] == [cookie.mac]
        other = portal.login(stranger)
        assert other.code != first.code and other.bytes_remaining == 40 * MB
        assert portal.ask(old, RESUME, secret="ZZZZZ-ZZZZZ").refusal == "code"
        wait_for("the ended sessions to lose their MACs", lambda: not (kept_macs(city) & {old.mac, typed.mac}), 8)
        assert kept_macs(city) == {cookie.mac, stranger.mac}, "the live ones' stay"


def kept_macs(city):
    """Every guest's MAC that is anywhere in the ledger, as text or as bytes."""
    with sqlite3.connect(ledger(city, "ledger.db")) as base:
        dump = "\n".join(base.iterdump()).lower()
    return {guest.mac for guest in city.guests["taman-kota"] if guest.mac in dump or guest.mac.replace(":", "") in dump}


def test_a_used_up_visit_stays_used_up_with_another_mac(make_city):
    city = build(make_city, data="5 MB")
    old, new = city.guests["taman-kota"]
    with Portal(city) as portal:
        code = portal.login(old).code
        with flows(Flow(city, old, "down")):
            wait_for("the end of its data", lambda: portal.ask(old).state == "used up", 30, 0.1)
        assert portal.ask(new, cookie=code).state == "used up"
        assert portal.ask(new, CLICK, cookie=code).state == "used up"
        assert portal.ask(new, RESUME, secret=code).state == "used up"
        assert not is_in(new)


# --- roaming

def walk(city, guest, zone_id):
    """The telephone's radio joins the other zone: same MAC, another network."""
    machine = city.guests[zone_id][0]
    machine.space.ip("link set eth0 down", f"link set eth0 address {guest.mac}", "link set eth0 up")
    zone = city.zone(zone_id)
    machine.space.ip(f"route replace default via {zone['address'].split('/')[0]}")
    guest.space.ip("link set eth0 down")
    machine.mac = guest.mac
    known(city, machine)
    return machine


@pytest.mark.parametrize("roam", [True, False], ids=["roam", "no-roam"])
def test_a_walk_to_the_other_park(make_city, roam):
    city = build(make_city, guests=1, zones=2, changes={"roam": roam}, data="40 MB", session="30 min")
    guest = city.guests["taman-kota"][0]
    with Portal(city) as portal:
        first = portal.login(guest)
        with flows(Flow(city, guest, "down")):
            time.sleep(2)
        used = guest.counters()[0]
        there = walk(city, guest, "alun-alun")
        state = portal.ask(there)
        if not roam:
            assert state.state == "captive" and not is_in(there)
            # Another visit with a time of its own; the data of the one that is under way count on, or walking would renew them.
            state = portal.login(there)
            assert 40 * MB - state.bytes_remaining > 0.5 * used and state.seconds_remaining > 29 * 60, (state, used)
            return
        assert state.state == "online" and state.zone == "alun-alun" and state.code == first.code, state
        assert is_in(there)
        wait_for("one session", lambda: [row["zone"] for row in city.gateway.sessions()] == ["alun-alun"], 5)
        wait_for("the count", lambda: 40 * MB - portal.ask(there).bytes_remaining > 0.9 * used, 12)
        assert portal.ask(there).seconds_remaining < first.seconds_remaining


# --- a ledger that fails

@contextlib.contextmanager
def tiny_disk(city):
    """The state directory is a file system of its own; it goes when the programs have gone."""
    os.makedirs(city.path("state"))
    run("mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", city.path("state"))
    try:
        yield
        city.gateway.stop()
    finally:
        city.gateway.stop(check=False)
        run("umount", "-l", city.path("state"))


def no_room(city):
    with open(city.path("state", "filler"), "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass
    assert not os.statvfs(city.path("state")).f_bfree


def test_a_disk_without_room_stops_nobody(make_city):
    """Nor a daemon that has to start then. Said once; written again when it can be, with what happened meanwhile."""
    conf = settings.small()
    conf["zones"][0]["login"] = ["click", "voucher"]
    city = make_city(settings=conf, guests={"taman-kota": 4}, hosts=[])
    one, two, three, four = city.guests["taman-kota"]
    with tiny_disk(city):
        city.gateway.start(rehearse=EVENING, names=NAMES)
        known(city, one, two, three, four)
        with Portal(city) as portal:
            code = voucher(city)
            assert portal.login(one).state == "online"
            wait_for("the ledger", lambda: live_macs(city) == {one.mac}, 8)
            assert city.gateway.status()["ledger"]["ok"]
            no_room(city)
            assert portal.login(two).state == "online" and is_in(two)
            wait_for("the status to say so", lambda: not city.gateway.status()["ledger"]["ok"], 15, 0.5)
            assert portal.login(three, VOUCHER, secret=code).state == "online" and is_in(three)
            assert portal.ask(two, LOGOUT).state == "captive"
            assert portal.login(two).state == "online"
            with pytest.raises(AssertionError):
                voucher(city)  # is not promised where it cannot be kept
            time.sleep(8)  # it is tried again, and fails again
        before = city.gateway.log("daemon")
        assert before.count("the ledger cannot be") == 1 and "works again" not in before, before
        city.gateway.kill9("daemon")
        city.gateway.start_one("daemon")
        city.gateway.wait_ready()
        with Portal(city) as portal:
            wait_for("the sessions", lambda: portal.ask(one).state == "online", 5)
            assert portal.ask(two).state == portal.ask(three).state == "online"
            assert portal.login(four).state == "online"
            assert all(map(is_in, (one, two, three, four)))
            wait_for("the status to say so", lambda: not city.gateway.status()["ledger"]["ok"], 15, 0.5)
            os.unlink(city.path("state", "filler"))
            wait_for("the ledger", lambda: city.gateway.status()["ledger"]["ok"], 70, 0.5)
            wait_for("what happened meanwhile", lambda: live_macs(city) == {g.mac for g in (one, two, three, four)}, 10)
            assert portal.ask(four).code and voucher(city)
        after = city.gateway.log("daemon")
        after = after[len(before):] if after.startswith(before) else after
        assert after.count("the ledger cannot be") == 1 and after.count("the ledger works again") == 1, after


def test_a_disk_that_is_read_only_stops_nobody(make_city):
    """As a kernel leaves it after an error of the disk, when the machine starts again."""
    city = make_city(settings=settings.small(), guests={"taman-kota": 2}, hosts=[])
    one, two = city.guests["taman-kota"]
    with tiny_disk(city):
        city.gateway.start(rehearse=EVENING, names=NAMES)
        known(city, one, two)
        with Portal(city) as portal:
            assert portal.login(one).state == "online"
        city.gateway.end("daemon")
        before = city.gateway.log("daemon")
        run("mount", "-o", "remount,ro", city.path("state"))
        city.gateway.start_one("daemon")
        city.gateway.wait_ready()
        with Portal(city) as portal:
            wait_for("the session", lambda: portal.ask(one).state == "online", 5)
            assert portal.login(two).state == "online" and is_in(one) and is_in(two)
            assert "Read-only" in city.gateway.status()["ledger"]["error"]
            time.sleep(8)  # it is tried again, and fails again
            for within in ((), ("nsenter", "-m", "-t", city.gateway.pid("daemon"))):  # `ip netns exec` has mounts of its own
                run(*within, "mount", "-o", "remount,rw", city.path("state"))
            wait_for("the ledger", lambda: city.gateway.status()["ledger"]["ok"], 70, 0.5)
            wait_for("what happened meanwhile", lambda: live_macs(city) == {one.mac, two.mac}, 10)
        log = city.gateway.log("daemon")[len(before):]
        assert log.count("the ledger cannot be") == 1 and log.count("the ledger works again") == 1, log


def live_macs(city):
    with sqlite3.connect(f"file:{ledger(city, 'ledger.db')}?mode=ro", uri=True) as base:
        rows = base.execute("SELECT mac FROM session WHERE ended_wall_usec IS NULL").fetchall()
    return {mac if isinstance(mac, str) else mac.hex(":") for mac, in rows}


def test_a_ledger_that_cannot_be_opened_stops_nobody(make_city):
    """And is taken up again, with what happened meanwhile."""
    city = build(make_city, data="40 MB")
    one, two = city.guests["taman-kota"]
    city.gateway.end("daemon")
    shutil.rmtree(ledger(city))
    with open(ledger(city), "w") as file:
        file.write("in the way")
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()
    with Portal(city) as portal:
        assert portal.login(one).state == "online" and is_in(one)
        assert not city.gateway.status()["ledger"]["ok"]
        assert portal.ask(two, VOUCHER, secret="ABCDE-FGHJK").state == "busy"
        with flows(Flow(city, one, "down")):
            time.sleep(2)
        portal.ask(one, LOGOUT)
        left = portal.login(one).bytes_remaining
        assert left < 39 * MB, "a visit was forgotten for want of a ledger"
        os.unlink(ledger(city))
        os.mkdir(ledger(city), 0o700)
        shutil.chown(ledger(city), "gerbang", "gerbang")
        wait_for("the ledger", lambda: city.gateway.status()["ledger"]["ok"], 30, 0.5)
        wait_for("what happened meanwhile", lambda: os.path.exists(ledger(city, "ledger.db")) and saved_bytes(city) > MB, 10)
        assert portal.ask(one).code
    log = city.gateway.log("daemon")
    assert log.count("the ledger cannot be") == 1 and log.count("the ledger works again") == 1, log
