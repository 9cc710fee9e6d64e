# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients as people run them, in a guest's namespace, against the whole gateway with a certificate: what they are told, what they
make of it, and that a login is what changes their mind.

Each runs in a mount namespace whose /etc, /run and /var/lib are thrown away, and is ended by its own process id. Chromium is in
tests/browser; dnsmasq's answers alone are in test_dnsmasq.py.
"""
import contextlib
import json
import os
import re
import shutil
import signal

import pytest

from city import INTERNET4
from fixtures import open_city
from space import run, wait_for, write
from telephone import login, page, press

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"
API = "https://wifi.kotimkab.test/api"
GATEWAY, GATEWAY6 = "10.200.0.1", "2001:db8:200::1"
CHECK = "http://connectivity.test/check_network_status.txt"


@pytest.fixture(scope="module")
def city():
    with open_city(tls=True, hosts=[]) as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    return city.add_guest("taman-kota", dhcp=True)


class Sealed:
    """A program in a guest's namespace over throw-away copies of /etc, /run and /var/lib; others may be run beside it."""

    def __init__(self, city, guest, *command, files=(), before=""):
        self.guest, self.log = guest, city.path(f"{os.path.basename(command[0])}.log")
        seal = city.path(f"seal-{guest.short}")
        os.makedirs(seal, exist_ok=True)
        script = [f"mount -t tmpfs tmpfs {seal}", f"mkdir {seal}/etc {seal}/work",
                  f"cp /etc/resolv.conf {seal}/resolv.conf", "umount /etc/resolv.conf",
                  f"mount -t overlay -o lowerdir=/etc,upperdir={seal}/etc,workdir={seal}/work overlay /etc",
                  f"rm -f /etc/resolv.conf; cp {seal}/resolv.conf /etc/resolv.conf",
                  "mount -t tmpfs tmpfs /var/lib", "mount -t tmpfs -o mode=755 tmpfs /run/systemd" if os.path.isdir("/run/systemd") else
                  "mkdir -p /run/systemd", "mount -o remount,ro /sys"]
        for name, text in dict(files).items():
            script.append(f"mkdir -p {os.path.dirname(name)}; cat >{name} <<'END'\n{text}\nEND")
        script += [before, "exec " + " ".join(command)]
        write(city.path("seal.sh"), "set -e\n" + "\n".join(script))
        self.process = guest.popen("sh", city.path("seal.sh"), log=self.log)

    def run(self, *command, check=True):
        """Beside the program: in its namespaces."""
        return run("nsenter", "-t", self.process.pid, "-m", "-n", "--", *command, check=check)

    def wait_for(self, what, condition, seconds=20):
        def alive_and_true():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.text()}"
            return condition()
        try:
            return wait_for(what, alive_and_true, seconds, 0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def text(self):
        with open(self.log, errors="replace") as file:
            return file.read()[-6000:]

    def stop(self):
        """The program and what it started: all that is in its mount namespace."""
        mine = os.readlink(f"/proc/{self.process.pid}/ns/mnt") if self.process.poll() is None else None
        for pid in filter(str.isdigit, os.listdir("/proc")) if mine else []:
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/ns/mnt") == mine:
                    os.kill(int(pid), signal.SIGTERM if int(pid) == self.process.pid else signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.process.wait(3)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)


@contextlib.contextmanager
def sealed(*words, **options):
    client = Sealed(*words, **options)
    try:
        yield client
    finally:
        client.stop()


def address_of(guest):
    found = re.search(r"inet (10\.200\.\d+\.\d+)/20", guest.run("ip", "-4", "-o", "address", "show", "eth0"))
    return found and found.group(1)


def online(guest, city):
    login(guest)
    assert guest.ping(INTERNET4)


# --- DHCP clients

def test_udhcpc_hears_of_the_api(city, guest):
    told = city.lease(guest)
    assert bytes.fromhex(told["opt114"]).decode() == API
    assert told["dns"] == told["router"] == GATEWAY
    online(guest, city)


def test_dhclient_with_debians_own_script_hears_of_the_api_and_comes_online(city, guest):
    """option captive-portal is not among what isc-dhcp 4.4 knows: declared as its manual says, and asked for."""
    conf = "option captive-portal code 114 = text;\nalso request captive-portal;\ntimeout 10;"
    with sealed(city, guest, "dhclient", "-4", "-d", "-cf", "/etc/dhcp/lab.conf", "-lf", "/var/lib/leases", "-pf", "/var/lib/pid",
                "eth0", files={"/etc/dhcp/lab.conf": conf}) as client:
        client.wait_for("an address", lambda: address_of(guest))
        client.wait_for("the lease", lambda: f'option captive-portal "{API}"' in client.run("cat", "/var/lib/leases"))
        assert f"via {GATEWAY}" in guest.run("ip", "route", "show", "default")
        client.wait_for("a resolver", lambda: GATEWAY in client.run("cat", "/etc/resolv.conf"))
        online(guest, city)


NETWORK = """[Match]
Name=eth0
[Network]
DHCP=ipv4
IPv6AcceptRA=yes
LinkLocalAddressing=ipv6
[DHCPv4]
RequestOptions=114
ClientIdentifier=mac
"""


@pytest.mark.skipif(not os.path.exists("/usr/lib/systemd/systemd-networkd"), reason="systemd-networkd is not installed")
def test_systemd_networkd_configures_both_families_from_dhcp_and_the_advertisement(city, guest):
    """Debian 12's 252 asks for option 114 but keeps nothing of it (its [DHCPv4] UseCaptivePortal= came with 254), nor of the
    advertisement's option 37: here it must come to addresses, routes and resolvers of both families."""
    with sealed(city, guest, "/usr/lib/systemd/systemd-networkd", files={"/etc/systemd/network/10-lab.network": NETWORK},
                before="mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp; "
                       "chown -R systemd-network: /run/systemd/netif") as client:
        client.wait_for("an address", lambda: address_of(guest))
        client.wait_for("an address by the advertisement",
                        lambda: re.search(r"inet6 2001:db8:200:0?:\S+/64 .*(mngtmpaddr|dynamic)", guest.run("ip", "-6", "-o", "address")))
        assert f"default via {GATEWAY}" in guest.run("ip", "-4", "route")
        assert "default via fe80:" in guest.run("ip", "-6", "route")
        state = client.wait_for("networkd to be done", lambda: configured(client))
        assert GATEWAY in state["DNS"] and GATEWAY6 in state["DNS"], state
        index = guest.run("cat", "/sys/class/net/eth0/ifindex").strip()
        lease = client.run("cat", f"/run/systemd/netif/leases/{index}")
        assert f"ROUTER={GATEWAY}" in lease and f"DNS={GATEWAY}" in lease
        status = client.run("networkctl", "status", "eth0", "--no-pager", check=False)
        assert not status or "routable" in status
        online(guest, city)


def configured(client):
    """networkd's own words on the link, once it says that it has configured it."""
    index = client.guest.run("cat", "/sys/class/net/eth0/ifindex").strip()
    text = client.run("cat", f"/run/systemd/netif/links/{index}", check=False)
    state = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return state if state.get("ADMIN_STATE") == "configured" and state.get("DNS", "").count(" ") else None


# --- NetworkManager

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
MANAGER = f"""[main]
plugins=keyfile
dhcp=internal
auth-polkit=false
no-auto-default=
[connectivity]
uri={CHECK}
response=NetworkManager is online
interval=2
[logging]
level=INFO
"""


def connectivity(client):
    return client.run("nmcli", "-t", "-f", "CONNECTIVITY", "general", check=False).strip()


@pytest.mark.skipif(not shutil.which("NetworkManager") or not shutil.which("dbus-daemon"), reason="NetworkManager or dbus-daemon is not installed")
def test_networkmanager_says_portal_then_full(city, guest):
    """Its own check of connectivity: the redirect is a portal, and the answer itself after the login is the internet."""
    with sealed(city, guest, "NetworkManager", "--no-daemon", "--config=/etc/NetworkManager/lab.conf",
                files={"/etc/dbus-lab.conf": BUS, "/etc/NetworkManager/lab.conf": MANAGER},
                before="rm -rf /etc/NetworkManager/conf.d /usr/lib/NetworkManager/conf.d/none; mkdir -p /var/lib/NetworkManager /run/dbus "
                       "/run/NetworkManager; mount -t tmpfs tmpfs /run/dbus; mount -t tmpfs tmpfs /run/NetworkManager; "
                       "dbus-daemon --config-file=/etc/dbus-lab.conf --nofork --nopidfile &\n"
                       "while [ ! -S /run/dbus/system_bus_socket ]; do sleep 0.05; done") as client:
        client.wait_for("an address", lambda: address_of(guest), 30)
        client.wait_for("NetworkManager to see the portal", lambda: connectivity(client) == "portal", 30)
        online(guest, city)
        client.wait_for("NetworkManager to see the internet", lambda: connectivity(client) == "full", 15)
        kicked = address_of(guest)
        city.gateway.gerbang("kick", kicked, json_out=False)
        client.wait_for("NetworkManager to see the portal again", lambda: connectivity(client) == "portal", 15)


# --- RFC 8908 by name, over HTTPS

def api(city, guest, *options):
    status, headers, body = guest.http(API, "--cacert", city.authority.certificate, *options)
    return status, headers, json.loads(body) if headers.get("content-type", "").startswith("application/captive+json") else body


def test_the_api_over_https_with_the_name_from_the_lease(city, guest):
    told = city.lease(guest)
    assert bytes.fromhex(told["opt114"]).decode() == API
    status, headers, before = api(city, guest, "-H", "Accept: application/captive+json")
    assert status == 200 and headers["content-type"] == "application/captive+json" and before["captive"] is True
    assert "private" in headers["cache-control"]
    assert before["user-portal-url"].startswith("https://wifi.kotimkab.test/")
    url, html = page(guest, "--cacert", city.authority.certificate, url=before["user-portal-url"])
    assert press(guest, "http://" + url.split("://")[1], html)[0] == 200
    after = api(city, guest, "-H", "Accept: application/captive+json")[2]
    assert after["captive"] is False and 7000 < after["seconds-remaining"] <= 7200


def test_a_new_certificate_is_served_without_a_restart(city, guest):
    city.lease(guest)
    pid = city.gateway.pid("portal")

    def serial():
        text = guest.run("curl", "-sv", "--cacert", city.authority.certificate, "-o", "/dev/null", API, check=False)
        shown = guest.run("sh", "-c", f"echo | openssl s_client -connect {GATEWAY}:443 -servername wifi.kotimkab.test 2>/dev/null "
                                      "| openssl x509 -noout -serial", check=False)
        return (text, shown.strip())[1]

    before = serial()
    assert before.startswith("serial=")
    city.certify()
    with contextlib.suppress(AssertionError):  # a portal that looks at its files by itself needs no word
        wait_for("the new certificate", lambda: serial() != before, 3, 0.3)
    if serial() == before:
        city.gateway.gerbang("apply", json_out=False)
        wait_for("the new certificate", lambda: serial() != before, 10, 0.3)
    assert city.gateway.pid("portal") == pid and city.gateway.running["portal"].poll() is None
    assert api(city, guest, "-H", "Accept: application/captive+json")[0] == 200
