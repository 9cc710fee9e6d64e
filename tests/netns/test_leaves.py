# SPDX-License-Identifier: GPL-2.0-or-later
"""Each kind of leaf, chosen by the configuration: what it is made of, repair, changes in place, shares. CAKE and fq_codel are
the Debian kernel's, so those run there alone."""
import json
import re
import time

import pytest

from fixtures import open_city
from kernel import Watch
from settings import bps, small
from space import wait_for
from traffic import Flow, Meter, flows

MBIT = 1e6
EVENING = "2026-11-23 17:00:00"
KINDS = [pytest.param("fifo", marks=pytest.mark.queues), pytest.param("fq_codel", marks=pytest.mark.debian),
         pytest.param("cake", marks=pytest.mark.debian)]
NAMES = {"fifo": "tbf+bfifo", "fq_codel": "tbf+fq_codel", "cake": "cake"}


def office(ident, device, third, guaranteed, ceiling, **more):
    return {"id": ident, "name": ident, "schedule": "24-jam", "devices": [device],
            "prefixes": [f"10.10.{third}.0/24", f"2001:db8:{third}::/64"],
            "inside": {"guaranteed": guaranteed, "ceiling": ceiling}, **more}


def settings(queue, rtt="50 ms"):
    zone = small()["zones"][0]
    return small(uplink={"download": "12 Mbit", "upload": "12 Mbit", "own": "500 kbit", "unattributed": "500 kbit", "queue": queue, "rtt": rtt},
                 offices=[office("satu", "lan0", 1, "6 Mbit", "11 Mbit"), office("dua", "lan1", 2, "3 Mbit", "11 Mbit")],
                 zones=[{**zone, "guaranteed": "1 Mbit", "ceiling": "10 Mbit"}])


@pytest.fixture(scope="module", params=KINDS)
def city(request):
    with open_city(settings=settings(request.param)) as city:
        city.kind = request.param
        city.gateway.start(rehearse=EVENING)
        yield city


class Leaves:
    """The queues of a device as `tc -j` has them: by the class that they are below."""

    def __init__(self, city, device):
        rows = json.loads(city.gateway.space.run("tc", "-s", "-j", "qdisc", "show", "dev", device))
        self.by_parent = {row["parent"]: row for row in rows if "parent" in row}

    def of(self, minor, tree):
        """(outer, inner or None)"""
        outer = self.by_parent[f"{tree}:{minor:x}"]
        return outer, self.by_parent.get(outer["handle"] + "1")


REST, GUEST = 0x1001, 0x4000
TREES = [("wan0", 1), ("gerbang-ifb", 2)]


@pytest.mark.parametrize("device, tree", TREES)
def test_what_an_offices_leaf_is_made_of(city, device, tree):
    outer, inner = Leaves(city, device).of(REST, tree)
    options = outer["options"]
    if city.kind == "cake":
        assert outer["kind"] == "cake" and not inner
        assert options["diffserv"] == "besteffort" and options["split_gso"] and options["rtt"] == 50000
        assert options["flowmode"] == ("dual-srchost" if tree == 1 else "dual-dsthost")
        assert options["nat"] == (tree == 1), "the uplink translates; downloads have been translated back"
    elif city.kind == "fq_codel":
        assert outer["kind"] == "tbf" and options["rate"] == 12500000000 and inner["kind"] == "fq_codel"
        inner = inner["options"]
        assert inner["ecn"] and inner["flows"] == 1024 and inner["interval"] in (49999, 50000) and inner["target"] in (2499, 2500)
        assert inner["memory_limit"] == 8 << 20
    else:
        assert outer["kind"] == "tbf" and options["rate"] == 12500000000 and not inner


@pytest.mark.parametrize("device, tree", TREES)
def test_what_a_guests_leaf_is_made_of(city, device, tree):
    outer, inner = Leaves(city, device).of(GUEST, tree)
    assert outer["kind"] == "tbf"
    assert (inner is None) == (city.kind == "fifo")
    if inner:
        assert inner["kind"] == "fq_codel" and inner["options"]["flows"] == 16 and inner["options"]["limit"] == 1000


def test_the_choice_and_its_reason_are_said(city):
    assert city.gateway.status()["uplink"]["leaf"] == NAMES[city.kind]
    assert f"queue of offices and zones: {NAMES[city.kind]} (uplink.queue says so)" in city.gateway.log("shaper")


def test_an_unchanged_plan_writes_nothing(city):
    with Watch(city) as watch:
        city.gateway.gerbang("apply", json_out=False)
        city.gateway.end("shaper")
        city.gateway.start_one("shaper")
        city.gateway.wait_ready()
        time.sleep(0.5)
    assert not watch.lines(), "\n".join(watch.lines())


DAMAGES = {
    "fifo": ["qdisc change dev wan0 parent 1:1001 handle 1001: tbf rate 100gbit burst 2000 limit 7000",
             "qdisc change dev wan0 parent 1:1001 handle 1001: tbf rate 3mbit burst 2000 limit 100000",
             "qdisc change dev wan0 parent 1:1001 handle 1001: tbf rate 100gbit burst 64000 limit 100000",
             "qdisc add dev gerbang-ifb parent 1001:1 handle 7: pfifo limit 3",
             "qdisc del dev gerbang-ifb parent 2:1001"],
    "fq_codel": ["qdisc change dev wan0 parent 1001:1 handle 1000: fq_codel target 9ms",
                 "qdisc change dev wan0 parent 1001:1 handle 1000: fq_codel limit 5",
                 "qdisc change dev wan0 parent 1001:1 handle 1000: fq_codel noecn",
                 "qdisc replace dev gerbang-ifb parent 1001:1 handle 7: pfifo limit 3",
                 "qdisc del dev gerbang-ifb parent 1001:1 handle 1000:",
                 "qdisc del dev gerbang-ifb parent 2:4000"],
    "cake": ["qdisc change dev wan0 parent 1:1001 handle 1001: cake rtt 200ms",
             "qdisc change dev wan0 parent 1:1001 handle 1001: cake bandwidth 1mbit",
             "qdisc change dev wan0 parent 1:1001 handle 1001: cake nonat diffserv4",
             "qdisc replace dev gerbang-ifb parent 2:1001 handle 7: pfifo limit 3",
             "qdisc del dev gerbang-ifb parent 2:1001"],
}


def held(city):
    """Every queue with every parameter: `-raw` has a TBF's limit, too."""
    text = city.gateway.space.run("tc", "-raw", "qdisc", "show")
    return sorted(re.sub(r"(refcnt|direct_packets_stat) \d+", "", line) for line in text.splitlines())


def test_an_altered_leaf_is_repaired(city):
    """The shaper may be quicker than we can look at the damage; that it had something to write shows in its log."""
    def repairs():
        return city.gateway.log("shaper").count("plan applied")

    before = held(city)
    for damage in DAMAGES[city.kind]:
        done = repairs()
        city.gateway.space.run("tc", *damage.split())
        wait_for(f"the repair of: {damage}", lambda: repairs() > done, 20, 0.1)
        wait_for("its end", lambda: held(city) == before, 20, 0.2)


@pytest.mark.measure
@pytest.mark.parametrize("direction", ["down", "up"])
def test_two_offices_share_by_their_guarantees(city, direction):
    """Twice their shares from each, in many flows that heed no loss: a queue that ran dry would give the other office what is over, and
    CAKE's answer to such flows is to drop ever more of each. TCP's shares are test_queues.py's."""
    made = {ident: Flow(city, city.hosts[ident], direction, streams=8, udp_bps=offered * MBIT)
            for ident, offered in (("satu", 15), ("dua", 8))}
    seen = []
    with flows(*made.values()):
        time.sleep(2)
        meter = Meter(city, city.hosts, {ident: [flow] for ident, flow in made.items()})
        for _ in range(4):  # emulation may take the processor away for a moment, also between a counter and its time
            rates = meter.over(5)[direction == "up"]
            seen.append((rates["satu"] / rates["dua"], sum(rates.values()) / (11.4 * MBIT)))
            if seen[-1] == (pytest.approx(2, rel=0.05), pytest.approx(0.98, abs=0.03)):
                break
    assert seen[-1] == (pytest.approx(2, rel=0.05), pytest.approx(0.98, abs=0.03)), seen


def test_another_round_trip_time_changes_the_queue_in_place(city):
    """While it is full: the same queue goes on counting. A new one would begin at 0, without what was in the old one."""
    flow = Flow(city, city.hosts["satu"], "up", streams=2, udp_bps=14 * MBIT)
    with flows(flow):
        wait_for("a queue", lambda: Leaves(city, "wan0").of(REST, 1)[0]["backlog"] > 3000, 10, 0.1)
        before = Leaves(city, "wan0").of(REST, 1)
        city.write_conf(settings(city.kind, rtt="30 ms"))
        city.gateway.gerbang("apply", json_out=False)
        after = Leaves(city, "wan0").of(REST, 1)
        for old, new in zip(before, after):
            assert (old is None) == (new is None)
            if old:
                assert new["handle"] == old["handle"] and new["bytes"] >= old["bytes"] > 0
    timed = {"cake": ("rtt", after[0]), "fq_codel": ("interval", after[1])}.get(city.kind)
    assert not timed or timed[1]["options"][timed[0]] in (29999, 30000)
    city.write_conf(settings(city.kind))
    city.gateway.gerbang("apply", json_out=False)


@pytest.mark.queues
def test_rates_from_64_kbit_to_10_gbit_are_held_exactly(make_city):
    """With what a line adds to every frame. The shaper reads back what it wrote: a plan that is not held is not applied."""
    offices = [office("kecil", "lan0", 1, "64 kbit", "128 kbit"), office("sedang", "lan0", 2, "33333 kbit", "777 Mbit"),
               office("besar", "lan1", 3, "7654 Mbit", "9500 Mbit")]
    city = make_city(settings=small(uplink={"download": "10 Gbit", "upload": "10 Gbit", "link": "pppoe"}, offices=offices, zones=[]))
    city.gateway.start(rehearse=EVENING)
    for device, tree in TREES:
        text = city.gateway.space.run("tc", "-d", "class", "show", "dev", device)
        held = {line.split()[2]: (bps(rate.replace("bit", " bit").replace("K ", " k").replace("M ", " M").replace("G ", " G")))
                for line in text.splitlines() for rate in re.findall(r"\brate (\S+)", line)}
        assert held[f"{tree}:1000"] == 64000 and held[f"{tree}:1002"] == 33333000
        assert held[f"{tree}:1004"] == 7654000000
        assert all(" overhead " in line for line in text.splitlines() if line.startswith("class htb"))
    assert "quantum of class" not in city.gateway.space.run("dmesg", check=False)
