# SPDX-License-Identifier: GPL-2.0-or-later
"""Every byte once: the shaper's counters against what the far side received, with the shaper alone (played.py is its daemon).

Bytes are those of layer 2 that a class delivered. The far side is iperf3's own count plus headers, the receiving machine's
device, or the internet's nft counter; none of them is Gerbang's.
"""
import copy
import json
import re
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from city import GATEWAY4, INTERNET4, INTERNET6
from fixtures import open_city
from played import DOWN, FIRST_GUEST, OWN, ROOT, UNATTRIBUTED, UP, Ledger, Played
from settings import small
from space import wait_for
from traffic import Meter, Paced, flows

MBIT = 1e6
EVENING = "2026-11-23T17:00"
SERVICE = {"id": "arsip", "ports": ["udp 4000-4010"], "rate": "500 kbit", "priority": "low"}


def settings(services=(SERVICE,), **changes):
    made = small(**changes)
    made["offices"][0]["services"] = list(services)
    return made


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), guests={"taman-kota": 1}) as city:
        with Played(city) as city.played:
            city.played.apply(EVENING, blocks=2)
            yield city


@pytest.fixture(scope="module")
def one_lan():
    """All offices behind one device: the download tree may be there or on the IFB."""
    made = small(zones=[], uplink={"ifb": "auto"})
    made["offices"] = [dict(office, devices=["lan0"]) for office in made["offices"][:2]]
    with open_city(settings=made) as city:
        with Played(city) as city.played:
            city.played.apply(EVENING)
            yield city


@pytest.fixture
def played(city):
    yield city.played
    city.write_conf(dict(settings(), portal=city.settings["portal"]))
    city.played.apply(EVENING, blocks=2)
    city.played.count()


def reconfigure(city, when=EVENING, blocks=2, **changes):
    city.write_conf(dict(settings(**changes), portal=city.settings["portal"]))
    return city.played.apply(when, blocks)


def grown(before, after, tree, *minors):
    return sum(after.rows[tree, minor].bytes - before.rows[tree, minor].bytes for minor in minors)


# --- against iperf3

def iperf(city, machine, port, v6=False, down=True, size=None, udp=None, seconds=3):
    """(bytes of layer 2 that its receiver got, bytes that its sender sent)"""
    server = city.internet.popen("iperf3", "-s", "-1", "-p", port)
    wait_for("iperf3 to listen", lambda: city.internet.listening(port), 10, 0.01)
    options = ["-u", "-b", int(udp), "-l", 1200, "-t", seconds] if udp else ["-n", size]
    text = machine.run("iperf3", "-c", INTERNET6 if v6 else INTERNET4, "-p", port, "-J", *options, *(["-R"] if down else []), timeout=60)
    server.wait(10)
    end = json.loads(text)["end"]
    if udp:
        total = end["sum"]
        return ((total["packets"] - total["lost_packets"]) * (1200 + (62 if v6 else 42)), total["packets"] * (1200 + (62 if v6 else 42)))
    got = end["sum_received"]["bytes"]
    return got * 1514 / (1428 if v6 else 1448), got


# (office, IPv6, download, {...}); each office has one at a time
ROUNDS = [
    [("dinkes", False, True, {"size": "12M"}), ("bkad", False, False, {"size": "8M"}), ("rsud", True, True, {"size": "4M"}),
     ("loket", False, True, {"udp": 20 * MBIT})],
    [("dinkes", True, False, {"size": "12M"}), ("bkad", True, True, {"size": "8M"}), ("rsud", False, False, {"udp": 40 * MBIT}),
     ("loket", False, True, {"size": "2M"})],
]


@pytest.mark.measure
@pytest.mark.parametrize("gso", [True, False], ids=["gso", "no-gso"])
def test_classes_count_what_the_far_side_received(city, played, gso):
    """TCP and UDP at twice the ceiling, NAT and IPv6, both directions: delivered, not offered."""
    city.offload(gso)
    port = 6000 + 100 * gso
    for number, row in enumerate(ROUNDS):
        machines = {ident: city.hosts[ident] for ident, _, down, _ in row if down}
        far, before = {name: machine.counters()[0] for name, machine in machines.items()}, played.count()
        with ThreadPoolExecutor(len(row)) as pool:
            jobs = [pool.submit(iperf, city, city.hosts[ident], port + 10 * number + i, v6, down, **options)
                    for i, (ident, v6, down, options) in enumerate(row)]
            results = [job.result() for job in jobs]
        time.sleep(0.5)  # queues are empty, and what came behind the end of an iperf3 is there
        after, ports = played.count(), Meter(city)._ports()
        for i, (ident, v6, down, options) in enumerate(row):
            got, sent = results[i]
            counted = grown(before, after, DOWN if down else UP, played.inner(ident))
            seen = machines[ident].counters()[0] - far[ident] if down else ports[port + 10 * number + i]
            name = f"{ident}, IPv{6 if v6 else 4}, {'down' if down else 'up'}, {options}"
            assert counted == pytest.approx(seen, rel=0.003, abs=3000), f"the far side's device: {name}"
            assert counted == pytest.approx(got, rel=0.01, abs=20000), f"iperf3: {name}"
            if "udp" in options:
                assert counted < 0.7 * sent, f"no overload: {name}"
    city.offload(True)


# --- what HTB does not count for an inner class

def leaves_of(counters, played, tree, ident):
    """Rows of an office's leaves: its rest and its one service."""
    return [counters.rows[tree, minor] for minor in (played.rest(ident), 0x3000 + played.slots.get(f"service/{ident}/arsip", 0))
            if (tree, minor) in counters.rows]


def leaf_drops(city, device):
    rows = json.loads(city.gateway.space.run("tc", "-s", "-j", "qdisc", "show", "dev", device))
    return {row["parent"]: row["drops"] for row in rows if "parent" in row}


@pytest.mark.measure
def test_an_office_has_the_drops_and_the_backlog_of_its_leaves(city, played):
    """Twice its ceiling, through its service and beside it; also when the service goes, the drops stay the office's."""
    host = city.hosts["dinkes"]
    with flows(Paced(city, host, "up", 60 * MBIT, port=4000), Paced(city, host, "up", 60 * MBIT)) as made:
        for flow in made:
            flow.wait_flowing()
        time.sleep(1)
        tc, counters = city.gateway.classes("wan0"), played.count()
        rows = leaves_of(counters, played, UP, "dinkes")
        office, root = (counters.rows[UP, minor] for minor in (played.inner("dinkes"), ROOT))
        assert len(rows) == 2 and all(row.drops > 0 and row.backlog > 0 for row in rows)
        assert office.drops == sum(row.drops for row in rows) and office.backlog == sum(row.backlog for row in rows)
        assert root.drops >= office.drops and root.backlog >= office.backlog
        # tc agrees that HTB counts none there, and all of them in the leaves.
        assert city.gateway.classes("wan0")[f"1:{office.minor:x}"]["drops"] == 0
        later = leaf_drops(city, "wan0")
        assert all(tc[f"1:{row.minor:x}"]["drops"] <= row.drops <= later[f"1:{row.minor:x}"] for row in rows)
        reconfigure(city, services=())
        after = played.count()
    [gone] = after.gone(UP, 0x3000 + played.slots["service/dinkes/arsip"])
    assert gone.drops >= rows[1].drops and gone.bytes >= rows[1].bytes
    assert after.rows[UP, played.inner("dinkes")].drops >= gone.drops + rows[0].drops
    played.count()


# --- classes that are gone

def settle(flow):
    """Stopped, and its last packet has arrived."""
    flow.stop()
    time.sleep(0.5)


@pytest.mark.measure
def test_an_office_that_is_removed_under_traffic_loses_nothing(city, played):
    """Its final, and then what nobody claims: together what its host received."""
    host, ledger = city.hosts["bkad"], Ledger(played)
    before, inner = host.counters()[0], played.inner("bkad")
    flow = Paced(city, host, "down", 12 * MBIT).wait_flowing()
    time.sleep(1)
    ledger.turn()
    time.sleep(0.5)
    reconfigure(city, offices=[office for office in settings()["offices"] if office["id"] != "bkad"])
    time.sleep(0.5)
    counters = ledger.turn()
    assert len(counters.gone(DOWN, inner)) == len(counters.gone(UP, inner)) == 1 and (DOWN, inner) not in counters.rows
    assert not played.count().finals
    settle(flow)
    ledger.turn()
    received = host.counters()[0] - before
    assert ledger.of((DOWN, inner)) > 0.4 * received and ledger.of((DOWN, UNATTRIBUTED)) > 0
    assert ledger.of((DOWN, inner), (DOWN, UNATTRIBUTED)) == pytest.approx(received, rel=0.001, abs=2000)


@pytest.mark.measure
def test_a_guest_block_that_shrinks_under_traffic_loses_nothing(city, played):
    guest, ledger = city.guests["taman-kota"][0], Ledger(played)
    minor = FIRST_GUEST + 64
    played.session(64, guest)
    before = guest.counters()[0]
    flow = Paced(city, guest, "down", 6 * MBIT).wait_flowing()
    time.sleep(1)
    ledger.turn()
    time.sleep(0.5)
    played.say("forget")
    played.apply(EVENING, blocks=1)
    settle(flow)
    counters = ledger.turn()
    assert len(counters.finals) == 128 and not [row for row in counters.rows if row[1] >= minor]
    received = guest.counters()[0] - before
    assert received > 1e6
    assert ledger.of((DOWN, minor)) == pytest.approx(received, rel=0.002, abs=2000)
    zone = played.inner("taman-kota", "zone")
    assert ledger.of((DOWN, zone)) == pytest.approx(received, rel=0.002, abs=2000)
    assert not played.count().finals


@pytest.mark.measure
def test_a_tree_that_moves_under_traffic_loses_nothing(one_lan):
    """Between the LAN device and the IFB, four times in two seconds; finals of every class each time. Packets pass both trees for a
    moment and are counted once; what is between the two at that instant, a few packets, may be counted twice."""
    city, played = one_lan, one_lan.played
    host, ledger = city.hosts["dinkes"], Ledger(played)
    before, inner = host.counters()[0], played.inner("dinkes")
    flow = Paced(city, host, "down", 20 * MBIT).wait_flowing()
    finals, places = 0, set()
    for ifb in ("always", "auto", "always", "auto"):
        time.sleep(0.4)
        conf = copy.deepcopy(city.settings)
        conf["uplink"]["ifb"] = ifb
        city.write_conf(conf)
        places.add(played.apply(EVENING)["download"])
        counters = ledger.turn()
        finals += len(counters.gone(DOWN, inner))
        assert (DOWN, inner) in counters.rows and not counters.gone(DOWN, OWN)
    settle(flow)
    ledger.turn()
    assert (finals, places) == (4, {"gerbang-ifb", "lan0"})
    received = host.counters()[0] - before
    assert ledger.of((DOWN, inner)) == pytest.approx(received, rel=0.005, abs=10000)
    assert ledger.of((DOWN, ROOT)) == pytest.approx(received, rel=0.005, abs=10000)


def test_finals_are_told_once_and_in_their_order(city, played):
    """A class that goes twice has two; of several COUNTs at once one has them; somebody else's deletion counts as well."""
    guest = city.guests["taman-kota"][0]
    played.session(64, guest)
    for pings in (2, 4):
        assert guest.ping(INTERNET4, count=pings) == pings
        played.apply(EVENING, blocks=1)
        played.apply(EVENING, blocks=2)
    answers = played.say("count", 3)
    assert [answer["finals"] for answer in answers] == [256, 0, 0] and len({answer["n"] - answer["finals"] for answer in answers}) == 1
    finals = [row[4] for row in answers[0]["rows"] if row[:3] == [UP, 1, FIRST_GUEST + 64]]
    assert finals == [2 * 98, 4 * 98]
    played.say("forget")
    played.apply(EVENING, blocks=2)
    city.gateway.space.run("tc", "class", "delete", "dev", "wan0", "classid", f"1:{FIRST_GUEST + 100:x}")
    counters = played.count()
    assert [(row.tree, row.minor) for row in counters.finals] == [(UP, FIRST_GUEST + 100)]
    assert (UP, FIRST_GUEST + 100) not in counters.rows and not played.count().finals


def test_a_tree_that_somebody_else_deletes_has_no_finals(city, played):
    city.gateway.space.run("tc", "qdisc", "delete", "dev", "wan0", "root")
    counters = played.count()
    assert not counters.finals and not [key for key in counters.rows if key[0] == UP]
    played.apply(EVENING, blocks=2)
    counters = played.count()
    assert not counters.finals and counters.rows[UP, ROOT].bytes < 10000


# --- a collection in pieces

def test_an_apply_beside_a_collection(city, played):
    """Whichever is answered first: no class is both deleted and there, none is there twice, none is missing."""
    everything = {key for key in played.count().rows}
    for blocks in (30, 1, 30, 2):
        answers = played.say("during", EVENING, blocks)
        rows = next(answer["rows"] for answer in answers if "rows" in answer)
        live = [tuple(row[:3:2]) for row in rows if not row[1]]
        assert len(set(live)) == len(live)
        guests = [key for key in live if key[1] >= FIRST_GUEST]
        assert len(guests) % 64 == 0 and set(live) - set(guests) == {key for key in everything if key[1] < FIRST_GUEST}
        played.count()
    assert {key for key in played.count().rows} == everything


@pytest.mark.measure
def test_a_login_does_not_wait_for_a_collection(city, played):
    """5,000 classes are read without a pause, and logins go in between. A ratio: a machine that is busy has both slower."""
    played.apply(EVENING, blocks=40)
    storm = played.say("storm", 2)
    assert storm["login"]["n"] > 50 and storm["count"]["n"] > 10
    assert storm["login"]["p50"] < storm["count"]["p50"] / 4, storm


# --- once or not at all

def esp(machine, to, number, size):
    """IP protocol 50, made by hand: (packets, bytes of layer 2)."""
    with machine.enter(), socket.socket(socket.AF_INET, socket.SOCK_RAW, 50) as sock:
        for i in range(number):
            sock.sendto(struct.pack("!II", 0x1000, i) + bytes(size - 8), (to, 0))
            time.sleep(0.001)
    time.sleep(0.3)
    return number * (14 + 20 + size)


def test_ipsec_that_passes_is_the_offices_once(city, played):
    before = played.count()
    sent = esp(city.hosts["dinkes"], INTERNET4, 200, 1000)
    after = played.count()
    assert grown(before, after, UP, played.inner("dinkes")) == pytest.approx(sent, rel=0.002, abs=500)
    assert grown(before, after, UP, OWN, UNATTRIBUTED) < 2000


def test_a_tunnel_that_ends_here_is_counted_as_what_was_inside(city, played):
    """Its outer packets are not the gateway's own: unpacked, they come by once more."""
    before = played.count()
    esp(city.internet, GATEWAY4, 200, 1000)
    with city.internet.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(200):
            sock.sendto(bytes(1000), (GATEWAY4, 4500))
    time.sleep(0.3)
    after = played.count()
    assert grown(before, after, DOWN, OWN) < 20000


@pytest.mark.debian
@pytest.mark.plain
def test_an_ipsec_tunnel_to_the_gateway(city, played):
    """ESP between the internet and the gateway, an office behind it: the office has what was inside, once."""
    key = "0x0102030405060708090a0b0c0d0e0f1011121314"
    host, gateway = city.hosts["dinkes"], city.gateway.space
    office = re.sub(r"\d+$", "0/24", host.address4)
    for space in (city.internet, gateway):
        for source, to, spi in ((INTERNET4, GATEWAY4, 0x100), (GATEWAY4, INTERNET4, 0x200)):
            space.run("ip", "xfrm", "state", "add", "src", source, "dst", to, "proto", "esp", "spi", spi, "reqid", 1, "mode", "tunnel",
                      "aead", "rfc4106(gcm(aes))", key, 128)
    tunnels = {"in": (INTERNET4, GATEWAY4), "out": (GATEWAY4, INTERNET4)}
    for space, here in ((gateway, {"in": "in", "fwd": "in", "out": "out"}), (city.internet, {"in": "out", "out": "in"})):
        for direction, tunnel in here.items():
            ends = (INTERNET4 + "/32", office) if tunnel == "in" else (office, INTERNET4 + "/32")
            source, to = tunnels[tunnel]
            space.run("ip", "xfrm", "policy", "add", "src", ends[0], "dst", ends[1], "dir", direction, "tmpl", "src", source, "dst", to,
                      "proto", "esp", "reqid", 1, "mode", "tunnel")
    try:
        before, far = played.count(), host.counters()[0]
        with city.internet.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for _ in range(200):
                sock.sendto(bytes(1000), (host.address4, 9))
                time.sleep(0.002)
        time.sleep(0.5)
        after, received = played.count(), host.counters()[0] - far
        assert received > 200 * 1042 * 0.99
        assert grown(before, after, DOWN, played.inner("dinkes")) == pytest.approx(received, rel=0.01, abs=2000)
        assert grown(before, after, DOWN, OWN) < 0.1 * received
    finally:
        for space in (city.internet, gateway):
            space.run("ip", "xfrm", "policy", "flush")
            space.run("ip", "xfrm", "state", "flush")


def test_fragments_are_counted_each_once(city, played):
    """4,000 bytes of UDP are three frames on both sides of the gateway, translated and not."""
    host = city.hosts["dinkes"]
    for v6 in (False, True):
        before, far = played.count(), host.counters()[0]
        with city.internet.enter(), socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((INTERNET6 if v6 else INTERNET4, 0))
            with host.enter():
                asking = socket.socket(sock.family, socket.SOCK_DGRAM)
            asking.sendto(bytes(4000), sock.getsockname()[:2])
            sock.settimeout(5)
            _, peer = sock.recvfrom(65535)
            for _ in range(100):
                sock.sendto(bytes(4000), peer[:2])
                time.sleep(0.003)
            asking.close()
        time.sleep(0.3)
        after, received = played.count(), host.counters()[0] - far
        assert received > 100 * 4100
        assert grown(before, after, DOWN, played.inner("dinkes")) == pytest.approx(received, rel=0.003, abs=500), f"IPv{6 if v6 else 4}"
        assert grown(before, after, UP, played.inner("dinkes")) == pytest.approx(4000 + 3 * 40, abs=100)


def test_what_stays_inside_is_nobodys(city, played):
    """Between offices, of one device and of two, and between an office and the gateway: no class counts it."""
    before = played.count()
    for one, other in (("bkad", "rsud"), ("dinkes", "bkad"), ("dinkes", "loket")):
        assert city.hosts[one].ping(city.hosts[other].address4, count=2) == 2
        with city.hosts[one].enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for _ in range(100):
                sock.sendto(bytes(1400), (city.hosts[other].address4, 9))
                time.sleep(0.001)
    assert city.hosts["dinkes"].ping(re.sub(r"\d+$", "1", city.hosts["dinkes"].address4), count=3) == 3
    time.sleep(0.3)
    after = played.count()
    for tree in (UP, DOWN):
        assert grown(before, after, tree, ROOT) < 3000


def test_the_gateways_own_traffic_is_its_own_once(city, played):
    """Down by the counter of what reached it, up by its class; nobody else's grows."""
    before = played.count()
    with city.internet.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(300):
            sock.sendto(bytes(1000), (GATEWAY4, 9))
            time.sleep(0.002)
    with city.gateway.space.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(300):
            sock.sendto(bytes(1000), (INTERNET4, 9))
            time.sleep(0.002)
    time.sleep(0.5)
    after = played.count()
    assert grown(before, after, DOWN, OWN) == pytest.approx(300 * 1042, rel=0.02, abs=3000)
    # Answers that a port is closed are there as well.
    assert 300 * 1042 < grown(before, after, UP, OWN) < 300 * 1042 * 1.25
    for ident in ("dinkes", "bkad", "rsud"):
        assert grown(before, after, UP, played.inner(ident)) < 2000 and grown(before, after, DOWN, played.inner(ident)) < 2000
