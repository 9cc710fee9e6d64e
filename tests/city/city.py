# SPDX-License-Identifier: GPL-2.0-or-later
"""A city in network namespaces: an internet, the gateway, offices with hosts, parks with guests.

    internet --- wan0 [gateway] lanN --- hosts          (a bridge between where a device has several hosts)
             (provider)         zoneN --- park bridge --- guests

Everything is made from a configuration (settings.py), so that the shipped example and a small one are built alike.
The gateway's own addresses are the system's and are set here, but for the zones', which Gerbang assigns.
"""
import ipaddress
import json
import os
import random
import signal
import shutil
import sys

import settings as settings_module
from cabling import Cabling, Provider
from gateway import Gateway
from space import KEPT, KEPT_MARK, Space, stem, sweep, wait_for, write
from tls import Authority

WORK = "/run/gerbang-lab"
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
INTERNET4, INTERNET6 = "192.0.2.1", "2001:db8:ffff::1"
GATEWAY4, GATEWAY6 = "192.0.2.2", "2001:db8:ffff::2"
RESOLVER, WEB, WEB6 = "192.0.2.53", "192.0.2.80", "2001:db8:ffff::80"
# More hosts of the internet, all the same web server: names may point to them (City.names).
HOSTS = [f"203.0.113.{n}" for n in range(1, 17)]
HOSTS6 = [f"2001:db8:fffe::{n:x}" for n in range(1, 17)]
TLS_NAMES = ("test", "example.test", "*.example.test", "garden.test", "*.garden.test")  # a "*.test" is refused by clients
NAMES = {"*.test": {"A": [WEB], "AAAA": [WEB6]}, "test": {"A": [WEB], "AAAA": [WEB6]}}


class Machine:
    """A host or guest: its namespace, addresses, and who it belongs to."""

    def __init__(self, space, belongs_to, mac=None, address4=None, address6=None):
        self.space, self.belongs_to, self.mac = space, belongs_to, mac
        self.address4, self.address6, self.more = address4, address6, []

    def __getattr__(self, name):
        return getattr(self.space, name)


class City:
    def __init__(self, settings=None, example=None, guests=None, hosts=None, gso=True, dhcp=False,
                 tls=False, theme=None, trunk=None, bridges=None, provider=False, on=None):
        """`guests`: {zone id: number} (static addresses unless `dhcp`); `hosts`: office ids that get a host, None: all.
        `trunk`: the name of a device of the gateway whose VLANs all offices' and zones' devices are, or {trunk: devices or
        {device: VLAN id}}; `bridges`: {bridge of the gateway: its ports} (cabling.py). `provider`: city.provider is a line between
        the uplink and the internet. `on`: {prefix: device} for offices of several devices (all are on the first one).
        `tls`: the portal gets a certificate, which `authority.certificate` vouches for; `theme`: a folder, or
        {file name: text or bytes}, that becomes portal.theme."""
        os.makedirs(WORK, mode=0o755, exist_ok=True)
        sweep(WORK)
        self.stem = stem()
        self.directory = os.path.join(WORK, self.stem)
        os.makedirs(os.path.join(self.directory, "etc"))
        self.spaces, self.hosts, self.guests, self.gso, self.kept = [], {}, {}, gso, False
        self.crew, self.on, self.provider = {}, on or {}, None
        self.authority = Authority(self.path("tls"))
        self._conf(settings, example, tls, theme)
        self.cabling = Cabling(self, self._trunks(trunk), bridges or {})
        try:
            self._build(guests or {}, hosts, dhcp, provider)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.kept:
            return
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN) if _main_thread() else None
        if hasattr(self, "gateway"):
            self.gateway.stop(check=False)
        for space in reversed(self.spaces):
            space.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        if previous is not None:
            signal.signal(signal.SIGINT, previous)

    def keep(self):
        """Leaves the city standing when this process ends."""
        self.kept = True
        write(self.path(KEPT_MARK), "")
        KEPT.update(space.name for space in self.spaces)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    # --- the configuration

    def _conf(self, settings, example, tls, theme):
        paths = {"state": self.path("state"), "run": self.path("run")}
        if example:
            self.conf, self.settings = settings_module.ship(example, self.path("etc"), paths)
            return
        self.settings = dict(settings or settings_module.small(), paths=paths)
        portal = self.settings["portal"] = dict(self.settings.get("portal", {}))
        if tls:
            portal["certificate"], portal["key"] = self.certify()
        if theme:
            portal["theme"] = self.theme(theme)
        self.conf = settings_module.write(self.settings, self.path("etc"))

    def certify(self, *hosts):
        """A (new) certificate for the portal: (certificate, key). Readable to whom the portal runs as, as documented."""
        return self.authority.issue("portal", *(hosts or [self.settings["portal"]["hostname"]]), user="gerbang-portal")

    def theme(self, files):
        """(Over)writes the theme's folder from {file name: text or bytes}, or a copy of a folder; its path."""
        folder = self.path("etc", "theme")
        if isinstance(files, str):
            shutil.copytree(files, folder, dirs_exist_ok=True)
            return folder
        os.makedirs(folder, exist_ok=True)
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
        return folder

    def names(self, rows, keep=True):
        """What the internet's name server says from now on (dns.py); with `keep`, beside what it said."""
        self._names = {**self._names, **rows} if keep else {**NAMES, **rows}
        write(self.path("names.new"), json.dumps(self._names))
        os.rename(self.path("names.new"), self.path("names"))

    def questions(self):
        """What the internet's name server has been asked, in order: ["A example.test", ...]."""
        path = self.path("names.log")
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return file.read().splitlines()

    def write_conf(self, settings):
        """Another configuration for the same city: what `gerbang apply` and a restart will read."""
        self.settings = dict(settings, paths=self.settings["paths"])
        return settings_module.write(self.settings, self.path("etc"))

    def office(self, ident):
        return next(office for office in self.settings["offices"] if office["id"] == ident)

    def zone(self, ident):
        return next(zone for zone in self.settings["zones"] if zone["id"] == ident)

    # --- building

    def space(self, name):
        space = Space(name, self.stem)
        self.spaces.append(space)
        return space

    def _trunks(self, trunk):
        if not isinstance(trunk, str):
            return trunk or {}
        rows = self.settings["offices"] + self.settings["zones"]
        return {trunk: list(dict.fromkeys(device for row in rows for device in row["devices"]))}

    def _build(self, guests, hosts, dhcp, provider):
        self.internet, gateway, self.town = self.space("internet"), self.space("gateway"), self.space("town")
        self.gateway = Gateway(self, gateway)
        wan = self.settings["uplink"]["device"]
        if provider:
            self.provider = Provider(self, wan)
        else:
            self._link(gateway, wan, self.internet, "eth0")
        self._internet()
        for office in self.settings["offices"]:
            for device in office["devices"]:
                self._bridge(device)
        gateway.ip(*(f"address add {network[1]}/{network.prefixlen} dev {device}"
                     for office in self.settings["offices"] for device, network in self._networks(office)))
        for office in self.settings["offices"]:
            if hosts is None or office["id"] in hosts:
                self.hosts[office["id"]] = self.add_host(office["id"])
        for zone in self.settings["zones"]:
            self._zone(zone)
            for index in range(guests.get(zone["id"], 0)):
                self.add_guest(zone["id"], index, dhcp=dhcp)
        if not self.gso:
            self.offload(False)

    def _link(self, left, left_device, right, right_device, mac=None):
        address = f"address {mac}" if mac else ""
        left.ip(f"link add {left_device} {address} type veth peer name {right_device} netns {right.name}")
        left.ip(f"link set {left_device} up")
        right.ip(f"link set {right_device} up")

    def _internet(self):
        wan, gateway, internet = self.settings["uplink"]["device"], self.gateway.space, self.internet
        internet.ip(f"address add {INTERNET4}/24 dev eth0", f"address add {INTERNET6}/64 dev eth0 nodad",
                    f"address add {RESOLVER}/24 dev eth0", f"address add {WEB}/24 dev eth0",
                    f"address add {WEB6}/64 dev eth0 nodad",
                    "address add 1.1.1.1/32 dev lo", "address add 9.9.9.9/32 dev lo",
                    *(f"address add {host}/32 dev lo" for host in HOSTS),
                    *(f"address add {host}/128 dev lo nodad" for host in HOSTS6),
                    f"route add 10.0.0.0/8 via {GATEWAY4}", f"route add 2000::/3 via {GATEWAY6}")
        gateway.ip(f"address add {GATEWAY4}/24 dev {wan}", f"address add {GATEWAY6}/64 dev {wan} nodad",
                   f"route add default via {INTERNET4}", f"route add default via {INTERNET6}")
        # What arrives from the gateway, by server port: a second opinion on uploads (traffic.py).
        internet.run("nft", "-f", "-", input="""table inet lab {
            set up { typeof th dport; flags dynamic; counter; size 65535; }
            chain in { type filter hook prerouting priority -300; iifname "eth0" meta l4proto { tcp, udp } update @up { th dport counter }; }
        }""")
        self._names = {}
        self.names({}, keep=False)
        internet.popen(sys.executable, "-B", os.path.join(HERE, "dns.py"), self.path("names"), RESOLVER, "1.1.1.1", "9.9.9.9",
                       log=self.path("internet-dns.log"))
        internet.popen(sys.executable, "-B", os.path.join(HERE, "web.py"), "80", "443", *self.authority.issue("internet", *TLS_NAMES),
                       log=self.path("internet-web.log"))
        wait_for("the internet's servers", lambda: all(map(internet.listening, (80, 443, 53))), 10)

    def _bridge(self, device):
        """The gateway's device, joined to a bridge of the same name in the town."""
        self.cabling.device(device)

    def _attach(self, device, name, mac=None, port=None):
        """A new namespace behind a device of the gateway."""
        space, end = self.space(name), f"p{len(self.spaces)}"
        self._link(space, "eth0", self.town, end, mac)
        self.town.ip(f"link set {end} master {self.cabling.end_of(device, port)}")
        if not self.gso:
            self.town.offload(end, False)
        return space

    def _networks(self, office):
        """(device, network) of an office's prefixes; "delegated" is none yet."""
        return [(self.on.get(prefix, office["devices"][0]), ipaddress.ip_network(prefix)) for prefix in office["prefixes"] if "/" in prefix]

    def add_host(self, ident, device=None, port=None, mac=None):
        """One more machine of an office: behind `device` (the first one; its prefixes there), with an address of the first prefix
        of each family. The first is city.hosts[id], all are city.crew[id]."""
        office, mine = self.office(ident), self.crew.setdefault(ident, [])
        device, number = device or office["devices"][0], len(mine)
        space = self._attach(device, f"h-{ident}" + (f"-{number}" if number else ""), mac, port)
        addresses = {}
        for where, network in self._networks(office):
            if where == device:
                addresses.setdefault(network.version, network)
        for network in addresses.values():
            space.ip(f"address add {network[10 + number]}/{network.prefixlen} dev eth0", f"route add default via {network[1]}")
        if not self.gso:
            space.offload("eth0", False)
        mine.append(Machine(space, ident, mac, *(str(addresses[v][10 + number]) if v in addresses else None for v in (4, 6))))
        return mine[-1]

    def delegate(self, prefix, device):
        """The gateway's device gets (the first address of) a prefix while everything runs, as a DHCPv6 client would do it."""
        network = ipaddress.ip_network(prefix)
        self.gateway.space.ip(f"address add {network[1]}/{network.prefixlen} dev {device} nodad")
        return network

    def add_address(self, machine, prefix, privacy=False):
        """One more address of a prefix; `privacy`: a temporary IPv6 address (RFC 8981's kind), in use for what is connected from then on."""
        network = ipaddress.ip_network(prefix)
        number = random.getrandbits(62) if privacy else 0x100 + sum(prefix in known for known in machine.more)
        address = str(network[number])
        nodad = " nodad" if network.version == 6 else ""
        machine.ip(f"address add {address}/{network.prefixlen} dev eth0{nodad}")
        if network.version == 6:
            machine.ip(f"route replace default via {network[1]} src {address} metric 50")
        machine.more.append((prefix, address))
        return address

    def _zone(self, zone):
        self._bridge(zone["devices"][0])

    def add_guest(self, zone_id, index=None, dhcp=False, mac=None):
        zone = self.zone(zone_id)
        mine = self.guests.setdefault(zone_id, [])
        index = len(mine) if index is None else index
        number = [z["id"] for z in self.settings["zones"]].index(zone_id)
        mac = mac or f"02:6e:{number:02x}:00:{index >> 8:02x}:{index & 255:02x}"
        space = self._attach(zone["devices"][0], f"g{number}-{index}", mac)
        here4 = ipaddress.ip_interface(zone["address"])
        os.makedirs(f"/etc/netns/{space.name}", exist_ok=True)
        write(f"/etc/netns/{space.name}/resolv.conf", f"nameserver {here4.ip}\noptions timeout:2 attempts:2")
        guest = Machine(space, zone_id, mac)
        if not dhcp:
            self._static(guest, zone, here4, index)
        if not self.gso:
            space.offload("eth0", False)
        mine.append(guest)
        return guest

    def _static(self, guest, zone, here4, index):
        guest.address4 = str(here4.network[256 + index] if here4.network.num_addresses > 512
                             else here4.network[100 + index])
        guest.space.ip(f"address add {guest.address4}/{here4.network.prefixlen} dev eth0",
                       f"route add default via {here4.ip}")
        if "address6" in zone:
            here6 = ipaddress.ip_interface(zone["address6"])
            guest.address6 = str(here6.network[0x1000 + index])
            guest.space.ip(f"address add {guest.address6}/{here6.network.prefixlen} dev eth0 nodad",
                           # of its own metric: a router advertisement may have made one already
                           f"route replace default via {here6.ip} metric 100")

    def lease(self, guest):
        """IPv4 by DHCP from the gateway's dnsmasq, as a telephone would. What it was told: {"router": ..., "opt114": ...}."""
        script, told = self.path("lease"), self.path(f"lease-{guest.short}")
        if not os.path.exists(script):
            write(script, '#!/bin/sh\n[ "$1" = bound ] || exit 0\nip -4 address flush dev "$interface"\n'
                          'ip address add "$ip/$mask" dev "$interface"\nip route replace default via "$router"\nenv >"$TOLD"')
            os.chmod(script, 0o755)
        guest.run("env", f"TOLD={told}", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1", "-O", "114", "-s", script)
        guest.address4 = guest.run("ip", "-4", "-o", "address", "show", "eth0").split()[3].split("/")[0]
        with open(told) as file:
            return dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)

    def change_mac(self, guest, mac=None, keep_addresses=False):
        """A guest whose telephone made up a new MAC: its old addresses go unless kept, and new static ones come; its old MAC."""
        old, mine = guest.mac, self.guests[guest.belongs_to]
        self._macs = getattr(self, "_macs", 0) + 1
        guest.mac = mac or f"02:6e:ff:00:{self._macs >> 8:02x}:{self._macs & 255:02x}"
        guest.space.ip("link set eth0 down", "address flush dev eth0", f"link set eth0 address {guest.mac}", "link set eth0 up")
        index = mine.index(guest) if keep_addresses else len(mine) + 100 + self._macs
        if guest.address4:
            zone = self.zone(guest.belongs_to)
            self._static(guest, zone, ipaddress.ip_interface(zone["address"]), index)
        return old

    def offload(self, on):
        """GSO of every device in the city, both ends."""
        self.gso = on
        for space in self.spaces:
            with space.enter(), open("/proc/thread-self/net/dev") as file:
                names = [line.split(":")[0].strip() for line in file if ":" in line]
            for name in names:
                if name != "lo" and name not in self.gateway.bridges and not name.startswith("gerbang"):
                    space.offload(name, on)


def _main_thread():
    import threading
    return threading.current_thread() is threading.main_thread()
