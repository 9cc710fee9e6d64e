#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seed corpus of fuzz_netlink: what the kernel answers of a small running gateway (GERBANG_BUILD names the build), some of each
dump. As root: it makes a city in network namespaces, and takes it away again."""
import os
import socket
import struct
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(TOP, "tests", "fuzz", "corpus", "netlink")
sys.path.insert(0, os.path.join(TOP, "tests", "city"))

from city import City  # noqa: E402
from settings import small  # noqa: E402
from telephone import login  # noqa: E402

ROUTE, NETFILTER = 0, 12
LINKS, TREES, TABLES = range(3)
KEPT = 6  # messages of a dump
# file: who reads, bus, request's type, its fixed part, the type's place in fuzz_netlink.c
DUMPS = {"links": (LINKS, ROUTE, 18, bytes(16), 0), "addresses": (LINKS, ROUTE, 22, bytes(8), 1), "qdiscs": (TREES, ROUTE, 38, bytes(20), 2)}


def attribute(kind, body):
    return struct.pack("=HH", 4 + len(body), kind) + body + bytes(-len(body) % 4)


def dump(bus, kind, body):
    """The messages' bodies."""
    made = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, bus) as sock:
        sock.send(struct.pack("=IHHII", 16 + len(body), kind, 0x301, 1, 0) + body)
        while True:
            data = sock.recv(1 << 18)
            while data:
                length, seen = struct.unpack_from("=IH", data)
                if seen in (2, 3):
                    return made
                made.append(data[16:length])
                data = data[length + 3 & ~3:]


def write(name, reader, rows):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(bytes([reader]) + b"".join(struct.pack("<HB", len(body), place) + body for place, body in rows))


def some(bodies, kept=KEPT):
    return bodies[:kept // 2] + bodies[-kept // 2:] if len(bodies) > kept else bodies


def main():
    os.makedirs(HERE, exist_ok=True)
    settings = small()
    settings["offices"][0]["services"] = ["voip"]
    with City(settings=settings, guests={"taman-kota": 1}) as city:
        city.gateway.start(rehearse="2026-11-23 17:00:00")
        login(city.guests["taman-kota"][0])
        with city.gateway.space.enter():
            made = {name: dump(bus, kind, body) for name, (_, bus, kind, body, _) in DUMPS.items()}
            uplink = struct.pack("=BxxxiIII", 0, socket.if_nametoindex("wan0"), 0, 0, 0)
            classes, filters = dump(ROUTE, 42, uplink), []
            for parent in (0xfffffff3, 0xfffffff2):
                filters += dump(ROUTE, 46, struct.pack("=BxxxiIII", 0, socket.if_nametoindex("lan0"), 0, parent, 0))
            family = struct.pack("=BBH", 1, 0, 0)  # NFPROTO_INET
            table = attribute(1, b"gerbang\0")
            sets = dump(NETFILTER, 0xa0a, family + table)
            chains, rules = dump(NETFILTER, 0xa04, family), dump(NETFILTER, 0xa07, family + table)
            elements = {name: dump(NETFILTER, 0xa0d, family + table + attribute(2, name.encode() + b"\0"))
                        for name in ("open_zones", "office_up4", "uplink_device")}
        city.gateway.stop()
    for name, (reader, _, _, _, place) in DUMPS.items():
        write(name, reader, [(place, body) for body in some(made[name])])
    write("both", LINKS, [(0, body) for body in some(made["links"], 4)] + [(1, body) for body in made["addresses"]])
    write("trees", TREES, [(2, body) for body in some(made["qdiscs"], 12)] + [(3, body) for body in some(classes, 8)])
    write("filters", TREES, [(4, body) for body in filters])
    write("tables", TABLES, [(0, body) for body in sets] + [(2, body) for body in chains] + [(3, body) for body in some(rules, 40)])
    for name, bodies in elements.items():
        write(f"elements-{name}", TABLES, [(1, body) for body in bodies])


main()
