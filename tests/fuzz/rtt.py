#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the seed corpus of fuzz_rtt: an exchange a file, each head behind its length and the milliseconds (a square) before it."""
import os
import socket
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "rtt")
HOST, SERVER, HOST6, SERVER6 = "10.10.1.10", "192.0.2.1", "2001:db8:1::10", "2001:db8:ffff::1"
SYN, ACK, RST = 2, 16, 4


def stamps(value, echo):
    return b"\1\1\x08\x0a" + struct.pack("!II", value, echo)


def tcp(ports, seq, ack, flags, options=b""):
    return struct.pack("!HHIIBBHHH", *ports, seq, ack, (20 + len(options)) // 4 << 4, flags, 64000, 0, 0) + options


def ip(source, to, body, data=0):
    if ":" in source:
        ends = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, to)
        return struct.pack("!IHBB", 6 << 28, len(body) + data, 6, 64) + ends + body
    ends = socket.inet_aton(source) + socket.inet_aton(to)
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body) + data, 1, 0, 64, 6, 0) + ends + body


def exchange(host, server, stamped):
    out, back, mss = (40000, 443), (443, 40000), b"\2\4\5\xb4"
    ts = stamps if stamped else lambda value, echo: b""
    return [(0, ip(host, server, tcp(out, 100, 0, SYN, mss + ts(1, 0)))),
            (6, ip(server, host, tcp(back, 900, 101, SYN | ACK, mss + ts(50, 1)))),
            (2, ip(host, server, tcp(out, 101, 901, ACK, ts(40, 50)))),
            (1, ip(host, server, tcp(out, 101, 901, ACK, ts(41, 50)), data=300)),
            (6, ip(server, host, tcp(back, 901, 401, ACK, ts(90, 41)), data=1400)),
            (1, ip(server, host, tcp(back, 2301, 401, ACK, ts(91, 41)), data=1400)),
            (2, ip(host, server, tcp(out, 401, 3701, ACK, ts(95, 90)))),
            (6, ip(host, server, tcp(out, 401, 3701, RST | ACK)))]


def main():
    os.makedirs(HERE, exist_ok=True)
    for name, host, server in (("v4", HOST, SERVER), ("v6", HOST6, SERVER6)):
        for kind in ("stamped", "plain"):
            with open(os.path.join(HERE, f"{kind}-{name}"), "wb") as file:
                for gap, packet in exchange(host, server, kind == "stamped"):
                    file.write(bytes([len(packet), gap]) + packet)


if __name__ == "__main__":
    main()
