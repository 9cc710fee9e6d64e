# SPDX-License-Identifier: GPL-2.0-or-later
"""Uplinks as they are: a provider's line (City.provider: a token bucket with a queue of its own) that gives less than was bought.

Round trips are measured by ping from the gateway itself over the uplink: there the provider's queue is all that it meets. What is
delivered is what machines received. The line of 20/5 Mbit is low enough for an emulated machine.
"""
import re
import statistics
import time

import pytest

from fixtures import open_city
from settings import small
from space import wait_for
from traffic import Flow, Meter, Pings, flows

MBIT = 1e6
INSIDE = "2026-11-23 10:00:00"
QUEUE = 300  # ms that the provider keeps
DOWN, UP = 20 * MBIT, 5 * MBIT
ADJUST = {"minimum": {"down": "4 Mbit", "up": "1 Mbit"}, "latency": "30 ms"}


def office(ident, device, third, prefixes=(), **more):
    return {"id": ident, "name": ident, "schedule": "24-jam", "devices": [device],
            "prefixes": [f"10.10.{third}.0/24", *prefixes],
            "inside": {"guaranteed": {"down": "6 Mbit", "up": "1 Mbit"}, "ceiling": {"down": "19 Mbit", "up": "4750 kbit"}}, **more}


def settings(adjust=ADJUST):
    made = small(offices=[office("satu", "lan0", 1, ["2001:db8:1::/64"], services=["voip"]), office("dua", "lan1", 2, ["delegated"])],
                 zones=[], uplink={"download": "20 Mbit", "upload": "5 Mbit", "own": "500 kbit", "unattributed": "100 kbit",
                                   "probes": ["1.1.1.1", "9.9.9.9"]})
    if adjust:
        made["uplink"]["adjust"] = adjust
    return made


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), provider=True) as city:
        city.gateway.start(rehearse=INSIDE)
        wait_for("probes to be judged", lambda: (uplink(city).get("probe") or {}).get("state") == "no delay", 20, 0.2)
        yield city


@pytest.fixture(autouse=True)
def line(city):
    """As bought, once the test is over."""
    yield
    city.provider.gives()


def uplink(city):
    return city.gateway.status()["uplink"]


def rate(city, direction):
    return uplink(city)["adjust"][direction]["rate_bps"]


def log_lines(city, pattern):
    return re.findall(pattern, city.gateway.log("daemon"))


def settled(city, direction, bps):
    """Found: no queue at the provider, and planned with nearly all that it gives."""
    wait_for("the rate to be found", lambda: (lambda seen: seen["probe"]["state"] == "no delay" and
             seen["adjust"][direction]["rate_bps"] >= 0.88 * bps)(uplink(city)), 60, 0.3)
    time.sleep(2)


def round_trip(city, seconds=4):
    """The median over the uplink, in seconds."""
    return statistics.median(Pings.over(city, city.gateway.space, seconds, interval=0.1)[0])


def bought(city):
    """What has been learnt of the line is forgotten: it gives what was bought, and is planned with that."""
    city.provider.gives()
    adopt(city, settings(adjust=None))
    adopt(city, settings())
    wait_for("probes to be judged", lambda: uplink(city)["probe"]["state"] == "no delay", 20, 0.2)
    assert rate(city, "down") == DOWN and rate(city, "up") == UP


def adopt(city, made):
    """Another configuration while everything runs."""
    city.write_conf(made)
    city.gateway.gerbang("apply", json_out=False)


@pytest.mark.queues
@pytest.mark.measure
def test_a_download_rate_that_fell_is_found_and_the_one_that_came_back_is_used(city):
    """The line is measured first: on an emulated machine with late timers it gives less than its token bucket is told to."""
    idle = round_trip(city, 2)
    adopt(city, settings(adjust=None))
    with flows(Flow(city, city.hosts["satu"], "down")):
        city.provider.gives(0.6 * DOWN, UP, QUEUE)
        time.sleep(4)
        meter = Meter(city, {"satu": city.hosts["satu"]})
        late, real = round_trip(city, 5) - idle, meter.rates()[0]["satu"]
        assert late > 0.03, f"{late * 1000:.0f} ms: no queue at the provider to begin with"
        adopt(city, settings())
        wait_for("the rate to fall", lambda: rate(city, "down") < 1.2 * real, 20, 0.2)
        settled(city, "down", real)
        meter.restart()
        late = round_trip(city, 8) - idle
        delivered = meter.rates()[0]["satu"]
        assert late < 0.05, f"{late * 1000:.0f} ms beyond the idle line's: the queue is the provider's"
        assert delivered >= 0.8 * real, f"{delivered / MBIT:.1f} of {real / MBIT:.1f} Mbit/s"
        city.provider.gives()
        wait_for("the rate to come back", lambda: rate(city, "down") >= 0.95 * DOWN, 150, 0.5)
        meter.restart()
        time.sleep(4)
        assert meter.rates()[0]["satu"] >= 0.8 * DOWN


@pytest.mark.measure
def test_an_upload_rate_is_held_apart_from_the_download(city):
    bought(city)
    flow, idle = Flow(city, city.hosts["satu"], "up"), round_trip(city, 2)
    with flows(flow):
        time.sleep(3)
        city.provider.gives(DOWN, 0.6 * UP, QUEUE)
        wait_for("the rate to fall", lambda: rate(city, "up") < 0.75 * UP, 25, 0.2)
        settled(city, "up", 0.6 * UP)
        meter = Meter(city, {}, {"satu": [flow]})
        late = round_trip(city, 8) - idle
        delivered = meter.rates()[1]["satu"]
        assert late < 0.05, f"{late * 1000:.0f} ms beyond the idle line's"
        assert delivered >= 0.8 * 0.6 * UP, f"{delivered / MBIT:.2f} of {0.6 * UP / MBIT} Mbit/s"
        assert rate(city, "down") == DOWN


def test_the_kernel_holds_what_is_adjusted_and_only_changed_classes_are_written(city):
    bought(city)
    device = uplink(city)["download_device"]
    before = city.gateway.classes("wan0")
    with flows(Flow(city, city.hosts["satu"], "down")):
        time.sleep(2)
        city.provider.gives(0.5 * DOWN, UP, QUEUE)
        wait_for("the rate to fall", lambda: rate(city, "down") < 0.6 * DOWN, 20, 0.2)
        wait_for("the kernel to hold it", lambda: 0.93 * rate(city, "down")
                 <= city.gateway.classes(device)["2:1"]["ceil"] <= 0.955 * rate(city, "down"), 5, 0.1)
    after = city.gateway.classes("wan0")
    if rate(city, "up") == UP:
        assert {ident: row["rate"] for ident, row in before.items()} == {ident: row["rate"] for ident, row in after.items()}


def test_status_says_what_the_uplink_is(city):
    seen = uplink(city)
    assert seen["leaf"] and seen["leaf_reason"] and seen["download_device"]
    assert seen["link"] == {"overhead_bytes": 0, "mpu_bytes": 0}
    assert seen["probe"]["empty_usec"] > 0
    assert seen["adjust"]["down"]["minimum_bps"] == 4 * MBIT and seen["adjust"]["up"]["configured_bps"] == UP
    assert {"rate_bps"} <= set(seen["down"]) and "alarm" in seen and "latency" in seen
    satu = city.gateway.office("satu")
    voip, = satu["services"]
    assert voip["id"] == "voip" and voip["priority"] == "high"
    for direction in ("down", "up"):
        assert {"guaranteed_bps", "ceiling_bps", "delivered_bytes", "dropped_packets", "rate_bps"} <= set(voip[direction])
        assert voip[direction]["guaranteed_bps"] == voip[direction]["ceiling_bps"] > 0
    assert "latency" in satu and "slow" in satu


def test_an_offices_bytes_are_those_of_its_services_too(city):
    before = city.gateway.office("satu")
    host = city.hosts["satu"]
    with flows(Flow(city, host, "up", udp_bps=300e3, streams=1, dscp=46)):
        time.sleep(4)
        def grown():
            now = city.gateway.office("satu")
            voip = now["services"][0]["up"]["delivered_bytes"] - before["services"][0]["up"]["delivered_bytes"]
            whole = now["up"]["delivered_bytes"] - before["up"]["delivered_bytes"]
            return voip, whole, now["month_bytes"] - before["month_bytes"]
        voip, whole, month = wait_for("the service to be counted", lambda: (lambda g: g if g[0] > 50000 else None)(grown()), 10, 0.5)
    assert whole >= voip and month >= whole


def has_prefix(city, prefix):
    return prefix in city.gateway.ruleset()


@pytest.mark.queues
def test_a_delegated_prefix_comes_and_goes(city):
    host, prefix, more = city.hosts["dua"], "2001:db8:77::/64", "2001:db8:78::/64"
    before = city.gateway.office("dua")["up"]["delivered_bytes"]
    city.delegate(prefix, "lan1")
    city.add_address(host, prefix)
    wait_for("the prefix in the rules", lambda: has_prefix(city, prefix), 5, 0.1)
    wait_for("the internet over IPv6", lambda: host.ping("2001:db8:ffff::1"), 5)
    assert host.ping("2001:db8:ffff::1", count=20) == 20
    wait_for("its bytes", lambda: city.gateway.office("dua")["up"]["delivered_bytes"] - before >= 20 * 98, 5, 0.3)
    city.delegate(more, "lan1")  # a second, and a temporary address in the first: nothing is lost of either
    city.gateway.space.ip("address add 2001:db8:77::abcd/64 dev lan1 nodad")
    wait_for("the second", lambda: has_prefix(city, more) and has_prefix(city, prefix), 5, 0.1)
    city.gateway.space.ip("address del 2001:db8:77::1/64 dev lan1")
    time.sleep(1)
    assert has_prefix(city, prefix), "there is still an address of it"
    city.gateway.space.ip("address del 2001:db8:77::abcd/64 dev lan1")
    wait_for("the first to be gone", lambda: not has_prefix(city, prefix), 5, 0.1)
    assert has_prefix(city, more)
    city.gateway.space.ip("address del 2001:db8:78::1/64 dev lan1")
    wait_for("the second to be gone", lambda: not has_prefix(city, more), 5, 0.1)


def test_a_delegated_prefix_of_another_office_is_not_taken(city):
    """What lan1 has of office satu's own prefix stays satu's: nobody can take traffic by delegating."""
    city.gateway.space.ip("address add 2001:db8:1::99/72 dev lan1 nodad")
    try:
        wait_for("a warning", lambda: log_lines(city, r"overlap another office's"), 5, 0.1)
        assert city.gateway.status()["shaper"]
        assert not has_prefix(city, "2001:db8:1::/72")
    finally:
        city.gateway.space.ip("address del 2001:db8:1::99/72 dev lan1")


def test_many_prefixes_at_once_are_all_seen(city):
    """Events come in flocks: what holds is what the table says at the end."""
    prefixes = [f"2001:db8:{n:x}::1/64" for n in range(0x400, 0x430)]
    city.gateway.space.ip(*(f"address add {prefix} dev lan1 nodad" for prefix in prefixes))
    wait_for("all of them", lambda: all(has_prefix(city, p.replace("::1", "::")) for p in prefixes), 10, 0.2)
    city.gateway.space.ip(*(f"address del {prefix} dev lan1" for prefix in prefixes))
    wait_for("none of them", lambda: not any(has_prefix(city, p.replace("::1", "::")) for p in prefixes), 10, 0.2)


@pytest.mark.queues
@pytest.mark.measure
def test_without_adjustment_the_alarm_says_what_the_line_gives_and_ends(city):
    before = len(log_lines(city, r"the uplink gives .* down"))
    adopt(city, settings(adjust=None))
    assert uplink(city)["adjust"] is None
    with flows(Flow(city, city.hosts["satu"], "down")):
        city.provider.gives(0.6 * DOWN, UP, QUEUE)
        meter = Meter(city, {"satu": city.hosts["satu"]})
        alarm = wait_for("the alarm", lambda: (uplink(city)["alarm"] or {}).get("down"), 110, 1)
        real = meter.rates()[0]["satu"]
        assert alarm["given_bps"] == pytest.approx(real, rel=0.25) and alarm["configured_bps"] == DOWN
        assert log_lines(city, r"the uplink gives \S+ Mbit/s of 20.* down")
        text = city.gateway.gerbang("status", json_out=False)
        assert "20M" in text
        city.provider.gives()
        wait_for("its end", lambda: not uplink(city)["alarm"], 40, 1)
    assert len(log_lines(city, r"the uplink gives .* down")) == before + 1 and log_lines(city, r"no longer gives less")
