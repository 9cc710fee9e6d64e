# SPDX-License-Identifier: GPL-2.0-or-later
"""A network namespace and what one does in it: commands, sockets, counters, offloads.

Names are gerbang-lab-PID-N-NAME, so that what a dead process left behind can be recognised and swept. It never touches
a namespace of another live process, nor the namespace that the tests were started in.
"""
import atexit
import contextlib
import ctypes
import fcntl
import itertools
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import time

PREFIX = "gerbang-lab"
CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_serial = itertools.count()


class CommandFailed(AssertionError):
    pass


def run(*command, check=True, timeout=60, input=None):
    """Runs to the end; standard output. A failure shows what was said."""
    done = subprocess.run([str(word) for word in command], input=input, text=True, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    if check and done.returncode:
        raise CommandFailed(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


# An emulated machine (the Debian lane) does all of this some ten times slower: bounds for what has to happen are wider there.
PATIENCE = 5 if os.environ.get("GERBANG_LANE") == "debian" else 1


def wait_for(what, condition, seconds=10.0, every=0.02):
    """The first true value of `condition`; an AssertionError that names `what` otherwise."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds * PATIENCE} s in vain for: {what}")
        time.sleep(every)


class Space:
    def __init__(self, name, stem):
        self.short = name
        self.name = f"{stem}-{name}"
        self.processes = []
        run("ip", "netns", "add", self.name)
        # Addresses are usable at once: duplicate address detection would cost a second or two each.
        with self.enter():
            for scope in ("default", "all"):
                write(f"/proc/sys/net/ipv6/conf/{scope}/accept_dad", 0)
                write(f"/proc/sys/net/ipv6/conf/{scope}/router_solicitation_delay", 0)
        self.ip("link set lo up")

    @contextlib.contextmanager
    def enter(self):
        """This thread is in the namespace inside the block: sockets made here stay there."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            _setns(there.fileno())
            try:
                yield self
            finally:
                _setns(home.fileno())

    def command(self, *command):
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def run(self, *command, **options):
        return run(*self.command(*command), **options)

    def popen(self, *command, log=subprocess.DEVNULL, env=None, stdout=None, stdin=subprocess.DEVNULL):
        if isinstance(log, str):
            with open(log, "ab") as file:
                return self.popen(*command, log=file, env=env, stdout=stdout, stdin=stdin)
        process = subprocess.Popen(self.command(*command), stdin=stdin, stdout=stdout or log, stderr=log,
                                   start_new_session=True, env=env, text=True)
        self.processes.append(process)
        return process

    def ip(self, *lines):
        """Lines for `ip -batch`."""
        run("ip", "-n", self.name, "-batch", "-", input="\n".join(lines) + "\n")

    def sysctl(self, key, value=None):
        path = "/proc/sys/" + key.replace(".", "/")
        with self.enter():
            if value is not None:
                write(path, value)
            with open(path) as file:
                return file.read().strip()

    def counters(self, device="eth0"):
        """(received bytes, received packets, sent bytes, sent packets): see traffic.py for what a byte is."""
        with self.enter(), open("/proc/thread-self/net/dev") as file:
            for line in file:
                name, _, rest = line.partition(":")
                if name.strip() == device:
                    f = rest.split()
                    return int(f[0]), int(f[1]), int(f[8]), int(f[9])
        raise AssertionError(f"{self.name} has no device {device}")

    def offload(self, device, on):
        """GSO, TSO and GRO of a device, as `ethtool -K` does it."""
        ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, SIOCETHTOOL = 0x1F, 0x24, 0x2C, 0x8946
        switches = [ETHTOOL_STSO, ETHTOOL_SGSO] if on else [ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO]
        with self.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for switch in switches:
                value = ctypes.create_string_buffer(struct.pack("II", switch, int(on)))
                request = struct.pack("16sP", device.encode(), ctypes.addressof(value))
                fcntl.ioctl(sock, SIOCETHTOOL, request)

    def delay(self, device="eth0", msec=0, jitter_msec=0, loss_percent=0):
        """What leaves by this device is so much later from now on (netem: the Debian lane's); nothing at all: as before."""
        if msec or loss_percent:
            self.run("tc", "qdisc", "replace", "dev", device, "root", "netem", "limit", 20000, "delay", f"{msec}ms", f"{jitter_msec}ms",
                     *(("loss", f"{loss_percent}%") if loss_percent else ()))
        else:
            self.run("tc", "qdisc", "del", "dev", device, "root", check=False)

    def bottleneck(self, device, bps, queue_msec=200, burst_msec=2):
        """A line of this rate with a queue of so many milliseconds; None: none. It splits GSO. The burst makes up for timers that
        come later than they should: a longer one where a picture of the line itself is wanted."""
        if bps:
            self.run("tc", "qdisc", "replace", "dev", device, "root", "tbf", "rate", int(bps), "burst", max(int(bps * burst_msec / 8000), 4000),
                     "limit", max(int(bps * queue_msec / 8000), 10000))
        else:
            self.run("tc", "qdisc", "del", "dev", device, "root", check=False)

    def dropped(self, device="eth0"):
        """Packets that the queue of this device has dropped."""
        return sum(row["drops"] for row in json.loads(self.run("tc", "-s", "-j", "qdisc", "show", "dev", device)) if "root" in row)

    def listening(self, port, proto="tcp"):
        state = " 0A " if proto == "tcp" else " 07 "
        with self.enter():
            for family in (proto, proto + "6"):
                with open(f"/proc/thread-self/net/{family}") as file:
                    if any(f":{port:04X} " in line[:45] and state in line for line in file):
                        return True
        return False

    def http(self, url, *options, timeout=5):
        """(status, headers by lower-case name, body); status 0 when nothing answered."""
        text = self.run("curl", "-sS", "-i", "--max-time", timeout * PATIENCE, *options, url, check=False,
                        timeout=timeout * PATIENCE + 5)
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        lines = head.split("\n")
        if not lines[0].startswith("HTTP/"):
            return 0, {}, ""
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        return int(lines[0].split()[1]), headers, body

    def ping(self, address, count=1, wait=1):
        """How many of `count` were answered."""
        text = self.run("ping", "-n", "-q", "-c", count, "-i", "0.2", "-W", wait, address, check=False)
        return next((int(p.split()[0]) for line in text.splitlines() if "packets transmitted" in line
                     for p in line.split(",") if "received" in p), 0)

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            with contextlib.suppress(Exception):
                process.wait(5)
        self.processes.clear()
        destroy(self.name)


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def write(path, value):
    with open(path, "w") as file:
        file.write(f"{value}\n")


def destroy(name):
    """Ends everything in a namespace of the lab, then removes it."""
    assert name.startswith(PREFIX + "-")
    for pid in run("ip", "netns", "pids", name, check=False).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    run("ip", "netns", "del", name, check=False)
    shutil.rmtree(f"/etc/netns/{name}", ignore_errors=True)


def stem():
    return f"{PREFIX}-{os.getpid()}-{next(_serial)}"


def owner(name):
    """The process that made a namespace or directory of the lab, or 0 for another's."""
    rest = name.removeprefix(PREFIX + "-")
    first = rest.split("-")[0]
    return int(first) if rest != name and first.isdigit() else 0


def sweep(directory, kept=False):
    """Removes what processes that are dead left behind; cities that were kept on purpose only when told to. Their number."""
    spared = [] if kept else [name for name in os.listdir(directory) if os.path.exists(os.path.join(directory, name, KEPT_MARK))]

    def dead(name):
        mine = any(name == city or name.startswith(city + "-") for city in spared)
        return owner(name) and not mine and not os.path.exists(f"/proc/{owner(name)}")

    for name in filter(dead, os.listdir("/run/netns") if os.path.isdir("/run/netns") else []):
        destroy(name)
    cities = list(filter(dead, os.listdir(directory)))
    for name in cities:
        shutil.rmtree(os.path.join(directory, name), ignore_errors=True)
    return len(cities)


@atexit.register
def _last():
    mine = f"{PREFIX}-{os.getpid()}-"
    for name in os.listdir("/run/netns") if os.path.isdir("/run/netns") else []:
        if name.startswith(mine) and name not in KEPT:
            destroy(name)


KEPT = set()
KEPT_MARK = "kept"  # a file in a city's directory: it outlives its maker
