# SPDX-License-Identifier: GPL-2.0-or-later
"""The adversary at the captive portal: a stranger with a laptop who wants another guest's session, or its end. What each test
forbids has been possible once."""
import contextlib
import random
import socket
import struct
import threading
import time

import pytest

from fixtures import open_city
from frames import Wire, frame, icmp, ip, udp
from settings import small
from space import wait_for
from telephone import login, reaches

EVENING = "2026-11-23 17:00:00"
HERE, HERE6 = "10.200.0.1", "2001:db8:200::1"
ALL, ALL6 = "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"
NOBODY, EVERYBODY = "0.0.0.0", "255.255.255.255"


@pytest.fixture(scope="module")
def city():
    with open_city(settings=small(), hosts=["dinkes"]) as city:
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
    assert addresses(city, victim) == [[victim.address4]]
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
