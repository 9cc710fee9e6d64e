# SPDX-License-Identifier: GPL-2.0-or-later
"""The adversary: who is not in tries to get in, out or around the gate, by frames that no honest stack sends, by races,
and by way of the programs' sockets. What each test forbids has either been possible once or must never be."""
import contextlib
import fcntl
import json
import os
import pwd
import random
import re
import socket
import struct
import threading
import time

import pytest

from asking import TYPES, VERSION, halted
from city import GATEWAY4, GATEWAY6, INTERNET4, INTERNET6
from fixtures import open_city
from frames import Wire, arp, extension6, fragment6, icmp, ip, routing6, tag, tcp, udp
from settings import small
from space import wait_for
from telephone import connects, login, logout, page, press, redirect
from traffic import Flow, flows

EVENING = "2026-11-23 17:00:00"
HERE4, HERE6 = "10.200.0.1", "2001:db8:200::1"
OFFICE4, OFFICE6 = "10.10.1.10", "2001:db8:1::a"
QUIET = 0.3  # by then a frame has arrived or never will


class Raw:
    """Everybody's wires."""

    def __init__(self, city):
        self.city = city
        self.gate = Wire(city.gateway.space, "zone0").mac
        self.outer = Wire(city.gateway.space, "wan0").mac
        self.internet = Wire(city.internet)
        self.offices = [Wire(city.hosts[office]) for office in city.hosts]

    def outside(self, seconds=QUIET):
        """Tags that left the zone."""
        found = self.internet.tags(seconds)
        return found.union(*(office.tags() for office in self.offices))

    def passes(self, guest, source=None):
        """Whether one datagram of the guest's own address leaves."""
        mark, source = tag(), source or guest.address4
        wire = Wire(guest)
        wire.send(self.gate, ip(source, INTERNET4, 17, udp(source, INTERNET4, 3000, 9000, mark)), mac=guest.mac)
        with contextlib.suppress(AssertionError):
            wait_for("arrival", lambda: mark in self.internet.tags(), QUIET, 0.01)
            return True
        return False


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 2}, hosts=["dinkes", "bkad"]) as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture(scope="module")
def raw(city):
    return Raw(city)


@pytest.fixture
def guest(city):
    return city.add_guest("taman-kota")


# --- packets

def attacks4(me, to=INTERNET4):
    """{name: packets of a tag} that somebody who is in could send from `me`."""
    def u(data):
        return udp(me, to, 4000, 9999, data)
    long = bytes(24)
    made = {f"protocol {n}": lambda data, n=n: [ip(me, to, n, data)] for n in (2, 47, 50, 132, 255)}
    made |= {f"udp {port}": lambda data, port=port: [ip(me, to, 17, udp(me, to, 4000, port, data))]
             for port in (53, 67, 80, 443, 547, 853, 8080)}
    made |= {f"udp from {port}": lambda data, port=port: [ip(me, to, 17, udp(me, to, port, 9999, data))] for port in (53, 67, 8080)}
    made |= {f"tcp {flags:x}": lambda data, flags=flags: [ip(me, to, 6, tcp(me, to, 4001, 443, flags, data))]
             for flags in (0x02, 0x04, 0x10, 0x12, 0x29)}
    made |= {f"tos {tos:x}": lambda data, tos=tos: [ip(me, to, 17, u(data), tos=tos)] for tos in (0x10, 0xb8)}
    return made | {
        "resolver": lambda data: [ip(me, "1.1.1.1", 17, udp(me, "1.1.1.1", 4000, 53, data))],
        "echo": lambda data: [ip(me, to, 1, icmp(me, to, 8, 0, bytes(4), data))],
        "echo reply": lambda data: [ip(me, to, 1, icmp(me, to, 0, 0, bytes(4), data))],
        "icmp error": lambda data: [ip(me, to, 1, icmp(me, to, 3, 1, bytes(4), ip(to, me, 17, udp(to, me, 53, 4000, data))[1]))],
        "ip in ip": lambda data: [ip(me, to, 4, ip(me, to, 17, u(data))[1])],
        "6in4": lambda data: [ip(me, to, 41, ip("2001:db8::1", INTERNET6, 17, data)[1])],
        "fragments": lambda data: [ip(me, to, 17, u(data + long)[:32], ident=7, more=True), ip(me, to, 17, u(data + long)[32:], ident=7, fragment=32)],
        "first fragment": lambda data: [ip(me, to, 17, u(data + long)[:48], ident=8, more=True)],
        "later fragment": lambda data: [ip(me, to, 17, data, ident=9, fragment=64)],
        "overlapping fragments": lambda data: [ip(me, to, 17, u(data + long)[:40], ident=10, more=True), ip(me, to, 17, u(data + long)[16:], ident=10, fragment=16)],
        "record route": lambda data: [ip(me, to, 17, u(data), options=b"\x07\x07\x04\0\0\0\0\0")],
        "source route": lambda data: [ip(me, HERE4, 17, udp(me, HERE4, 4000, 9999, data), options=b"\x83\x07\x04" + socket.inet_aton(to) + b"\0")],
        "router alert": lambda data: [ip(me, to, 17, u(data), options=b"\x94\x04\0\0")],
        "office": lambda data: [ip(me, OFFICE4, 17, udp(me, OFFICE4, 4000, 9999, data))],
        "office's broadcast": lambda data: [ip(me, "10.10.1.255", 17, udp(me, "10.10.1.255", 4000, 9999, data))],
    }


def attacks6(me, to=INTERNET6):
    def u(data):
        return udp(me, to, 5000, 9999, data)
    long = bytes(24)
    made = {f"next header {n}": lambda data, n=n: [ip(me, to, n, data)] for n in (4, 47, 50, 59, 132)}
    made |= {f"icmp {kind}": lambda data, kind=kind: [ip(me, to, 58, icmp(me, to, kind, 0, bytes(4), data), ttl=255)]
             for kind in (1, 2, 3, 128, 129, 133, 134, 135, 136, 137, 143)}
    made |= {f"routing {kind}": lambda data, kind=kind: [ip(me, HERE6, 43, routing6(17, kind, to) + udp(me, to, 5000, 9999, data))]
             for kind in (0, 2, 4)}
    return made | {
        "udp": lambda data: [ip(me, to, 17, u(data))],
        "tcp syn": lambda data: [ip(me, to, 6, tcp(me, to, 5001, 443, 2, data))],
        "tcp ack": lambda data: [ip(me, to, 6, tcp(me, to, 5001, 443, 0x10, data))],
        "port 80 behind options": lambda data: [ip(me, to, 60, extension6(6) + tcp(me, to, 5002, 80, 0x10, data))],
        "hop by hop": lambda data: [ip(me, to, 0, extension6(17) + u(data))],
        "router alert": lambda data: [ip(me, to, 0, extension6(17, b"\5\2\0\0\1\0") + u(data))],
        "destination options": lambda data: [ip(me, to, 60, extension6(17) + u(data))],
        "fragments": lambda data: [ip(me, to, 44, fragment6(17, 0, 1) + u(data + long)[:32]), ip(me, to, 44, fragment6(17, 32, 0) + u(data + long)[32:])],
        "atomic fragment": lambda data: [ip(me, to, 44, fragment6(17, 0, 0, 8) + u(data))],
        "later fragment": lambda data: [ip(me, to, 44, fragment6(17, 64, 0, 9) + data)],
        "4in6": lambda data: [ip(me, to, 4, ip("10.200.1.1", INTERNET4, 17, data)[1])],
        "office": lambda data: [ip(me, OFFICE6, 17, udp(me, OFFICE6, 5000, 9999, data))],
    }


SOURCES = ("10.200.9.9", "10.10.1.77", "10.201.0.5", "192.0.2.2", "192.0.2.99", "1.1.1.1", "169.254.1.1", HERE4, "127.0.0.1",
           "2001:db8:200::aa", "2001:db8:1::77", "2001:db8:201::5", "2001:db8:ffff::99", "fd00::1", "fe80::1234", HERE6, "::1")


def assault(raw, guest, *others):
    """{name of an attack that got through}, and how many there were. `others`: guests whose addresses are taken, too."""
    wire, names = Wire(guest), {}
    raw.outside(0)

    def send(name, packets):
        mark = tag()
        names[mark] = name
        wire.send(raw.gate, *packets(mark), mac=guest.mac)

    for who in (guest, *others):
        for family, made in (("IPv4", attacks4(who.address4)), ("IPv6", attacks6(who.address6))):
            for name, packets in made.items():
                send(f"{family} {name} from {who.address4}", packets)
    for source in SOURCES:
        to = INTERNET6 if ":" in source else INTERNET4
        send(f"as {source}", lambda data: [ip(source, to, 17, udp(source, to, 4000, 9999, data))])
    return {names[mark] for mark in raw.outside() if mark in names}, len(names)


def test_the_attacks_are_real(city, raw, guest):
    """From somebody who is in most of them arrive: else the tests below would prove nothing. Never at an office."""
    login(guest)
    through, total = assault(raw, guest)
    assert len(through) > total // 2
    assert not [name for name in through if "office" in name]


@pytest.mark.parametrize("before", ["new", "logged-out", "kicked"])
def test_nothing_gets_out_of_who_is_not_in(city, raw, guest, before):
    insider = city.guests["taman-kota"][0]
    if not raw.passes(insider):
        login(insider)
    if before != "new":
        url, html = login(guest)
        assert raw.passes(guest)
        if before == "logged-out":
            logout(guest, url, html)
        else:
            city.gateway.gerbang("kick", guest.mac, json_out=False)
    assert assault(raw, guest, insider)[0] == set()


@pytest.mark.parametrize("name, source, to, protocol, options", [
    ("echo", "192.0.2.1", HERE4, 1, {}), ("echo of the outer address", "1.1.1.1", GATEWAY4, 1, {}),
    ("echo", INTERNET6, HERE6, 58, {}), ("port of nobody", INTERNET6, GATEWAY6, 17, {}),
    ("refusal", "1.1.1.1", "192.0.2.80", 17, {}), ("refusal", "2001:db8:7::7", INTERNET6, 17, {}),
    ("end of life", "1.1.1.1", "192.0.2.80", 17, {"ttl": 1}), ("end of life", "2001:db8:7::7", INTERNET6, 17, {"ttl": 1}),
    ("unknown option", "2001:db8:7::7", INTERNET6, 0, {})], ids=lambda value: str(value).replace(" ", "-"))
def test_answers_of_the_gateway_carry_nothing_out(city, raw, guest, name, source, to, protocol, options):
    """Without login: a packet as if from outside, to which the gateway answers with the guest's own bytes."""
    mark = tag()
    body = {1: lambda: icmp(source, to, 8, 0, bytes(4), mark), 58: lambda: icmp(source, to, 128, 0, bytes(4), mark),
            17: lambda: udp(source, to, 4000, 9999, mark), 0: lambda: extension6(17, b"\x9e\4\0\0\0\0") + udp(source, to, 4000, 9999, mark)}
    city.internet.ip("route replace 1.1.1.1/32 dev lo")
    raw.outside(0)
    Wire(guest).send(raw.gate, ip(source, to, protocol, body[protocol](), **options))
    assert mark not in raw.outside(), f"the answer ({name}) brought it to {source}"


def test_answers_of_the_gateway_carry_nothing_in(city, raw, guest):
    """From outside as if from a guest: the gateway's answer would reach somebody who is not in."""
    ear, marks = Wire(guest), [tag() for _ in range(3)]
    for source, to, protocol, mark in ((guest.address4, GATEWAY4, 1, marks[0]), (guest.address6, GATEWAY6, 58, marks[1]),
                                       (guest.address6, "2001:db8:1::1", 58, marks[2])):
        body = icmp(source, to, 8 if protocol == 1 else 128, 0, bytes(4), mark)
        raw.internet.send(raw.outer, ip(source, to, protocol, body))
    assert not ear.tags(QUIET) & set(marks)


def test_neighbours_of_other_networks_are_not_learnt(city, raw, guest):
    """Entries that a guest invents would fill the table that all devices share."""
    wire, foreign = Wire(guest), ("10.10.1.200", "192.0.2.200", "172.16.5.5")
    for address in (*foreign, "10.200.8.8"):
        wire.send("ff:ff:ff:ff:ff:ff", arp(1, guest.mac, address, HERE4))
    known = wait_for("the zone's own", lambda: city.gateway.space.run("ip", "neigh", "show", "10.200.8.8", "dev", "zone0"), 3)
    known += city.gateway.space.run("ip", "neigh", "show", "dev", "zone0")
    assert not [address for address in foreign if address in known]


def test_no_inner_address_leaves_untranslated(city, raw, guest):
    """Connection tracking leaves alone what it takes for invalid; with NAT on that must not leave either."""
    login(guest)
    me, marks = guest.address4, [tag(), tag(), tag()]
    raw.internet.frames()
    Wire(guest).send(raw.gate, ip(me, INTERNET4, 6, tcp(me, INTERNET4, 4000, 443, 0x29, marks[0])),
                     ip(me, INTERNET4, 1, icmp(me, INTERNET4, 3, 1, bytes(4), ip(INTERNET4, me, 17, udp(INTERNET4, me, 53, 4000, marks[1]))[1])))
    office = Wire(city.hosts["dinkes"])
    inner = Wire(city.gateway.space, "lan0").mac
    office.send(inner, ip(OFFICE4, INTERNET4, 6, tcp(OFFICE4, INTERNET4, 4000, 443, 0x29, marks[2])))
    left = [socket.inet_ntoa(data[26:30]) for data in raw.internet.frames(QUIET) if any(mark in data for mark in marks)]
    assert left == []


def test_a_neighbour_on_the_uplink_does_not_hide_behind_the_gateway(city, raw):
    mark = tag()
    raw.internet.frames()
    raw.internet.send(raw.outer, ip("192.0.2.77", "192.0.2.80", 17, udp("192.0.2.77", "192.0.2.80", 4000, 9999, mark)))
    assert [socket.inet_ntoa(data[26:30]) for data in raw.internet.frames(QUIET) if mark in data] in ([], ["192.0.2.77"])


def test_nobody_outside_begins(city, raw, guest):
    login(guest)
    ear, marks = Wire(guest), [tag() for _ in range(4)]
    me4, me6 = guest.address4, guest.address6
    quoted = ip(me6, INTERNET6, 17, udp(me6, INTERNET6, 1, 2, marks[2]))[1]
    raw.internet.send(raw.outer, ip(INTERNET4, me4, 17, udp(INTERNET4, me4, 53, 4000, marks[0])),
                      ip(INTERNET6, me6, 17, udp(INTERNET6, me6, 53, 4000, marks[1])),
                      ip(INTERNET6, me6, 58, icmp(INTERNET6, me6, 1, 4, bytes(4), quoted)),
                      ip(INTERNET6, me6, 6, tcp(INTERNET6, me6, 443, 4000, 0x12, marks[3])))
    assert not ear.tags(QUIET) & set(marks)


def test_the_portal_is_for_zones(city):
    assert connects(city.internet, GATEWAY4, 8080, 0.5) == "silent"
    for address in ("10.10.1.1", HERE4, GATEWAY4):
        assert connects(city.hosts["dinkes"], address, 8080, 0.5) != "open", address


def test_an_office_sends_as_itself_alone(city, raw):
    office, inner = Wire(city.hosts["dinkes"]), Wire(city.gateway.space, "lan0").mac
    marks = []
    for source in ("10.10.2.10", "10.200.1.0", "192.0.2.99", "2001:db8:2::a", "2001:db8:200::1000", "fe80::1", GATEWAY6):
        to = INTERNET6 if ":" in source else INTERNET4
        marks.append(tag())
        office.send(inner, ip(source, to, 17, udp(source, to, 4000, 9999, marks[-1])))
    assert not raw.internet.tags(QUIET) & set(marks)


# --- addresses

def test_a_stolen_address_gives_nothing(city, raw, guest):
    """The thief neither sends as the victim nor receives what is the victim's; the victim is cut off (known, of layer 2)."""
    login(guest)
    thief = city.add_guest("taman-kota")
    theirs, mine, mark = Wire(thief), Wire(guest), tag()
    mine.send(raw.gate, ip(guest.address4, INTERNET4, 17, udp(guest.address4, INTERNET4, 1111, 2222, b"")))
    sent = [data for data in raw.internet.frames(QUIET) if data[23:24] == b"\x11" and data[36:38] == struct.pack("!H", 2222)]
    for kind in (1, 2, 1):
        theirs.send(raw.gate, arp(kind, thief.mac, guest.address4, HERE4))
    wait_for("the theft", lambda: thief.mac in city.gateway.space.run("ip", "neigh", "show", guest.address4), 3)
    assert not raw.passes(thief, guest.address4)
    port, = struct.unpack("!H", sent[0][34:36])
    raw.internet.send(raw.outer, ip(INTERNET4, GATEWAY4, 17, udp(INTERNET4, GATEWAY4, 2222, port, mark)))
    assert mark not in theirs.tags(QUIET)


def test_a_cloned_mac_has_the_session_but_no_second_ipv4(city, raw, guest):
    login(guest)
    clone = city.add_guest("taman-kota")
    mark = tag()
    Wire(clone).send(raw.gate, ip(clone.address4, INTERNET4, 17, udp(clone.address4, INTERNET4, 1, 2, mark)), mac=guest.mac)
    assert mark not in raw.outside()


def test_another_ipv4_address_is_in_once_the_portal_is_asked_over_either_family(city, raw, guest):
    """The portal's name has an IPv6 address, and telephones prefer it: it must not say "online" to one whose IPv4 is out."""
    login(guest)
    for number, there in ((77, "[2001:db8:200::1]"), (78, HERE4)):
        former, guest.address4 = guest.address4, f"10.200.14.{number}"
        guest.space.ip(f"address del {former}/20 dev eth0", f"address add {guest.address4}/20 dev eth0",
                       f"route replace default via {HERE4}")
        assert not raw.passes(guest), "in before it asked"
        guest.ping(HERE4)
        time.sleep(2)
        assert guest.http(f"http://{there}/")[0] == 200
        wait_for("the new address", lambda: raw.passes(guest), 3)
        assert not raw.passes(guest, former), "the former address still is in"


def test_a_guest_with_nothing_but_a_link_local_address_finds_the_portal(city, guest):
    guest.space.ip("address flush dev eth0 scope global")
    here = city.gateway.space.run("ip", "-6", "-o", "address", "show", "dev", "zone0", "scope", "link").split()[3].split("/")[0]
    guest.run("ip", "-6", "route", "replace", "default", "via", here, "dev", "eth0")
    assert redirect(guest, "http://[2001:db8:ffff::80]/")


# --- ends that nobody of ours saw

def test_after_its_end_with_all_dead_nothing_gets_out(make_city):
    settings = small()
    settings["zones"][0]["client"]["session"] = "6 s"
    city = make_city(settings=settings, guests={"taman-kota": 1}, hosts=["dinkes", "bkad"])
    city.gateway.start(rehearse=EVENING)
    guest, = city.guests["taman-kota"]
    raw = Raw(city)
    login(guest)
    end = time.monotonic() + 6.2
    for name in ("daemon", "shaper", "portal"):
        city.gateway.kill9(name)
    assert raw.passes(guest)
    time.sleep(max(0, end - time.monotonic()))
    assert assault(raw, guest)[0] == set()


@pytest.mark.parametrize("dead", [("daemon", "shaper"), ("shaper",)], ids="+".join)
def test_a_closing_that_nobody_saw_ends_sessions_all_the_same(make_city, dead):
    """Closed by the kernel while we were dead, open again when we return: who was in has to come in anew."""
    city = make_city(guests={"taman-kota": 1}, hosts=["dinkes", "bkad"])
    gateway, raw = city.gateway, Raw(city)
    gateway.start(rehearse="2026-11-23 21:59:57" if len(dead) == 2 else EVENING)
    guest, = city.guests["taman-kota"]
    login(guest)
    for name in dead:
        gateway.kill9(name)
    if "daemon" in dead:
        wait_for("the kernel to close", lambda: not raw.passes(guest), 6)
        gateway.rehearse, gateway.rehearse_began = "2026-11-24 06:30:00", None
    else:
        for when in ("2026-11-23 22:30:00", "2026-11-24 06:30:00"):
            gateway.clock_to(when)
            time.sleep(0.2)
    for name in reversed(dead):
        gateway.start_one(name)
    gateway.wait_ready()
    wait_for("the plan", lambda: gateway.zone("taman-kota")["open"] and not gateway.sessions() and not raw.passes(guest), 5)
    assert assault(raw, guest)[0] == set()
    login(guest)
    assert raw.passes(guest)


# --- races

class Crowd:
    """Guests who log in, out and are kicked at random; what they were told against what passes."""

    def __init__(self, city, guests):
        self.city, self.guests, self.logins, self.lies, self.stop = city, guests, 0, [], False
        self.raw = {guest: Raw(city) for guest in guests}
        self.threads = [threading.Thread(target=self.live, args=(guest,)) for guest in guests]
        for thread in self.threads:
            thread.start()

    def live(self, guest):
        while not self.stop:
            with contextlib.suppress(AssertionError, ValueError):  # no page, or "come back later"
                self.visit(guest)

    def captive(self, guest):
        status, _, body = guest.http(f"http://{HERE4}/api")
        assert status == 200
        return json.loads(body)["captive"]

    def visit(self, guest):
        if not self.captive(guest):  # from before a program was killed
            self.kick(guest)
        url, html = page(guest)
        _, url, html = press(guest, url, html)
        if self.captive(guest):
            return
        self.logins += 1
        if not self.raw[guest].passes(guest):
            self.lies.append(f"{guest.address4} was told that it is online")
        if random.random() < 0.5:
            press(guest, url, html)
            if not self.captive(guest):
                return
        elif not self.kick(guest):
            return
        if self.raw[guest].passes(guest):
            self.lies.append(f"{guest.address4} was told that it is out")

    def kick(self, guest):
        from gateway import Refused
        with contextlib.suppress(Refused):
            self.city.gateway.gerbang("kick", guest.mac, json_out=False)
            return True
        return False

    def end(self):
        self.stop = True
        for thread in self.threads:
            thread.join()


def agree(city, guests):
    """Whom the table names, whom the kernel holds and who passes are the same."""
    table = {row["mac"] for row in city.gateway.sessions()}
    kernel = {element[0]["elem"]["val"]["concat"][1] for element in city.gateway.elements("inet", "gerbang", "guest_up4")}
    raw = Raw(city)
    return table == kernel == {guest.mac for guest in guests if raw.passes(guest)}


def test_nobody_is_told_what_is_not_so(make_city):
    """First undisturbed, then with each program killed again and again."""
    city = make_city(guests={"taman-kota": 5}, hosts=["dinkes"])
    gateway, guests = city.gateway, city.guests["taman-kota"]
    gateway.start(rehearse=EVENING)
    crowd = Crowd(city, guests)
    time.sleep(5)
    undisturbed = crowd.logins
    for name in ("shaper", "daemon", "portal") * 3:
        gateway.kill9(name)
        time.sleep(random.uniform(0, 0.3))
        gateway.start_one(name)
        time.sleep(random.uniform(0.3, 0.8))
    crowd.end()
    gateway.wait_ready()
    assert crowd.lies == [] and undisturbed > 10 and crowd.logins > undisturbed
    wait_for("table, kernel and gate to agree", lambda: agree(city, guests), 5, 0.2)


def told(guest):
    """What the API says: True (captive), False, or 503 with a time to come back; the page then says no more than that."""
    status, headers, body = guest.http(f"http://{HERE4}/api")
    if status == 200:
        return json.loads(body)["captive"]
    assert status == 503 and int(headers["retry-after"]) > 0 and "captive" not in body
    return status


def test_what_the_daemon_does_not_know_yet_is_not_said(make_city):
    """One that is back, and has not heard from the shaper whom the kernel lets through."""
    city = make_city(guests={"taman-kota": 2}, hosts=["dinkes"])
    gateway, raw = city.gateway, Raw(city)
    gateway.start(rehearse=EVENING)
    insider, outsider = city.guests["taman-kota"]
    url, html = login(insider)
    assert (told(insider), told(outsider)) == (False, True)
    gateway.kill9("daemon")
    before = gateway.log("portal").count("connected to the daemon")
    with halted(city, "shaper"):
        gateway.start_one("daemon")
        wait_for("the portal to ask the new daemon", lambda: gateway.log("portal").count("connected to the daemon") > before, 20)
        assert raw.passes(insider) and not raw.passes(outsider)
        assert (told(insider), told(outsider)) == (503, 503)
        assert press(insider, url, html)[0] == 503, "a logout that nobody carried out"
        assert insider.http(f"http://{HERE4}/")[0] == outsider.http(f"http://{HERE4}/")[0] == 503
    wait_for("the truth", lambda: (told(insider), told(outsider)) == (False, True), 10)
    assert raw.passes(insider)


def test_a_logout_that_the_kernel_has_not_heard_of_is_none(make_city):
    """While it is on its way, when it is lost with the shaper, and until the shaper's return."""
    city = make_city(guests={"taman-kota": 2}, hosts=["dinkes"])
    gateway, raw = city.gateway, Raw(city)
    gateway.start(rehearse=EVENING)
    guest, bystander = city.guests["taman-kota"]
    url, html = login(guest)
    with halted(city, "shaper"):
        leaving = threading.Thread(target=press, args=(guest, url, html))
        leaving.start()
        wait_for("the daemon to have taken it", lambda: told(guest) is not False, 5)
        assert raw.passes(guest) and told(guest) == 503
        gateway.kill9("shaper")
    leaving.join()
    assert raw.passes(guest) and told(guest) == 503
    assert told(bystander) is True, "who never was in is out, whoever is away"
    gateway.start_one("shaper")
    gateway.wait_ready()
    wait_for("the logout", lambda: told(guest) is True, 10)
    assert not raw.passes(guest)


@pytest.mark.measure  # some two hundred logins: too many under a sanitizer
def test_a_class_comes_back_without_the_bytes_of_its_former_guest(city, guest):
    def row():
        return next(row for row in city.gateway.sessions() if row["mac"] == guest.mac)

    def minor():
        return next(value for element, value in city.gateway.elements("inet", "gerbang", "guest_up6")
                    if element["elem"]["val"]["concat"][1] == guest.mac)

    login(guest)
    first = minor()
    with flows(Flow(city, guest, "both")):
        wait_for("a megabyte", lambda: row()["down_bytes"] > 1e6, 10, 0.2)
    for _ in range(300):  # more than the classes that are kept free
        city.gateway.gerbang("kick", guest.mac, json_out=False)
        login(guest)
        assert row()["down_bytes"] < 20e3 and row()["up_bytes"] < 20e3
        if minor() == first:
            break
    else:
        pytest.fail("the class did not come back")


# --- sockets

SOCKETS = {"shaper": "shaper/socket", "portal": "daemon/portal", "control": "daemon/control"}
APPLY, RESULT, F_ADD_SEALS, F_SEAL_ALL = TYPES["MESSAGE_APPLY"], TYPES["MESSAGE_RESULT"], 1033, 0xf


def as_user(name, function):
    """What `function` returns (as text) in a process of that user."""
    user, (reading, writing) = pwd.getpwnam(name), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            text = str(function())
        except BaseException as error:  # noqa: B902: nothing may run on in the child
            text = type(error).__name__
        os.write(writing, text.encode()[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    return text


def speak(city, where, message, *descriptors):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.settimeout(2)
    sock.connect(city.path("run", SOCKETS[where]))
    socket.send_fds(sock, [message], descriptors)
    return sock


def answers(sock):
    """Types of what comes until the end; 0: the peer hung up."""
    found = []
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while not found or found[-1]:
            data = sock.recv(65536)
            found.append(struct.unpack_from("<H", data)[0] if data else 0)
    return found


@pytest.mark.parametrize("where, users", [("shaper", ("gerbang",)), ("portal", ("gerbang-portal",)), ("control", ("gerbang",))])
def test_sockets_know_who_may_speak(city, where, users):
    for user in ("nobody", "gerbang", "gerbang-portal"):
        text = as_user(user, lambda: answers(speak(city, where, b"\xff" * 64)))
        served = text not in ("[]", "PermissionError", "ConnectionResetError", "BrokenPipeError", "[0]") or (where, user) == ("control", "gerbang")
        assert served == (user in users), f"{user} at {where}: {text}"
    city.gateway.wait_ready()


def test_garbage_ends_a_connection_and_nothing_else(city, guest):
    for where in SOCKETS:
        for length in (1, 15, 16, 17, 100, 408, 4096, 65000):
            with contextlib.suppress(OSError):
                speak(city, where, os.urandom(length)).close()
    wait_for("the portal", lambda: guest.http(f"http://{HERE4}/")[0] == 200, 5)
    login(guest)
    assert guest.ping(INTERNET4)


def test_strangers_do_not_fill_the_log(city):
    before = len(city.gateway.log("shaper").splitlines())
    for _ in range(3):
        as_user("nobody", lambda: [speak(city, "shaper", b"x") for _ in range(30)])
    time.sleep(QUIET)
    assert len(city.gateway.log("shaper").splitlines()) - before < 10


def plan(counts=(0,) * 9, rows=b"", port=8080, tls_port=0, nat=1, nat66=0, between=1, uplink=b"wan0"):
    """A plan as gerbangd encodes it."""
    head = struct.pack("<QQ9IHHBBBBB16s3s", 0x336e616c70627267, 80 + len(rows), *counts, port, tls_port, nat, nat66, between, 0, 0, uplink, b"")
    return head + rows


def a_class(rate, ceiling, minor, parent, leaf=0):
    return struct.pack("<QQ5IHH5B3s", rate, ceiling, 8000, 8000, 1514 * bool(leaf), 32000 * bool(leaf), 100000 * bool(leaf), minor, parent, 0, leaf, 0, 0, 0, b"")


GREEDY = a_class(95000000, 95000000, 1, 0) + a_class(8000, 60000000, 0x1000, 1) + b"".join(
    a_class(10000000, 10000000, 0x4000 + n, 0x1000, 2) for n in range(64))


@pytest.mark.parametrize("wrong, says", [
    ({"port": 22}, "portal.port"), ({"tls_port": 22}, "portal.tls_port"), ({"nat": 0}, "nat"), ({"nat66": 1}, "nat66"), ({"between": 0}, "between_offices"),
    ({"uplink": b"lan0"}, "uplink"), ({"counts": (66,) + (0,) * 8, "rows": GREEDY}, "guarantees"),
    ({"counts": (0,) * 6 + (1, 0, 0), "rows": struct.pack("<q16s", 0, b"lan0")}, "not a zone's device")],
    ids=["portal-port", "tls-port", "nat", "nat66", "between", "uplink", "guaranteed-to-guests", "gate-of-an-office"])
def test_the_shaper_takes_its_bounds_from_the_file_alone(city, wrong, says):
    """A gerbangd in other hands: no port of the gateway's opens to guests, nobody is guaranteed what there is not."""
    def ask():
        blob = os.memfd_create("plan", os.MFD_ALLOW_SEALING)
        os.write(blob, plan(**wrong))
        fcntl.fcntl(blob, F_ADD_SEALS, F_SEAL_ALL)
        sock = speak(city, "shaper", struct.pack("<HHIQ", APPLY, VERSION, 16, 7), blob)
        while True:
            data = sock.recv(65536)
            if struct.unpack_from("<H", data)[0] == RESULT:
                return struct.unpack_from("<i", data, 16)[0], data[24:264].split(b"\0")[0].decode()

    def rules():
        return city.gateway.space.run("nft", "--terse", "list", "ruleset")  # sets fill and empty by themselves

    before = rules()
    text = as_user("gerbang", ask)
    assert text.startswith("(-1,") and says in text, text
    city.gateway.wait_ready()
    assert re.sub(r"(packets|bytes) \d+", "", rules()) == re.sub(r"(packets|bytes) \d+", "", before)
