# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway of a city: the programs under test, and independent readings of what they did to the kernel.

Readings come from tc, nft and /proc in the gateway's namespace, never from the programs. GERBANG_BUILD names the build
directory (default: build/).
"""
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

from space import run, wait_for

PROGRAMS = {"shaper": ("shaper/gerbang-shaper", "gerbang-shaper"), "daemon": ("daemon/gerbangd", "gerbangd"),
            "portal": ("portal/gerbang-portal", "gerbang-portal"), "watch": ("watch/gerbang-watch", "gerbang-watch"),
            "courier": ("courier/gerbang-courier", "gerbang-courier")}
ORDER = ("shaper", "daemon", "watch", "portal")
ALL = ORDER + ("courier",)  # with what goes out: for tests that want it
DNSMASQ = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dnsmasq.py")
SANITIZERS = {"ASAN_OPTIONS": "exitcode=99:detect_leaks=1:detect_stack_use_after_return=1",
              "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99"}
COMPLAINTS = re.compile(r"ERROR: \w+Sanitizer|runtime error:|Assertion|ERROR SUMMARY: [1-9]|definitely lost: [1-9]")


def build_directory():
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return os.path.abspath(os.environ.get("GERBANG_BUILD") or os.path.join(top, "build"))


CLASS = re.compile(r"class htb (?P<id>\S+) .*?rate (?P<rate>\S+)(?: overhead \d+)? ceil (?P<ceil>\S+)(?: overhead \d+)? burst (?P<burst>\S+) cburst (?P<cburst>\S+)"
                   r"\s+Sent (?P<bytes>\d+) bytes (?P<packets>\d+) pkt \(dropped (?P<drops>\d+)", re.S)
UNITS = {"bit": 1, "Kbit": 10**3, "Mbit": 10**6, "Gbit": 10**9, "b": 1, "Kb": 1 << 10, "Mb": 1 << 20, "": 1}


def read_classes(text):
    """`tc -s class show` (its -j prints no classes in Debian 12)."""
    rows = {}
    for match in CLASS.finditer(text):
        rows[match["id"]] = {key: amount(value) for key, value in match.groupdict().items() if key != "id"}
    return rows


def amount(text):
    number, unit = re.fullmatch(r"([\d.]+)([A-Za-z]*)", text).groups()
    return round(float(number) * UNITS[unit])


class Refused(AssertionError):
    def __init__(self, command, status, text):
        super().__init__(f"gerbang {' '.join(command)}: exit status {status}\n{text}")
        self.status, self.text = status, text


class Gateway:
    def __init__(self, city, space):
        self.city, self.space = city, space
        self.build = build_directory()
        self.running, self.dnsmasq, self.rehearse, self.bridges = {}, None, None, set()
        self.wrapper = os.environ.get("GERBANG_WRAPPER", "").split()  # put before each program: valgrind, strace
        self.flush, self.extra, self.env, self.rehearse_began = False, {}, {}, None

    def has(self, device):
        if device in self.bridges:
            return True
        self.bridges.add(device)
        return False

    # --- the programs

    def start(self, rehearse=None, names=ORDER, wait=True):
        self.rehearse = rehearse or self.rehearse
        for name in names:
            self.start_one(name)
        if wait:
            self.wait_ready()
        return self

    def start_one(self, name, *more):
        path = os.path.join(self.build, PROGRAMS[name][0])
        options = ["-r", self.city.path("run")] if name in ("portal", "watch", "courier") else ["-c", self.city.conf]
        if name == "daemon" and self.rehearse:
            options += ["--rehearse", self.rehearsed()]
        if name == "shaper":
            options += ["-s", self.city.path("state-shaper")] + ["--flush"] * self.flush
        wrapper = [word.replace("NAME", name) for word in self.wrapper]
        env = {**os.environ, **SANITIZERS, **self.env}
        self.running[name] = self.space.popen(*wrapper, path, *options, *self.extra.get(name, ()), *more,
                                              log=self.log_path(name), env=env)
        return self.running[name]

    def log_path(self, name):
        return self.city.path(f"{name}.log")

    def log(self, name):
        with open(self.log_path(name), errors="replace") as file:
            return file.read()

    def logs(self):
        return "\n".join(f"--- {name}\n{self.log(name)}" for name in PROGRAMS if os.path.exists(self.log_path(name)))

    def is_ready(self):
        for name, process in self.running.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log(name)}"
        if self.space.sysctl("net.ipv4.ip_forward") != "1":
            return False
        if "portal" in self.running and not self.space.listening(self.portal_port()):
            return False
        if "watch" in self.running and self.city.settings["zones"] and not self.captures():
            return False
        try:
            status = self.status()
            return bool(status["shaper"] and status["uplink"].get("leaf"))
        except (Refused, ValueError, KeyError):
            return False

    def captures(self):
        """Packet sockets in the gateway's namespace: gerbang-watch's, one a zone."""
        with self.space.enter(), open("/proc/thread-self/net/packet") as file:
            return len(file.readlines()) - 1

    def portal_port(self):
        return self.city.settings.get("portal", {}).get("port", 8080)

    def wait_ready(self, seconds=30):
        try:
            wait_for("the gateway to be ready", self.is_ready, seconds, 0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None
        if not self.dnsmasq and self.city.settings["zones"]:
            self.start_dnsmasq()

    def pid(self, name):
        """The program's own process: what was started, or its child where a wrapper keeps itself in between."""
        return self.running[name].pid

    def kill_dnsmasq(self):
        """SIGKILL, as a crash: who started it (dnsmasq.py) starts it again, as its unit would."""
        for pid in run("ip", "netns", "pids", self.space.name).split():
            with open(f"/proc/{pid}/comm") as file:
                if file.read().strip() == "dnsmasq":
                    os.kill(int(pid), signal.SIGKILL)

    def kill9(self, name):
        process = self.running.pop(name)
        process.kill()
        process.wait(10)

    def end(self, name, seconds=20, check=True):
        """SIGTERM; exit status."""
        process = self.running.pop(name, None)
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
            status = -9
        if check:
            assert status == 0, f"{name} ended with {status} on SIGTERM:\n{self.log(name)}"
        return status

    def stop(self, check=True):
        for name in reversed(ALL):
            self.end(name, check=check)
        if self.dnsmasq:
            self.dnsmasq.terminate()
            self.dnsmasq.wait(5)
            self.dnsmasq = None
        if check:
            self.complaints()

    def complaints(self):
        for name in PROGRAMS:
            if os.path.exists(self.log_path(name)):
                found = COMPLAINTS.search(self.log(name))
                assert not found, f"{name} complained: {found.group()}\n{self.log(name)}"

    def start_dnsmasq(self):
        """Once; from then on it follows the daemon's file (dnsmasq.py)."""
        self.dnsmasq = self.space.popen(
            sys.executable, "-B", DNSMASQ, self.city.path("run", "daemon", "dnsmasq.conf"), self.leases(),
            os.path.join(self.build, "dnsmasq", "gerbang-dnsmasq.so"), log=self.city.path("dnsmasq.log"))
        try:
            wait_for("dnsmasq to listen", lambda: self.space.listening(53), 5)
        except AssertionError as error:
            with open(self.city.path("dnsmasq.log"), errors="replace") as file:
                raise AssertionError(f"{error}\n{file.read()}") from None

    def leases(self):
        return self.city.path("state-dnsmasq", "leases")

    # --- the command line

    def gerbang(self, *command, json_out=True, check=True):
        """The parsed JSON document, or the text; Refused with its status when it does not succeed."""
        words = [str(word) for word in command] + (["--json"] if json_out else [])
        done = subprocess.run([os.path.join(self.build, "ctl/gerbang"), "-c", self.city.conf, *words], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, env=dict(os.environ, **SANITIZERS))
        if done.returncode and check:
            raise Refused(words, done.returncode, done.stdout + done.stderr)
        if not json_out:
            return done.stdout
        return json.loads(done.stdout) if done.stdout.strip() else None

    def status(self):
        return self.gerbang("status")

    def sessions(self):
        return self.gerbang("sessions")

    def clock_to(self, when):
        self.gerbang("rehearse", "to", when, json_out=False)
        self.rehearse, self.rehearse_began = when, time.monotonic()

    def rehearsed(self):
        """What the clock of a daemon that starts now has to read: a restart does not turn the city's time back."""
        self.rehearse_began = self.rehearse_began or time.monotonic()
        passed = timedelta(seconds=round(time.monotonic() - self.rehearse_began))
        return str(datetime.fromisoformat(self.rehearse) + passed)

    def office(self, ident):
        return next(office for office in self.status()["offices"] if office["id"] == ident)

    def zone(self, ident):
        return next(zone for zone in self.status()["zones"] if zone["id"] == ident)

    # --- the kernel, read with the distribution's own tools

    def nft(self, *command, check=True):
        text = self.space.run("nft", "-j", *command, check=check)
        return json.loads(text)["nftables"] if text.strip() else []

    def ruleset(self):
        return self.space.run("nft", "list", "ruleset")

    def elements(self, family, table, name):
        """The elements of a set or map, as nft prints them in JSON; [] when it is empty."""
        for row in self.nft("list", "map" if not name.endswith("zones") else "set", family, table, name):
            body = row.get("map") or row.get("set")
            if body:
                return body.get("elem", [])
        return []

    def classes(self, device):
        """{class id: {"rate", "ceil" in bit/s, "burst", "cburst", "bytes", "packets", "drops"}}: HTB's, leaves and others."""
        return read_classes(self.space.run("tc", "-s", "class", "show", "dev", device))

    def qdiscs(self):
        return json.loads(self.space.run("tc", "-s", "-j", "qdisc", "show"))

    def neighbour(self, address, mac, device):
        self.space.ip(f"neigh replace {address} lladdr {mac} dev {device} nud reachable")

    def settle(self, seconds=0.3):
        time.sleep(seconds)
