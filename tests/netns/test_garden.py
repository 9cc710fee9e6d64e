# SPDX-License-Identifier: GPL-2.0-or-later
"""The garden in the kernel: its addresses are reached before login, on the web's ports alone, for as long as they are named,
and nothing else is reached by them. Elements are put by nft here, or by the shaper's own message; test_watch.py comes by DNS."""
import contextlib
import re
import select
import socket
import struct
import threading
import time

import pytest

from asking import message_numbers
from city import GATEWAY4, INTERNET4, INTERNET6, WEB, WEB6
from fixtures import open_city
from frames import Wire, fragment6, icmp, ip, tag, tcp, udp
from kernel import Watch
from settings import small
from space import wait_for
from telephone import connects, login, logout, reaches

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"
GARDEN = {4: INTERNET4, 6: INTERNET6}
NEIGHBOUR = {4: WEB, 6: WEB6}
FAMILIES = pytest.mark.parametrize("family", [4, 6], ids=["ipv4", "ipv6"])


@pytest.fixture(scope="module")
def city():
    with open_city() as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    """A guest that has never been in; the garden is empty when the test begins."""
    for family in (4, 6):
        city.gateway.space.run("nft", "flush", "set", "inet", "gerbang", f"garden{family}")
    guest = city.add_guest("taman-kota")
    # the neighbour table is the machine's: after a flood of stations the kernel needs a while to forget them
    wait_for("the guest's link", lambda: guest.ping("10.200.0.1") and guest.ping("2001:db8:200::1"), 60)
    return guest


def plant(city, address, seconds=300, device="zone0"):
    kind = 6 if ":" in address else 4
    city.gateway.space.run("nft", "add", "element", "inet", "gerbang", f"garden{kind}",
                           f'{{ "{device}" . {address} timeout {seconds}s }}')


def planted(city, family):
    """{address: seconds left}, as nft lists them."""
    text = city.gateway.space.run("nft", "list", "set", "inet", "gerbang", f"garden{family}")
    return {address: duration(left) for address, left in re.findall(r'"zone0" \. (\S+) timeout \S+ expires (\S+?),?\s', text)}


def duration(text):
    units = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(ms|[dhms])", text))


class Server:
    """Accepts on many ports of the internet, in place of whoever listens there, and sends to whoever comes until told to stop."""

    def __init__(self, city, *ports):
        self.internet, self.ears, self.over = city.internet, [], False
        with city.internet.enter():
            for port in ports:
                self.ears.append(socket.create_server(("::", 30000 + port), family=socket.AF_INET6, dualstack_ipv6=True))
        rules = "\n".join(f"tcp dport {port} redirect to :{30000 + port}" for port in ports)
        city.internet.run("nft", "-f", "-", input=f"""table inet feed {{
            chain in {{ type nat hook prerouting priority -100;\n{rules}\n}}
        }}""")
        self.threads = [threading.Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    def _serve(self):
        while not self.over:
            for ear in select.select(self.ears, [], [], 0.05)[0]:
                peer, _ = ear.accept()
                peer.settimeout(0.2)
                self.threads.append(threading.Thread(target=self._feed, args=(peer,), daemon=True))
                self.threads[-1].start()

    def _feed(self, peer):
        with peer:
            while not self.over:
                try:
                    peer.send(b"x" * 65536)
                except TimeoutError:
                    continue
                except OSError:
                    return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over = True
        for thread in self.threads:
            thread.join(5)
        for ear in self.ears:
            ear.close()
        self.internet.run("nft", "delete", "table", "inet", "feed")


class Download:
    """A guest's connection, and how much still comes."""

    def __init__(self, guest, address, port=443):
        with guest.enter():
            self.sock = socket.create_connection((address, port), 3)
        self.sock.settimeout(0.1)

    def over(self, seconds):
        """Bytes that came in this time."""
        end, total = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            try:
                total += len(self.sock.recv(1 << 20))
            except TimeoutError:
                continue
            except OSError:  # refused: the gateway says so to what still runs
                time.sleep(0.05)
        return total

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()


def class_bytes(city, guest=False):
    """What the download tree delivered to guests' own classes, or to the zone's rest."""
    rows = {int(ident.split(":")[1], 16): row["bytes"] for ident, row in city.gateway.classes("gerbang-ifb").items()}
    if guest:
        return sum(count for minor, count in rows.items() if minor >= 0x4000)
    return sum(count for minor, count in rows.items() if 0x1000 <= minor < 0x4000 and minor % 2)  # leaves, of offices too


# --- who reaches what


@FAMILIES
def test_the_web_ports_of_the_garden_and_nothing_else(city, guest, family):
    with Server(city, 443, 22, 8080):
        for port in (80, 443):
            assert port == 80 or connects(guest, GARDEN[family], port) == "refused", "open before anybody planted it"
        plant(city, GARDEN[family])
        for port in (80, 443):
            assert connects(guest, GARDEN[family], port) == "open"
        for port in (22, 8080):
            assert connects(guest, GARDEN[family], port) == "refused"
        assert connects(guest, NEIGHBOUR[family], 443) == "refused", "the garden's neighbour was reached"
        assert connects(guest, GARDEN[10 - family], 443) == "refused", "the other family was reached"
    assert guest.ping(GARDEN[family]) == 0
    assert reaches(city, guest, v6=family == 6, port=443)
    for port in (53, 81, 853, 5000):
        assert not reaches(city, guest, v6=family == 6, port=port), f"UDP {port}"


@FAMILIES
def test_port_80_of_the_garden_is_not_the_portals(city, guest, family):
    plant(city, GARDEN[family])
    host = {4: GARDEN[4], 6: f"[{GARDEN[6]}]"}[family]
    status, _, body = guest.http(f"http://{host}/")
    assert status == 200 and "This is the internet" in body
    neighbour = {4: NEIGHBOUR[4], 6: f"[{NEIGHBOUR[6]}]"}[family]
    assert guest.http(f"http://{neighbour}/")[0] == 302


def test_another_zones_garden_is_not_this_zones(make_city):
    settings = small()
    settings["zones"].append(dict(settings["zones"][0], id="alun-alun", devices=["zone1"], address="10.201.0.1/20",
                                  address6="2001:db8:201::1/64", guaranteed="5 Mbit"))
    city = make_city(settings=settings, guests={"taman-kota": 1, "alun-alun": 1})
    city.gateway.start(rehearse=EVENING)
    plant(city, INTERNET4, device="zone1")
    with Server(city, 443):
        assert connects(city.guests["alun-alun"][0], INTERNET4, 443) == "open"
        assert connects(city.guests["taman-kota"][0], INTERNET4, 443) == "refused"


@FAMILIES
def test_a_download_from_the_garden_borrows_from_the_zone(city, guest, family):
    """Through the egress gate, into the zone's rest: counted there, and not in any guest's class."""
    plant(city, GARDEN[family])
    before, others = class_bytes(city), class_bytes(city, guest=True)
    with Server(city, 443), Download(guest, GARDEN[family]) as download:
        came = download.over(2)
    assert came > 1 << 20
    assert class_bytes(city) - before > came, "delivered, and counted nowhere"
    assert class_bytes(city, guest=True) == others


@FAMILIES
def test_who_is_in_has_a_class_of_his_own_for_the_garden_too(city, guest, family):
    plant(city, GARDEN[family])
    login(guest)
    before, zone = class_bytes(city, guest=True), class_bytes(city)
    with Server(city, 443), Download(guest, GARDEN[family]) as download:
        began = time.monotonic()
        came = download.over(3)
        rate = came * 8 / (time.monotonic() - began)
    assert class_bytes(city, guest=True) - before > came
    assert class_bytes(city) - zone < came / 10
    assert rate < 10e6 * 1.05, f"{rate / 1e6:.1f} Mbit/s: more than a guest has"


# --- ends


@FAMILIES
def test_an_address_that_has_expired_stops_what_runs(city, guest, family):
    plant(city, GARDEN[family], seconds=4)
    ends = time.monotonic() + 4
    with Server(city, 443), Download(guest, GARDEN[family]) as download:
        assert download.over(ends - 1 - time.monotonic()) > 100_000
        time.sleep(max(0, ends + 1 - time.monotonic()))
        download.over(0.3)  # what lay in the socket's buffer
        received = guest.counters()[0]
        assert download.over(1.5) == 0
        assert guest.counters()[0] - received < 20_000
        assert connects(guest, GARDEN[family], 443) == "refused"


def test_a_zone_that_closes_has_no_garden(make_city):
    city = make_city(guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    for address in (INTERNET4, INTERNET6):
        plant(city, address)
    with Server(city, 443), Download(guest, INTERNET4) as four, Download(guest, INTERNET6) as six:
        assert four.over(1) > 100_000 and six.over(1) > 100_000
        city.gateway.gerbang("zone", "close", "taman-kota", json_out=False)
        wait_for("the gate", lambda: not city.gateway.elements("inet", "gerbang", "open_zones"), 3)
        four.over(0.5), six.over(0.5)
        assert four.over(1) == 0 and six.over(1) == 0
        for address in (INTERNET4, INTERNET6):
            assert connects(guest, address, 443) == "refused"
        for host in (INTERNET4, f"[{INTERNET6}]"):
            assert "This is the internet" not in guest.http(f"http://{host}/")[2]


@FAMILIES
def test_after_logout_only_the_gardens_web_goes_on(city, guest, family):
    """What was begun while in: the neighbour's and the garden's other ports stop both ways, whatever state they are in."""
    plant(city, GARDEN[family])
    url, html = login(guest)
    with Server(city, 443, 22), Download(guest, GARDEN[family], 443) as garden, Download(guest, GARDEN[family], 22) as shell, \
         Download(guest, NEIGHBOUR[family], 443) as neighbour:
        for running in (garden, shell, neighbour):  # one after another: what nobody reads stands still meanwhile
            wait_for("bytes", lambda running=running: running.over(0.5) > 10_000, 10)
        logout(guest, url, html)
        time.sleep(1)
        for stopped in (shell, neighbour):
            stopped.over(0.5)
        assert shell.over(1) == 0 and neighbour.over(1) == 0
    with Server(city, 443), Download(guest, GARDEN[family], 443) as garden:
        assert garden.over(1) > 10_000


# --- what strangers try


def test_no_forged_packet_gets_by_the_garden(city, guest):
    """Spoofed sources, fragments that hide their ports, and answers that nobody asked for."""
    for address in GARDEN.values():
        plant(city, address)
    here, there = Wire(guest.space), Wire(city.internet, "eth0")
    gateway = city.gateway.space.run("cat", "/sys/class/net/zone0/address").strip()
    wan = city.gateway.space.run("cat", "/sys/class/net/wan0/address").strip()
    other = city.add_guest("taman-kota")
    tags = {}

    def mark(name):
        tags[value := tag()] = name
        return value

    ack = 0x10
    for source in ("2001:db8:201::5", "2001:db8:1::10", "2001:db8:ffff::77"):
        here.send(gateway, ip(source, INTERNET6, 17, udp(source, INTERNET6, 4000, 443, mark(f"as {source}"))))
    here.send(gateway, ip("10.10.1.10", INTERNET4, 17, udp("10.10.1.10", INTERNET4, 4000, 443, mark("as an office"))))
    for port in (22, 53, 444):
        here.send(gateway, ip(guest.address4, INTERNET4, 6, tcp(guest.address4, INTERNET4, 4001, port, ack, mark(f"TCP {port}"))))
        here.send(gateway, ip(guest.address6, INTERNET6, 17, udp(guest.address6, INTERNET6, 4001, port, mark(f"UDP {port}"))))
    # the port lies in the first fragment; a later one alone has none
    here.send(gateway, ip(guest.address4, INTERNET4, 17, mark("a late fragment"), fragment=1480, ident=9))
    here.send(gateway, ip(guest.address6, INTERNET6, 44, fragment6(17, 1480, False) + mark("a late fragment, IPv6")))
    here.send(gateway, ip(guest.address4, INTERNET4, 1, icmp(guest.address4, INTERNET4, 8, 0, b"\0\1\0\1", mark("ping"))))
    assert {tags[value] for value in there.tags(0.5) if value in tags} == set()

    tags.clear()
    for source, to in ((INTERNET4, GATEWAY4), (INTERNET4, guest.address4), (INTERNET6, guest.address6), (INTERNET6, other.address6)):
        there.send(wan, ip(source, to, 17, udp(source, to, 443, 4002, mark(f"unasked UDP to {to}"))))
        there.send(wan, ip(source, to, 6, tcp(source, to, 443, 4002, ack, mark(f"unasked TCP to {to}"))))
    assert {tags[value] for value in here.tags(0.5) if value in tags} == set()


# --- the shaper's own message

class Daemon:
    """Speaks to the shaper in gerbangd's place."""

    def __init__(self, city):
        self.version, self.types = message_numbers()
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(10)
        self.sock.connect(city.path("run/shaper/socket"))
        self.answer("MESSAGE_STATE")

    def answer(self, name):
        while True:
            data, _, _, _ = self.sock.recvmsg(4096, 512)
            assert data, "the shaper hung up"
            if struct.unpack_from("=H", data)[0] == self.types[name]:
                return data

    def garden(self, address, lifetime=300, device="zone0"):
        """(error, text)"""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        octets = socket.inet_pton(family, address).ljust(16, b"\0")
        body = device.encode().ljust(16, b"\0") + bytes([family]) + octets
        body += b"\0" * (-(16 + len(body)) % 4) + struct.pack("=I", lifetime)
        body += b"\0" * (-(16 + len(body)) % 8)
        self.sock.send(struct.pack("=HHIQ", self.types["MESSAGE_GARDEN"], self.version, 16 + len(body), 1) + body)
        data = self.answer("MESSAGE_RESULT")
        return struct.unpack_from("=i", data, 16)[0], data[24:24 + 240].split(b"\0")[0].decode()


@pytest.fixture
def daemon(make_city):
    city = make_city(guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    city.gateway.end("daemon")
    daemon = Daemon(city)
    daemon.city = city
    yield daemon
    daemon.sock.close()


def test_the_message_plants_for_its_time_and_again_for_longer(daemon):
    city, guest = daemon.city, daemon.city.guests["taman-kota"][0]
    with Server(city, 443):
        for family in (4, 6):
            assert daemon.garden(GARDEN[family], 60) == (0, "")
            assert 55 < planted(city, family)[GARDEN[family]] <= 60
            assert connects(guest, GARDEN[family], 443) == "open"
            for lifetime in (3600, 20):  # longer, and shorter: the newest answer is right
                assert daemon.garden(GARDEN[family], lifetime) == (0, "")
                assert lifetime - 5 < planted(city, family)[GARDEN[family]] <= lifetime
            assert len(planted(city, family)) == 1


@pytest.mark.parametrize("address, why", [
    ("10.10.1.10", "private"), ("2001:db8:1::10", "office's"), ("2001:db8:200::77", "zone's"), ("10.200.3.4", "private"),
    ("127.0.0.1", "loopback"), ("169.254.1.1", "link-local"), ("224.0.0.1", "multicast"), ("0.0.0.0", "this network"),
    ("255.255.255.255", "reserved"), ("192.168.1.1", "private"), ("fe80::1", "link-local"), ("::1", "not a host's"),
    ("::ffff:10.10.1.10", "not a host's"), ("fd00::1", "private"), ("ff02::1", "multicast"),
    (GATEWAY4, "gateway's own"), ("2001:db8:ffff::2", "gateway's own"),
])
def test_nothing_of_ours_is_ever_planted(refusing, address, why):
    error, text = refusing.garden(address)
    assert error == -1 and why in text and "zone0" in text, (error, text)
    assert planted(refusing.city, 4) == {} and planted(refusing.city, 6) == {}


@pytest.mark.parametrize("lifetime", [0, 86401, 0xffffffff])
def test_nothing_is_planted_for_ever(refusing, lifetime):
    assert refusing.garden(INTERNET4, lifetime)[0] == -1
    assert refusing.garden(INTERNET4, device="lan0")[0] == -1 and refusing.garden(INTERNET4, device="wan0")[0] == -1
    assert planted(refusing.city, 4) == {}


@pytest.fixture(scope="module")
def refusing():
    with open_city() as city:
        city.gateway.start(rehearse=EVENING)
        city.gateway.end("daemon")
        daemon = Daemon(city)
        daemon.city = city
        yield daemon
        daemon.sock.close()


def test_a_zone_has_at_most_1024(daemon):
    """Both families together; what is there already may still be renewed."""
    for number in range(1023):
        assert daemon.garden(f"198.51.{100 + number // 250}.{1 + number % 250}")[0] == 0
    assert daemon.garden("2001:db8:9::1")[0] == 0
    for more in ("203.0.113.9", "2001:db8:9::2"):
        error, _ = daemon.garden(more)
        assert error == -28, "room for one more than 1,024"
    assert daemon.garden("198.51.100.1", 7200)[0] == 0
    assert len(planted(daemon.city, 4)) == 1023 and planted(daemon.city, 4)["198.51.100.1"] > 7000


def test_a_plan_leaves_the_garden_alone(daemon):
    """Elements are neither drift nor part of a plan: applying one takes none of them away, and writes nothing for them."""
    city = daemon.city
    assert daemon.garden(INTERNET4, 600)[0] == 0 and daemon.garden(INTERNET6, 600)[0] == 0
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()
    with Watch(city) as watch:
        city.gateway.gerbang("apply", json_out=False)
        time.sleep(1)
    assert not watch.lines(), "\n".join(watch.lines())
    city.gateway.gerbang("zone", "close", "taman-kota", json_out=False)
    city.gateway.gerbang("zone", "auto", "taman-kota", json_out=False)
    assert INTERNET4 in planted(city, 4) and INTERNET6 in planted(city, 6)
    city.gateway.space.run("nft", "delete", "table", "inet", "gerbang")
    wait_for("the repair", lambda: "gerbang" in city.gateway.space.run("nft", "list", "tables", "inet"), 10)
    city.gateway.settle(1)
    assert planted(city, 4) == {} and planted(city, 6) == {}, "an address outlived its table"
