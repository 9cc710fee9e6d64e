# SPDX-License-Identifier: GPL-2.0-or-later
"""The internet's name server: answers from a JSON file that may change at any time (City.names). `dns.py FILE ADDRESS...`

{"www.example.test": {"A": [...], "AAAA": [...], "CNAME": "...", "TXT": [...], "ttl": 60}, "*.test": {...}}
A CNAME is followed in the same answer. A name without a row of its own has the longest "*." row that fits, else it does not
exist. Every question is added to FILE.log, one a line: "A www.example.test".
"""
import ipaddress
import json
import os
import socket
import struct
import sys
import threading

TYPES = {"A": 1, "CNAME": 5, "TXT": 16, "AAAA": 28}
NAMES = {number: name for name, number in TYPES.items()}


class Names:
    def __init__(self, path):
        self.path, self.read_at, self.rows = path, None, {}

    def row(self, name):
        found = os.stat(self.path)
        if (found.st_ino, found.st_mtime_ns) != self.read_at:
            with open(self.path) as file:
                self.rows, self.read_at = json.load(file), (found.st_ino, found.st_mtime_ns)
        if name in self.rows:
            return self.rows[name]
        labels = name.split(".")
        return next((self.rows[w] for n in range(1, len(labels) + 1) if (w := ".".join(["*", *labels[n:]])) in self.rows), None)


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def decode_name(data, at):
    labels = []
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode("ascii", "replace"))
        at += 1 + data[at]
    return ".".join(labels).lower(), at + 1


def encode(kind, value):
    if kind == "CNAME":
        return encode_name(value)
    if kind == "TXT":
        return bytes([len(value)]) + value.encode()
    return ipaddress.ip_address(value).packed


def records(names, name, kind):
    """[(owner, type, ttl, data)] and whether the name exists."""
    rows, row = [], names.row(name)
    exists = row is not None
    for _ in range(8):
        if row is None:
            break
        ttl = row.get("ttl", 60)
        if "CNAME" in row and kind != "CNAME":
            rows.append((name, "CNAME", ttl, row["CNAME"]))
            name, row = row["CNAME"], names.row(row["CNAME"])
            continue
        rows += [(name, kind, ttl, value) for value in (row.get(kind, []) if kind != "CNAME" else [row["CNAME"]] if "CNAME" in row else [])]
        break
    return rows, exists


def answer(names, question):
    ident, flags, count = struct.unpack("!HHH", question[:6])
    name, at = decode_name(question, 12)
    number, = struct.unpack("!H", question[at:at + 2])
    kind = NAMES.get(number, "?")
    with open(names.path + ".log", "a") as log:
        log.write(f"{kind} {name}\n")
    rows, exists = records(names, name, kind)
    head = struct.pack("!HHHHHH", ident, 0x8480 | (flags & 0x0100) | (0 if exists else 3), 1, len(rows), 0, 0)
    body = question[12:at + 4]
    for owner, type_, ttl, value in rows:
        data = encode(type_, value)
        body += encode_name(owner) + struct.pack("!HHIH", TYPES[type_], 1, ttl, len(data)) + data
    return head + body


def serve_udp(names, address):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 53))
    while True:
        question, peer = sock.recvfrom(4096)
        try:
            sock.sendto(answer(names, question), peer)
        except (IndexError, struct.error, OSError):
            pass


def serve_tcp(names, address):
    server = socket.create_server((address, 53), backlog=64)
    while True:
        sock, _ = server.accept()
        try:
            with sock:
                sock.settimeout(2)
                length, = struct.unpack("!H", sock.recv(2, socket.MSG_WAITALL))
                text = answer(names, sock.recv(length, socket.MSG_WAITALL))
                sock.sendall(struct.pack("!H", len(text)) + text)
        except (IndexError, struct.error, OSError):
            pass


def main(path, *addresses):
    threads = [threading.Thread(target=serve, args=(Names(path), address)) for address in addresses for serve in (serve_tcp, serve_udp)]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
