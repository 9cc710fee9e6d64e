# SPDX-License-Identifier: GPL-2.0-or-later
"""Traffic and its measurement, with nothing of Gerbang's in the path.

A byte here is a byte of layer 2, as in the product: Ethernet header included, preamble, FCS and gap not.
- Received by a machine: /proc/net/dev of its only device. A veth counts skb->len with the Ethernet header when the
  other end sends. The leaf queues split GSO packets before, so that every segment is counted with its own headers.
  (Where a leaf does not split, fq_codel or a plain FIFO, the headers of all but one segment are missing: 66 in 1514.)
- Received by the internet from one office: its nft counter by server port, plus 14 bytes a packet, as nft counts
  skb->len from layer 3. The port tells offices apart behind NAT. Every flow has a port of its own.
A window is two such readings, each with its own instant, while the flows go on.
"""
import contextlib
import itertools
import json
import re
import signal
import sys
import time

from space import wait_for

_ports = itertools.count(5201)
UDP = __file__.replace("traffic.py", "udp.py")


class Flow:
    """An iperf3 pair that goes on until stopped. `machine` is the client; "down" flows towards it."""

    def __init__(self, city, machine, direction="down", streams=4, v6=False, udp_bps=None, server=None, address=None,
                 seconds=3600, mss=None, dscp=None, port=None):
        self.port, self.machine, self.direction = port or next(_ports), machine, direction
        self.where = server or city.internet
        address = address or ("2001:db8:ffff::1" if v6 else "192.0.2.1")
        self.server = self.where.popen("iperf3", "-s", "-1", "-p", self.port)
        wait_for("iperf3 to listen", lambda: self.where.listening(self.port), 10, 0.005)
        options = ["-P", streams, "-t", seconds, "-J", "-i", "0", "-O", "0"]
        options += {"down": ["-R"], "up": [], "both": ["--bidir"]}[direction]
        options += ["-u", "-b", int(udp_bps // streams), "-l", "1200"] if udp_bps else []
        options += ["-M", mss] if mss else []
        options += ["--dscp", dscp] if dscp else []
        self.client = machine.popen("iperf3", "-c", address, "-p", self.port, *options)

    def alive(self):
        return self.client.poll() is None

    def stop(self):
        for process in (self.client, self.server):
            if process.poll() is None:
                process.kill()
            process.wait(5)


@contextlib.contextmanager
def flows(*made):
    try:
        yield made
    finally:
        for flow in made:
            flow.stop()


class Paced:
    """Paced one-way UDP with its loss. direction "down": from the internet to the machine, which said hello once."""

    def __init__(self, city, machine, direction, bps, v6=False, size=1000, dscp=0, port=None, address=None):
        self.port = port or next(_ports)
        address = address or ("2001:db8:ffff::1" if v6 else "192.0.2.1")
        where = city.internet
        self.log = city.path(f"udp-{self.port}.log")
        if direction == "down":
            self.sender = where.popen(sys.executable, UDP, "serve", address, self.port, bps, size, dscp)
            wait_for("the UDP server", lambda: where.listening(self.port, "udp"), 10)
            self.receiver = self._receive(machine, "pull", address, self.port)
        else:
            self.receiver = self._receive(where, "receive", self.port)
            wait_for("the UDP server", lambda: where.listening(self.port, "udp"), 10)
            self.sender = machine.popen(sys.executable, UDP, "send", address, self.port, bps, size, dscp)

    def _receive(self, machine, *words):
        with open(self.log, "w") as file:
            return machine.popen(sys.executable, UDP, *words, stdout=file)

    def wait_flowing(self, seconds=5):
        wait_for("UDP to flow", lambda: self.read().get("packets", 0) > 10, seconds)
        return self

    def _lines(self):
        with open(self.log) as file:
            return [line for line in file if line.endswith("\n")]

    def read(self):
        """The newest line."""
        lines = self._lines()
        return json.loads(lines[-1]) if lines else {}

    def delays(self, since=0.0):
        """One-way delays in seconds of packets that were counted after `since` (time.monotonic())."""
        return [usec / 1e6 for line in map(json.loads, self._lines()) if line["time"] > since for usec in line["delays"]]

    def stop(self):
        for process in (self.sender, self.receiver):
            if process.poll() is None:
                process.terminate()
            process.wait(5)
        return self.read()


class Call(Paced):
    """One direction of a telephone call: G.711 as RTP, a packet of 160 + 12 bytes each 20 ms; 86 kbit/s of layer 2."""

    def __init__(self, city, machine, direction, dscp=46, **options):
        super().__init__(city, machine, direction, (172 + 42) * 8 / 0.02, size=172, dscp=dscp, **options)


def jitter(delays):
    """The greatest interarrival jitter of RFC 3550, in the unit of the delays."""
    now = worst = 0.0
    for before, after in zip(delays, delays[1:]):
        now += (abs(after - before) - now) / 16
        worst = max(worst, now)
    return worst


def percentile(values, percent):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * percent / 100))] if values else float("nan")


class Pings:
    """ping(8) that goes on until stopped: round trips in seconds. As the default, 20 a second."""

    def __init__(self, city, machine, address="192.0.2.1", interval=0.05, size=56):
        self.log = city.path(f"ping-{next(_ports)}.log")
        with open(self.log, "w") as file:
            self.process = machine.popen("ping", "-n", "-D", "-i", interval, "-s", size, address, stdout=file)

    def stop(self):
        """([round trip], lost)"""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(5)
        with open(self.log) as file:
            text = file.read()
        sent, got = map(int, re.search(r"(\d+) packets transmitted, (\d+) received", text).groups())
        # The last one may still have been on its way.
        return [float(found) / 1000 for found in re.findall(r"time=([\d.]+) ms", text)], max(0, sent - got - 1)

    @classmethod
    def over(cls, city, machine, seconds, **options):
        pings = cls(city, machine, **options)
        time.sleep(seconds)
        return pings.stop()


class Meter:
    """Layer-2 bytes that machines received and that flows uploaded, between two readings."""

    def __init__(self, city, machines=(), uploads=()):
        """`machines`: {name: Machine}; `uploads`: {name: [Flow, ...]}."""
        self.city, self.machines, self.uploads = city, dict(machines), dict(uploads)
        self.restart()

    def _read(self):
        down = {name: (time.monotonic(), machine.counters()[0]) for name, machine in self.machines.items()}
        up = {}
        if self.uploads:
            before = time.monotonic()
            ports = self._ports()
            now = (before + time.monotonic()) / 2  # nft takes a moment, in emulation a good one
            up = {name: (now, sum(ports.get(flow.port, 0) for flow in flows)) for name, flows in self.uploads.items()}
        return down, up

    def _ports(self):
        rows = json.loads(self.city.internet.run("nft", "-j", "list", "set", "inet", "lab", "up"))["nftables"]
        elements = next(row["set"].get("elem", []) for row in rows if "set" in row)
        return {element["elem"]["val"]: element["elem"]["counter"]["bytes"] + 14 * element["elem"]["counter"]["packets"]
                for element in elements}

    def restart(self):
        self.begin = self._read()

    def rates(self):
        """({name: bit/s down}, {name: bit/s up}) since the last (re)start."""
        end = self._read()
        return tuple({name: (after[name][1] - before[name][1]) * 8 / (after[name][0] - before[name][0]) for name in before}
                     for before, after in zip(self.begin, end))

    def over(self, seconds):
        self.restart()
        time.sleep(seconds)
        return self.rates()
