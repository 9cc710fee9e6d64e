# SPDX-License-Identifier: GPL-2.0-or-later
"""Single packets with a port, a DSCP and a length of one's own, and what became of them: the class that counted them (tc) and
the header that reached the provider (a raw socket there)."""
import contextlib
import itertools
import json
import select
import socket
import struct
import time

_ports = itertools.count(41000)


def device_of(gateway, handle):
    """The device whose root queue has this handle: "1:" uploads, "2:" downloads."""
    for row in json.loads(gateway.space.run("tc", "-j", "qdisc", "show")):
        if row.get("kind") == "htb" and row.get("handle") == handle and "root" in row:
            return row["dev"]
    raise AssertionError(f"no tree {handle}")


def leaves(gateway, up):
    """{minor: row} of the offices' leaf classes of one direction (gateway.classes() says what is in a row)."""
    rows = gateway.classes(device_of(gateway, "1:" if up else "2:"))
    minors = {int(ident.split(":")[1], 16): row for ident, row in rows.items()}
    return {minor: row for minor, row in minors.items() if minor in (2, 3) or (minor >= 0x1000 and (minor >= 0x3000 or minor % 2))}


def grown(before, after, least=1):
    """{minor: packets} of classes that counted at least so many more."""
    more = {minor: row["packets"] - before[minor]["packets"] for minor, row in after.items() if minor in before}
    return {minor: n for minor, n in more.items() if n >= least}


def udp(space, to, port, *, source=None, source_port=0, dscp=0, count=20, size=100, ecn=0):
    """Sends datagrams and returns their source port."""
    v6 = ":" in to
    with space.enter(), socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        if v6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2 | ecn)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2 | ecn)
            sock.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: long ones go in fragments
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((source or ("::" if v6 else "0.0.0.0"), source_port))
        for _ in range(count):
            with contextlib.suppress(ConnectionError):  # nobody listens there: an ICMP error says so
                sock.sendto(bytes(size), (to, port))
        return sock.getsockname()[1]


def free_port():
    """One that no service has."""
    return next(_ports)


class Capture:
    """What arrives at a machine's device while the block runs: IP headers, by a packet socket of the machine's own."""

    def __init__(self, space, device="eth0"):
        self.space, self.device = space, device

    def __enter__(self):
        with self.space.enter():
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
            self.sock.bind((self.device, 3))
        return self

    def __exit__(self, *_):
        self.sock.close()

    def packets(self, seconds=0.3):
        """Parsed: see parse(). Those that go out are left out."""
        found, end = [], time.monotonic() + seconds
        while select.select([self.sock], [], [], max(0, end - time.monotonic()))[0]:
            data, address = self.sock.recvfrom(65535)
            row = parse(data) if address[2] != socket.PACKET_OUTGOING else None
            if row:
                found.append(row)
        return found

    def of_port(self, port, seconds=0.3):
        return [row for row in self.packets(seconds) if row["dport"] == port]


def parse(data):
    """{"version", "tos", "protocol", "source", "sport", "dport", "sound"} of an IP packet, or None; sound: its header's checksum is right."""
    version = data[0] >> 4
    if version == 4:
        length = (data[0] & 15) * 4
        header, total = data[:length], 0
        for (word,) in struct.iter_unpack("!H", header):
            total += word
        total = (total & 0xFFFF) + (total >> 16)
        row = {"tos": data[1], "protocol": data[9], "source": socket.inet_ntop(socket.AF_INET, data[12:16]),
               "sound": (total & 0xFFFF) + (total >> 16) == 0xFFFF}
    elif version == 6:
        length = 40
        row = {"tos": (struct.unpack("!H", data[:2])[0] >> 4) & 255, "protocol": data[6],
               "source": socket.inet_ntop(socket.AF_INET6, data[8:24]), "sound": True}
    else:
        return None
    row["sport"], row["dport"] = struct.unpack("!HH", data[length:length + 4]) if len(data) >= length + 4 else (0, 0)
    return {"version": version, **row}
