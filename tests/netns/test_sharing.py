# SPDX-License-Identifier: GPL-2.0-or-later
"""Offices share the uplink by their guarantees, on real packets: layer-2 bytes over 10 s (traffic.py says how counted).

Bounds are the product's promises, as ratios of configured values. Rates are moderate so that two busy cores suffice.
"""
import time

import pytest

from fixtures import open_city
from settings import small
from space import wait_for
from traffic import Flow, Meter, flows

pytestmark = pytest.mark.measure
MBIT = 1e6
INSIDE = "2026-11-23 10:00:00"


def office(ident, device, third, guaranteed, ceiling):
    return {"id": ident, "name": ident, "schedule": "24-jam", "devices": [device],
            "prefixes": [f"10.10.{third}.0/24", f"2001:db8:{third}::/64"],
            "inside": {"guaranteed": f"{guaranteed} Mbit", "ceiling": f"{ceiling} Mbit"}}


def settings():
    return small(offices=[office("satu", "lan0", 1, 50, 95), office("dua", "lan1", 2, 25, 95),
                          office("tiga", "lan1", 3, 10, 40)],
                 zones=[])


@pytest.fixture(scope="module", params=[True, False], ids=["gso", "no-gso"])
def city(request):
    with open_city(settings=settings(), gso=request.param) as city:
        city.gateway.start(rehearse=INSIDE)
        yield city


def saturate(city, offices, direction, streams, seconds=10):
    """{office: bit/s} of offices that pull (or push) with TCP all at once. One direction at a time: with both, each waits for
    acknowledgements that queue behind its own data, and does not saturate anything."""
    made = {ident: Flow(city, city.hosts[ident], direction, streams=streams) for ident in offices}
    with flows(*made.values()):
        time.sleep(3)
        return Meter(city, {ident: city.hosts[ident] for ident in offices},
                     {ident: [flow] for ident, flow in made.items()}).over(seconds)[direction == "up"]


@pytest.mark.parametrize("direction", ["down", "up"])
def test_two_offices_share_in_the_ratio_of_their_guarantees(city, direction):
    rates = saturate(city, ("satu", "dua"), direction, 6)
    assert rates["satu"] / rates["dua"] == pytest.approx(50 / 25, rel=0.05), rates
    assert sum(rates.values()) <= 95 * MBIT * 1.005, "the sum passed the uplink less its headroom"
    assert sum(rates.values()) >= 95 * MBIT * 0.97, "the uplink stood idle"


def test_both_directions_at_once_keep_to_the_uplink(city):
    one, two = Flow(city, city.hosts["satu"], "both"), Flow(city, city.hosts["dua"], "both")
    with flows(one, two):
        time.sleep(3)
        down, up = Meter(city, {n: city.hosts[n] for n in ("satu", "dua")}, {"satu": [one], "dua": [two]}).over(5)
    for rates in (down, up):
        assert 95 * MBIT * 0.9 <= sum(rates.values()) <= 95 * MBIT * 1.005
        assert rates["satu"] >= 0.95 * 50 * MBIT and rates["dua"] >= 0.95 * 25 * MBIT


@pytest.mark.parametrize("direction", ["down", "up"])
def test_one_alone_reaches_its_ceiling_and_no_second_passes_it(city, direction):
    flow = Flow(city, city.hosts["tiga"], direction)
    with flows(flow):
        time.sleep(2)
        meter, second, worst = Meter(city, {"tiga": city.hosts["tiga"]}, {"tiga": [flow]}), [], 0
        whole = Meter(city, {"tiga": city.hosts["tiga"]}, {"tiga": [flow]})
        for _ in range(10):
            second.append(meter.over(1)[direction == "up"]["tiga"])
        rate = whole.rates()[direction == "up"]["tiga"]
    assert rate == pytest.approx(40 * MBIT, rel=0.02)
    burst = 8 * cburst(city, direction)
    assert max(second) <= 40 * MBIT * 1.05 + burst, second


def cburst(city, direction):
    """The ceiling's burst in bytes of the class with this ceiling, as tc shows it."""
    classes = city.gateway.classes("wan0" if direction == "up" else "gerbang-ifb")
    return max(row["cburst"] for row in classes.values() if row["ceil"] == 40 * MBIT)


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_returning_office_has_its_guarantee_within_a_second(city, direction):
    first, third = (Flow(city, city.hosts[name], direction) for name in ("satu", "tiga"))
    with flows(first, third):
        time.sleep(2)
        back = Flow(city, city.hosts["dua"], direction)
        with flows(back):
            meter = Meter(city, {"dua": city.hosts["dua"]}, {"dua": [back]})
            up = direction == "up"
            wait_for("the office's data", lambda: meter._read()[up]["dua"][1] - meter.begin[up]["dua"][1] > 20000, 5, 0.01)
            time.sleep(1)
            rate = meter.over(1.5)[up]["dua"]
    assert rate >= 0.95 * 25 * MBIT


def test_ipv4_and_ipv6_of_an_office_share_its_class(city):
    four, six = Flow(city, city.hosts["tiga"], "both"), Flow(city, city.hosts["tiga"], "both", v6=True)
    with flows(four, six):
        time.sleep(2)
        down, up = Meter(city, {"tiga": city.hosts["tiga"]}, {"tiga": [four, six], "six": [six]}).over(5)
    assert down["tiga"] <= 40 * MBIT * 1.03 and up["tiga"] <= 40 * MBIT * 1.03
    assert up["six"] > 4 * MBIT, "IPv6 went hungry beside IPv4"


def test_an_office_at_its_ceiling_over_udp_is_held_to_it(city):
    """UDP does not slow down: what arrives is the ceiling, though twice as much was sent."""
    flow = Flow(city, city.hosts["tiga"], "up", streams=2, udp_bps=80 * MBIT)
    with flows(flow):
        time.sleep(2)
        _, up = Meter(city, {}, {"tiga": [flow]}).over(5)
    assert up["tiga"] == pytest.approx(40 * MBIT, rel=0.03)


def test_36_offices_at_once_each_get_their_guarantee(make_city):
    guarantees = {f"opd-{n}": 1 + n % 4 for n in range(36)}  # 1 to 4 Mbit, 90 in all
    offices = [office(ident, f"lan{n % 6}", n + 1, mbit, 95) for n, (ident, mbit) in enumerate(guarantees.items())]
    city = make_city(settings=small(offices=offices, zones=[]))
    city.gateway.start(rehearse=INSIDE)
    for direction in ("down", "up"):
        rates = saturate(city, city.hosts, direction, 2)
        hungry = {ident: rate for ident, rate in rates.items() if rate < 0.95 * guarantees[ident] * MBIT}
        assert not hungry, f"{direction}: {hungry}"
        assert sum(rates.values()) <= 95 * MBIT * 1.005


@pytest.mark.parametrize("direction", ["down", "up"])
def test_an_office_whose_share_is_its_ceiling_gets_it_among_others(make_city, direction):
    """The example's proportions at a fifth: dinkes' share of 42 Mbit is cut to its ceiling of 40, the rest goes to the others.
    A small office stretches the quanta (HTB shares by them), which must not be longer than a ceiling's burst."""
    offices = [office("dinkes", "lan0", 1, 8, 40), office("diskominfo", "lan1", 2, 6, 60), office("setda", "lan1", 3, 4, 40),
               office("kecil", "lan1", 4, 1, 10)]
    offices[3]["inside"] = {"guaranteed": "200 kbit", "ceiling": "2 Mbit"}
    city = make_city(settings=small(offices=offices, zones=[]))
    city.gateway.start(rehearse=INSIDE)
    rates = saturate(city, ("dinkes", "diskominfo", "setda"), direction, 6, seconds=6)
    for ident, mbit in (("dinkes", 40), ("diskominfo", 33), ("setda", 22)):
        assert rates[ident] == pytest.approx(mbit * MBIT, rel=0.05), rates
