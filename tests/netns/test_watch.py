# SPDX-License-Identifier: GPL-2.0-or-later
"""gerbang-watch, from strangers' frames to the kernel: gardens learned from DNS answers, router advertisements, neighbours, conflicts,
the uplink; and what it is itself: without a capability, bounded, replaced when it falls."""
import contextlib
import os
import random
import re
import signal
import socket
import struct
import subprocess
import time

import pytest

from city import HOSTS, HOSTS6, RESOLVER
from fixtures import open_city
from frames import Wire, arp, extension6, frame, icmp, ip, udp
from settings import small
from space import wait_for
from telephone import connects, login, reaches

EVENING = "2026-11-23 17:00:00"
HERE, HERE6, API = "10.200.0.1", "2001:db8:200::1", "https://wifi.kotimkab.test/api"
ALL, ALL6 = "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"
PAGE = "This is the internet"


def settings(**changes):
    made = small(**changes)
    made["zones"][0]["garden"] = ["Garden.test"]
    return made


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), tls=True) as city:
        city.names({"garden.test": {"A": [HOSTS[0]], "AAAA": [HOSTS6[0]]}})
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    return city.add_guest("taman-kota")


def child(city):
    """(parent's pid, child's pid)"""
    parent = city.gateway.pid("watch")

    def found():
        with open(f"/proc/{parent}/task/{parent}/children") as file:
            return file.read().split()
    return parent, int(wait_for("a process that reads frames", found, 5)[0])


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def planted(city, address):
    kind = 6 if ":" in address else 4
    return f'"zone0" . {address} ' in city.gateway.space.run("nft", "list", "set", "inet", "gerbang", f"garden{kind}")


def opens(guest, url, *options, seconds=5):
    """Whether the internet's own page comes, in the end: a first packet may be faster than what is learned of it."""
    with contextlib.suppress(AssertionError):
        return bool(wait_for(url, lambda: PAGE in guest.http(url, *options, timeout=2)[2], seconds, 0.2))
    return False


def query(name, kind=1):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\0" + struct.pack("!HH", kind, 1)


def forged(name, address):
    """An answer as the gateway would give it."""
    data = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    kind = 28 if ":" in address else 1
    return (b"\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + query(name, kind)[12:] +
            b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data)


def ask(guest, name, resolver=HERE, kind=1):
    """A question over UDP; the answer, or b""."""
    with guest.enter(), socket.socket(socket.AF_INET6 if ":" in resolver else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        with contextlib.suppress(OSError):
            sock.sendto(query(name, kind), (resolver, 53))
            return sock.recv(4096)
    return b""


# --- the garden

@pytest.mark.parametrize("option", ["-4", "-6"])
def test_the_garden_works_by_name_through_an_alias(city, guest, option):
    city.names({"www.garden.test": {"CNAME": "a.cdn.test", "ttl": 5}, "a.cdn.test": {"CNAME": "edge.cdn.test", "ttl": 5},
                "edge.cdn.test": {"A": [HOSTS[1]], "AAAA": [HOSTS6[1]], "ttl": 5}})
    assert opens(guest, "http://www.garden.test/", option) and opens(guest, "http://garden.test/", option)
    assert opens(guest, "https://www.garden.test/", option, "--cacert", city.authority.certificate)
    assert not reaches(city, guest, v6=option == "-6"), "the garden let the guest out"


def test_the_garden_follows_a_name_whose_address_changes(city, guest):
    for host in (2, 3):
        city.names({"moving.garden.test": {"A": [HOSTS[host]], "AAAA": [HOSTS6[host]], "ttl": 1}})
        time.sleep(1.1)  # the resolver's copy
        assert opens(guest, "http://moving.garden.test/", "-4") and opens(guest, "http://moving.garden.test/", "-6")
        assert planted(city, HOSTS[host]) and planted(city, HOSTS6[host])


def first_page(guest, name):
    """What the very first request gets that follows an answer as fast as a program can."""
    with guest.enter():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(2)
            sock.sendto(query(name), (HERE, 53))
            address = socket.inet_ntoa(sock.recv(512)[-4:])
        with socket.create_connection((address, 80), 2) as sock:
            sock.sendall(f"GET / HTTP/1.0\r\nHost: {name}\r\n\r\n".encode())
            return address, sock.recv(4096)


def test_names_that_are_known_pass_with_the_first_packet(city, guest):
    """The listed ones before any guest has asked, others from the second time on, also when the address is another by then."""
    wait_for("the listed name's own address", lambda: planted(city, HOSTS[0]), 5)  # nobody has asked
    city.names({"often.garden.test": {"A": [HOSTS[14]], "ttl": 5}})
    assert opens(guest, "http://often.garden.test/", "-4")
    city.names({"often.garden.test": {"A": [HOSTS[15]], "ttl": 5}})
    wait_for("the name asked for anew", lambda: planted(city, HOSTS[15]), 15, 0.1)
    for name, wanted in (("garden.test", HOSTS[0]), ("often.garden.test", HOSTS[15])):
        address, page = first_page(city.add_guest("taman-kota"), name)
        assert address == wanted and b" 200 " in page.split(b"\r\n")[0], (name, address, page[:60])


def test_the_garden_is_learned_over_tcp_too(city, guest):
    city.names({"big.garden.test": {"A": [HOSTS[4]]}})
    with guest.enter(), socket.create_connection((HERE, 53), 2) as sock:
        sock.sendall(struct.pack("!H", len(query("big.garden.test"))) + query("big.garden.test"))
        assert sock.recv(4096)
    wait_for("the address", lambda: planted(city, HOSTS[4]), 3)


def test_nothing_else_is_the_garden(city, guest):
    city.names({"site.garden.test": {"A": [HOSTS[5]], "AAAA": [HOSTS6[5]]}, "notgarden.test": {"A": [HOSTS[6]]},
                "garden.test.evil.test": {"A": [HOSTS[7]]}, "cdn-of-others.test": {"CNAME": "x.garden.test"},
                "x.garden.test": {"A": [HOSTS[8]]}})
    assert opens(guest, "http://site.garden.test/", "-4") and opens(guest, "http://site.garden.test/", "-6")
    for name in ("notgarden.test", "garden.test.evil.test", "cdn-of-others.test"):
        assert ask(guest, name), name
    time.sleep(0.5)
    for host in (6, 7, 8):  # another name, one that looks like it, one that only leads there; and each is a neighbour of the garden's
        assert not planted(city, HOSTS[host])
        assert connects(guest, HOSTS[host], 443) == "refused"
        assert PAGE not in guest.http(f"http://{HOSTS[host]}/")[2]
    assert connects(guest, HOSTS6[6], 443) == "refused"


def test_no_name_leads_to_offices_or_the_gateway(city, guest):
    inside = {"dinkes.garden.test": city.hosts["dinkes"].address4, "gateway.garden.test": "192.0.2.2", "zone.garden.test": "10.200.0.9",
              "private.garden.test": "192.168.7.7", "loop.garden.test": "127.0.0.1"}
    city.names({name: {"A": [address]} for name, address in inside.items()} | {"six.garden.test": {"AAAA": ["2001:db8:1::10"]}})
    with city.hosts["dinkes"].enter(), socket.create_server(("0.0.0.0", 80)):
        for name, address in inside.items():
            ask(guest, name)
        ask(guest, "six.garden.test", kind=28)
        time.sleep(0.5)
        for address in [*inside.values(), "2001:db8:1::10"]:
            assert not planted(city, address), address
        assert connects(guest, city.hosts["dinkes"].address4, 443) == "refused"


def test_forged_answers_are_not_believed(city, guest):
    """From a guest in the gateway's name: to the gateway, to another guest, to all, in both families."""
    other, wire = city.add_guest("taman-kota"), Wire(guest.space)
    gateway_mac = city.gateway.space.run("cat", "/sys/class/net/zone0/address").strip()
    for to, mac in ((guest.address4, gateway_mac), (HERE, gateway_mac), (other.address4, other.mac), ("255.255.255.255", ALL)):
        for sender in (guest.mac, gateway_mac):
            wire.send(mac, ip(HERE, to, 17, udp(HERE, to, 53, 4444, forged("evil.garden.test", HOSTS[9]))), mac=sender)
    for to, mac in ((guest.address6, gateway_mac), (HERE6, gateway_mac), ("ff02::1", ALL6)):
        wire.send(mac, ip(HERE6, to, 17, udp(HERE6, to, 53, 4444, forged("evil.garden.test", HOSTS6[9]))))
    time.sleep(0.7)
    assert not planted(city, HOSTS[9]) and not planted(city, HOSTS6[9])


def test_answers_of_another_resolver_are_not_believed(city, guest):
    """A guest who is in asks a resolver of its own choice: that one may say anything."""
    login(guest)
    city.names({"chosen.garden.test": {"A": [HOSTS[10]]}})
    assert ask(guest, "chosen.garden.test", RESOLVER), "the resolver outside was not reached"
    time.sleep(0.5)
    assert not planted(city, HOSTS[10])


@pytest.mark.parametrize("ours, theirs, host", [(HERE, 4, HOSTS[11]), (HERE6, 6, HOSTS6[11])], ids=["ipv4", "ipv6"])
def test_an_accomplice_outside_does_not_speak_for_the_gateway(city, guest, ours, theirs, host):
    """A guest who is in asks the gateway; somebody on the uplink answers in the gateway's name, to the same port."""
    login(guest)
    city.names({"evil2.garden.test": {"A": [HOSTS[13]], "AAAA": [HOSTS6[13]]}})
    outside = Wire(city.internet)
    wan = city.gateway.space.run("cat", "/sys/class/net/wan0/address").strip()
    mine = guest.address4 if theirs == 4 else guest.address6
    with guest.enter(), socket.socket(socket.AF_INET if theirs == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind((mine, 4445))
        sock.settimeout(2)
        sock.sendto(query("evil2.garden.test"), (ours, 53))
        for _ in range(5):
            outside.send(wan, ip(ours, mine, 17, udp(ours, mine, 53, 4445, forged("evil2.garden.test", host))))
            time.sleep(0.05)
    time.sleep(0.5)
    assert not planted(city, host)


# --- router advertisements

class Ear:
    """Router advertisements as they come to a machine: raw ICMPv6."""

    def __init__(self, space):
        with space.enter():
            self.sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            index = socket.if_nametoindex("eth0")
        self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, 25, b"eth0\0")  # SO_BINDTODEVICE
        self.index = index

    def solicit(self):
        self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        self.sock.sendto(struct.pack("!BBHI", 133, 0, 0, 0), ("ff02::2", 0, 0, self.index))

    def next(self, seconds=6):
        """{"lifetime", "hops", "from", "flags", options by type: [bytes]} of the next advertisement, or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.sock.settimeout(max(0.01, end - time.monotonic()))
            try:
                data, control, _, source = self.sock.recvmsg(2048, 256)
            except TimeoutError:
                return None
            if data[0] == 134:
                hops = next(struct.unpack("i", value)[0] for _, kind, value in control if kind == socket.IPV6_HOPLIMIT)
                return {"lifetime": struct.unpack("!H", data[6:8])[0], "hops": hops, "from": source[0], "flags": data[5],
                        **options_of(data[16:])}
        return None


def options_of(data):
    found = {}
    while data:
        length = data[1] * 8
        assert 0 < length <= len(data), "an option that does not end"
        found.setdefault(data[0], []).append(data[2:length])
        data = data[length:]
    return found


def test_a_solicitation_is_answered_with_all_that_a_telephone_needs(city, guest):
    ear = Ear(guest.space)
    ear.solicit()
    heard = ear.next()
    assert heard and heard["lifetime"] == 1800 and heard["hops"] == 255 and heard["from"].startswith("fe80::")
    assert heard["flags"] == 0x40, "other configuration, not managed"
    prefix, = heard[3]
    assert prefix[0] == 64 and prefix[1] & 0xc0 == 0xc0 and prefix[14:] == socket.inet_pton(socket.AF_INET6, "2001:db8:200::")
    assert heard[25][0][6:] == socket.inet_pton(socket.AF_INET6, HERE6), "the resolver"
    assert heard[37][0].rstrip(b"\0").decode() == API and (len(heard[37][0]) + 2) % 8 == 0
    assert struct.unpack("!I", heard[5][0][2:])[0] == 1500
    mac = city.gateway.space.run("cat", "/sys/class/net/zone0/address").strip()
    assert heard[1][0].hex(":") == mac


def test_the_gateway_does_not_hear_itself(city, guest):
    ear = Ear(guest.space)
    ear.solicit()
    assert ear.next()
    text = city.gateway.space.run("ip", "-6", "-o", "address", "show", "zone0", "scope", "global")
    assert len(text.splitlines()) == 1 and HERE6 in text, f"an address of its own advertisement:\n{text}"


def test_solicitations_do_not_make_a_flood(city, guest):
    ear, count, end = Ear(guest.space), 0, time.monotonic() + 7
    while time.monotonic() < end:
        ear.solicit()
        count += ear.next(0.05) is not None
    assert 1 <= count <= 4, f"{count} in 7 s: RFC 4861 allows one in 3 s"


def test_an_independent_reader_understands_it(city, guest):
    text = guest.run("rdisc6", "-1", "-w", "5000", "eth0")
    assert "2001:db8:200::/64" in text and f"Recursive DNS server     : {HERE6}" in text, text
    assert re.search(r"Router lifetime\s*:\s*1800", text) and re.search(r"MTU\s*:\s*1500", text), text


def test_a_real_client_gets_address_and_route(city):
    guest = city.add_guest("taman-kota", dhcp=True)  # nothing static
    guest.space.ip("link set eth0 down")
    guest.space.sysctl("net.ipv6.conf.eth0.accept_ra", 2)
    guest.space.ip("link set eth0 up")
    wait_for("an address of the prefix", lambda: "2001:db8:200:" in guest.run("ip", "-6", "address", "show", "eth0"), 10)
    assert re.search(r"default via fe80::\S+ .*proto ra", guest.run("ip", "-6", "route")), guest.run("ip", "-6", "route")
    city.names({"auto.garden.test": {"AAAA": [HOSTS6[12]]}})
    assert ask(guest, "auto.garden.test", HERE6, kind=28)
    assert guest.ping(HERE6, wait=2)


def test_without_a_certificate_there_is_no_option_37_and_a_change_is_said_at_once(city, guest):
    ear, before = Ear(guest.space), city.settings
    portal = {key: value for key, value in before["portal"].items() if key not in ("certificate", "key")}
    try:
        city.write_conf({**before, "portal": portal})
        city.gateway.gerbang("apply", json_out=False)
        heard = wait_for("another advertisement", lambda: (ra := ear.next(6)) and 37 not in ra and ra, 8)
        assert heard["lifetime"] == 1800
    finally:
        city.write_conf(before)
        city.gateway.gerbang("apply", json_out=False)
    wait_for("option 37 again", lambda: (ra := ear.next(6)) and 37 in ra, 8)


def test_the_last_advertisement_has_lifetime_zero(city, guest):
    ear = Ear(guest.space)
    ear.solicit()
    assert ear.next()["lifetime"] == 1800
    assert city.gateway.end("watch") == 0
    heard = ear.next()
    assert heard["lifetime"] == 0 and heard[25][0][2:6] == bytes(4)
    city.gateway.start_one("watch")
    assert wait_for("an advertisement", lambda: ear.next(5), 6)["lifetime"] == 1800


# --- neighbours

def conflicts(city):
    return city.gateway.status()["conflicts"]


def test_a_conflict_is_seen_and_said(city, guest):
    thief = city.add_guest("taman-kota")
    wires = [(Wire(machine.space), machine.mac) for machine in (guest, thief)]
    assert guest.ping(HERE) and thief.ping(HERE), "the bridge forwards"

    def seen():
        for wire, mac in wires:
            wire.send(ALL, arp(1, mac, guest.address4, HERE))
        return [row for row in conflicts(city) if row["address"] == guest.address4]
    row = wait_for("the conflict in `gerbang status`", seen, 5)[0]
    assert (row["mac"], row["other_mac"], row["zone"]) == (guest.mac, thief.mac, "taman-kota"), row
    log = city.gateway.log("daemon")
    assert "a conflict: a device claims an address that another device uses" in log
    assert thief.mac not in log and guest.mac not in log, "the journal names devices"
    for _ in range(50):
        wires[1][0].send(ALL, arp(2, thief.mac, guest.address4, guest.address4))
    time.sleep(0.3)
    assert len(seen()) == 1, "the same is said once a minute"


def test_who_claims_to_be_the_gateway_or_a_router_is_said(city, guest):
    wire = Wire(guest.space)
    wire.send(ALL, arp(2, guest.mac, HERE, HERE))
    router = icmp("fe80::66", "ff02::1", 134, 0, bytes([64, 0, 7, 8]), bytes(8) + b"\1\1" + bytes.fromhex(guest.mac.replace(":", "")))
    wire.send(ALL6, ip("fe80::66", "ff02::1", 58, router, ttl=255))

    def whats():
        return {row["what"] for row in conflicts(city) if row["other_mac"] == guest.mac}
    wait_for("both", lambda: {"claims the gateway's address", "sends router advertisements"} <= whats(), 5)


def test_a_session_follows_the_lease_and_not_a_claim(city):
    guest = city.add_guest("taman-kota", dhcp=True)
    city.lease(guest)
    login(guest)
    wait_for("online", lambda: reaches(city, guest), 3)
    before, claimed = guest.address4, "10.200.3.77"
    guest.space.ip(f"address add {claimed}/20 dev eth0")
    Wire(guest.space).send(ALL, arp(2, guest.mac, claimed, claimed))
    time.sleep(0.5)
    assert not reaches(city, guest, claimed), "a claim is enough to have another address"
    guest.space.ip(f"address del {claimed}/20 dev eth0")
    guest.run("env", f"TOLD={city.path('told')}", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1",
              "-C", "-x", "0x3d:01aabbccddee", "-s", city.path("lease"))
    guest.address4 = guest.run("ip", "-4", "-o", "address", "show", "eth0").split()[3].split("/")[0]
    assert guest.address4 != before, "the server gave the same address"
    wait_for("the new address is in", lambda: reaches(city, guest), 3)
    assert [row["addresses"] for row in city.gateway.sessions() if row["mac"] == guest.mac] == [[guest.address4]]


# --- what it is itself

def test_who_reads_frames_has_no_capability(city):
    parent, reader = child(city)
    for key in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
        assert int(status_of(reader)[key], 16) == 0, key
    assert int(status_of(parent)["CapPrm"], 16) == 1 << 13, "the parent holds CAP_NET_RAW alone"
    for pid in (parent, reader):
        status = status_of(pid)
        assert status["NoNewPrivs"] == "1" and "0" not in status["Uid"].split()
    sockets = [os.readlink(f"/proc/{parent}/fd/{fd}") for fd in os.listdir(f"/proc/{parent}/fd")]
    assert not [name for name in sockets if name.startswith("socket:")], "the parent has a socket to read from"


def test_its_options(city):
    program = os.path.join(city.gateway.build, "watch", "gerbang-watch")

    def run(*words):
        return subprocess.run([program, *words], capture_output=True, text=True, timeout=10)
    assert run("--version").stdout.startswith("gerbang-watch ") and "--run RUN_DIR" in run("--help").stdout
    for words in (["--nonsense"], ["argument"], ["-r"]):
        done = run(*words)
        assert done.returncode == 2 and done.stderr, words


def captures(city):
    """Those of a zone's device; two more see all devices (test_latency.py, test_top.py)."""
    with city.gateway.space.enter(), open("/proc/thread-self/net/packet") as file:
        return sum(line.split()[4] != "0" for line in file.readlines()[1:])


def garden_works(city, guest, number):
    city.names({f"again{number}.garden.test": {"A": [HOSTS[13]]}})
    return opens(guest, f"http://again{number}.garden.test/", "-4", seconds=10)


def test_a_child_that_falls_is_replaced(city, guest):
    parent, reader = child(city)
    os.kill(reader, signal.SIGKILL)
    wait_for("another child", lambda: child(city)[1] != reader, 5)
    assert child(city)[0] == parent
    wait_for("its captures", lambda: captures(city) >= 2, 5)
    assert garden_works(city, guest, 1)


def test_killed_and_started_again(city, guest):
    _, reader = child(city)
    city.gateway.kill9("watch")
    wait_for("the child's end", lambda: not os.path.exists(f"/proc/{reader}"), 5)
    city.gateway.start_one("watch")
    wait_for("its captures", lambda: captures(city) >= 2, 5)
    assert garden_works(city, guest, 2)


def test_a_device_that_is_made_again_is_watched_again(city, guest):
    before = child(city)[1]
    city.gateway.space.ip("link del zone0")
    wait_for("no capture of what is gone", lambda: captures(city) == 0, 5)
    assert child(city)[1] == before, "for a device that goes nothing has to be opened"
    city._link(city.gateway.space, "zone0", city.town, "p-zone0")
    city.town.ip("link set p-zone0 master zone0")
    wait_for("its captures", lambda: captures(city) >= 2, 10)
    wait_for("the zone's address", lambda: HERE in city.gateway.space.run("ip", "address", "show", "zone0"), 10)
    wait_for("the resolver", lambda: ask(guest, "example.test"), 15)
    assert garden_works(city, guest, 3)


def resident(pid):
    return int(status_of(pid)["VmRSS"].split()[0])


def sanitized(city):
    """Whether memory is the sanitizer's more than the program's."""
    with open(os.path.join(city.gateway.build, "watch", "gerbang-watch"), "rb") as file:
        return b"__asan_init" in file.read()


def malformed(number):
    """Frames that pass the kernel's filter and are wrong inside."""
    rand = random.Random(number)
    good = [arp(1, "02:6e:00:00:00:01", "10.200.1.1", HERE),
            ip("fe80::5", "ff02::1", 58, icmp("fe80::5", "ff02::1", rand.randrange(133, 138), 0, bytes(4), rand.randbytes(40)), ttl=255),
            ip("10.200.1.1", "255.255.255.255", 17, udp("10.200.1.1", "255.255.255.255", 67, 68, rand.randbytes(300)))]
    kind, body = rand.choice(good)
    body = bytearray(body)
    for _ in range(rand.randrange(4)):
        body[rand.randrange(len(body))] = rand.randrange(256)
    return kind, bytes(body[:rand.randrange(1, len(body) + 1)])


def test_malformed_frames_cost_neither_life_nor_memory(city, guest):
    _, reader = child(city)
    wire, grown = Wire(guest.space), []
    for turn in range(4):
        for number in range(5000):
            mac = f"06:{turn:02x}:00:00:{number >> 8:02x}:{number & 255:02x}"
            with contextlib.suppress(BlockingIOError):
                wire.sock.send(frame(ALL, mac, malformed(turn * 5000 + number)))
                wire.sock.send(frame(ALL, mac, arp(1, mac, f"10.200.{number >> 8 & 15}.{number & 255}", HERE)))
        time.sleep(0.5)
        grown.append(resident(reader))
    assert child(city)[1] == reader, city.gateway.log("watch")
    if not sanitized(city):
        assert grown[-1] < 24 * 1024 and grown[-1] - grown[1] < 1024, f"resident kB after each flood: {grown}"
    assert garden_works(city, guest, 4)


# --- the uplink

def silence(city, number, kind):
    """The internet answers no echo of that kind any more."""
    city.internet.run("nft", "-f", "-", input=f"""table inet silence{number} {{
        chain in {{ type filter hook input priority 0; {kind} type echo-request drop; }}
    }}""")


def test_an_outage_is_seen_and_its_end():
    with open_city(settings=settings(uplink={"probes": ["1.1.1.1", "2001:db8:ffff::1"]})) as city:
        city.gateway.start(rehearse=EVENING)
        time.sleep(6)
        assert not city.gateway.status()["outage"]
        silence(city, 4, "icmp")
        time.sleep(22)
        assert not city.gateway.status()["outage"], "one silent probe is no outage"
        silence(city, 6, "icmpv6")
        since = wait_for("the outage", lambda: city.gateway.status()["outage"], 30, 0.5)["since"]
        assert since.startswith("2026-11-23T17:")
        assert "reaches no probe" in city.gateway.log("daemon")
        city.internet.run("nft", "delete", "table", "inet", "silence4")
        wait_for("its end", lambda: not city.gateway.status()["outage"], 12, 0.5)
        # The carrier alone.
        city.internet.ip("link set eth0 down")
        wait_for("no carrier", lambda: city.gateway.status()["outage"], 6, 0.2)


def test_without_probes_nothing_is_sent(city):
    wire = Wire(city.internet)
    assert not [data for data in wire.frames(6) if data[12:14] == b"\x08\x00" and data[23] == 1 and data[34] == 8]
