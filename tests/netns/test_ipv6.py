# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv6 as offices and guests have it: several prefixes, privacy addresses, the ICMPv6 that must pass (RFC 4890, 4.3), big packets
through a small hop, and prefixes that come and go while everything runs."""
import ipaddress
import socket
import struct
import time

import pytest

from city import GATEWAY6, INTERNET4, INTERNET6
from fixtures import open_city
from frames import Wire, icmp, ip, udp
from packets import free_port, grown, leaves
from packets import udp as send_udp
from settings import small
from space import wait_for
from telephone import login, reaches
from traffic import Flow, Meter, flows

EVENING = "2026-11-23 17:00:00"
# A router beyond the uplink, and a network behind a hop of a smaller MTU.
FAR_ROUTER6, SMALL = "2001:db8:ffff::77", 1400
BEHIND4, BEHIND6 = "198.51.100.10", "2001:db8:9999::10"


def office(ident, device, *prefixes, mbit=10, **more):
    return {"id": ident, "name": ident, "schedule": "24-jam", "devices": [device], "prefixes": list(prefixes),
            "inside": {"guaranteed": f"{mbit} Mbit", "ceiling": f"{mbit} Mbit"}, **more}


def settings():
    zone = dict(small()["zones"][0], guaranteed="5 Mbit", ceiling="30 Mbit")
    return small(offices=[office("satu", "lan0", "10.10.1.0/24", "2001:db8:1::/64", "2001:db8:77::/64", "10.11.1.0/24"),
                          office("dua", "lan1", "10.10.2.0/24", "2001:db8:2::/64", mbit=20),
                          office("tiga", "lan2", "10.10.3.0/24", "delegated", mbit=8)],
                 zones=[zone])


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), guests={"taman-kota": 2}) as city:
        small_hop(city)
        city.gateway.start(rehearse=EVENING)
        login(city.guests["taman-kota"][0])
        yield city


def small_hop(city):
    """Behind the internet: a router, and a server that is reached through links of 1400 bytes. Both routers tell, as they must."""
    hop, server = city.space("hop"), city.space("server")
    city._link(city.internet, "hop", hop, "eth0")
    city._link(hop, "eth1", server, "eth0")
    city.internet.ip("address add 198.51.101.1/24 dev hop", "address add 2001:db8:9998::1/64 dev hop nodad", f"link set hop mtu {SMALL}",
                     "route add 198.51.100.0/24 via 198.51.101.2", "route add 2001:db8:9999::/64 via 2001:db8:9998::2")
    hop.ip(f"link set eth0 mtu {SMALL}", f"link set eth1 mtu {SMALL}", "address add 198.51.101.2/24 dev eth0",
           "address add 2001:db8:9998::2/64 dev eth0 nodad", "address add 198.51.100.1/24 dev eth1", "address add 2001:db8:9999::1/64 dev eth1 nodad",
           "route add default via 198.51.101.1", "route add default via 2001:db8:9998::1")
    # The server's own link is large: only the routers in between know.
    server.ip(f"address add {BEHIND4}/24 dev eth0", f"address add {BEHIND6}/64 dev eth0 nodad", "route add default via 198.51.100.1",
              "route add default via 2001:db8:9999::1")
    for space in (city.internet, hop):
        space.sysctl("net.ipv4.ip_forward", 1)
        space.sysctl("net.ipv6.conf.all.forwarding", 1)
    city.server = server


def minor_of(city, mbit, up):
    return next(minor for minor, row in leaves(city.gateway, up).items() if 0x1000 <= minor < 0x3000 and row["ceil"] == mbit * 1e6)


def counted(city, mbit, up, send, packets=20):
    before = leaves(city.gateway, up)
    send()
    wait_for("the class to count", lambda: grown(before, leaves(city.gateway, up), packets), 3)
    return grown(before, leaves(city.gateway, up), packets) == {minor_of(city, mbit, up): packets}


@pytest.mark.queues
def test_every_prefix_and_every_privacy_address_is_the_offices(city):
    host = city.hosts["satu"]
    sources = [host.address6, *(city.add_address(host, prefix, privacy=True) for prefix in ("2001:db8:1::/64",) * 3 + ("2001:db8:77::/64",) * 2)]
    assert len(set(sources)) == 6
    for source in sources:
        assert counted(city, 10, True, lambda: send_udp(host.space, INTERNET6, free_port(), source=source)), source
        assert counted(city, 10, False, lambda: send_udp(city.internet, source, free_port(), source=INTERNET6)), source
    host.ip("address add 10.11.1.10/24 dev eth0")
    assert counted(city, 10, True, lambda: send_udp(host.space, INTERNET4, free_port(), source="10.11.1.10"))
    assert not reaches(city, host, "2001:db8:78::1", v6=True), "next to the second prefix"


@pytest.mark.queues
@pytest.mark.measure
def test_all_addresses_of_an_office_share_one_ceiling(city):
    host = city.hosts["satu"]
    for prefix in ("2001:db8:1::/64", "2001:db8:77::/64"):
        city.add_address(host, prefix, privacy=True)
    made = [Flow(city, host, "down", streams=2, v6=True), Flow(city, host, "down", streams=2)]
    with flows(*made):
        time.sleep(2)
        down, _ = Meter(city, {"satu": host}).over(4)
    assert 9e6 < down["satu"] <= 10e6 * 1.03


# --- ICMPv6

def error(kind, code, rest, to, source, port, told=b"x" * 64):
    """An ICMPv6 error of the far router about a datagram of `source` to `to`."""
    about = ip(source, to, 17, udp(source, to, port, 9999, told))[1]
    return ip(FAR_ROUTER6, source, 58, icmp(FAR_ROUTER6, source, kind, code, rest, about))


class Errors:
    """The errors that a socket is told (IPV6_RECVERR): (type, code, info)."""

    def __init__(self, machine, v6=True):
        self.machine = machine
        with machine.enter():
            self.sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.IPPROTO_IPV6, 25, 1)
        self.sock.bind((machine.address6, 0))
        self.port = self.sock.getsockname()[1]
        self.sock.connect((INTERNET6, 9999))

    def told(self, seconds=1.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                _, ancillary, _, _ = self.sock.recvmsg(2000, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
            except BlockingIOError:
                time.sleep(0.02)
                continue
            for level, kind, data in ancillary:
                if (level, kind) == (socket.IPPROTO_IPV6, 25) and data[4] == 3:  # SO_EE_ORIGIN_ICMP6
                    _, _, what, code, _, info, _ = struct.unpack("IBBBBII", data[:16])
                    return what, code, info
        return None


def gateway_mac(city):
    return Wire(city.gateway.space, "wan0").mac


ERRORS = {"packet too big": (2, 0, struct.pack("!I", 1300), 1300), "time exceeded": (3, 0, bytes(4), 0), "no route": (1, 0, bytes(4), 0),
          "parameter problem": (4, 1, struct.pack("!I", 6), 6)}


@pytest.mark.parametrize("what", ERRORS)
@pytest.mark.parametrize("who", ["office", "guest"])
def test_errors_of_routers_beyond_reach_whom_they_concern(city, who, what):
    machine = city.hosts["dua"] if who == "office" else city.guests["taman-kota"][0]
    kind, code, rest, info = ERRORS[what]
    wire, mine = Wire(city.internet), Errors(machine)
    mine.sock.send(b"x" * 64)  # a flow for connection tracking to relate the error to
    mine.told(0.2)  # nobody listens there, which it is told, too
    wire.send(gateway_mac(city), error(kind, code, rest, INTERNET6, machine.address6, mine.port))
    assert mine.told() == (kind, code, info)


def test_errors_do_not_reach_who_is_not_in(city):
    """No guest sent anything: nothing that an error could be about."""
    guest = city.guests["taman-kota"][1]
    wire, mine = Wire(city.internet), Errors(guest)
    wire.send(gateway_mac(city), error(2, 0, struct.pack("!I", 1300), INTERNET6, guest.address6, mine.port))
    assert mine.told(0.5) is None


def test_echo_both_ways(city):
    for machine in (*city.hosts.values(), city.guests["taman-kota"][0]):
        if machine.address6:
            assert machine.ping(INTERNET6, 2) == 2
    assert city.internet.ping(city.hosts["dua"].address6, 2) == 2, "an office's host is reached from outside, as before"
    assert city.hosts["dua"].ping("2001:db8:2::1", 2) == 2


def test_neighbours_are_found_and_found_again(city):
    """The source check is on what is forwarded: link-local addresses, duplicate address detection and unreachability work."""
    for machine, device, gateway in ((city.hosts["dua"], "lan1", "2001:db8:2::1"), (city.guests["taman-kota"][0], "zone0", "2001:db8:200::1")):
        link_local = city.gateway.space.run("ip", "-6", "-o", "address", "show", "dev", device, "scope", "link").split()[3].split("/")[0]
        machine.ip("neigh flush dev eth0")
        assert machine.ping(f"{link_local}%eth0", 2) == 2 and machine.ping(gateway, 2) == 2
        city.gateway.space.ip(f"neigh flush dev {device}")
        assert machine.ping(gateway, 2) == 2


def test_an_address_that_the_gateway_has_is_found_to_be_taken(city):
    """Duplicate address detection (RFC 4862, 5.4) through all that checks sources: its packets come from ::"""
    for machine, taken in ((city.hosts["dua"], "2001:db8:2::1/64"), (city.guests["taman-kota"][0], "2001:db8:200::1/64")):
        machine.sysctl("net.ipv6.conf.eth0.accept_dad", 1)
        machine.ip(f"address add {taken} dev eth0")
        wait_for("the duplicate to be seen", lambda: "dadfailed" in machine.run("ip", "-6", "address", "show", "dev", "eth0"), 5)
        machine.ip(f"address del {taken} dev eth0")


# --- path MTU discovery

def gets_through(city, machine, direction, v6):
    """A megabyte arrives at the other end; one direction at a time, lest acknowledgements be taken for data."""
    end = city.server if direction == "up" else machine
    flow = Flow(city, machine, direction, streams=1, server=city.server, address=BEHIND6 if v6 else BEHIND4, v6=v6)
    with flows(flow):
        before = end.counters()[0]
        wait_for(f"a megabyte {direction}", lambda: end.counters()[0] - before > 1e6, 20)


@pytest.mark.queues
@pytest.mark.parametrize("v6", [False, True], ids=["v4", "v6"])
@pytest.mark.parametrize("who", ["office", "guest"])
def test_big_segments_find_the_small_hop(city, who, v6):
    machine = city.hosts["dua"] if who == "office" else city.guests["taman-kota"][0]
    for direction in ("up", "down"):
        gets_through(city, machine, direction, v6)
    route = machine.run("ip", "route", "get", BEHIND6 if v6 else BEHIND4)
    assert f"mtu {SMALL}" in route, f"the machine was not told: {route}"


# --- delegated prefixes

def names_prefix(city, prefix):
    return prefix in city.gateway.space.run("nft", "list", "map", "inet", "gerbang", "office_up6")


@pytest.mark.queues
def test_a_delegated_prefix_is_the_offices_while_it_is_there(city):
    host, other = city.hosts["tiga"], city.hosts["dua"]
    for prefix in ("2001:db8:3300::/64", "2001:db8:3301:ff00::/56"):
        network = city.delegate(prefix, "lan2")
        address = city.add_address(host, prefix)
        wait_for("the prefix to be the office's", lambda: names_prefix(city, prefix), 5)
        assert counted(city, 8, True, lambda: send_udp(host.space, INTERNET6, free_port(), source=address))
        assert counted(city, 8, False, lambda: send_udp(city.internet, address, free_port(), source=INTERNET6))
        assert not reaches(city, other, str(network[0x4711]), v6=True), "behind another device"
        city.gateway.space.ip(f"address del {network[1]}/{network.prefixlen} dev lan2")
        wait_for("the prefix to be nobody's", lambda: not names_prefix(city, prefix), 5)
        assert not reaches(city, host, address, v6=True)
        host.ip(f"address del {address}/{network.prefixlen} dev eth0")


@pytest.mark.queues
@pytest.mark.parametrize("prefix", ["2001:db8:2::/64", "2001:db8:2:0:1::/80", "2001:db8:200::/64"],
                         ids=["another office's", "within another office's", "a zone's"])
def test_what_belongs_to_others_is_never_delegated(city, prefix):
    """And nothing else suffers by it: what changes meanwhile is done."""
    network = ipaddress.ip_network(prefix)
    address = f"{network[0xbeef]}/{network.prefixlen}"
    city.gateway.space.ip(f"address add {address} dev lan2 nodad noprefixroute")
    try:
        time.sleep(2)
        text = city.gateway.space.run("nft", "list", "map", "inet", "gerbang", "office_up6")
        assert not [line for line in text.splitlines() if '"lan2"' in line and prefix.split("::")[0] in line], text
        city.gateway.gerbang("apply", json_out=False)
        assert city.hosts["dua"].ping(INTERNET6)
    finally:
        city.gateway.space.ip(f"address del {address} dev lan2")
    assert city.hosts["dua"].ping(GATEWAY6)
