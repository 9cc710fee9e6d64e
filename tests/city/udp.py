# SPDX-License-Identifier: GPL-2.0-or-later
"""Paced UDP that counts what is lost, run as a program inside a namespace.

iperf3 makes up for time that its process was not given by a burst, which a shaper rightly drops; this sender forgets
such time, so that on a busy machine a loss is still the gateway's. One JSON line each 100 ms and a last one at the end:
{"time", "packets", "bytes", "lost", "last"}; times are CLOCK_MONOTONIC, which all namespaces share.

    udp.py send ADDRESS PORT BPS [SIZE]         to a receiver
    udp.py receive PORT                         counts what comes
    udp.py serve ADDRESS PORT BPS [SIZE]        waits for one hello, then sends one-way to where it came from
    udp.py pull ADDRESS PORT                    says hello once, then only receives
BPS counts layer-2 bytes (UDP payload + 42 or 62).
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
    due, number, body = time.monotonic(), 0, bytes(size - 8)
    while True:
        now = time.monotonic()
        if now < due:
            time.sleep(due - now)
            continue
        due = max(due, now - FORGET) + interval
        try:
            sock.sendto(struct.pack("!Q", number) + body, to)
            number += 1
        except OSError:
            pass  # an ICMP error of the gateway: it goes on, as a hostile sender would


def receive(sock):
    packets = total = 0
    first = last = None
    due = time.monotonic()
    arrived = 0.0
    while True:
        if select.select([sock], [], [], 0.05)[0]:
            try:
                data = sock.recv(65535)
            except OSError:
                continue
            number = struct.unpack("!Q", data[:8])[0]
            first = number if first is None else first
            last = number if last is None else max(last, number)
            packets, total, arrived = packets + 1, total + len(data), time.monotonic()
        if time.monotonic() >= due:
            lost = last - first + 1 - packets if packets else 0
            print(json.dumps({"time": time.monotonic(), "packets": packets, "bytes": total, "lost": lost,
                              "last": arrived, "number": last}), flush=True)
            due = time.monotonic() + 0.1


def main(mode, *words):
    signal.signal(signal.SIGTERM, stop)
    if mode == "send":
        size = int(words[3]) if len(words) > 3 else SIZE
        send(socket.socket(family(words[0]), socket.SOCK_DGRAM), (words[0], int(words[1])), float(words[2]), size)
    elif mode == "receive":
        receive(listen(int(words[0])))
    elif mode == "serve":
        sock = socket.socket(family(words[0]), socket.SOCK_DGRAM)
        sock.bind((words[0], int(words[1])))  # the address that was asked is the one that answers
        _, peer = sock.recvfrom(64)
        send(sock, peer, float(words[2]), int(words[3]) if len(words) > 3 else SIZE)
    elif mode == "pull":
        sock = socket.socket(family(words[0]), socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        sock.sendto(b"hello", (words[0], int(words[1])))
        receive(sock)


if __name__ == "__main__":
    os.nice(-10)
    main(*sys.argv[1:])
