# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's dnsmasq with the configuration that Gerbang writes, as its own user and without CAP_NET_ADMIN: real DHCP
clients, DHCPv6 and DNS on the wire. Two zones, one without IPv6; the file comes from the policy alone (tests/golden/golden).
"""
import contextlib
import json
import os
import re
import select
import shutil
import socket
import struct
import sys
import time

import pytest

from gateway import DNSMASQ, build_directory
from settings import small, write as write_conf
from space import Space, run, stem, wait_for

pytestmark = pytest.mark.plain

HOST, API = "wifi.kotimkab.test", "https://wifi.kotimkab.test/api"
RESOLVER, UPLINK = "192.0.2.53", "192.0.2.2"
HERE = os.path.dirname(os.path.abspath(__file__))
SECOND = {"id": "alun-alun", "name": "Alun-alun", "devices": ["zone1"], "address": "10.201.0.1/24", "open": "taman",
          "guaranteed": "5 Mbit", "ceiling": "20 Mbit", "client": {"rate": "2 Mbit", "session": "1 h"},
          "dhcp": {"first": "10.201.0.20", "last": "10.201.0.29", "lease": "10 min"}}
THIRD = {"id": "dermaga", "name": "Dermaga", "devices": ["zone2"], "address": "10.202.0.1/24", "address6": "2001:db8:202::1/64",
         "open": "taman", "guaranteed": "5 Mbit", "ceiling": "20 Mbit", "client": {"rate": "2 Mbit", "session": "1 h"}}
SCRIPT = '#!/bin/sh\ncase "$1$reason" in bound|BOUND|PREINIT*) env > "$TOLD.$1$reason";; esac\nexit 0\n'


class Town:
    """A gateway with two zones and an uplink, a guest in each zone, a resolver outside. No program of ours but dnsmasq's file."""

    def __init__(self, directory, certificate):
        self.directory, stems = directory, stem()
        self.gateway, self.inter = Space("gw", stems), Space("net", stems)
        self.guests = [Space(f"g{n}", stems) for n in range(3)]
        self.settings = small(dns=[RESOLVER])
        self.settings["zones"] += [SECOND, THIRD]
        if certificate:
            self.settings["portal"] = {"hostname": HOST, "certificate": __file__, "key": __file__}
        self.cables()
        self.names()
        self.conf, self.log = self.path("run", "dnsmasq.conf"), self.path("dnsmasq.log")
        os.makedirs(self.path("run"))
        self.write()
        self.process = self.gateway.popen(
            sys.executable, "-B", DNSMASQ, self.conf, self.path("state", "leases"),
            os.path.join(build_directory(), "dnsmasq", "gerbang-dnsmasq.so"), log=self.log)
        wait_for("dnsmasq to listen", self.listens, 10)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def listens(self):
        return "10.200.0.1:53" in self.gateway.run("ss", "-lnu") and "10.201.0.1:53" in self.gateway.run("ss", "-lnt")

    def cables(self):
        for n, guest in enumerate(self.guests):
            self.gateway.ip(f"link add zone{n} type veth peer name eth0 netns {guest.name}", f"link set zone{n} up")
            guest.ip("link set eth0 up")
        self.gateway.ip(f"link add wan0 type veth peer name eth0 netns {self.inter.name}", "link set wan0 up",
                        f"address add {UPLINK}/24 dev wan0", "address add 10.200.0.1/20 dev zone0",
                        "address add 2001:db8:200::1/64 dev zone0 nodad", "address add 10.201.0.1/24 dev zone1",
                        "address add 10.202.0.1/24 dev zone2", "address add 2001:db8:202::1/64 dev zone2 nodad")
        self.inter.ip("link set eth0 up", f"address add {RESOLVER}/24 dev eth0")

    def names(self):
        with open(self.path("names"), "w") as file:
            json.dump({"*.example.test": {"A": ["203.0.113.7"], "ttl": 60}, "private.example.test": {"A": ["10.10.1.5"]}}, file)
        self.inter.popen(sys.executable, "-B", os.path.join(os.path.dirname(HERE), "city", "dns.py"), self.path("names"), RESOLVER,
                         log=self.path("names.out"))
        wait_for("the resolver", lambda: self.inter.listening(53, "udp"), 10)

    def asked(self):
        path = self.path("names.log")
        return open(path).read().splitlines() if os.path.exists(path) else []

    def write(self):
        conf = write_conf(self.settings, self.directory)
        text = run(os.path.join(build_directory(), "tests/golden/golden"), conf, "2026-11-23 12:00",
                   f"dnsmasq={self.path('state', 'leases')}")
        with open(self.conf + ".new", "w") as file:
            file.write(text)
        os.rename(self.conf + ".new", self.conf)

    def pid(self):
        """dnsmasq's; None while there is none."""
        for pid in run("ip", "netns", "pids", self.gateway.name).split():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/comm") as file:
                if file.read().strip() == "dnsmasq":
                    return pid
        return None

    def udhcpc(self, guest, *options):
        """What a lease says, as udhcpc's script sees it."""
        return self.lease(guest, "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1", "-O", "114", "-s", self.script(), *options)

    def dhclient(self, guest):
        conf = self.path("dhclient.conf")
        with open(conf, "w") as file:
            file.write("option captive-portal code 114 = text;\nalso request captive-portal;\ntimeout 10;\n")
        return self.lease(guest, "dhclient", "-4", "-1", "-d", "-cf", conf, "-lf", self.path(f"{guest.short}.leases"), "-pf",
                          self.path(f"{guest.short}.pid"), "-sf", self.script(), "-e", f"TOLD={self.told(guest, 'dhclient')}", "eth0", wait=False)

    def script(self):
        path = self.path("script")
        if not os.path.exists(path):
            with open(path, "w") as file:
                file.write(SCRIPT)
            os.chmod(path, 0o755)
        return path

    def told(self, guest, client):
        return self.path(f"told-{guest.short}-{client}")

    def lease(self, guest, *command, wait=True):
        told = self.told(guest, command[0])
        process = guest.popen("env", f"TOLD={told}", *command, log=self.path("clients.log"))
        told += ".bound" if command[0] == "udhcpc" else ".BOUND"
        try:
            wait_for(f"a lease by {command[0]}", lambda: os.path.exists(told) and os.path.getsize(told), 15)
        except AssertionError as error:
            logs = [open(path, errors="replace").read()[-3000:] for path in (self.log, self.path("clients.log"))]
            raise AssertionError(f"{error}\n" + "\n---\n".join(logs)) from None
        if wait:
            process.wait(15)
        else:
            process.kill()
            process.wait(5)
        with open(told) as file:
            lines = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
        os.unlink(told)
        return lines

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        for space in (*self.guests, self.inter, self.gateway):
            space.stop()


@contextlib.contextmanager
def town(certificate):
    directory = f"/run/{stem()}"
    os.makedirs(directory, mode=0o755)
    there = None
    try:
        there = Town(directory, certificate)
        yield there
    finally:
        if there:
            there.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def with_certificate():
    with town(True) as there:
        there.guests[0].ip("address add 10.200.0.9/20 dev eth0", "address add 2001:db8:200::9/64 dev eth0 nodad",
                           "route add default via 10.200.0.1")
        there.guests[1].ip("address add 10.201.0.9/24 dev eth0", "route add default via 10.201.0.1")
        yield there


# --- DNS by hand

def ask(space, server, name, kind=1, tcp=False):
    """(rcode, [(type, data)]) or None where nobody answers. `kind`: 1 A, 28 AAAA, 65 HTTPS."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = struct.pack("!6H", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with space.enter(), socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as sock:
        sock.settimeout(1.5)
        try:
            sock.connect((server, 53))
            sock.send((struct.pack("!H", len(question)) if tcp else b"") + question)
            answer = sock.recv(4096)[2 if tcp else 0:]
        except OSError:
            return None
    rows, at = [], len(question)
    for _ in range(struct.unpack("!H", answer[6:8])[0]):
        while answer[at] and answer[at] < 192:
            at += 1 + answer[at]
        at += 2 if answer[at] else 1  # a pointer, or the root
        what, _, _, length = struct.unpack("!2HIH", answer[at:at + 10])
        data = answer[at + 10:at + 10 + length]
        rows.append((what, socket.inet_ntop({1: socket.AF_INET, 28: socket.AF_INET6}[what], data) if what in (1, 28) else data))
        at += 10 + length
    return answer[3] & 15, rows


def test_it_holds_no_net_admin(with_certificate):
    with open(f"/proc/{with_certificate.pid()}/status") as file:
        status = dict(line.split(":", 1) for line in file)
    assert int(status["CapPrm"], 16) == int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 1 << 10 | 1 << 13
    assert status["Uid"].split()[0] != "0"


def test_udhcpc_is_told_of_the_api_and_gets_an_address_of_its_zone(with_certificate):
    told = with_certificate.udhcpc(with_certificate.guests[0])
    assert bytes.fromhex(told["opt114"]).decode() == API
    assert told["router"] == told["dns"] == told["serverid"] == "10.200.0.1"
    assert told["subnet"] == "255.255.240.0" and told["lease"] == "3600"
    assert re.match(r"10\.200\.(8|9|1[0-5])\.", told["ip"])


def test_a_zones_own_range_and_lease_hold(with_certificate):
    told = with_certificate.udhcpc(with_certificate.guests[1])
    assert 20 <= int(told["ip"].removeprefix("10.201.0.")) <= 29
    assert told["router"] == told["dns"] == "10.201.0.1" and told["lease"] == "600"


def test_dhclient_is_told_of_the_api(with_certificate):
    told = with_certificate.dhclient(with_certificate.guests[0])
    assert told["new_captive_portal"] == API
    assert told["new_routers"] == told["new_domain_name_servers"] == "10.200.0.1"


def test_the_answer_is_a_broadcast(with_certificate):
    """Unicast to an address that nobody has yet would need an ARP entry, and that CAP_NET_ADMIN."""
    guest, seen = with_certificate.guests[0], []
    with guest.enter():
        sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    sniffer.bind(("eth0", 0))
    with_certificate.udhcpc(guest)
    sniffer.setblocking(False)
    while select.select([sniffer], [], [], 0.2)[0]:
        frame = sniffer.recv(2048)
        if frame[23] == 17 and frame[34:36] == struct.pack("!H", 67):
            seen.append((frame[:6], frame[30:34]))
    sniffer.close()
    assert len(seen) >= 2 and set(seen) == {(b"\xff" * 6, b"\xff" * 4)}


# --- DHCPv6

def information_request(space, *wanted):
    """{option: [data]} of the answer to a DHCPv6 INFORMATION-REQUEST (RFC 8415, 18.2.6)."""
    options = b"".join(struct.pack("!2H", code, len(data)) + data for code, data in (
        (1, b"\0\3\0\1" + b"\2\0\0\0\0\7"), (6, b"".join(struct.pack("!H", code) for code in wanted)), (8, b"\0\0")))
    with space.enter(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::", 546))
        sock.settimeout(3)
        sock.sendto(b"\x0b\1\2\3" + options, ("ff02::1:2", 547, 0, socket.if_nametoindex("eth0")))
        answer = sock.recv(2048)
    assert answer[:4] == b"\x07\1\2\3"
    found, at = {}, 4
    while at < len(answer):
        code, length = struct.unpack("!2H", answer[at:at + 4])
        found.setdefault(code, []).append(answer[at + 4:at + 4 + length])
        at += 4 + length
    return found


def test_dhcpv6_tells_resolver_and_api_without_addresses(with_certificate):
    found = information_request(with_certificate.guests[0], 23, 103)
    assert found[23] == [socket.inet_pton(socket.AF_INET6, "2001:db8:200::1")]
    assert found[103] == [API.encode()]
    assert 3 not in found and 25 not in found  # IA_NA, IA_PD


def test_a_zone_without_ipv6_has_no_dhcpv6(with_certificate):
    with pytest.raises(TimeoutError):
        information_request(with_certificate.guests[1], 23, 103)


def test_it_sends_no_router_advertisement(with_certificate):
    """gerbang-watch does; two that differ would confuse every telephone."""
    with with_certificate.guests[0].enter():
        sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        group = socket.inet_pton(socket.AF_INET6, "ff02::1") + struct.pack("@I", socket.if_nametoindex("eth0"))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        sock.sendto(b"\x85\0\0\0\0\0\0\0", ("ff02::2", 0, 0, socket.if_nametoindex("eth0")))
        end, kinds = time.monotonic() + 4, set()
        while time.monotonic() < end:
            if select.select([sock], [], [], 0.2)[0]:
                kinds.add(sock.recv(2048)[0])
        sock.close()
    assert 134 not in kinds


# --- names

def test_the_portals_name_is_the_zones_own_address(with_certificate):
    """In IPv4, the zone's alone; in IPv6 dnsmasq knows no zones, so all of them: each is the gateway's own, and serves."""
    first, second, _ = with_certificate.guests
    assert ask(first, "10.200.0.1", HOST) == (0, [(1, "10.200.0.1")])
    assert ask(first, "10.200.0.1", HOST, tcp=True) == (0, [(1, "10.200.0.1")])
    assert ask(second, "10.201.0.1", HOST.upper()) == (0, [(1, "10.201.0.1")])
    for server in ("10.200.0.1", "2001:db8:200::1"):
        code, rows = ask(first, server, HOST, 28)
        assert code == 0 and set(rows) == {(28, "2001:db8:200::1"), (28, "2001:db8:202::1")}


def test_the_portals_name_is_never_asked_outside(with_certificate):
    """Not even for a type that it has not: an HTTPS record of the world would send iOS elsewhere, "no such name" nowhere."""
    assert ask(with_certificate.guests[0], "10.200.0.1", HOST, 65) == (0, [])
    assert ask(with_certificate.guests[0], "10.200.0.1", "x." + HOST)[0] == 3
    assert not [line for line in with_certificate.asked() if "kotimkab" in line]


def test_other_names_are_the_resolvers_truth(with_certificate):
    guest = with_certificate.guests[0]
    assert ask(guest, "10.200.0.1", "www.example.test") == (0, [(1, "203.0.113.7")])
    assert "A www.example.test" in with_certificate.asked()
    assert ask(guest, "10.200.0.1", "private.example.test") == (0, [(1, "10.10.1.5")])  # not filtered
    assert ask(guest, "10.200.0.1", "nowhere.invalid")[0] == 3


def test_plain_names_stay_here(with_certificate):
    assert ask(with_certificate.guests[0], "10.200.0.1", "printer")[0] in (3, 5)
    assert "A printer" not in with_certificate.asked()


def test_a_guest_cannot_give_itself_a_name(with_certificate):
    with_certificate.udhcpc(with_certificate.guests[1], "-x", "hostname:wpad", "-F", "wpad.kotimkab.test")
    assert ask(with_certificate.guests[1], "10.201.0.1", "wpad")[1] == []


def test_there_is_no_resolver_on_the_uplink(with_certificate):
    assert ask(with_certificate.inter, UPLINK, "www.example.test") is None
    assert ask(with_certificate.guests[0], UPLINK, "www.example.test") is None
    assert ask(with_certificate.gateway, "127.0.0.1", "www.example.test") is None


def test_nothing_of_a_guest_is_logged(with_certificate):
    guest = with_certificate.guests[0]
    with_certificate.udhcpc(guest)
    assert ask(guest, "10.200.0.1", "secret.example.test")[0] == 0
    mac = guest.run("cat", "/sys/class/net/eth0/address").strip()
    with open(with_certificate.log) as file:
        log = file.read()
    assert "started" in log and mac not in log and "secret" not in log


# --- changes

def test_without_a_certificate_nothing_is_announced_and_then_it_is():
    """The file is replaced, dnsmasq starts anew, and leases outlive it."""
    with town(False) as there:
        guest = there.guests[0]
        there.guests[0].ip("address add 2001:db8:200::9/64 dev eth0 nodad")
        told = there.udhcpc(guest)
        assert "opt114" not in told
        assert "new_captive_portal" not in there.dhclient(guest)
        assert 103 not in information_request(guest, 23, 103)
        before = there.pid()
        there.settings["portal"] = {"hostname": HOST, "certificate": __file__, "key": __file__}
        there.write()
        wait_for("dnsmasq to start anew", lambda: there.pid() not in (None, before) and there.listens(), 10)
        again = there.udhcpc(guest, "-r", told["ip"])
        assert bytes.fromhex(again["opt114"]).decode() == API and again["ip"] == told["ip"]
        with open(there.path("state", "leases")) as file:
            assert told["ip"] in file.read()


def test_the_daemon_writes_the_file_at_start_and_with_each_apply(make_city):
    """Readable to dnsmasq's user; the same as the policy's; left alone where nothing of it has changed."""
    city = make_city(tls=True, guests={"taman-kota": 1})
    path = city.path("run", "daemon", "dnsmasq.conf")
    city.gateway.start(rehearse="2026-11-23 17:00:00")
    first = os.stat(path)
    assert first.st_mode & 0o777 == 0o644
    with open(path) as file:
        assert file.read() == run(os.path.join(build_directory(), "tests/golden/golden"), city.conf, "2026-11-23 17:00",
                                  f"dnsmasq={city.path('state-dnsmasq', 'leases')}")
    guest = city.guests["taman-kota"][0]
    assert bytes.fromhex(city.lease(guest)["opt114"]).decode() == f"https://{city.settings['portal']['hostname']}/api"
    settings = {**city.settings, "zones": [{**zone, "name": "Another name"} for zone in city.settings["zones"]]}
    city.write_conf(settings)
    city.gateway.gerbang("apply", json_out=False)
    assert os.stat(path).st_ino == first.st_ino
    settings["zones"][0]["dhcp"] = {"first": "10.200.3.7", "last": "10.200.3.7", "lease": "5 min"}
    city.write_conf(settings)
    city.gateway.gerbang("apply", json_out=False)
    assert os.stat(path).st_ino != first.st_ino
    wait_for("the new range", lambda: city.lease(guest)["ip"] == "10.200.3.7", 15)
