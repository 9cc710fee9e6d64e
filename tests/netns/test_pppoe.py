# SPDX-License-Identifier: GPL-2.0-or-later
"""An uplink that is dialled: pppd on the gateway's wan0, pppoe-server at the provider, both Debian's. The device comes late, goes,
comes back; and what a frame costs on the line beside its packet counts against the rate."""
import re
import time

import pytest

from fixtures import open_city
from settings import small
from space import wait_for, write
from traffic import Flow, flows

pytestmark = pytest.mark.debian
MBIT = 1e6
LINE = 3.8 * MBIT  # less the headroom
EVENING = "2026-11-23 17:00:00"
PROVIDER, FIRST, CUSTOMERS = "10.64.0.1", "10.64.0.2", " 10.64.0."


def settings(device):
    office = {"id": "satu", "name": "satu", "schedule": "24-jam", "devices": ["lan0"], "prefixes": ["10.10.1.0/24"],
              "inside": {"guaranteed": "1 Mbit", "ceiling": "3800 kbit"}}
    other = dict(office, id="dua", devices=["lan1"], prefixes=["10.10.2.0/24"])
    return small(uplink={"device": device, "download": "4 Mbit", "upload": "4 Mbit", "own": "500 kbit", "unattributed": "500 kbit",
                         "link": "pppoe"}, offices=[office, other], zones=[])


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings("wan0")) as city:
        city.write_conf(settings("ppp0"))
        city.gateway.space.ip("address flush dev wan0")
        options = city.path("pppoe-server-options")
        write(options, "noauth\nnoipv6\nlcp-echo-interval 0\nnoccp\nnobsdcomp\nnodeflate")
        city.internet.popen("pppoe-server", "-F", "-I", "eth0", "-L", PROVIDER, "-R", FIRST, "-N", "8", "-O", options,
                            log=city.path("pppoe-server.log"))
        city.gateway.start(rehearse=EVENING)
        yield city


def dial(city):
    """The pppd; returns when the office reaches the internet through it and the upload tree is there."""
    log = city.path("pppd.log")
    pppd = city.gateway.space.popen("pppd", "plugin", "rp-pppoe.so", "wan0", "ifname", "ppp0", "noauth", "noipv6", "nodetach",
                                    "defaultroute", "noccp", "user", "kota", "persist", "maxfail", "0", "holdoff", "1", log=log)
    try:
        wait_for("ppp0 to be up", lambda: CUSTOMERS in city.gateway.space.run("ip", "-4", "address", "show", "ppp0", check=False), 30, 0.1)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{open(log).read()}\n{open(city.path('pppoe-server.log')).read()}") from None
    began = time.monotonic()
    wait_for("the upload tree on ppp0", lambda: " 1:1001 " in city.gateway.space.run("tc", "class", "show", "dev", "ppp0"), 20, 0.1)
    assert time.monotonic() - began < 10, "repaired within seconds"
    wait_for("the office to reach the internet", lambda: city.hosts["satu"].ping("192.0.2.1"), 10)
    return pppd


def hang_up(city, pppd):
    pppd.terminate()
    pppd.wait(15)
    wait_for("ppp0 to be gone", lambda: "ppp0" not in city.gateway.space.run("ip", "link"), 10)


def overheads(city, device):
    return set(map(int, re.findall(r"overhead (\d+)", city.gateway.space.run("tc", "-d", "class", "show", "dev", device))))


def rate(read, below_ip, seconds=8):
    """(bit/s of IP that (bytes, packets) of IP grow by, what they should if each packet costs `below_ip` bytes more)"""
    (bytes_before, packets_before), began = read(), time.monotonic()
    time.sleep(seconds)
    (bytes_after, packets_after), seconds = read(), time.monotonic() - began
    bits, packets = (bytes_after - bytes_before) * 8, packets_after - packets_before
    return bits / seconds, LINE * bits / (bits + packets * below_ip * 8)


def test_the_device_comes_late_goes_and_comes_back(city):
    assert "configured devices that are not there: ppp0 (the uplink)" in city.gateway.log("shaper")
    assert not city.hosts["satu"].ping("192.0.2.1")
    hang_up(city, dial(city))
    pppd = dial(city)
    assert {row["parent"] for row in city.gateway.qdiscs() if row["dev"] == "ppp0" and row["kind"] == "cake"} >= {"1:1001", "1:1003"}
    hang_up(city, pppd)


@pytest.mark.measure
def test_what_the_line_adds_to_a_packet_counts_against_the_rate(city):
    """Short segments, so that it matters: of 400 bytes, less a tenth. Without it there would be a tenth more than is right."""
    pppd = dial(city)
    (below_ethernet,), (below_ip,) = overheads(city, "gerbang-ifb"), overheads(city, "ppp0")
    assert below_ip == below_ethernet + 14, "a packet of PPP is queued without an Ethernet header"
    machine = city.hosts["satu"]
    far_end = re.findall(r"^(ppp\d+) .*UP", city.internet.run("ip", "-br", "link"), re.M)[-1]

    def uploaded():
        return city.internet.counters(far_end)[:2]

    def downloaded():
        received, packets, _, _ = machine.counters()
        return received - 14 * packets, packets

    for direction, read in (("up", uploaded), ("down", downloaded)):
        with flows(Flow(city, machine, direction, streams=4, mss=400)):
            time.sleep(2)
            is_rate, should = rate(read, below_ip)
        assert should < 0.92 * LINE, "the packets are not short"
        assert 0.95 * should <= is_rate <= 1.015 * should, f"{direction}: {is_rate / MBIT:.2f} instead of {should / MBIT:.2f} Mbit/s"
    hang_up(city, pppd)
