# SPDX-License-Identifier: GPL-2.0-or-later
"""The gate of a zone: who is out stays out whatever it tries, who is in is in at once, and who has to go is gone."""
import socket
import time

import pytest

import telephone
from city import GATEWAY4, GATEWAY6, INTERNET4, INTERNET6, RESOLVER, WEB
from fixtures import open_city
from settings import small
from space import PATIENCE, wait_for
from telephone import connects, login, logout, page, reaches
from traffic import Flow, Meter, Paced, flows

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"
HERE, HERE6 = "10.200.0.1", "2001:db8:200::1"


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 6}) as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    """A guest that has never been in."""
    return city.add_guest("taman-kota")


@pytest.mark.kernels
def test_before_login_nothing_is_reached(city, guest):
    assert not reaches(city, guest) and not reaches(city, guest, v6=True)
    assert guest.ping(INTERNET4) == 0 and guest.ping(INTERNET6) == 0
    for address in (INTERNET4, INTERNET6):
        assert connects(guest, address, 443) == "refused", "HTTPS is refused at once, not left to time out"
    for port in (22, 8080, 5201):
        assert connects(guest, INTERNET4, port) == "refused"


def test_before_login_neither_offices_nor_the_gateway_are_reached(city, guest):
    with city.hosts["dinkes"].enter(), socket.create_server(("0.0.0.0", 8000)), \
         city.gateway.space.enter(), socket.create_server(("::", 2222), family=socket.AF_INET6, dualstack_ipv6=True):
        assert connects(guest, city.hosts["dinkes"].address4, 8000) != "open"
        for address in (HERE, HERE6, GATEWAY4, GATEWAY6, "10.10.1.1"):
            assert connects(guest, address, 2222, 0.5) != "open", address


def test_before_login_dns_answers_and_only_the_gateways(city, guest):
    assert "192.0.2.80" in lookup(guest, HERE)
    assert not lookup(guest, RESOLVER), "another resolver than the gateway's was reached"


def lookup(guest, resolver):
    """The answer's addresses to a query for example.test, asked by hand; "" when none came."""
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x04test\x00\x00\x01\x00\x01"
    with guest.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        try:
            sock.sendto(query, (resolver, 53))
            return ".".join(str(octet) for octet in sock.recv(512)[-4:])
        except OSError:
            return ""


def test_before_login_no_address_helps(city, guest):
    insider = city.guests["taman-kota"][0]
    login(insider)
    wait_for("the insider online", lambda: insider.ping(INTERNET4), 2)
    for source in ("10.10.1.77", "10.10.3.9", "192.0.2.2", "192.0.2.99", "10.200.0.1", "10.201.5.5", insider.address4):
        assert not reaches(city, guest, source), f"got out as {source}"
    for source in ("2001:db8:1::77", "2001:db8:ffff::99", "2001:db8:200::aa", "2001:db8:201::1", insider.address6):
        assert not reaches(city, guest, source, v6=True), f"got out as {source}"


def test_before_login_nothing_comes_in_from_outside(city, guest):
    """A datagram from the internet straight to a guest's routed IPv6 address."""
    with guest.enter(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as ear:
        ear.bind(("::", 7777))
        ear.settimeout(0.5)
        with city.internet.enter(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as mouth:
            for _ in range(5):
                mouth.sendto(b"x", (guest.address6, 7777))
        with pytest.raises(TimeoutError):
            ear.recv(10)


@pytest.mark.kernels
def test_login_opens_within_a_second_for_both_families(city, guest):
    url, html = page(guest)
    begin = time.monotonic()
    telephone.press(guest, url, html)
    wait_for("IPv4 and IPv6 after login", lambda: guest.ping(INTERNET4) and guest.ping(INTERNET6), 5, 0)
    assert time.monotonic() - begin < 1 * PATIENCE
    assert guest.http(f"http://{WEB}/")[2].count("This is the internet") == 1


def test_who_is_in_still_does_not_reach_the_gateway_or_offices(city, guest):
    login(guest)
    with city.hosts["dinkes"].enter(), socket.create_server(("0.0.0.0", 8000)), \
         city.gateway.space.enter(), socket.create_server(("::", 2222), family=socket.AF_INET6, dualstack_ipv6=True):
        assert connects(guest, city.hosts["dinkes"].address4, 8000) != "open"
        for address in (HERE, HERE6, GATEWAY4):
            assert connects(guest, address, 2222, 0.5) != "open", address


def test_another_guest_with_its_ip_is_not_in(city, guest):
    login(guest)
    thief = city.add_guest("taman-kota", mac="02:6e:00:00:ee:01")
    thief.space.ip(f"address flush dev eth0", f"address add {guest.address4}/20 dev eth0",
                   f"address add {guest.address6}/64 dev eth0 nodad",
                   f"route replace default via {HERE}", f"route replace default via {HERE6}")
    thief.run("ping", "-c1", "-W1", HERE, check=False)  # the gateway's neighbour entry now names the thief, perhaps
    assert not reaches(city, thief) and not reaches(city, thief, v6=True)
    thief.space.ip("link set eth0 down")


def test_its_own_further_ipv6_addresses_are_in_at_once(city, guest):
    login(guest)
    for further in ("2001:db8:200::f00d", "2001:db8:200::cafe"):
        guest.space.ip(f"address add {further}/64 dev eth0 nodad")
        assert int(guest.run("ping", "-n", "-q", "-c3", "-i0.2", "-W1", "-I", further, INTERNET6, check=False)
                   .split(" received")[0].split()[-1]) == 3
    listed = next(s["addresses"] for s in city.gateway.sessions() if guest.address4 in s["addresses"])
    assert {"2001:db8:200::f00d", "2001:db8:200::cafe"} <= set(listed)


def test_its_other_ipv4_address_is_not_in(city, guest):
    login(guest)
    assert not reaches(city, guest, "10.200.9.9")


def test_mac_addresses_are_not_shared_between_zones_or_devices(city, guest):
    """A guest's MAC on an office's network gives nothing, and an office's address in the park gives nothing."""
    login(guest)
    assert not reaches(city, guest, "10.10.1.10")


@pytest.mark.measure
def test_a_guest_is_held_to_its_rate_both_ways(city, guest):
    login(guest)
    flow = Flow(city, guest, "both")
    with flows(flow):
        time.sleep(3)
        down, up = Meter(city, {"g": guest}, {"g": [flow]}).over(5)
    assert down["g"] == pytest.approx(10e6, rel=0.05) and up["g"] == pytest.approx(4e6, rel=0.05)


@pytest.mark.measure
def test_guests_share_a_full_zone_fairly(make_city):
    settings = small()
    settings["zones"][0]["ceiling"] = "24 Mbit"
    city = make_city(settings=settings, guests={"taman-kota": 4})
    city.gateway.start(rehearse=EVENING)
    guests = city.guests["taman-kota"]
    for guest in guests:
        login(guest)
    made = [Flow(city, guest, "down", streams=1 if n else 8) for n, guest in enumerate(guests)]  # one is greedy
    with flows(*made):
        time.sleep(3)
        down, _ = Meter(city, dict(enumerate(guests))).over(8)
    fair = sum(down.values()) / 4
    assert sum(down.values()) == pytest.approx(24e6, rel=0.05)
    assert all(rate == pytest.approx(fair, rel=0.15) for rate in down.values()), down


# --- ends: each stops running TCP and one-way UDP, up and down, within two seconds

SESSION = 14


class Running:
    """A guest with TCP and one-way UDP in both directions, and what still moves after a moment."""

    def __init__(self, city, guest):
        self.city, self.guest = city, guest
        self.tcp = [Flow(city, guest, "down", streams=2), Flow(city, guest, "up", streams=2)]
        self.udp = [Paced(city, guest, "down", 1e6), Paced(city, guest, "up", 0.5e6),
                    Paced(city, guest, "down", 1e6, v6=True), Paced(city, guest, "up", 0.5e6, v6=True)]
        for paced in self.udp:
            paced.wait_flowing()
        meter = Meter(city, {"g": guest}, {"tcp": self.tcp})
        down, up = meter.over(1)
        assert down["g"] > 2e6 and up["tcp"] > 1e6, f"nothing flowed before the end: {down} {up}"

    def assert_stopped(self, since):
        time.sleep(max(0, since + 2 - time.monotonic()))
        meter = Meter(self.city, {"g": self.guest}, {"tcp": [self.tcp[1]], "all": self.tcp})
        time.sleep(1.5)
        down, up = meter.rates()
        last = [paced.read()["last"] - since for paced in self.udp]
        self.stop()
        assert all(late < 2 for late in last), f"UDP arrived {last} s after the end"
        assert up["all"] == 0, f"TCP went on towards the internet: {up}"
        assert down["g"] < 200e3, f"{down['g']} bit/s went on towards the guest"

    def stop(self):
        for flow in self.tcp + self.udp:
            flow.stop()


@pytest.fixture
def leaving(make_city):
    def build(session="2 h", rehearse=EVENING):
        settings = small()
        settings["zones"][0]["client"]["session"] = session
        city = make_city(settings=settings, guests={"taman-kota": 2})
        city.gateway.start(rehearse=rehearse)
        return city, *city.guests["taman-kota"]
    return build


@pytest.mark.parametrize("by", ["address", "mac", "MAC"])
def test_kick_stops_everything(leaving, by):
    city, guest, other = leaving()
    login(guest)
    login(other)
    running = Running(city, guest)
    city.gateway.gerbang("kick", {"address": guest.address4, "mac": guest.mac, "MAC": guest.mac.upper().replace(":", "-")}[by],
                         json_out=False)
    running.assert_stopped(time.monotonic())
    assert other.ping(INTERNET4), "a kick cut off another guest"
    assert [s["mac"] for s in city.gateway.sessions()] == [other.mac]
    login(guest)


def test_logout_stops_everything(leaving):
    city, guest, _ = leaving()
    url, html = login(guest)
    running = Running(city, guest)
    logout(guest, url, html)
    running.assert_stopped(time.monotonic())
    assert city.gateway.sessions() == []


@pytest.mark.parametrize("dead", [(), ("daemon", "shaper"), ("daemon", "shaper", "portal")],
                         ids=["all-alive", "daemon-and-shaper-dead", "all-dead"])
def test_end_of_time_stops_everything(leaving, dead):
    city, guest, _ = leaving(session=f"{SESSION} s")
    login(guest)
    begin = time.monotonic()
    running = Running(city, guest)
    for name in dead:
        city.gateway.kill9(name)
    time.sleep(max(0, begin + SESSION - 1.5 - time.monotonic()))
    assert running.udp[0].read()["last"] > time.monotonic() - 0.5, "cut off before its time"
    running.assert_stopped(begin + SESSION + 0.5)


@pytest.mark.parametrize("dead", [(), ("daemon", "shaper")], ids=["all-alive", "daemon-and-shaper-dead"])
def test_closing_stops_everything_and_the_portal_says_when_it_opens(leaving, dead):
    city, guest, other = leaving(rehearse="2026-11-23 21:59:48")
    begin = time.monotonic()
    shift = clock_shift(city)
    closes = begin + shift
    login(guest)
    running = Running(city, guest)
    for name in dead:
        city.gateway.kill9(name)
    assert time.monotonic() < closes, "too slow to see the closing"
    time.sleep(max(0, closes - time.monotonic()))
    running.assert_stopped(closes)
    if not dead:
        assert city.gateway.sessions() == []
        assert not city.gateway.zone("taman-kota")["open"]
        _, html = page(other)
        assert "06.00" in html, f"Tuesday 06:00 is the next opening:\n{html}"


def clock_shift(city):
    """Seconds until 22:00 by the daemon's clock."""
    hours, minutes, seconds = (float(part) for part in city.gateway.status()["time"][11:19].split(":"))
    return 22 * 3600 - hours * 3600 - minutes * 60 - seconds
