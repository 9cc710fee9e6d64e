# SPDX-License-Identifier: GPL-2.0-or-later
"""The adversary at the captive portal: a stranger with a laptop who wants another guest's session, or its end. What each test
forbids has been possible once."""
import contextlib
import random
import socket
import struct
import sys
import threading
import time

import pytest

from fixtures import open_city
from frames import Wire, frame, icmp, ip, tcp, udp
from settings import small
from space import wait_for
from telephone import login, reaches

EVENING = "2026-11-23 17:00:00"
HERE, HERE6 = "10.200.0.1", "2001:db8:200::1"
ALL, ALL6 = "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"
NOBODY, EVERYBODY = "0.0.0.0", "255.255.255.255"

# A name server of an accomplice: 45 kB to each question over TCP, "ask by TCP" to each over UDP, and an address for "short.*".
LAVISH = "192.0.2.99"
LAVISH_SERVER = f"""
import socket, struct, threading
def question(data):
    at = 12
    while data[at]:
        at += 1 + data[at]
    return data[12:at + 5]
def much(data):
    row = b"\\xc0\\x0c" + struct.pack("!HHIH", 16, 1, 0, 60 * 256) + (b"\\xff" + bytes(255)) * 60
    return data[:2] + struct.pack("!5H", 0x8580, 1, 3, 0, 0) + question(data) + row * 3
def serve(sock):
    while len(head := sock.recv(2)) == 2:
        answer = much(sock.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL))
        sock.sendall(struct.pack("!H", len(answer)) + answer)
def datagrams(sock):
    while True:
        data, peer = sock.recvfrom(4096)
        if data[13:18] == b"short":
            sock.sendto(data[:2] + struct.pack("!5H", 0x8580, 1, 1, 0, 0) + question(data) + b"\\xc0\\x0c" +
                        struct.pack("!HHIH4B", 1, 1, 0, 4, 192, 0, 2, 80), peer)
        elif data[13:19] != b"silent":
            sock.sendto(data[:2] + struct.pack("!5H", 0x8780, 1, 0, 0, 0) + question(data), peer)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("{LAVISH}", 53))
threading.Thread(target=datagrams, args=(udp,), daemon=True).start()
tcp = socket.create_server(("{LAVISH}", 53))
while True:
    threading.Thread(target=serve, args=(tcp.accept()[0],), daemon=True).start()
"""


@pytest.fixture(scope="module")
def city():
    with open_city(settings=small(dns=[LAVISH]), hosts=["dinkes"]) as city:
        city.internet.ip(f"address add {LAVISH}/24 dev eth0")
        city.internet.popen(sys.executable, "-c", LAVISH_SERVER, log=city.path("lavish.log"))
        city.gateway.start(rehearse=EVENING)
        yield city


def leased_guest(city):
    """A guest with an address by DHCP, online."""
    guest = city.add_guest("taman-kota", dhcp=True)
    city.lease(guest)
    login(guest)
    wait_for("online", lambda: reaches(city, guest), 3)
    return guest


def addresses(city, guest):
    return [row["addresses"] for row in city.gateway.sessions() if row["mac"] == guest.mac]


# --- leases

def dhcp_request(chaddr, wanted, client):
    """DHCPREQUEST as after a reboot (RFC 2131, 4.3.2), of any device."""
    head = struct.pack("!BBBBIHH16x", 1, 1, 6, 0, 0x5eed, 0, 0x8000) + bytes.fromhex(chaddr.replace(":", "")) + bytes(202)
    return (head + b"\x63\x82\x53\x63\x35\x01\x03\x32\x04" + socket.inet_aton(wanted) + bytes([61, len(client)]) + client + b"\xff").ljust(300, b"\0")


def test_a_request_in_anothers_name_does_not_cut_its_session_off(city):
    victim, thief = leased_guest(city), city.add_guest("taman-kota")
    wire, wanted = Wire(thief.space), "10.200.12.34"
    for number in range(3):
        request = dhcp_request(victim.mac, wanted, b"\0evil%d" % number)
        wire.send(ALL, ip(NOBODY, EVERYBODY, 17, udp(NOBODY, EVERYBODY, 68, 67, request)), mac=thief.mac)
        time.sleep(0.3)
    with open(city.gateway.leases()) as file:
        assert wanted in file.read(), "the server did not believe it: nothing is shown here"
    assert [[address for address in row if ":" not in address] for row in addresses(city, victim)] == [[victim.address4]]
    assert reaches(city, victim), "who asked in the victim's name has cut it off"


def claims(thief, ends):
    """Thousands of addresses a second, each claimed by the thief for itself."""
    wire = Wire(thief.space)
    while not ends.is_set():
        for _ in range(40):
            source = "fe80::" + ":".join(f"{random.randrange(1, 65536):x}" for _ in range(3))
            body = icmp(source, "ff02::1", 136, 0, bytes(4), socket.inet_pton(socket.AF_INET6, source))
            with contextlib.suppress(BlockingIOError):
                wire.sock.send(frame(ALL6, thief.mac, ip(source, "ff02::1", 58, body, ttl=255)))
        time.sleep(0.01)


def test_a_flood_of_claims_does_not_hide_a_lease(city):
    victim, thief, ends = leased_guest(city), city.add_guest("taman-kota"), threading.Event()
    before, thread = victim.address4, threading.Thread(target=claims, args=(thief, ends))
    thread.start()
    try:
        time.sleep(2)  # what is kept in store is used up
        victim.run("env", f"TOLD={city.path('told')}", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1",
                   "-C", "-x", "0x3d:01aabbccddee", "-s", city.path("lease"))
        victim.address4 = victim.run("ip", "-4", "-o", "address", "show", "eth0").split()[3].split("/")[0]
        assert victim.address4 != before
        wait_for("the new address is in", lambda: reaches(city, victim), 5)
    finally:
        ends.set()
        thread.join()
    assert addresses(city, victim)[0][0] == victim.address4


def test_one_device_does_not_take_all_addresses(city):
    """All that it sends without an address is one connection to the kernel."""
    thief = city.add_guest("taman-kota")
    wire = Wire(thief.space)

    def taken():
        with open(city.gateway.leases()) as file:
            return file.read().count(" 06:77:")
    for number in range(400):
        request = dhcp_request(f"06:77:00:00:{number >> 8:02x}:{number & 255:02x}", f"10.200.{8 + number // 250}.{1 + number % 250}", b"\0%d" % number)
        wire.send(ALL, ip(NOBODY, EVERYBODY, 17, udp(NOBODY, EVERYBODY, 68, 67, request)), mac=thief.mac)
        time.sleep(0.005)
    time.sleep(0.3)
    assert 0 < taken() <= 20, f"{taken()} leases to one device in two seconds"
    city.lease(city.add_guest("taman-kota", dhcp=True))


# --- neighbours

@pytest.mark.parametrize("kind", ["solicitations", "refused"])
def test_one_device_does_not_fill_the_neighbour_table(city, kind):
    """By the budget that the kernel shows: the table is the whole machine's, and no test fills it."""
    thief = city.add_guest("taman-kota")
    wire, gate = Wire(thief.space), city.gateway.space.run("cat", "/sys/class/net/zone0/address").strip()
    for number in range(60):
        source = f"2001:db8:200::{'aaaa' if kind == 'refused' else 'bbbb'}:{number:x}"
        body = icmp(source, HERE6, 135, 0, bytes(4), socket.inet_pton(socket.AF_INET6, HERE6) + b"\1\1" + bytes.fromhex(thief.mac.replace(":", "")))
        packet = ip(source, HERE6, 58, body, ttl=255)
        if kind == "refused":
            packet = ip(source, "2001:db8:ffff::80", 6, tcp(source, "2001:db8:ffff::80", 4000 + number, 443, 2, b""))
        wire.send(gate, packet, mac=thief.mac)
    name = "refused_budget" if kind == "refused" else "neighbour_budget"
    wait_for("its account", lambda: thief.mac in city.gateway.space.run("nft", "list", "set", "inet", "gerbang", name), 2)


# --- names

def query(name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


def stream(guest, seconds):
    """Bytes that come by one connection to the resolver in that time."""
    end, total = time.monotonic() + seconds, 0
    with guest.enter(), socket.create_connection((HERE, 53), 3) as sock:
        asked = [query(f"n{random.randrange(1 << 30)}.evil.test", 16) for _ in range(80)]
        sock.sendall(b"".join(struct.pack("!H", len(data)) + data for data in asked))
        with contextlib.suppress(OSError):
            while (left := end - time.monotonic()) > 0:
                sock.settimeout(left)
                data = sock.recv(1 << 20)
                if not data:
                    break
                total += len(data)
    return total


def test_a_stream_of_names_is_no_way_out(city):
    """Few packets of a guest's acknowledge megabytes: what comes is bounded in bytes, before login."""
    guests = [city.add_guest("taman-kota") for _ in range(3)]
    total = sum(stream(guest, 3) for guest in guests)
    assert total > 10000, "nothing came: nothing is shown here"
    assert total < 500e3, f"{total} bytes in 9 s through names, by three who are not in"
    login(guests[0])
    assert stream(guests[0], 4) > 600e3, "whoever is in has his own class"


def test_names_that_nobody_answers_do_not_silence_the_resolver(city):
    """Six who are in ask for such names as fast as they may; the resolver waits for each."""
    thieves, newcomer, sockets = [city.add_guest("taman-kota") for _ in range(6)], city.add_guest("taman-kota"), []
    for thief in thieves:
        login(thief)
        with thief.enter():
            sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sockets[-1].connect((HERE, 53))
    end, asked = time.monotonic() + 7, 0
    while time.monotonic() < end:
        for sock in sockets:
            asked += 1
            with contextlib.suppress(OSError):
                sock.send(query(f"silent{asked}.evil.test", 1))
        time.sleep(0.02)

    def answered():
        with newcomer.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.5)
            with contextlib.suppress(OSError):
                sock.sendto(query("short.again.test", 1), (HERE, 53))
                return sock.recv(512)[3] & 15 == 0
    for sock in sockets:
        sock.close()
    wait_for("an answer that is no refusal", answered, 3)


def test_who_invents_macs_has_to_go_on(city):
    """All of the DNS budgets' room taken by MACs that nobody has: soon others are answered again."""
    thief, newcomer = city.add_guest("taman-kota"), city.add_guest("taman-kota")
    wire, gate = Wire(thief.space), city.gateway.space.run("cat", "/sys/class/net/zone0/address").strip()
    flood = bytearray(frame(gate, "06:00:00:00:00:00", ip("10.200.3.3", HERE, 17, udp("10.200.3.3", HERE, 5000, 53, b"x"))))
    for number in range(67000):
        flood[8:12] = struct.pack("!I", number)
        while True:
            with contextlib.suppress(BlockingIOError):
                wire.sock.send(flood)
                break
            time.sleep(0.001)

    def answered():
        with newcomer.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(1)
            with contextlib.suppress(OSError):
                sock.sendto(query("short.evil.test", 1), (HERE, 53))
                return sock.recv(512)
    wait_for("an answer", answered, 20)
