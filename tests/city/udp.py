# SPDX-License-Identifier: GPL-2.0-or-later
"""Paced UDP that counts what is lost, run as a program inside a namespace.

iperf3 makes up for time that its process was not given by a burst, which a shaper rightly drops; this sender forgets
such time, so that on a busy machine a loss is still the gateway's. One JSON line each 100 ms and a last one at the end:
{"time", "packets", "bytes", "lost", "last", "number", "delays"}; times are CLOCK_MONOTONIC, which all namespaces share, so
that the one-way delay of a packet is known: "delays" are those of this line's packets (at most 200) in microseconds.

    udp.py send ADDRESS PORT BPS [SIZE [DSCP]]      to a receiver
    udp.py receive PORT                             counts what comes
    udp.py serve ADDRESS PORT BPS [SIZE [DSCP]]     waits for one hello, then sends one-way to where it came from
    udp.py pull ADDRESS PORT                        says hello once, then only receives
BPS counts layer-2 bytes (UDP payload + 42 or 62).

The kernel notes when a packet came in (SO_TIMESTAMPNS), so that the delay is the network's, not that of a process which
waits for its turn; and the sender writes the time at the last moment.
"""
import json
import os
import select
import signal
import socket
import struct
import sys
import time

SIZE = 1000
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
FORGET = 0.005


def stop(*_):
    raise SystemExit(0)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listen(port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    sock.bind(("::", port))
    return sock


def send(sock, to, bps, size):
    header = 42 if "." in to[0] else 62
    interval = (size + header) * 8 / bps
    due, number, body = time.monotonic(), 0, bytes(size - 16)
    while True:
        now = time.monotonic()
        if now < due:
            time.sleep(due - now)
            continue
        due = max(due, now - FORGET) + interval
        try:
            sock.sendto(struct.pack("!QQ", number, time.time_ns()) + body, to)
            number += 1
        except OSError:
            pass  # an ICMP error of the gateway: it goes on, as a hostile sender would


def arrival(ancillary):
    """When the kernel got it, nanoseconds of the machine's clock."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return seconds * 10**9 + nanoseconds
    return time.time_ns()


def receive(sock):
    packets = total = 0
    first = last = None
    due = time.monotonic()
    arrived, delays = 0.0, []
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    while True:
        if select.select([sock], [], [], 0.05)[0]:
            try:
                data, ancillary, _, _ = sock.recvmsg(65535, 64)
            except OSError:
                continue
            number, sent = struct.unpack("!QQ", data[:16])
            if len(delays) < 200:
                delays.append((arrival(ancillary) - sent) // 1000)
            first = number if first is None else first
            last = number if last is None else max(last, number)
            packets, total, arrived = packets + 1, total + len(data), time.monotonic()
        if time.monotonic() >= due:
            lost = last - first + 1 - packets if packets else 0
            print(json.dumps({"time": time.monotonic(), "packets": packets, "bytes": total, "lost": lost,
                              "last": arrived, "number": last, "delays": delays}), flush=True)
            due, delays = time.monotonic() + 0.1, []


def mark(sock, dscp):
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, int(dscp) << 2)
    else:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, int(dscp) << 2)
    return sock


def main(mode, *words):
    signal.signal(signal.SIGTERM, stop)
    size = int(words[3]) if len(words) > 3 else SIZE
    dscp = int(words[4]) if len(words) > 4 else 0
    if mode == "send":
        sock = mark(socket.socket(family(words[0]), socket.SOCK_DGRAM), dscp)
        send(sock, (words[0], int(words[1])), float(words[2]), size)
    elif mode == "receive":
        receive(listen(int(words[0])))
    elif mode == "serve":
        sock = mark(socket.socket(family(words[0]), socket.SOCK_DGRAM), dscp)
        sock.bind((words[0], int(words[1])))  # the address that was asked is the one that answers
        _, peer = sock.recvfrom(64)
        send(sock, peer, float(words[2]), size)
    elif mode == "pull":
        sock = socket.socket(family(words[0]), socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        sock.sendto(b"hello", (words[0], int(words[1])))
        receive(sock)


if __name__ == "__main__":
    os.nice(-10)
    main(*sys.argv[1:])
