# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the download tree is: on the trunk whose VLANs are all LANs, on a bridge, on the IFB for several devices; and its moves
while traffic flows. Bytes are counted where they arrive (traffic.py)."""
import time

import pytest

from fixtures import open_city
from settings import small
from space import wait_for
from telephone import login
from traffic import Flow, Meter, Pings, flows

MBIT = 1e6
EVENING = "2026-11-23 17:00:00"
IFB = "gerbang-ifb"
LINE = {"download": "12 Mbit", "upload": "12 Mbit", "own": "500 kbit", "unattributed": "500 kbit"}
ALL = 11.4 * MBIT


def office(ident, devices, thirds, guaranteed, ceiling):
    return {"id": ident, "name": ident, "schedule": "24-jam", "devices": devices,
            "prefixes": [f"10.10.{third}.0/24" for third in thirds],
            "inside": {"guaranteed": f"{guaranteed} Mbit", "ceiling": f"{ceiling} Mbit"}}


def settings(*more):
    zone = small()["zones"][0]
    return small(uplink=LINE, offices=[office("satu", ["lan0"], [1], 4, 11), office("dua", ["lan1"], [2], 2, 11),
                                    office("tiga", ["lan2", "lan3"], [3, 4], 2, 3), *more],
                 zones=[{**zone, "guaranteed": "1 Mbit", "ceiling": "6 Mbit",
                         "client": {"rate": {"down": "1500 kbit", "up": "1 Mbit"}, "session": "2 h"}}])


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), guests={"taman-kota": 2}, trunk={"trunk0": ["lan0", "lan1", "lan2", "lan3", "zone0"]},
                   on={"10.10.4.0/24": "lan3"}) as city:
        city.gateway.start(rehearse=EVENING)
        yield city


def place(city):
    """The devices that carry a download tree, and those that redirect to the IFB."""
    rows = city.gateway.qdiscs()
    trees = [row["dev"] for row in rows if row["kind"] == "htb" and row["handle"] == "2:"]
    return trees, [row["dev"] for row in rows if row["kind"] == "clsact"]


def is_on(city, device):
    """Nothing else is left: no second tree, no redirection but to the IFB, no IFB without use."""
    trees, redirected = place(city)
    links = city.gateway.space.run("ip", "link")
    return trees == [device] and (IFB in links) == (device == IFB) and bool(redirected) == (device == IFB)


def wait_on(city, device, seconds=25):
    wait_for(f"the download tree on {device} alone; it is {place(city)}", lambda: is_on(city, device), seconds, 0.1)


def down(city, machines, seconds=6, **options):
    """{name: bit/s} that machines pull at once."""
    made = [Flow(city, machine, "down", streams=4, **options) for machine in machines.values()]
    with flows(*made):
        time.sleep(2)
        return Meter(city, machines).over(seconds)[0]


@pytest.mark.debian
def test_the_tree_is_on_the_trunk_without_an_ifb(city):
    assert is_on(city, "trunk0")
    assert "downloads are queued on trunk0: all LANs leave by it" in city.gateway.log("shaper")
    assert city.hosts["satu"].ping("192.0.2.1") and city.hosts["tiga"].ping("192.0.2.1")


@pytest.mark.debian
@pytest.mark.measure
def test_offices_on_the_trunk_share_by_their_guarantees(city):
    rates = down(city, {ident: city.hosts[ident] for ident in ("satu", "dua")}, 8)
    assert rates["satu"] / rates["dua"] == pytest.approx(2, rel=0.05), rates
    assert 0.95 * ALL <= sum(rates.values()) <= ALL * 1.01, rates


@pytest.mark.debian
@pytest.mark.measure
def test_an_office_on_two_vlans_has_one_budget(city):
    second = city.add_host("tiga", device="lan3")
    rates = down(city, {"here": city.hosts["tiga"], "there": second}, 5)
    assert sum(rates.values()) == pytest.approx(3 * MBIT, rel=0.04), rates
    assert rates["here"] == pytest.approx(rates["there"], rel=0.25), "one queue, fair between its hosts"


@pytest.mark.debian
@pytest.mark.measure
def test_guests_on_the_trunk_have_their_own_rates(city):
    guests = city.guests["taman-kota"]
    for guest in guests:
        login(guest)
    rates = down(city, dict(enumerate(guests)), 5)
    for rate in rates.values():
        assert rate == pytest.approx(1.5 * MBIT, rel=0.05), rates


@pytest.mark.debian
@pytest.mark.measure
def test_between_offices_on_the_trunk_nothing_is_shaped(city):
    def booked():
        return sum(row["bytes"] for ident, row in city.gateway.classes("trunk0").items() if ident == "2:1")

    before, there = booked(), city.hosts["dua"]
    flow = Flow(city, city.hosts["satu"], "up", server=there.space, address=there.address4)
    with flows(flow):
        time.sleep(1)
        rates, _ = Meter(city, {"there": there}).over(3)
    assert rates["there"] > 2 * ALL, f"shaped? {rates}"
    assert booked() - before < 100e3


@pytest.fixture
def another_device(city):
    """lan9, a device of its own; afterwards all is as before."""
    city.gateway.space.ip("link add lan9 type veth peer name lan9-far", "link set lan9-far up", "link set lan9 up",
                          "address add 10.10.9.1/24 dev lan9")
    yield office("empat", ["lan9"], [9], 1, 2)
    city.write_conf(settings())
    city.gateway.gerbang("apply", json_out=False)
    city.gateway.space.ip("link del lan9")
    wait_on(city, "trunk0")


def move(city, host, device, *more):
    """Applies other offices; what the host got meanwhile, and afterwards, in bit/s."""
    meter = Meter(city, {"host": host})
    city.write_conf(settings(*more))
    city.gateway.gerbang("apply", json_out=False)
    wait_on(city, device)
    time.sleep(1)
    return meter.rates()[0]["host"], Meter(city, {"host": host}).over(4)[0]["host"]


@pytest.mark.debian
@pytest.mark.measure
def test_a_second_device_moves_the_tree_to_the_ifb_and_back(city, another_device):
    """With traffic going on, which is never let loose, and hardly notices."""
    flow, pings = Flow(city, city.hosts["satu"], "down", streams=4), Pings(city, city.hosts["dua"])
    with flows(flow):
        time.sleep(2)
        for device, more in ((IFB, [another_device]), ("trunk0", [])):
            meanwhile, then = move(city, city.hosts["satu"], device, *more)
            assert meanwhile <= 11 * MBIT * 1.1, "let loose"
            assert then == pytest.approx(11 * MBIT, rel=0.06), f"on {device}"
    times, lost = pings.stop()
    assert lost <= len(times) * 0.05, f"{lost} of {len(times)} pings are lost"


@pytest.mark.debian
def test_somebody_elses_vlan_moves_it_as_well_and_is_left_alone(city):
    space = city.gateway.space
    space.ip("link add link trunk0 name tamu type vlan id 999", "link set tamu up")
    wait_on(city, IFB)
    assert "tamu" not in place(city)[1]
    space.ip("link del tamu")
    wait_on(city, "trunk0")


@pytest.mark.debian
def test_a_damaged_tree_on_the_trunk_is_repaired(city):
    for damage in ("qdisc del dev trunk0 root", "class change dev trunk0 classid 2:3 htb rate 9mbit"):
        city.gateway.space.run("tc", *damage.split())
        wait_for(f"the repair of {damage}", lambda: is_on(city, "trunk0") and
                 city.gateway.classes("trunk0").get("2:3", {}).get("ceil") == MBIT / 2, 20, 0.2)


@pytest.mark.debian
def test_flush_takes_the_tree_from_the_trunk(city):
    city.gateway.end("shaper")
    city.gateway.flush = True
    city.gateway.start_one("shaper")
    city.gateway.wait_ready()
    assert is_on(city, "trunk0")
    city.gateway.end("shaper")
    assert place(city) == ([], []) and IFB not in city.gateway.space.run("ip", "link")
    city.gateway.flush = False
    city.gateway.start_one("shaper")
    city.gateway.wait_ready()


@pytest.mark.queues
def test_a_bridge_carries_the_tree_itself(make_city):
    city = make_city(settings=small(uplink=LINE, zones=[], offices=[office("satu", ["br0"], [1], 4, 6), office("dua", ["br0"], [2], 2, 11)]),
                     bridges={"br0": ["port0", "port1"]})
    city.gateway.start(rehearse=EVENING)
    wait_on(city, "br0")
    second = city.add_host("satu", port="port1")
    rates = down(city, {"here": city.hosts["satu"], "there": second}, 4)
    assert sum(rates.values()) == pytest.approx(6 * MBIT, rel=0.04), rates


@pytest.mark.queues
def test_the_ifb_can_be_asked_for(make_city):
    city = make_city(settings=small(uplink={"ifb": "always"}, zones=[], offices=[office("satu", ["lan0"], [1], 12, 20)]))
    city.gateway.start(rehearse=EVENING)
    assert is_on(city, IFB) and "uplink.ifb says so" in city.gateway.log("shaper")
    assert city.hosts["satu"].ping("192.0.2.1")
    city.write_conf(dict(city.settings, uplink=dict(city.settings["uplink"], ifb="auto")))
    city.gateway.gerbang("apply", json_out=False)
    wait_on(city, "lan0")
