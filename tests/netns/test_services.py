# SPDX-License-Identifier: GPL-2.0-or-later
"""Services inside an office: which packets are whose, seen by the counters of tc's classes and by a raw socket at the provider;
and what a service is worth when everything is full.

Services are told apart by their rates, which the configuration below makes unique: nothing here knows a class's number.
"""
import contextlib
import copy
import socket
import time

import pytest

from city import HOSTS, HOSTS6, INTERNET4, INTERNET6
from fixtures import open_city
from kernel import Watch, differences, snapshot
from packets import Capture, free_port, grown, leaves, udp
from settings import small
from space import wait_for
from telephone import login
from traffic import Call, Flow, Meter, Paced, flows, jitter

MBIT = 1e6
MORNING, EVENING = "2026-11-23 10:00:00", "2026-11-23 17:00:00"
EF, AF41, CS3 = 46, 34, 24
NEAR, FAR4, FAR6 = 5060, HOSTS[0], HOSTS6[0]

SERVICES = [
    {"id": "voip", "rate": "1 Mbit"},
    {"id": "conference", "rate": "2 Mbit"},
    {"id": "absensi", "ports": ["tcp 8443", "udp 8443-8450"], "prefixes": [f"{FAR4}/32", f"{FAR6}/128"], "rate": "300 kbit"},
    {"id": "pusat", "prefixes": [f"{HOSTS[1]}/32", "2001:db8:fffe::2/128"], "dscp": ["cs3"], "rate": "450 kbit", "mark": "af21"},
    {"id": "arsip", "ports": ["udp 4000-4010"], "rate": "500 kbit", "priority": "low"},
]
RATES = {"voip": 1e6, "conference": 2e6, "absensi": 3e5, "pusat": 4.5e5, "arsip": 5e5}


def office(ident, device, third, guaranteed, ceiling, services=(), schedule="24-jam"):
    row = {"id": ident, "name": ident, "schedule": schedule, "devices": [device],
           "prefixes": [f"10.10.{third}.0/24", f"2001:db8:{third}::/64"],
           "inside": {"guaranteed": f"{guaranteed} Mbit", "ceiling": f"{ceiling} Mbit"}}
    if schedule != "24-jam":
        row["outside"] = {"guaranteed": "5500 kbit", "ceiling": "12 Mbit"}
    return {**row, "services": list(services)} if services else row


def settings(**uplink):
    return small(uplink={"download": "20 Mbit", "upload": "20 Mbit", "own": "200 kbit", "unattributed": "200 kbit", **uplink},
                 offices=[office("dinkes", "lan0", 1, 6, 18, SERVICES, "kantor"), office("bkad", "lan1", 2, 4, 18),
                          office("rsud", "lan1", 3, 4, 18, ["voip"])],
                 zones=[dict(copy.deepcopy(small()["zones"][0]), guaranteed="2 Mbit", ceiling="10 Mbit")])


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), guests={"taman-kota": 1}) as city:
        city.gateway.start(rehearse=MORNING)
        yield city


@pytest.fixture(scope="module")
def full():
    """For what is measured under load: rates that an emulated machine carries beside other work, and no zones, so that no program
    but ours has to run."""
    offices = [office("dinkes", "lan0", 1, 2, 7, [{"id": "voip", "rate": "300 kbit"}]), office("bkad", "lan1", 2, 1.5, 7),
               office("rsud", "lan1", 3, 1.5, 7, [{"id": "voip", "rate": "300 kbit"}])]
    with open_city(settings=small(uplink={"download": "8 Mbit", "upload": "8 Mbit", "own": "200 kbit", "unattributed": "200 kbit"},
                                  offices=offices, zones=[])) as city:
        city.gateway.start(rehearse=MORNING)
        yield city


def minor_of(city, ident, up):
    """The class of a service of `dinkes`; of "rest" of an office: by what it is guaranteed beside its services."""
    rows = leaves(city.gateway, up)
    if ident in RATES:
        found = [minor for minor, row in rows.items() if minor >= 0x3000 and row["rate"] == RATES[ident]]
    else:
        found = [minor for minor, row in rows.items() if 0x1000 <= minor < 0x3000
                 and row["rate"] == {"dinkes": 6e6 - sum(RATES.values()), "bkad": 4e6, "rsud": 4e6 * 0.9}[ident]]
    assert len(found) == 1, f"{ident}: {found} of {rows}"
    return found[0]


def landed(city, up, send, least=10):
    """{minor: packets} of the classes that counted what `send` sent."""
    before = leaves(city.gateway, up)
    send()
    return grown(before, settled(city, up), least)


def settled(city, up):
    """The leaves once nothing moves any more: what a queue holds has not been counted yet."""
    then, now = None, leaves(city.gateway, up)
    while then != now:
        time.sleep(0.06)
        then, now = now, leaves(city.gateway, up)
    return now


def exchange(city, up, v6, *, far=None, far_port=None, near_port=None, ident="dinkes", **options):
    """Datagrams between an office's host and a host of the internet, in one direction."""
    host = city.hosts[ident]
    near, far = (host.address6 if v6 else host.address4), far or (INTERNET6 if v6 else INTERNET4)
    far_port, near_port = far_port or free_port(), near_port or free_port()
    if up:
        udp(host.space, far, far_port, source_port=near_port, **options)
    else:
        udp(city.internet, near, near_port, source=far, source_port=far_port, **options)


BOTH = pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
FAMILIES = pytest.mark.parametrize("v6", [False, True], ids=["v4", "v6"])

CASES = {
    "far port": ("voip", {"far_port": 5060}),
    "near port": ("voip", {"near_port": 5061}),
    "first of a range": ("voip", {"far_port": 10000}),
    "last of a range": ("voip", {"near_port": 20000}),
    "before a range": ("dinkes", {"far_port": 9999}),
    "behind a range": ("dinkes", {"near_port": 20001}),
    "between two of another": ("conference", {"far_port": 19305}),
    "dscp": ("voip", {"dscp": EF}),
    "dscp of another": ("conference", {"dscp": AF41}),
    "dscp that nobody names": ("dinkes", {"dscp": 48}),
    "congestion bits are not dscp": ("voip", {"dscp": EF, "ecn": 1}),
    "port before dscp": ("arsip", {"far_port": 4005, "dscp": EF}),
    "far port before near port": ("arsip", {"far_port": 4000, "near_port": 5060}),
}


@pytest.mark.plain
@BOTH
@FAMILIES
@pytest.mark.parametrize("case", CASES)
def test_a_packet_is_its_services(city, up, v6, case):
    service, what = CASES[case]
    assert landed(city, up, lambda: exchange(city, up, v6, **what)) == {minor_of(city, service, up): 20}


@pytest.mark.queues
@BOTH
@FAMILIES
def test_the_far_end_decides_first(city, up, v6):
    near, far = ({"far": FAR6}, {"far": HOSTS6[1]}) if v6 else ({"far": FAR4}, {"far": HOSTS[1]})
    for service, what in (("absensi", {**near, "far_port": 8443}), ("dinkes", {**near, "far_port": 9000}), ("dinkes", {**near, "near_port": 8443}),
                          ("voip", {**near, "far_port": 5060}), ("pusat", {**far}), ("pusat", {**far, "far_port": 5060}), ("pusat", {**far, "dscp": EF}),
                          ("pusat", {"dscp": CS3}), ("dinkes", {"far_port": 8443})):
        assert landed(city, up, lambda: exchange(city, up, v6, **what)) == {minor_of(city, service, up): 20}, (service, what)


@pytest.mark.plain
@BOTH
@FAMILIES
def test_every_fragment_goes_with_its_datagram(city, up, v6):
    """Connection tracking puts them together before they are looked at, so that the ports of the first are all's."""
    more = landed(city, up, lambda: exchange(city, up, v6, far_port=5060, size=3000, count=5), 5)
    assert more == {minor_of(city, "voip", up): 15}


@pytest.mark.queues
@FAMILIES
def test_tcp_both_ways(city, v6):
    def connect():
        with city.hosts["dinkes"].enter():
            for _ in range(12):
                with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET) as sock:
                    assert sock.connect_ex((INTERNET6 if v6 else INTERNET4, 5060)) == 111  # ECONNREFUSED: answered

    before = {up: leaves(city.gateway, up) for up in (True, False)}
    connect()
    for up in (True, False):
        assert grown(before[up], leaves(city.gateway, up), 10) == {minor_of(city, "voip", up): 12}


@pytest.mark.queues
def test_what_has_no_ports_stays_in_rest(city):
    """Ping, and protocols that nobody knows, IPv6 with an extension header before UDP is UDP all the same."""
    host = city.hosts["dinkes"]

    def raw(protocol, address=INTERNET4):
        with host.enter(), socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as sock:
            for size in (0, 1, 3, 4, 100):
                for _ in range(4):
                    sock.sendto(bytes(size), (address, 0))

    rest = minor_of(city, "dinkes", True)
    for protocol in (50, 253):  # ESP, an experiment of RFC 3692
        assert landed(city, True, lambda: raw(protocol)) == {rest: 20}, protocol
    assert landed(city, True, lambda: host.ping(INTERNET4, 10)) == {rest: 10}
    # A far end without ports takes all that goes there, as far as a packet is long enough to have ports.
    assert landed(city, True, lambda: raw(50, HOSTS[1]), 2) == {minor_of(city, "pusat", True): 8, rest: 12}
    with host.enter(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IPV6, 59, bytes((0, 0, 1, 4, 0, 0, 0, 0)))  # IPV6_DSTOPTS, padding alone
        assert landed(city, True, lambda: [sock.sendto(bytes(50), (INTERNET6, 5060)) for _ in range(20)]) == {minor_of(city, "voip", True): 20}


@pytest.mark.queues
@BOTH
def test_an_office_without_the_service_gains_nothing(city, up):
    rest = minor_of(city, "bkad", up)
    for what in ({"far_port": 5060}, {"near_port": 10000}, {"dscp": EF}, {"far": HOSTS[1]}, {"far": FAR4, "far_port": 8443}):
        assert landed(city, up, lambda: exchange(city, up, False, ident="bkad", **what)) == {rest: 20}, what
    # and one that has another service only that.
    assert landed(city, up, lambda: exchange(city, up, False, ident="rsud", far_port=4000)) == {minor_of(city, "rsud", up): 20}


@pytest.mark.queues
@BOTH
@FAMILIES
def test_no_dscp_leaves_its_office(city, up, v6):
    mine = {minor_of(city, ident, up) for ident in (*RATES, "dinkes")}
    more = landed(city, up, lambda: [exchange(city, up, v6, dscp=dscp, count=3) for dscp in range(64)], 1)
    assert set(more) <= mine and sum(more.values()) == 64 * 3
    assert more[minor_of(city, "dinkes", up)] == 61 * 3, "EF, AF41 and CS3 are named, others not"


@pytest.mark.queues
def test_a_guest_never_gets_into_a_service(city):
    guest = city.guests["taman-kota"][0]
    with clock(city, EVENING):
        login(guest)
        before = leaves(city.gateway, True)
        for what in ((INTERNET4, 5060, 0), (INTERNET4, free_port(), EF), (HOSTS[1], free_port(), 0)):
            udp(guest.space, what[0], what[1], dscp=what[2])
        assert all(minor >= 0x4000 for minor in grown(before, leaves(city.gateway, True), 20))


class clock:
    """The city's time inside the block."""

    def __init__(self, city, when):
        self.city, self.when = city, when

    def __enter__(self):
        self.city.gateway.clock_to(self.when)

    def __exit__(self, *_):
        self.city.gateway.clock_to(MORNING)


# --- towards the provider

def seen(city, send, port):
    """{(version, DSCP, congestion bits)} of what the provider got on this port; its IPv4 checksums must be right."""
    with Capture(city.internet) as capture:
        send()
        rows = capture.of_port(port)
    assert rows and all(row["sound"] for row in rows), rows
    return {(row["version"], row["tos"] >> 2, row["tos"] & 3) for row in rows}


@pytest.mark.queues
@FAMILIES
def test_the_provider_sees_what_the_configuration_says(city, v6):
    """Marked where a service has a mark; kept otherwise. voip marks EF."""
    version, host, to = (6, city.hosts["dinkes"], INTERNET6) if v6 else (4, city.hosts["dinkes"], INTERNET4)
    plain = free_port()
    for port, dscp, ecn, wanted in ((5060, 0, 0, EF), (5060, AF41, 2, EF), (4000, 0, 0, 0), (4000, EF, 1, EF), (plain, CS3, 0, 18), (plain, 8, 0, 8)):
        got = seen(city, lambda: udp(host.space, to, port, dscp=dscp, ecn=ecn), port)
        assert got == {(version, wanted, ecn)}, (port, dscp)
    # What an office receives is never written to.
    with Capture(host.space) as capture:
        udp(city.internet, host.address6 if v6 else host.address4, plain, source_port=5060, dscp=8)
        assert {row["tos"] >> 2 for row in capture.of_port(plain)} == {8}


@pytest.mark.queues
def test_the_provider_sees_nothing_where_it_is_cleared(make_city):
    city = make_city(settings=settings(dscp="clear"), guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    guest, machines = city.guests["taman-kota"][0], city.hosts
    login(guest)
    for v6, to in ((False, INTERNET4), (True, INTERNET6)):
        version = 6 if v6 else 4
        for who, port, wanted in ((machines["dinkes"].space, 5060, EF), (machines["dinkes"].space, free_port(), EF), (machines["dinkes"].space, 4000, 0),
                                  (machines["bkad"].space, free_port(), 0), (guest.space, free_port(), 0), (city.gateway.space, free_port(), 0)):
            assert seen(city, lambda: udp(who, to, port, dscp=EF, ecn=1), port) == {(version, wanted, 1)}, (who.short, port)
    before = leaves(city.gateway, True)
    exchange(city, True, False, dscp=EF)
    assert minor_of_evening(city) in grown(before, leaves(city.gateway, True), 20), "cleared before it was believed"


def minor_of_evening(city):
    """voip's class in dinkes outside of hours: of the two of this rate the one in the office that has five services."""
    return next(minor for minor, row in leaves(city.gateway, True).items() if minor >= 0x3000 and row["rate"] == 1e6)


# --- the kernel's state

@pytest.mark.queues
def test_an_unchanged_plan_with_services_writes_nothing(city):
    with Watch(city) as watch:
        city.gateway.gerbang("apply", json_out=False)
        for name in ("daemon", "shaper"):
            city.gateway.end(name)
            city.gateway.start_one(name)
            city.gateway.wait_ready()
            time.sleep(0.5)
    assert not watch.lines(), "\n".join(watch.lines())


def damage_and_repair(city, *words):
    """Elements are looked after once a minute, and with every plan."""
    before = snapshot(city.gateway.space)
    with Watch(city) as watch:
        city.gateway.space.run("nft", *words)
        city.gateway.gerbang("apply", json_out=False)
        wait_for("the repair", lambda: not differences(before, snapshot(city.gateway.space)), 3, 0.25)
    assert watch.lines(), "the test did no damage"


def element_of(city, name):
    """One element of a set or map of ours, in nft's own words: its key. In a set of ranges one with a range: nft 1.0.6 does
    not find others again, not even its own."""
    text = city.gateway.space.run("nft", "list", "set" if name in ("marks", "service_offices") else "map", "inet", "gerbang", name)
    keys = [row.split(" : ")[0].strip() for row in text.split("elements = {")[1].split("}")[0].split(",")]
    return next(key for key in keys if "-" in key or "flags interval" not in text)


@pytest.mark.plain
@pytest.mark.parametrize("name", ["service_ports_up", "service_ports_down", "service_far_up4", "service_far_down6", "service_dscp_up",
                                  "service_dscp_down", "marks", "service_offices"])
def test_a_missing_element_is_put_back(city, name):
    damage_and_repair(city, "delete", "element", "inet", "gerbang", name, "{", element_of(city, name), "}")


@pytest.mark.plain
@pytest.mark.parametrize("damage", [
    "add element inet gerbang service_ports_up { 1:3 . tcp . 22 : 1:2 }",
    "add element inet gerbang service_dscp_down { 2:3 . cs7 : 2:2 }",
    "add element inet gerbang service_offices { 1:3 }",
    "flush chain inet gerbang to_provider",
    "delete rule inet gerbang service_down handle HANDLE",
], ids=lambda text: " ".join(text.split()[:5]))
def test_what_others_put_there_goes(city, damage):
    space = city.gateway.space
    if "HANDLE" in damage:
        rules = space.run("nft", "-a", "list", "chain", "inet", "gerbang", "service_down")
        damage = damage.replace("HANDLE", rules.split("# handle ")[2].split()[0])
    damage_and_repair(city, *damage.split())


@pytest.mark.queues
def test_without_services_there_is_not_one_rule_more(make_city):
    """What nobody configured costs nobody anything; and services come and go in place, one element at a time."""
    plain = settings()
    for row in plain["offices"]:
        row.pop("services", None)
    city = make_city(settings=plain)
    city.gateway.start(rehearse=MORNING)
    bare = city.gateway.space.run("nft", "list", "table", "inet", "gerbang")
    assert "postrouting priority mangle" not in bare and "dscp set" not in bare
    chains = bare[bare.index("\tchain"):]
    assert "service_" not in chains and "@marks" not in chains
    before = snapshot(city.gateway.space)
    with_services = settings()
    with_services["offices"][0]["services"] = ["voip"]
    with_services["offices"][2].pop("services")
    city.write_conf(with_services)
    city.gateway.gerbang("apply", json_out=False)
    wait_for("services", lambda: "5060-5061" in city.gateway.space.run("nft", "list", "table", "inet", "gerbang"), 5)
    with_services["offices"][0]["services"] = ["voip", "attendance"]
    city.write_conf(with_services)
    with Watch(city) as watch:
        city.gateway.gerbang("apply", json_out=False)
        wait_for("one more", lambda: "4370" in city.gateway.space.run("nft", "list", "table", "inet", "gerbang"), 5)
    assert not [line for line in watch.lines() if "chain" in line or "rule" in line or "delete element" in line], watch.lines()
    city.write_conf(plain)
    city.gateway.gerbang("apply", json_out=False)
    wait_for("nothing more", lambda: not differences(before, snapshot(city.gateway.space)), 5)


# --- under load

@pytest.mark.queues
@pytest.mark.measure
@BOTH
def test_a_service_never_has_more_than_its_rate(city, up):
    """High: three times its rate is sent with all the rest idle, and its rate arrives."""
    flow = Paced(city, city.hosts["dinkes"], "up" if up else "down", 3 * MBIT, port=10500 if up else 10600)
    try:
        flow.wait_flowing(15)
        time.sleep(1)
        minor, since = minor_of(city, "voip", up), time.monotonic()
        before = leaves(city.gateway, up)[minor]["bytes"]
        time.sleep(4)
        rate = (leaves(city.gateway, up)[minor]["bytes"] - before) * 8 / (time.monotonic() - since)
    finally:
        flow.stop()
    assert 0.6 * MBIT < rate < 1.03 * MBIT  # below: a machine that is late cannot make up for it


@pytest.mark.queues
@pytest.mark.measure
@BOTH
def test_a_change_of_the_schedule_moves_no_flow(city, up):
    flow = Paced(city, city.hosts["dinkes"], "up" if up else "down", 0.6 * MBIT, size=300, port=10501 if up else 10601)
    try:
        flow.wait_flowing(15)
        with clock(city, EVENING):
            before, lost = leaves(city.gateway, up), flow.read()["lost"]
            voip = minor_of(city, "voip", up)
            time.sleep(1.5)
            more = grown(before, leaves(city.gateway, up), 50)
        time.sleep(1)
        assert set(more) == {voip} and flow.read()["lost"] == lost, more
    finally:
        flow.stop()


@contextlib.contextmanager
def calls_of(city, host, *directions):
    """They begin while all is quiet: a machine that is emulated needs seconds to start a program once it is not."""
    made = []
    try:
        for direction in directions:
            made.append(Call(city, city.hosts[host], direction))
            made[-1].wait_flowing(20)
        yield made
    finally:
        for call in made:
            call.stop()


def judge_calls(calls, windows, msec=5):
    """No packet lost, jitter (RFC 3550) below `msec` in one of the windows: a queue that is too long is so in all of them, a
    machine that stood still for a second is not."""
    for call in calls:
        rows = [call.delays(start) for start in windows]
        rows = [row[:len(row) - len(later)] for row, later in zip(rows, rows[1:])]
        assert all(len(row) > 100 for row in rows), call.read()
        print("a call's jitter, by window:", [f"{jitter(row) * 1e3:.2f} ms" for row in rows], "lost:", call.read()["lost"])
        assert call.read()["lost"] == 0, call.read()
        assert min(map(jitter, rows)) < msec / 1000, [f"jitter {jitter(row) * 1000:.1f} ms, worst {max(row) * 1000:.1f} ms" for row in rows]


def windows_of(meter, seconds, count=3):
    """(instants, what the meter says over all of them)"""
    meter.restart()
    starts = [time.monotonic()]
    for _ in range(count):
        time.sleep(seconds)
        starts.append(time.monotonic())
    return starts, meter.rates()


@pytest.mark.debian
@pytest.mark.measure
@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_call_in_a_full_office_on_a_full_uplink(full, direction):
    """64 kbit/s of EF while its office and all others pull, or push: nothing lost, and no stutter."""
    with calls_of(full, "dinkes", direction) as calls:
        made = {name: Flow(full, full.hosts[name], direction, streams=4) for name in ("dinkes", "bkad", "rsud")}
        with flows(*made.values()):
            time.sleep(3)
            windows, rates = windows_of(Meter(full, full.hosts, {name: [flow] for name, flow in made.items()}), 4)
        rates = rates[direction == "up"]
        assert sum(rates.values()) > 0.5 * 7.6 * MBIT, f"the uplink was not full: {rates}"
        judge_calls(calls, windows)


@pytest.mark.debian
@pytest.mark.measure
def test_everything_marked_ef_harms_nobody_else(full):
    """One host marks all that it sends EF: what the others have, and their calls, are as they were."""
    shares = {}
    with calls_of(full, "rsud", "up") as calls:
        for dscp in (0, EF):
            storm = Paced(full, full.hosts["dinkes"], "up", 6 * MBIT, dscp=dscp)
            made = {name: Flow(full, full.hosts[name], "up", streams=4) for name in ("bkad", "rsud")}
            try:
                with flows(*made.values()):
                    time.sleep(3)
                    windows, (_, up) = windows_of(Meter(full, {}, {name: [flow] for name, flow in made.items()}), 3)
            finally:
                storm.stop()
            shares[dscp] = up["bkad"] / up["rsud"], sum(up.values())
        judge_calls(calls, windows)
    print("shares of two others and their sum, without and with the storm:", shares)
    assert shares[EF][0] == pytest.approx(shares[0][0], rel=0.1), shares
    assert shares[EF][1] >= 0.95 * shares[0][1], shares
