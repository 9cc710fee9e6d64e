# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames made by hand, sent and seen on a device: what no honest stack sends. Every one carries MARK and a tag."""
import itertools
import socket
import struct
import time

MARK = b"GERBANG-RED-"
SO_RCVBUFFORCE, PACKET_OUTGOING, ETH_P_ALL = 33, 4, 3
_tags = itertools.count()


def tag():
    return MARK + b"%06d" % next(_tags)


def _mac(text):
    return bytes.fromhex(text.replace(":", ""))


def _packed(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def _pseudo(source, to, protocol, length):
    layout = "!IHBB" if ":" in source else "!BBH"
    rest = (length, 0, 0, protocol) if ":" in source else (0, protocol, length)
    return _packed(source) + _packed(to) + struct.pack(layout, *rest)


def udp(source, to, sport, dport, data):
    head = struct.pack("!HHH", sport, dport, 8 + len(data))
    value = _sum(_pseudo(source, to, 17, 8 + len(data)) + head + b"\0\0" + data) or 0xffff
    return head + struct.pack("!H", value) + data


def tcp(source, to, sport, dport, flags, data):
    def head(value):
        return struct.pack("!HHIIBBHHH", sport, dport, 1000, 2000, 0x50, flags, 64000, value, 0)
    return head(_sum(_pseudo(source, to, 6, 20 + len(data)) + head(0) + data)) + data


def icmp(source, to, kind, code, rest, data):
    v6 = ":" in source
    head = struct.pack("!BB", kind, code)
    seed = _pseudo(source, to, 58, 8 + len(data)) if v6 else b""
    return head + struct.pack("!H", _sum(seed + head + b"\0\0" + rest + data)) + rest + data


def ip(source, to, protocol, body, ttl=64, ident=1, fragment=0, more=False, options=b"", tos=0):
    """(EtherType, packet) of either family; `fragment` in bytes, `options` IPv4 alone."""
    if ":" in source:
        return 0x86dd, struct.pack("!IHBB", 6 << 28 | tos << 20, len(body), protocol, ttl) + _packed(source) + _packed(to) + body

    def head(value):
        return struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, tos, 20 + len(options) + len(body), ident,
                           more << 13 | fragment // 8, ttl, protocol, value) + _packed(source) + _packed(to) + options
    return 0x0800, head(_sum(head(0))) + body


def arp(kind, mac, address, wanted):
    return 0x0806, (struct.pack("!HHBBH", 1, 0x0800, 6, 4, kind) + _mac(mac) + _packed(address) + bytes(6) + _packed(wanted))


def extension6(following, body=b"\1\4\0\0\0\0"):
    """A hop-by-hop or destination options header; the default is padding."""
    return bytes([following, 0]) + body


def routing6(following, kind, final):
    return bytes([following, 2, kind, 1, 0, 0, 0, 0]) + _packed(final)


def fragment6(following, offset, more, ident=7):
    return struct.pack("!BBHI", following, 0, offset | more, ident)


def frame(to, mac, packet):
    kind, body = packet
    return (_mac(to) + _mac(mac) + struct.pack("!H", kind) + body).ljust(60, b"\0")


class Wire:
    """A device's raw socket: closed with the process."""

    def __init__(self, space, device="eth0"):
        self.mac = space.run("cat", f"/sys/class/net/{device}/address").strip()
        with space.enter():
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            self.sock.bind((device, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self.sock.setblocking(False)

    def send(self, to, *packets, mac=None):
        for packet in packets:
            self.sock.send(frame(to, mac or self.mac, packet))

    def frames(self, seconds=0.0):
        """What has come in since the last call."""
        time.sleep(seconds)
        found = []
        while True:
            try:
                data, where = self.sock.recvfrom(65536)
            except BlockingIOError:
                return found
            if where[2] != PACKET_OUTGOING:
                found.append(data)

    def tags(self, seconds=0.0):
        """The tags in it, and in what the frames quote."""
        found = set()
        for data in self.frames(seconds):
            at = data.find(MARK)
            if at >= 0:
                found.add(data[at:at + len(MARK) + 6])
        return found
