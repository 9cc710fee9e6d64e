# SPDX-License-Identifier: GPL-2.0-or-later
"""Hundreds of guests at once: one namespace behind a zone's bridge with a macvlan device a guest (its own MAC and IPv4 address; a
socket is bound to the device). As a program it is all their telephones in one event loop: a line of JSON in, one out.

    {"do": "arrive"}  each asks by ARP for the gateway, which so learns of it
    {"do": "warm"}    each asks for a page of the internet: [status]
    {"do": "login"}   each posts the form, all at once, and follows: [{"told": online or not, "seconds", "status"}]
    {"do": "reach"}   each opens a connection to the internet: [true or false]
`first` and `count` choose among them. A told is what the page says, a reach what the kernel does: they are compared elsewhere.
"""
import asyncio
import json
import socket
import subprocess
import sys
import time

WEB = "192.0.2.80"


class Crowd:
    def __init__(self, city, zone_id, count, gateway="10.200.0.1", hostname="wifi.kotimkab.test"):
        zone = city.zone(zone_id)
        self.count, self.space = count, city._attach(zone["devices"][0], "crowd")
        self.macs = [f"02:c0:00:00:{n >> 8:02x}:{n & 255:02x}" for n in range(count)]
        self.addresses = [f"10.200.{4 + n // 250}.{n % 250 + 2}" for n in range(count)]
        for key, value in (("all.arp_ignore", 1), ("all.arp_announce", 2), ("all.rp_filter", 0), ("default.rp_filter", 0)):
            self.space.sysctl(f"net.ipv4.conf.{key}", value)
        self.space.sysctl("net.ipv6.conf.default.disable_ipv6", 1)
        there = city.gateway.space.run("cat", f"/sys/class/net/{zone['devices'][0]}/address").strip()
        lines = []
        for n, (mac, address) in enumerate(zip(self.macs, self.addresses)):
            lines += [f"link add link eth0 name m{n} address {mac} type macvlan mode private", f"address add {address}/20 dev m{n}",
                      f"link set m{n} up", f"route add default via {gateway} dev m{n} metric {n + 1}",
                      # All namespaces share one neighbour table of 1,024, in which permanent ones do not count.
                      f"neigh replace {gateway} lladdr {there} dev m{n} nud permanent"]
        self.space.ip(*lines)
        self.process = self.space.popen(sys.executable, "-B", __file__, json.dumps([self.addresses, gateway, hostname, self.macs]),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, log=city.path("crowd.log"))
        self.ask("arrive")

    def ask(self, what, first=0, count=None):
        self.begin(what, first, count)
        return self.end()

    def begin(self, what, first=0, count=None):
        self.process.stdin.write(json.dumps({"do": what, "first": first, "count": count or self.count - first}) + "\n")
        self.process.stdin.flush()

    def end(self):
        line = self.process.stdout.readline()
        assert line, "the crowd has ended: see crowd.log"
        return json.loads(line)


class Guests:
    def __init__(self, addresses, gateway, hostname, macs):
        self.addresses, self.gateway, self.hostname, self.macs = addresses, gateway, hostname, macs

    async def arrive(self, n):
        mac, here, there = bytes.fromhex(self.macs[n].replace(":", "")), *map(socket.inet_aton, (self.addresses[n], self.gateway))
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind((f"m{n}", 0))
            sock.send(b"\xff" * 6 + mac + bytes.fromhex("0806" "0001" "0800" "0604" "0001") + mac + here + bytes(6) + there)

    async def connect(self, n, host, port, seconds):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, f"m{n}".encode())
        sock.bind((self.addresses[n], 0))
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(sock, (host, port)), seconds)
            return sock
        except BaseException:
            sock.close()
            raise

    async def http(self, n, host, head, body="", seconds=10):
        """(status, headers and body) or (0, why)."""
        try:
            sock = await self.connect(n, host, 80, seconds)
            with sock:
                loop, text = asyncio.get_running_loop(), b""
                request = f"{head}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
                await asyncio.wait_for(loop.sock_sendall(sock, request), seconds)
                while more := await asyncio.wait_for(loop.sock_recv(sock, 65536), seconds):
                    text += more
            return int(text.split(b" ", 2)[1]), text.decode("utf-8", "replace")
        except (OSError, asyncio.TimeoutError, IndexError, ValueError) as error:
            return 0, repr(error)

    async def warm(self, n):
        return (await self.http(n, WEB, f"GET /page HTTP/1.1\r\nHost: {WEB}"))[0]

    async def login(self, n):
        began = time.monotonic()
        status, _ = await self.http(n, self.gateway, f"POST /login HTTP/1.1\r\nHost: {self.hostname}\r\nOrigin: http://{self.hostname}\r\n"
                                    "Content-Type: application/x-www-form-urlencoded", "lang=en")
        text = ""
        if status in (200, 303):
            status, text = await self.http(n, self.gateway, f"GET /?lang=en HTTP/1.1\r\nHost: {self.hostname}")
        return {"told": status == 200 and 'action="/logout"' in text, "seconds": time.monotonic() - began, "status": status}

    async def reach(self, n):
        """Port 443: a captive guest's is reset at once, whoever is in finds a server."""
        for _ in range(3):
            try:
                (await self.connect(n, WEB, 443, 2)).close()
                return True
            except ConnectionError:
                return False
            except (OSError, asyncio.TimeoutError):
                pass
        return False

    async def all(self, what, first, count):
        return await asyncio.gather(*(getattr(self, what)(n) for n in range(first, first + count)))


def main(setting):
    guests = Guests(*json.loads(setting))
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(asyncio.run(guests.all(request["do"], request["first"], request["count"]))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
