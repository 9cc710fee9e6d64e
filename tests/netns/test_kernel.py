# SPDX-License-Identifier: GPL-2.0-or-later
"""The shaper and the kernel: it writes only what differs, touches only its own, and classifies what it must."""
import re
import socket
import time

import pytest

from city import INTERNET4
from fixtures import open_city
from kernel import Watch, differences, snapshot
from settings import small
from space import wait_for
from telephone import connects, reaches
from traffic import Flow, Meter, flows

pytestmark = pytest.mark.plain

EVENING, MORNING = "2026-11-23 17:00:00", "2026-11-23 10:00:00"
READS = re.compile(r"GET|NLMSG_(DONE|ERROR|NOOP)|0x")


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 2}) as city:
        city.gateway.start(rehearse=MORNING)
        yield city


@pytest.mark.kernels
def test_forwarding_is_on_only_with_the_plan(city):
    for key in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
        assert city.gateway.space.sysctl(key) == "1"
    assert "gerbang-ifb" in city.gateway.space.run("ip", "link")


@pytest.mark.kernels
def test_an_unchanged_plan_writes_nothing(city):
    """Applied again, and with daemon and shaper started anew: the kernel announces no change."""
    with Watch(city) as watch:
        city.gateway.gerbang("apply", json_out=False)
        for name in ("daemon", "shaper", "portal"):
            city.gateway.end(name)
            city.gateway.start_one(name)
            city.gateway.wait_ready()
            time.sleep(0.5)
    assert not watch.lines(), "\n".join(watch.lines())


def test_an_unchanged_plan_sends_no_netlink_message_that_writes(make_city):
    """The same, counted at the system call: every netlink message of the second shaper only asks."""
    city = make_city()
    gateway = city.gateway
    gateway.start(rehearse=MORNING)
    gateway.end("shaper")
    trace = city.path("strace.log")
    gateway.wrapper = ["strace", "-D", "-f", "-qq", "-s", "64", "-o", trace, "-e", "trace=sendto,sendmsg,openat,write"]
    gateway.env["ASAN_OPTIONS"] = "exitcode=99:detect_leaks=0"  # one tracer at a time
    gateway.start_one("shaper")
    gateway.wait_ready()
    gateway.gerbang("apply", json_out=False)
    time.sleep(1)
    text = open(trace, errors="replace").read()
    kinds = [kind for line in text.splitlines() for kind in re.findall(r"nlmsg_type=([^,}]+)", line)]
    assert len(kinds) > 5, f"strace saw no netlink traffic:\n{text[:2000]}"
    probing = sum("probe" in line for line in text.splitlines())
    writes = [kind for kind in kinds if not READS.search(kind)]
    assert not writes or probing, f"{writes}\n{text}"
    assert "/proc/sys" not in "".join(line for line in text.splitlines() if "O_WRONLY" in line or "O_RDWR" in line)


def test_foreign_rules_and_devices_stay_and_flush_leaves_nothing(make_city):
    city = make_city()
    gateway, space = city.gateway, city.gateway.space
    space.run("nft", "-f", "-", input="""
        table inet filter { chain forward { type filter hook forward priority 10; policy accept; tcp dport 25 counter drop
        } }
        table ip other { set s { type ipv4_addr; elements = { 203.0.113.1 } }
        }
        """.replace("drop\n        } }", "drop\n }\n }"))
    space.ip("link add foreign0 type ifb", "link set foreign0 up", "address add 198.51.100.1/24 dev foreign0")
    space.run("tc", "qdisc", "add", "dev", "foreign0", "root", "handle", "7:", "htb", "default", "1")
    space.run("tc", "class", "add", "dev", "foreign0", "parent", "7:", "classid", "7:1", "htb", "rate", "1mbit")
    space.run("tc", "qdisc", "add", "dev", "foreign0", "clsact")
    before = snapshot(space)
    gateway.flush = True
    gateway.start(rehearse=MORNING)
    mine = snapshot(space)
    assert all(line in mine["nft"] for line in ("203.0.113.1", '"other"')) and "gerbang" in mine["nft"]
    for key in ("class foreign0", "filter foreign0"):
        assert mine[key] == before[key]
    gateway.clock_to("2026-11-23 17:00")
    gateway.gerbang("apply", json_out=False)
    gateway.settle(0.5)
    gateway.stop()
    assert differences(before, snapshot(space)) == {}


def test_sigterm_without_flush_leaves_everything(make_city):
    city = make_city()
    city.gateway.start(rehearse=MORNING)
    before = snapshot(city.gateway.space)
    city.gateway.stop()
    assert differences(before, snapshot(city.gateway.space)) == {}
    assert city.hosts["dinkes"].ping(INTERNET4)


@pytest.mark.kernels
@pytest.mark.parametrize("damage", [
    ("tc", "qdisc", "del", "dev", "wan0", "root"),
    ("tc", "qdisc", "del", "dev", "lan0", "clsact"),
    ("tc", "class", "change", "dev", "wan0", "classid", "1:3", "htb", "rate", "9mbit"),
    ("ip", "link", "del", "gerbang-ifb"),
    ("nft", "flush", "chain", "inet", "gerbang", "forward"),
    ("nft", "delete", "table", "netdev", "gerbang"),
    ("ip", "address", "del", "10.200.0.1/20", "dev", "zone0"),
], ids=lambda words: " ".join(words[:3]))
def test_damage_is_repaired(city, damage):
    before = snapshot(city.gateway.space)
    with Watch(city) as watch:
        city.gateway.space.run(*damage)
        # A minute at the most; at once where the kernel announces it.
        wait_for("the repair", lambda: not differences(before, snapshot(city.gateway.space)), 65, 0.25)
    assert watch.lines(), "the test did no damage"


@pytest.mark.kernels
def test_a_source_that_is_not_the_offices_is_dropped(city):
    host = city.hosts["dinkes"]
    assert reaches(city, host) and reaches(city, host, v6=True)
    for source in ("10.10.2.10", "10.99.0.1", "192.0.2.50", "10.200.0.7"):
        assert not reaches(city, host, source), f"{source} is not behind lan0"
    for source in ("2001:db8:2::10", "2001:db8:99::1"):
        assert not reaches(city, host, source, v6=True), f"{source} is not behind lan0"


def test_dhcp_and_neighbours_pass_the_source_check(city):
    """The check is on what is forwarded: a host without an address still finds the gateway."""
    assert city.hosts["loket"].ping("10.10.4.1")


def leaf_bytes(city, device):
    """{class id: bytes that left it} of leaf classes."""
    return {ident: row["bytes"] for ident, row in city.gateway.classes(device).items() if int(ident.split(":")[1], 16) < 0x4000}


def grown(before, after):
    return {ident: after[ident] - before.get(ident, 0) for ident in after if after[ident] - before.get(ident, 0) > 0}


@pytest.mark.measure
def test_between_offices_nothing_is_shaped_or_billed(city):
    before = {device: leaf_bytes(city, device) for device in ("wan0", "gerbang-ifb")}
    there = city.hosts["bkad"]
    flow = Flow(city, city.hosts["dinkes"], "both", server=there.space, address=there.address4)
    with flows(flow):
        time.sleep(1)
        down, _ = Meter(city, {"a": city.hosts["dinkes"], "b": there}).over(3)
    assert down["a"] > 200e6 and down["b"] > 200e6, f"slower than twice the uplink: shaped? {down}"
    for device, rows in before.items():
        assert all(more < 100e3 for more in grown(rows, leaf_bytes(city, device)).values()), "billed"


@pytest.mark.measure
def test_from_the_gateway_itself_nothing_is_shaped_as_download(city):
    before = leaf_bytes(city, "gerbang-ifb")
    flow = Flow(city, city.hosts["dinkes"], "down", server=city.gateway.space, address="10.10.1.1")
    with flows(flow):
        time.sleep(1)
        down, _ = Meter(city, {"a": city.hosts["dinkes"]}).over(2)
    assert down["a"] > 200e6, down
    assert all(more < 100e3 for more in grown(before, leaf_bytes(city, "gerbang-ifb")).values())


def test_offices_do_not_reach_each_other_where_that_is_configured(make_city):
    city = make_city(settings=small(between_offices=False))
    city.gateway.start(rehearse=MORNING)
    there = city.hosts["bkad"]
    with there.enter(), socket.create_server(("0.0.0.0", 8000)):
        assert connects(city.hosts["dinkes"], there.address4, 8000) == "refused"
    assert city.hosts["dinkes"].ping(INTERNET4)


def test_the_gateways_own_traffic_has_its_class(city):
    before = leaf_bytes(city, "wan0")
    assert city.gateway.space.ping(INTERNET4, 5) == 5
    more = grown(before, leaf_bytes(city, "wan0"))
    assert more.get("1:2", 0) >= 5 * 98 and not [ident for ident in more if ident not in ("1:1", "1:2")], more


@pytest.mark.measure
def test_what_nobody_claims_is_capped_both_ways(city):
    """A foreign network behind a foreign device: forwarded, as the system says, but held to `unattributed`."""
    city._bridge("lan9")
    city.gateway.space.ip("address add 10.77.0.1/24 dev lan9")
    stranger = city._attach("lan9", "stranger")
    stranger.ip("address add 10.77.0.10/24 dev eth0", "route add default via 10.77.0.1")
    before = leaf_bytes(city, "wan0")
    flow = Flow(city, stranger, "up", streams=1, udp_bps=5e6)
    with flows(flow):
        time.sleep(2)
        _, up = Meter(city, {}, {"s": [flow]}).over(4)
    assert 0.5e6 < up["s"] <= 1e6 * 1.05, up
    assert grown(before, leaf_bytes(city, "wan0")).get("1:3", 0) > 100e3


@pytest.mark.kernels
def test_class_counters_agree_with_what_arrived(city):
    """Billing's ground: delivered bytes of the class are the bytes that came out at the other end."""
    def booked():
        time.sleep(2)  # the daemon reads the counters each second
        return city.gateway.office("rsud")["down"]["delivered_bytes"], city.hosts["rsud"].counters()[0]

    delivered, arrived = booked()
    flow = Flow(city, city.hosts["rsud"], "down", streams=2, udp_bps=30e6)  # its ceiling is 20: a third is dropped
    with flows(flow):
        time.sleep(4)
    delivered_then, arrived_then = booked()
    assert arrived_then - arrived > 20e6 / 8 * 3
    assert delivered_then - delivered == pytest.approx(arrived_then - arrived, rel=0.005)


def test_status_has_every_key_of_the_interface(city):
    status = city.gateway.status()
    side = {"guaranteed_bps", "ceiling_bps", "delivered_bytes", "dropped_packets", "rate_bps"}
    assert {"time", "phase", "next_change", "uplink", "offices", "zones", "own", "unattributed"} <= set(status)
    assert {"device", "download_bps", "upload_bps", "up", "leaf"} <= set(status["uplink"])
    assert {"time", "cause"} <= set(status["next_change"])
    for row in status["offices"]:
        assert {"id", "state", "down", "up", "month_bytes", "quota_bytes"} <= set(row) and side <= set(row["down"]) & set(row["up"])
    for row in status["zones"]:
        assert {"id", "open", "sessions", "next_change", "down", "up"} <= set(row) and side <= set(row["down"]) & set(row["up"])
    for row in (status["own"], status["unattributed"]):
        assert {"down", "up"} <= set(row)
    assert "dinkes" in city.gateway.gerbang("status", json_out=False)
