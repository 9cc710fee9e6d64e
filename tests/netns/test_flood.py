# SPDX-License-Identifier: GPL-2.0-or-later
"""One guest floods: the connection table and the resolver are shared with offices and neighbours, who must not notice.

What the guest holds is read from the connection table itself (conntrack), never from the programs.
"""
import contextlib
import os
import re
import socket
import statistics
import subprocess
import time

import pytest

from city import INTERNET4, INTERNET6, TOP, WEB
from fixtures import open_city
from frames import Wire, icmp, ip, tcp, udp
from space import wait_for
from telephone import connects, login

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"
HERE = {4: "10.200.0.1", 6: "2001:db8:200::1"}
THERE = {4: INTERNET4, 6: INTERNET6}
FLOWS = 100_000
CAPTIVE, GUEST = 64, 512  # connections of one guest, before and after login (shaper/nft_services.c)
SHARED_CAPTIVE, SHARED_GUEST = 32 * 512, 32 * 2048  # of all MACs of a zone
FAMILIES = pytest.mark.parametrize("family", [4, 6], ids=["ipv4", "ipv6"])
SYN = 0x02


@pytest.fixture(scope="module")
def city():
    with open_city() as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    guest = city.add_guest("taman-kota")
    # the neighbour table is the machine's: after a flood of stations the kernel needs a while to forget them
    wait_for("the guest's link", lambda: guest.ping(HERE[4]) and guest.ping(HERE[6]), 60)
    city.gateway.space.run("conntrack", "-F", check=False)
    guest.run("nft", "-f", "-", input="""table inet quiet {
        chain out { type filter hook output priority 0; tcp flags & rst == rst drop; }
    }""")  # answers to forged SYNs meet silence: what was opened stays half open
    return guest


@contextlib.contextmanager
def offices_at_work(city, least=8):
    """Offices open new connections, one after the other, while the block runs: none may fail, none may wait."""
    script = ("n=0; while [ ! -e $0 ]; do curl -s -o /dev/null -w '%{http_code} %{time_total}\\n' --max-time 5 "
              f"http://{WEB}/ || echo failed; done")
    stop, hosts = city.path("offices-go-home"), [city.hosts[name] for name in ("dinkes", "rsud")]
    with contextlib.suppress(FileNotFoundError):
        os.unlink(stop)
    working = [host.popen("bash", "-c", script, stop, stdout=subprocess.PIPE) for host in hosts]
    answers = []
    try:
        yield answers
    finally:
        open(stop, "w").close()
        for process in working:
            answers += process.communicate(timeout=15)[0].splitlines()
    failed = [line for line in answers if not line.startswith("200 ")]
    assert len(answers) >= least and not failed, f"{len(failed)} of {len(answers)} failed: {failed[:5]}"
    waited = sorted(float(line.split()[1]) for line in answers)
    assert statistics.median(waited) < 0.5 and waited[-1] < 3.5, f"median {statistics.median(waited)} s, longest {waited[-1]} s"


def entries(city, address=None):
    """How many entries the gateway's connection table has: all, or those that this address began."""
    space = city.gateway.space
    if address is None:
        return int(space.run("conntrack", "-C"))
    family = "ipv6" if ":" in address else "ipv4"
    return space.run("conntrack", "-L", "-f", family, "-s", address, check=False).count(f"src={address} ")


def flood(city, guest, kind, family, number=FLOWS, macs=None):
    """`number` packets, each of a flow of its own. The most entries that its address had meanwhile, looked at every now and then."""
    source, wire, most = (guest.address4, guest.address6)[family == 6], Wire(guest.space), 0
    gateway = city.gateway.space.run("cat", "/sys/class/net/zone0/address").strip()
    for n in range(number):
        sport, dport = 1024 + n % 60000, 10000 + n // 60000
        if kind == "udp":
            packet = ip(source, THERE[family], 17, udp(source, THERE[family], sport, dport, b""))
        elif kind == "syn":  # what the portal answers, or the internet's web server
            packet = ip(source, WEB, 6, tcp(source, WEB, sport, 80, SYN, b""))
        elif kind == "ping":
            packet = ip(source, HERE[family], {4: 1, 6: 58}[family],
                        icmp(source, HERE[family], {4: 8, 6: 128}[family], 0, (n & 0xffff).to_bytes(4, "little"), b""))
        else:  # DNS at the gateway
            packet = ip(source, HERE[family], 17, udp(source, HERE[family], sport, 53, query(n)))
        for _ in range(100):
            try:
                wire.send(gateway, packet, mac=macs and macs[n % len(macs)])
                break
            except BlockingIOError:
                time.sleep(0.001)
        if n % 10000 == 9999:
            most = max(most, entries(city, source))
    return max(most, entries(city, source))


def query(number):
    name = b"q%d" % number
    return (number & 0xffff).to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0" + bytes([len(name)]) + name + b"\4test\0\0\1\0\1"


@FAMILIES
def test_100_000_flows_of_a_guest_who_is_in(city, guest, family):
    login(guest)
    with offices_at_work(city):
        most = flood(city, guest, "udp", family)
    assert GUEST / 2 < most <= GUEST + CAPTIVE, f"{most} entries of one guest"  # those from before login count apart
    assert entries(city) < 2 * GUEST + 1000


@pytest.mark.parametrize("kind", ["udp", "syn", "ping", "dns"])
@FAMILIES
def test_floods_of_a_captive_guest(city, guest, kind, family):
    """Outwards it has no entry at all; at the gateway (portal, ping, resolver) a few; the offices do not notice."""
    if (kind, family) == ("syn", 6):
        pytest.skip("the portal's IPv4 and IPv6 connections are admitted by the same rule")
    with offices_at_work(city):
        most = flood(city, guest, kind, family, FLOWS if kind == "udp" else FLOWS // 4)
    least, bound = {"udp": (0, 0), "syn": (CAPTIVE / 2, CAPTIVE), "ping": (CAPTIVE / 2, CAPTIVE), "dns": (0, 0)}[kind]
    assert least <= most <= bound, f"{most} entries of one captive guest"


def test_syns_of_a_guest_who_is_in(city, guest):
    login(guest)
    with offices_at_work(city):
        most = flood(city, guest, "syn", 4, FLOWS // 4)
    assert GUEST / 2 < most <= GUEST + CAPTIVE


def test_a_guest_with_many_macs_ends_at_the_zones_share(city, guest):
    """Each MAC has a share of its own, all together have one, too; the offices still have the rest."""
    macs = [f"02:ff:00:00:{n >> 8:02x}:{n & 255:02x}" for n in range(2000)]
    with offices_at_work(city):
        most = flood(city, guest, "ping", 4, FLOWS, macs)
    assert 1000 < most <= SHARED_CAPTIVE, f"{most} entries of many MACs of a zone"


def test_after_a_flood_the_guest_and_others_are_served(city, guest):
    """The flood's account is forgotten with its entries: it is no punishment."""
    other = city.add_guest("taman-kota")
    flood(city, guest, "syn", 4, 5000)
    assert other.http(f"http://{WEB}/")[0] == 302, "another guest pays for the flood"
    city.gateway.space.run("conntrack", "-D", "-s", guest.address4, check=False)  # as their timeouts do, later
    time.sleep(2)
    assert guest.http(f"http://{WEB}/")[0] == 302


def test_a_one_way_stream_is_one_connection(city, guest):
    """Packets that nobody answers are "new" to the connection table again and again; they are counted once."""
    login(guest)
    with guest.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(2 * GUEST):
            sock.sendto(b"x" * 100, (INTERNET4, 9999))
            time.sleep(0.001)
    wait_for("every datagram", lambda: arrivals(city, 9999) == 2 * GUEST, 3)
    assert connects(guest, INTERNET4, 80) == "open"


def arrivals(city, port):
    text = city.internet.run("nft", "list", "set", "inet", "lab", "up")
    found = re.search(rf"\b{port} counter packets (\d+)", text)
    return int(found[1]) if found else 0


# --- the resolver


def ask(guest, per_second, seconds, server=HERE[4]):
    """(asked, answered) of queries at a steady pace, each from a port of its own, as resolvers in telephones do."""
    socks, answered, number = [], 0, int(per_second * seconds)
    began = time.monotonic()
    for n in range(number):
        with guest.enter():
            sock = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.sendto(query(n), (server, 53))
        socks.append(sock)
        time.sleep(max(0, began + n / per_second - time.monotonic()))
    time.sleep(0.5)
    for sock in socks:
        with contextlib.suppress(OSError):
            sock.recv(512)
            answered += 1
        sock.close()
    return number, answered


@FAMILIES
def test_names_before_login_come_by_the_spoonful(city, guest, family):
    _, answered = ask(guest, 100, 4, HERE[family])
    assert 60 <= answered <= 60 + 5 * 5, answered
    neighbour = city.add_guest("taman-kota")
    asked, answered = ask(neighbour, 20, 2, HERE[family])
    assert answered == asked, "another guest pays for it"


@FAMILIES
def test_names_after_login_are_not_hindered(city, guest, family):
    login(guest)
    asked, answered = ask(guest, 20, 8, HERE[family])
    assert answered == asked
    asked, answered = ask(guest, 400, 2, HERE[family])
    assert answered < asked * 0.8


def test_names_over_tcp_are_bounded_too(city, guest):
    ask(guest, 100, 1)
    opened = sum(connects(guest, HERE[4], 53, 0.2) == "open" for _ in range(15))
    assert opened <= 10, "another way into the same resolver"


def test_questions_leave_no_entry_and_answers_neither(city, guest):
    asked, answered = ask(guest, 20, 2)
    assert answered == asked
    assert "dport=53" not in city.gateway.space.run("conntrack", "-L", "-s", guest.address4, check=False)
    assert f"dst={guest.address4}" not in city.gateway.space.run("conntrack", "-L", "-d", guest.address4, check=False)


# --- refusals: at once


def refused_after(guest, address, port, kind):
    """Milliseconds until an error came back; None: none came."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with guest.enter(), socket.socket(family, kind) as sock:
        sock.settimeout(2)
        began = time.monotonic()
        try:
            sock.connect((address, port))
            sock.send(b"x")
            sock.recv(1)
        except TimeoutError:
            return None
        except OSError:
            return (time.monotonic() - began) * 1000
    return None


@pytest.mark.parametrize("address", [INTERNET4, INTERNET6, HERE[4], HERE[6]], ids=["ipv4", "ipv6", "gateway4", "gateway6"])
@pytest.mark.parametrize("kind, port", [("tcp", 443), ("tcp", 853), ("udp", 443), ("udp", 853), ("tcp", 22), ("tcp", 5228)])
def test_refusals_come_at_once(city, guest, address, kind, port):
    after = [refused_after(guest, address, port, {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[kind]) for _ in range(3)]
    assert all(after), f"silence: {after}"
    assert statistics.median(after) < 20, after


def test_refusals_go_on_coming(city, guest):
    """Linux answers one address about once a second (icmp_ratelimit) unless told otherwise, as etc/sysctl.d does."""
    text = open(os.path.join(TOP, "etc/sysctl.d/60-gerbang.conf")).read()
    for key, value in re.findall(r"^(net\.ipv[46]\.icmp\S*) = (\d+)", text, re.M):
        with contextlib.suppress(OSError):  # some are the machine's, not a namespace's
            city.gateway.space.sysctl(key, value)
    for address in (INTERNET4, INTERNET6, HERE[4], HERE[6]):
        after = [(time.sleep(0.01), refused_after(guest, address, 443, socket.SOCK_DGRAM))[1] for _ in range(30)]
        assert all(after), f"{after.count(None)} of 30 datagrams to {address} met silence"
