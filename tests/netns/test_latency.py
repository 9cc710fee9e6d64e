# SPDX-License-Identifier: GPL-2.0-or-later
"""Round trips as figures: what lies with the provider, in our queue, and in the office's own network is told apart; a bounded share of
packets is looked at, and strangers' packets neither make gerbang-watch grow nor keep it from its other duties."""
import contextlib
import os
import random
import socket
import struct
import sys
import time

import pytest

from fixtures import open_city
from frames import Wire, frame, ip
from settings import small
from space import wait_for
from traffic import Flow, flows

NOON = "2026-11-23 10:00:00"
MSEC = 1000

# Connections one after the other, several at a time; each asks for a page and waits for it: RATE ADDRESS PORT.
VISITOR = """
import asyncio, sys
async def visit(address, port):
    try:
        reader, writer = await asyncio.open_connection(address, port)
        writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
        await reader.read()
        writer.close()
    except OSError:
        pass
async def main(rate, address, port):
    running = set()
    while True:
        if len(running) < 500:
            task = asyncio.create_task(visit(address, port))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.sleep(1 / rate)
asyncio.run(main(float(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
"""


@contextlib.contextmanager
def visits(machine, rate=25, address="192.0.2.1", port=80):
    process = machine.popen(sys.executable, "-c", VISITOR, rate, address, port)
    try:
        yield
    finally:
        process.kill()
        process.wait(5)


def figures(city, office="dinkes"):
    """(provider's median, the office's uplink side, its own side, our queue's part), in ms; None without samples."""
    status = city.gateway.status()
    row = next(row for row in status["offices"] if row["id"] == office)["latency"] or {}

    def median(figure):
        return figure["p50_usec"] / MSEC if figure else None
    queue = row.get("queue_usec")
    return (median(status["uplink"]["latency"]), median(row.get("uplink")), median(row.get("office")),
            None if queue is None else queue / MSEC)


def settled(city, office="dinkes", seconds=45):
    """Figures that are of what goes on now: the windows before are over, and one more is complete."""
    time.sleep(21)
    return wait_for("figures", lambda: (found := figures(city, office)) and None not in found[:2] and found, seconds, 0.5)


def reader(city):
    parent = city.gateway.pid("watch")
    with open(f"/proc/{parent}/task/{parent}/children") as file:
        return int(file.read().split()[0])


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def city():
    settings = small(uplink={"queue": "fifo", "probes": ["1.1.1.1"]})
    with open_city(settings=settings, hosts=["dinkes", "bkad", "rsud"]) as city:
        city.gateway.env = {"GERBANG_DEBUG": "1"}
        city.gateway.start(rehearse=NOON)
        yield city


# --- whose delay it is

@pytest.mark.debian
def test_provider_and_office_are_told_apart(city):
    """A provider of 40 ms; an office with a bad access point of 15 ms, one whose network is good, by IPv6, and one with a bad access
    point whose machines send no timestamps, as Windows does it: there the handshake says it."""
    dinkes, bkad, rsud = (city.hosts[name] for name in ("dinkes", "bkad", "rsud"))
    rsud.sysctl("net.ipv4.tcp_timestamps", 0)
    city.internet.delay(msec=40)
    dinkes.delay(msec=15)
    rsud.delay(msec=15)
    try:
        with visits(dinkes), visits(bkad, address="2001:db8:ffff::1"), visits(rsud):
            provider, *_ = settled(city)
            seen = {name: figures(city, name) for name in ("dinkes", "bkad", "rsud")}
    finally:
        for space in (city.internet, dinkes, rsud):
            space.delay()
        rsud.sysctl("net.ipv4.tcp_timestamps", 1)
    assert 38 <= provider <= 60, seen
    for name, slow in (("dinkes", True), ("bkad", False), ("rsud", True)):
        _, uplink, office, queue = seen[name]
        assert 38 <= uplink <= 65 and queue <= 15, (name, seen)
        assert (14 <= office <= 35) if slow else office <= 10, (name, seen)


def is_our_queue(city, office):
    """An office that fills its ceiling on a FIFO: its packets wait with us, and neither the provider nor its network is blamed."""
    host = city.hosts[office]
    with flows(Flow(city, host, "down", streams=4)), visits(host, rate=10):
        provider, uplink, own, queue = settled(city, office)
    assert uplink >= 15 and queue >= 10, (provider, uplink, own, queue)
    assert provider <= uplink / 2 and own < uplink, (provider, uplink, own, queue)


@pytest.mark.queues
def test_our_own_queue_shows_as_ours(city):
    is_our_queue(city, "rsud")


@pytest.mark.debian
def test_vlans_of_one_trunk_mean_the_same():
    """The tree sits on the trunk, behind the place where VLANs show their packets."""
    with open_city(settings=small(uplink={"queue": "fifo"}), trunk="lan", hosts=["rsud"]) as city:
        city.gateway.start(rehearse=NOON)
        assert city.gateway.status()["uplink"]["download_device"] == "lan"
        is_our_queue(city, "rsud")


def test_figures_age_out(city):
    host = city.hosts["bkad"]
    with visits(host):
        wait_for("figures", lambda: None not in figures(city, "bkad")[:2], 30, 0.5)
    wait_for("no figure", lambda: figures(city, "bkad") == (None,) * 4, 90, 1)


# --- bounds

def level(city):
    """How far the sample is thinned out now: one in so many."""
    found = [line for line in city.gateway.log("watch").splitlines() if "one in " in line]
    return int(found[-1].split("one in ")[1].split()[0]) if found else None


@pytest.mark.measure
def test_many_packets_are_sampled(city):
    """What a flood costs is bounded; the sample grows back when it is over."""
    pid, host = reader(city), city.hosts["dinkes"]
    city.offload(False)
    try:
        with flows(Flow(city, host, "both", streams=4)):
            time.sleep(5)
            before, began = cpu_seconds(pid), time.monotonic()
            time.sleep(5)
            share = (cpu_seconds(pid) - before) / (time.monotonic() - began)
            thinned = level(city)
    finally:
        city.offload(True)
    assert thinned and thinned > 2, city.gateway.log("watch")[-2000:]
    assert share < 0.25, f"{share:.2f} of a processor"
    wait_for("a thicker sample", lambda: level(city) < thinned, 30, 0.5)


def bogus(rand, host, mac):
    """A segment as a liar makes it: of any connection, with any timestamps, and every tenth torn."""
    options = b"\1\1\x08\x0a" + rand.randbytes(8)
    body = rand.randbytes(12) + bytes([0x80, rand.choice((2, 16, 18, 24))]) + rand.randbytes(6) + options
    if rand.random() < 0.1:
        body = body[:rand.randrange(len(body))]
    source = f"10.10.1.{rand.randrange(256)}" if rand.random() < 0.8 else host.address4
    return frame(mac, "02:00:00:00:00:99", ip(source, f"203.0.113.{rand.randrange(256)}", 6, body))


def test_bogus_segments_cost_neither_life_nor_memory_nor_sight(city):
    host, rand = city.hosts["dinkes"], random.Random(4)
    mac = city.gateway.space.run("cat", "/sys/class/net/lan0/address").strip()
    wire, pid = Wire(host.space), reader(city)
    heap = [bogus(rand, host, mac) for _ in range(4000)]
    grown = []
    for _ in range(4):
        for _ in range(5):
            for data in heap:
                with contextlib.suppress(BlockingIOError, OSError):
                    wire.sock.send(data)
        grown.append(resident(pid))
        guest = city.add_guest("taman-kota", dhcp=True)
        assert city.lease(guest)["router"] == "10.200.0.1"
    assert reader(city) == pid, city.gateway.log("watch")
    with open(os.path.join(city.gateway.build, "watch", "gerbang-watch"), "rb") as file:
        if b"__asan_init" not in file.read():
            assert grown[-1] < 24 * 1024 and grown[-1] - grown[1] < 512, f"resident kB after each flood: {grown}"


def echo_of(host, port, answers):
    """A TCP acknowledgement with data from the internet that echoes a timestamp nobody has sent."""
    head = struct.pack("!HHIIBBHHH", 443, port, 1, 1, 0x80, 0x18, 64000, 0, 0)
    return ip("203.0.113.9", host.address4, 6, head + b"\1\1\x08\x0a" + struct.pack("!II", 7, answers) + b"data")


def test_an_answer_to_nothing_is_no_figure(city):
    """From outside, to a host that sleeps: who answers what was not asked measures nothing."""
    wait_for("no figure", lambda: figures(city)[1] is None, 90, 1)
    wan = city.gateway.space.run("cat", "/sys/class/net/wan0/address").strip()
    wire = Wire(city.internet)
    for number in range(2000):
        wire.sock.send(frame(wan, "02:00:00:00:00:98", echo_of(city.hosts["dinkes"], 40000 + number % 100, number)))
    time.sleep(12)
    assert figures(city)[1] is None


# --- probes

def echoes(city, seconds):
    """How many echo requests come to the internet."""
    with city.internet.enter(), socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as sock:
        sock.settimeout(0.1)
        end, n = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                data, address = sock.recvfrom(128)
                n += address[2] != 4 and data[9] == 1 and data[20] == 8
        return n


def test_probes_are_as_often_as_they_are_needed():
    with open_city(settings=small(uplink={"probes": ["1.1.1.1"]}), hosts=[]) as city:
        city.gateway.start(rehearse=NOON)
        assert 1 <= echoes(city, 10) <= 4
    adjusted = {"probes": ["1.1.1.1"], "adjust": {"minimum": "20 Mbit", "latency": "30 ms"}}
    with open_city(settings=small(uplink=adjusted), hosts=[]) as city:
        city.gateway.start(rehearse=NOON)
        assert 10 <= echoes(city, 4) <= 30
        probe = wait_for("a round trip", lambda: city.gateway.status()["uplink"]["probe"], 10, 0.2)
        assert probe, city.gateway.status()["uplink"]
        city.internet.run("nft", "-f", "-", input="""table inet silence {
            chain in { type filter hook input priority 0; icmp type echo-request drop; }
        }""")
        time.sleep(8)
        assert not city.gateway.status()["outage"], "fast probes make no hasty outage"
        wait_for("the outage", lambda: city.gateway.status()["outage"], 15, 0.5)
