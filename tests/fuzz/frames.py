#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seed corpus of fuzz_frames: one honest frame a file, behind the byte that names its way in."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "netns"))
from frames import arp, frame, icmp, ip, udp  # noqa: E402

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "frames")
GUEST, GATEWAY, ALL = "02:6e:00:00:00:01", "02:67:00:00:00:fe", "ff:ff:ff:ff:ff:ff"
IN, OUT, DNS = b"\0", b"\1", b"\2"


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def record(owner, kind, ttl, data):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def answer(question, kind, *records):
    return struct.pack("!6H", 7, 0x8180, 1, len(records), 0, 0) + name(question) + struct.pack("!HH", kind, 1) + b"".join(records)


def nd(kind, body, option):
    return ip("fe80::5", "ff02::1", 58, icmp("fe80::5", "ff02::1", kind, 0, body[:4], body[4:] + option), ttl=255)


def dhcp(kind):
    head = bytes([2, 1, 6, 0]) + bytes(12) + bytes([10, 200, 1, 5]) + bytes(8) + bytes.fromhex("026e00000001") + bytes(202)
    options = bytes([53, 1, kind, 51, 4, 0, 0, 14, 16, 12, 3]) + b"abc" + b"\xff"
    return ip("10.200.0.1", "255.255.255.255", 17, udp("10.200.0.1", "255.255.255.255", 67, 68, head + b"\x63\x82\x53\x63" + options))


def dns_frame(message):
    return frame(GUEST, GATEWAY, ip("10.200.0.1", "10.200.1.5", 17, udp("10.200.0.1", "10.200.1.5", 53, 4444, message)))


SLLA, TLLA = b"\1\1\x02\x6e\0\0\0\1", b"\2\1\x02\x6e\0\0\0\1"
TARGET = bytes.fromhex("20010db8020000000000000000000005")
PLAIN = answer("www.kotim.test", 1, record(b"\xc0\x0c", 1, 60, bytes([192, 0, 2, 80])))
CHAIN = answer("www.kotim.test", 28, record(b"\xc0\x0c", 5, 60, name("edge.cdn.test")), record(name("edge.cdn.test"), 5, 5, b"\1a\xc0\x10"),
               record(b"\1a\xc0\x10", 28, 60, TARGET))
SEEDS = {
    "arp": IN + frame(ALL, GUEST, arp(1, GUEST, "10.200.1.5", "10.200.0.1")),
    "arp-gratuitous": IN + frame(ALL, GUEST, arp(2, GUEST, "10.200.0.1", "10.200.0.1")),
    "rs": IN + frame(ALL, GUEST, nd(133, bytes(4), SLLA)),
    "ra": IN + frame(ALL, GUEST, nd(134, bytes(12), SLLA)),
    "ns": IN + frame(ALL, GUEST, nd(135, bytes(4) + TARGET, SLLA)),
    "na": IN + frame(ALL, GUEST, nd(136, bytes(4) + TARGET, TLLA)),
    "redirect": IN + frame(ALL, GUEST, nd(137, bytes(4) + TARGET + TARGET, TLLA)),
    "dhcp-stranger": IN + frame(ALL, GUEST, dhcp(2)),
    "dhcp-ack": OUT + frame(ALL, GATEWAY, dhcp(5)),
    "dns-plain": OUT + dns_frame(PLAIN),
    "dns-chain": OUT + dns_frame(CHAIN),
    "message-plain": DNS + PLAIN,
    "message-chain": DNS + CHAIN,
}

if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    for title, data in SEEDS.items():
        with open(os.path.join(HERE, title), "wb") as file:
            file.write(data)
