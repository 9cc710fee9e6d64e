# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong around the programs: no descriptors, no memory, a program that hangs, a client that never reads, a ledger that is
another's. Offices and guests go on, each cause has its sentence in the log, and all is well again by itself. (Disks that are full or
read-only: test_persist.py; steps of the machine's clock: test_clock.py; dying programs: test_crash.py.)"""
import contextlib
import os
import resource
import socket
import sqlite3
import time

import pytest

from asking import control, control_connect, control_send, halted
from city import INTERNET4
from fixtures import open_city
from gateway import Refused
from kernel import differences, snapshot
from space import wait_for
from telephone import ANYWHERE, is_served, login, page, press, reaches
from traffic import Pings

EVENING = "2026-11-23 17:00:00"
BUSY = 3  # connections that a portal has room for in the test


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 4}) as city:
        city.gateway.start(rehearse=EVENING)
        login(city.guests["taman-kota"][0])
        yield city


@contextlib.contextmanager
def undisturbed(city, lost=0):
    """An office's and a guest's packets pass all the while, a stranger's do not, and the kernel holds the same afterwards."""
    insider, outsider = city.guests["taman-kota"][0], city.guests["taman-kota"][3]
    before = snapshot(city.gateway.space)
    pings = {name: Pings(city, machine) for name, machine in (("office", city.hosts["dinkes"]), ("guest", insider))}
    try:
        time.sleep(0.3)
        yield
        assert not reaches(city, outsider)
    finally:
        seen = {name: ping.stop() for name, ping in pings.items()}
    assert all(times and gone <= lost for times, gone in seen.values()), {name: (len(times), gone) for name, (times, gone) in seen.items()}
    changes = differences(before, snapshot(city.gateway.space))
    assert not changes, changes


@contextlib.contextmanager
def limited(city, name, limit):
    """A program runs with one of prlimit(1)'s limits meanwhile; and is started anew before and after."""
    def restart(wrapper):
        gateway.end(name)
        gateway.wrapper = wrapper
        gateway.start_one(name)
        gateway.wrapper = []
        gateway.wait_ready()

    gateway = city.gateway
    restart(["prlimit", limit])
    try:
        yield
    finally:
        restart([])


def descriptors(city, name):
    return len(os.listdir(f"/proc/{city.gateway.pid(name)}/fd"))


def processor(city, name):
    """Seconds that a program has had."""
    with open(f"/proc/{city.gateway.pid(name)}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def said(city, name, text, since):
    return wait_for(f"{name} to say: {text}", lambda: text in city.gateway.log(name)[since:], 15, 0.2)


# --- descriptors

def test_a_portal_with_no_descriptor_left_serves_the_next_one(city):
    """Guests wait in the kernel's queue, at no cost, and are served as soon as somebody goes."""
    one, two = city.guests["taman-kota"][1:3]
    assert is_served(one)
    room = descriptors(city, "portal") + BUSY
    with undisturbed(city), limited(city, "portal", f"--nofile={room}"):
        assert "the limit of open files is too low" in city.gateway.log("portal")
        with contextlib.ExitStack() as held:
            for guest in (one,) * BUSY + (two,) * BUSY:
                with guest.enter():
                    held.enter_context(socket.create_connection(("10.200.0.1", 8080), 5))
            time.sleep(0.5)
            used = processor(city, "portal")
            time.sleep(2)
            assert processor(city, "portal") - used < 0.5, "it turns in circles"
        wait_for("the next guest to be served", lambda: is_served(two), 10, 0.3)


def test_a_daemon_with_no_descriptor_left(city):
    """Nothing can be asked, and it says why; a guest gets in and an office goes on."""
    one = city.guests["taman-kota"][1]
    room = descriptors(city, "daemon") + 12
    with limited(city, "daemon", f"--nofile={room}"), undisturbed(city):
        since = len(city.gateway.log("daemon"))
        with contextlib.ExitStack() as held:
            for _ in range(room):
                held.enter_context(control_connect(city))
            said(city, "daemon", "a connection waits: Too many open files", since)
            used = processor(city, "daemon")
            time.sleep(2)
            assert processor(city, "daemon") - used < 1, "it turns in circles"
        wait_for("answers", city.gateway.is_ready, 10, 0.3)
        login(one)
        city.gateway.gerbang("kick", one.mac, json_out=False)


@pytest.fixture
def many_files():
    """For the test's own side: as many connections as it likes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_1024_open_files_are_enough_for_more_clients(city, many_files):
    """Whoever connected the longest ago goes first, long before descriptors run out."""
    one = city.guests["taman-kota"][1]
    with limited(city, "daemon", "--nofile=1024"), undisturbed(city):
        since = len(city.gateway.log("daemon"))
        with contextlib.ExitStack() as held:
            for _ in range(1100):
                held.enter_context(control_connect(city))
            assert descriptors(city, "daemon") < 512
            assert city.gateway.is_ready()
            login(one)
        assert "Too many open files" not in city.gateway.log("daemon")[since:]
        city.gateway.gerbang("kick", one.mac, json_out=False)


# --- memory

@pytest.mark.plain  # sanitizers need more address space than there is
def test_a_daemon_with_no_memory_left(city):
    """What needs memory is refused, or ends the program, which is started again: the kernel knows what to do meanwhile."""
    with open(f"/proc/{city.gateway.pid('daemon')}/status") as file:
        size = next(int(line.split()[1]) for line in file if line.startswith("VmPeak:")) * 1024
    with undisturbed(city), limited(city, "daemon", f"--as={size + (1 << 20)}"):
        for _ in range(3):
            for command in (["plan"], ["apply"], ["usage"], ["sessions"], ["schedule"]):
                with contextlib.suppress(Refused):
                    city.gateway.gerbang(*command, json_out=False)
                assert city.gateway.running["daemon"].poll() in (None, 1), "it should end in order, if at all"
                if city.gateway.running["daemon"].poll() is not None:
                    city.gateway.start_one("daemon")
    assert len(city.gateway.sessions()) == 1


# --- programs that hang

def test_a_shaper_that_hangs(city):
    one = city.guests["taman-kota"][1]
    waiting = page(one)
    since = len(city.gateway.log("daemon"))
    with undisturbed(city):
        with halted(city, "shaper"):
            assert len(city.gateway.sessions()) == 1  # the daemon answers
            began = time.monotonic()
            status = press(one, *waiting, timeout=15)[0]
            assert status in (200, 503) and time.monotonic() - began < 20 and not reaches(city, one)
            said(city, "daemon", "the shaper is away", since)
        wait_for("the gateway", city.gateway.is_ready, 20, 0.3)
    login(one)
    city.gateway.gerbang("kick", one.mac, json_out=False)


def test_a_daemon_that_hangs(city):
    """The page says to try again, within seconds; the command line says who does not answer."""
    one = city.guests["taman-kota"][1]
    with undisturbed(city):
        with halted(city, "daemon"):
            began = time.monotonic()
            assert one.http(ANYWHERE, timeout=15)[0] in (200, 302, 503) and time.monotonic() - began < 15
            assert not reaches(city, one)
        wait_for("the gateway", city.gateway.is_ready, 20, 0.3)
        wait_for("the portal", lambda: is_served(one), 10, 0.3)


@pytest.mark.parametrize("name", ["watch", "portal"])
def test_another_that_hangs(city, name):
    with undisturbed(city):
        with halted(city, name):
            for _ in range(3):
                assert city.gateway.sessions()
                city.gateway.gerbang("apply", json_out=False)
        wait_for("the gateway", city.gateway.is_ready, 20, 0.3)


# --- clients that never read

def test_clients_that_never_read(city):
    """More of them than there are places, and one with two thousand questions whose answers it does not take."""
    with undisturbed(city), contextlib.ExitStack() as held:
        for _ in range(80):
            held.enter_context(control_connect(city))
        rude = held.enter_context(control_connect(city))
        rude.setblocking(False)
        with contextlib.suppress(OSError):  # the daemon hangs up
            for _ in range(2000):
                control_send(rude, "sessions")
        began = time.monotonic()
        assert control(city, "status")["phase"]
        assert time.monotonic() - began < 5


# --- a ledger that is not ours to write

@pytest.mark.parametrize("kind, words", [("newer", "newer version"), ("damaged", "ledger.db is damaged")])
def test_a_ledger_that_cannot_be_used(make_city, kind, words):
    """Offices and guests go on with it; it is left as it was, byte for byte; the log and the status name it."""
    city = make_city(guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    path = city.path("state", "rehearsal", "ledger.db")
    wait_for("the ledger", lambda: os.path.exists(path), 10)
    for name in ("portal", "daemon"):
        city.gateway.end(name)
    if kind == "newer":
        with contextlib.closing(sqlite3.connect(path)) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            base.execute("PRAGMA user_version = 99")
            base.commit()
    else:
        for name in (path, path + "-wal", path + "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
        with open(path, "wb") as file:
            file.write(b"this is no ledger" * 1000)
    os.chown(path, *os.stat(os.path.dirname(path))[4:6])
    with open(path, "rb") as file:
        before = file.read()
    for name in ("daemon", "portal"):
        city.gateway.start_one(name)
    city.gateway.wait_ready()
    guest = city.guests["taman-kota"][0]
    login(guest)
    assert guest.ping(INTERNET4) and city.hosts["dinkes"].ping(INTERNET4)
    status = city.gateway.status()["ledger"]
    assert not status["ok"] and words in status["error"], status
    assert words in city.gateway.log("daemon")
    with open(path, "rb") as file:
        assert file.read() == before
