#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seed corpora of fuzz_answers (what the daemon of a small running gateway answers the command line) and fuzz_events (what the
kernel tells of, as multicast, while it runs and while others meddle). GERBANG_BUILD names the build. As root: it makes a city in network
namespaces, and takes it away again."""
import json
import os
import socket
import struct
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests", "city"), os.path.join(TOP, "tests", "netns")]

from asking import control, control_says  # noqa: E402
from city import City  # noqa: E402
from settings import small  # noqa: E402
from telephone import login  # noqa: E402

SHOWN = ["history", "plan", "status", "plan-old", "sessions", "changes", "schedule", "apply", "done", "created", "vouchers", "accounts",
         "patches", "files"]  # the order of fuzz_answers.c
ROUTE, NETFILTER = 0, 12
TYPES = [16, 17, 20, 21, 36, 37, 40, 41, 44, 45, 80] + [0xA00 | kind for kind in (0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 22, 24)]  # the order of fuzz_events.c
KEPT = 3  # of a type


def write(corpus, name, data):
    folder = os.path.join(TOP, "tests", "fuzz", "corpus", corpus)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def some(value):
    """A document with few rows a list: a city's week is long."""
    if isinstance(value, dict):
        return {key: some(one) for key, one in value.items()}
    return [some(one) for one in value[:KEPT]] if isinstance(value, list) else value


def answer(form, document, name=None):
    write("answers", name or form, bytes([SHOWN.index(form)]) + json.dumps(some(document), separators=(",", ":")).encode())


def listener(bus, groups):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, bus)
    sock.bind((0, 0))
    for group in groups:
        sock.setsockopt(270, 1, group)
    sock.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
    return sock


def told(sock):
    """[(type, whether another process asked, body)] of all that waits."""
    made = []
    sock.setblocking(False)
    while True:
        try:
            data = sock.recv(1 << 18)
        except BlockingIOError:
            return made
        while data:
            length, kind, _, _, port = struct.unpack_from("=IHHII", data)
            made.append((kind, port != 0, data[16:length]))
            data = data[length + 3 & ~3:]


def events(name, bus, rows):
    counts, data = {}, b""
    for kind, foreign, body in rows:
        counts[kind] = counts.get(kind, 0) + 1
        if kind in TYPES and counts[kind] <= KEPT and len(body) <= 2048:
            data += struct.pack("<HBB", len(body), TYPES.index(kind), foreign) + body
    write("events", name, bytes([bus == NETFILTER]) + data)


def meddle(gateway):
    for line in ("ip link add name probe0 type dummy", "ip link set probe0 up", "ip addr add 192.0.2.9/24 dev probe0", "ip link set probe0 name probe1",
                 "ip link del probe1", "ip addr add 192.0.2.77/32 dev lan0", "ip addr del 192.0.2.77/32 dev lan0",
                 "ip link add link lan0 name lan0.7 type vlan id 7", "ip link del lan0.7", "tc qdisc replace dev zone0 root fq_codel", "tc qdisc del dev zone0 root",
                 "tc class add dev wan0 parent 1:1 classid 1:fff0 htb rate 1mbit", "tc class del dev wan0 classid 1:fff0",
                 "ip link set wan0 down", "ip link set wan0 up", "sysctl -q -w net.ipv4.ip_forward=0"):
        gateway.space.run(*line.split(), check=False)


def meddle_tables(gateway):
    for line in ("add table inet other", "add chain inet other c { type filter hook input priority 5; }", "add rule inet other c tcp dport 7 drop",
                 "add set inet other s { type ipv4_addr; }", "add element inet other s { 192.0.2.1 }", "delete table inet other",
                 "add chain inet gerbang strange", "add rule inet gerbang strange counter accept", "flush chain inet gerbang strange",
                 "add set inet gerbang odd { type inet_service; }", "add element inet gerbang odd { 7 }", "delete set inet gerbang odd"):
        gateway.space.run("nft", line, check=False)


def main():
    settings = small()
    settings["offices"][0]["services"] = ["voip"]
    with City(settings=settings, guests={"taman-kota": 1}) as city:
        with city.gateway.space.enter():
            route, tables = listener(ROUTE, (1, 4, 5, 9, 24, 25)), listener(NETFILTER, (7,))
        city.gateway.start(rehearse="2026-11-23 17:00:00")
        login(city.guests["taman-kota"][0])
        events("apply-route", ROUTE, told(route))
        events("apply-tables", NETFILTER, told(tables))
        meddle(city.gateway)
        meddle_tables(city.gateway)
        events("meddle-route", ROUTE, told(route))
        events("meddle-tables", NETFILTER, told(tables))
        for form, command in (("status", "status"), ("sessions", "sessions"), ("plan", "plan"), ("schedule", "schedule"), ("vouchers", "voucher-list"),
                              ("accounts", "account-list")):
            answer(form, control(city, command))
        answer("created", control(city, "voucher-create", zone="taman-kota", count=2, valid_usec=3600 * 10**6))
        answer("vouchers", control(city, "voucher-list"))
        old = control(city, "history-files", number=0)
        settings["offices"] = settings["offices"][:2]
        settings["offices"][0]["outside"] = {"guaranteed": "5 Mbit", "ceiling": "60 Mbit"}
        city.write_conf(settings)
        _, text = control_says(city, "plan", ops=True)
        answer("plan", json.loads(text), "plan-differs")
        new = control(city, "history-files", number=0)
        done = control(city, "apply", confirm_usec=600 * 10**6)
        answer("apply", done)
        answer("status", control(city, "status"), "status-trial")
        answer("done", control(city, "confirm"))
        answer("history", control(city, "history"))
        answer("patches", {"from": old["files"], "to": new["files"]})
        for name, rows in (("put", new["files"]), ("put-below", [{"name": "theme/logo.png", "base64": "iVBORw0KGgo="}, {"name": "offices.conf", "text": "x"}]),
                           ("put-same", [{"name": "gerbang.conf", "text": "site"}]), ("put-link", [{"name": "offices.conf", "text": "y"}, {"name": "link.conf", "text": "y"}]),
                           ("put-away", [{"name": "away/secret", "text": "y"}]), ("put-up", [{"name": "theme/../../outside/secret", "text": "y"}]),
                           ("put-twice", [{"name": "gerbang.conf", "text": "1"}, {"name": "gerbang.conf", "text": "2"}]),
                           ("put-kept", [{"name": "gerbang.conf", "text": "1"}, {"name": "gerbang.conf.before-rollback", "text": "2"}])):
            answer("files", {"files": rows[:KEPT], "undo": name == "put-below"}, name)
        city.gateway.stop()


main()
