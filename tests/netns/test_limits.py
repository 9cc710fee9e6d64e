# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits that hold: silence, data of a visit and of a day, devices, a voucher's time. Counted by the guest's own device."""
import re
import sqlite3
import time
from datetime import datetime
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

import pytest

import settings
from asking import ACCOUNT, CLICK, LOGOUT, RESUME, VOUCHER, Portal, control, known, voucher
from city import INTERNET4
from space import wait_for
from telephone import Forms, login, page
from traffic import Flow, flows

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"
MB = 10**6


@pytest.fixture
def park(make_city):
    """A small city without offices, its daemon and shaper running; the guests are known to the gateway."""
    def build(guests=2, rehearse=EVENING, **client):
        conf = settings.small()
        zone = conf["zones"][0]
        zone["login"] = ["click", "voucher", "account"]
        zone["client"].update(client)
        city = make_city(settings=conf, guests={"taman-kota": guests}, hosts=[])
        city.gateway.start(rehearse=rehearse, names=("shaper", "daemon"))
        known(city, *city.guests["taman-kota"])
        return city, *city.guests["taman-kota"]
    return build


def received(guest):
    return guest.counters()[0]


def is_in(guest):
    return bool(guest.ping(INTERNET4))


def ended(city, rehearsal=True):
    """[(bytes, how)] of the ledger's ended sessions, by SQLite itself."""
    path = city.path("state", "rehearsal", "ledger.db") if rehearsal else city.path("state", "ledger.db")
    with sqlite3.connect(path) as base:
        return base.execute("SELECT down_bytes + up_bytes, how FROM session WHERE ended_wall_usec IS NOT NULL ORDER BY id").fetchall()


def used_voucher(city):
    with sqlite3.connect(city.path("state", "rehearsal", "ledger.db")) as base:
        return base.execute("SELECT used_usec / 1e6, used_bytes FROM voucher").fetchone()


TIME, LEFT, KICKED, IDLE, DATA, CLOSED, LOST, MOVED = range(1, 9)


# --- silence

def test_a_silent_guest_leaves_and_a_trickle_stays(park):
    city, silent, trickle = park(idle="12 s")
    with Portal(city) as portal:
        assert portal.login(silent).state == portal.login(trickle).state == "online"
        end = time.monotonic() + 40
        while time.monotonic() < end and len(city.gateway.sessions()) == 2:
            trickle.ping(INTERNET4)  # 98 bytes every 4 s: no more
            time.sleep(4)
        assert [row["mac"] for row in city.gateway.sessions()] == [trickle.mac]
        assert not is_in(silent) and is_in(trickle)
        for _ in range(4):
            time.sleep(4)
            assert is_in(trickle)
        wait_for("the end to be written", lambda: ended(city), 8)
        assert [how for _, how in ended(city)] == [IDLE]
        assert portal.login(silent).state == "online" and is_in(silent)


def test_downloads_alone_are_no_sign_of_life(park):
    """Whoever is gone goes on being sent to: upstream decides."""
    city, guest = park(guests=1, idle="12 s")
    with Portal(city) as portal:
        assert portal.login(guest).state == "online"
        sender = city.internet.popen("ping", "-n", "-q", "-i", "1", guest.address4)  # replies are dropped below
        guest.run("nft", "-f", "-", input="table ip quiet {\n chain out {\n type filter hook output priority 0; drop\n }\n}\n")
        try:
            wait_for("the session's end", lambda: not city.gateway.sessions(), 40, 0.5)
        finally:
            sender.kill()


# --- data

def test_a_visits_data_ends_it_close_to_the_limit(park):
    """Overshoot is at most what a second at the guest's ceiling is, and the queue behind it."""
    city, guest = park(guests=1, data="20 MB")
    with Portal(city) as portal:
        assert portal.login(guest).bytes_remaining == 20 * MB
        before = received(guest)
        with flows(Flow(city, guest, "down")):
            wait_for("the end of its data", lambda: portal.ask(guest).state == "used up", 60, 0.1)
            time.sleep(0.5)
            used = received(guest) - before
            assert not is_in(guest)
        # 10 Mbit/s down and acknowledgements up: 1.3 MB a second
        assert 20 * MB * 0.95 < used < 20 * MB + 1.3 * 1.6 * MB, f"{used / MB:.2f} MB of 20"
        state = portal.login(guest)
        assert state.state == "used up" and 7000 < state.retry_seconds <= 7200, state
        shown = datetime.strptime(state.opens_text.decode(), "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("Asia/Pontianak")).timestamp()
        assert 0 <= shown - (state.now / 1e6 + state.retry_seconds) + 1 <= 61, "whoever comes back then is not early"
        wait_for("the end to be written", lambda: ended(city), 8)
        (total, how), = ended(city)
        assert how == DATA and abs(total - used) < 0.1 * used, (total, used)


def test_a_visit_goes_on_with_what_is_left(park):
    """Logging out and in again begins nothing anew: neither time nor data, and gives nobody a free tail."""
    city, guest = park(guests=1, data="20 MB", session="1 h")
    with Portal(city) as portal:
        first = portal.login(guest)
        for _ in range(3):
            with flows(Flow(city, guest, "down")):
                time.sleep(2)
                assert portal.ask(guest, LOGOUT).state == "captive"
            assert portal.login(guest).state == "online"
        used = received(guest)
        time.sleep(1.5)
        state = portal.ask(guest)
        assert state.code == first.code and state.seconds_remaining < first.seconds_remaining - 5
        assert abs(20 * MB - state.bytes_remaining - used) < 0.15 * used, (state, used)


def test_daily_data_survives_everything(park):
    """A new login, a daemon that is killed, a visit that is over: the day's data is the person's. The next day it is new."""
    city, guest = park(guests=1, daily="12 MB", session="30 min")
    gateway = city.gateway
    with Portal(city) as portal:
        portal.login(guest)
        with flows(Flow(city, guest, "down")):
            time.sleep(3)
            gateway.kill9("daemon")
            time.sleep(2)  # nobody counts; the kernel does
        gateway.start_one("daemon")
        gateway.wait_ready()
    with Portal(city) as portal:
        wait_for("the session", lambda: portal.ask(guest).state == "online", 5)
        used = received(guest)
        wait_for("the count", lambda: 12 * MB - portal.ask(guest).bytes_remaining > 0.85 * used, 12)
        assert portal.ask(guest, LOGOUT).state == "captive"
        left = portal.login(guest).bytes_remaining
        assert abs(12 * MB - left - used) < 0.15 * used, (left, used)
        gateway.clock_to("2026-11-23 18:30:00")  # another visit
        with flows(Flow(city, guest, "down")):
            wait_for("the end of the day's data", lambda: portal.ask(guest).state == "used up", 40, 0.1)
        state = portal.login(guest)
        # the day ends at midnight, and the zone opens at six
        assert state.state == "used up" and 11 * 3600 < state.retry_seconds <= 11.5 * 3600, state
        assert state.opens_text == b"2026-11-24 06:00"
        assert received(guest) < 12 * MB + 2.2 * MB
        gateway.clock_to("2026-11-24 17:00:00")
        assert portal.login(guest).bytes_remaining > 11 * MB


def test_who_has_used_up_the_free_data_goes_on_with_a_voucher(make_city):
    """On the used-up page itself, as a telephone does it."""
    conf = settings.small()
    conf["zones"][0]["login"] = ["click", "voucher"]
    conf["zones"][0]["client"]["daily"] = "8 MB"
    city = make_city(settings=conf, guests={"taman-kota": 1}, hosts=[])
    city.gateway.start(rehearse=EVENING, names=("shaper", "daemon", "portal"))
    guest, code = city.guests["taman-kota"][0], voucher(city, data_bytes=50 * MB)
    login(guest)
    with flows(Flow(city, guest, "down")):
        wait_for("the end of its data", lambda: not city.gateway.sessions(), 30, 0.2)
    url, html = page(guest)
    assert "Kuota Anda" in html and not is_in(guest)
    assert re.search(r"besok pukul\s06\.00", html), html  # the zone opens then
    (_, action, fields), = [form for form in Forms(html).forms if form[0] == "post" and "code" in form[2]]
    fields["code"] = code.lower()
    status, headers, _ = guest.http(urljoin(url, action), "--data", urlencode(fields))
    assert status in (302, 303) and is_in(guest)
    status, _, html = guest.http(urljoin(url, headers["location"]))
    assert status == 200 and code in html
    (row,) = city.gateway.sessions()
    assert row["person"] == "voucher" and row["mac"] == guest.mac
    before = received(guest)
    with flows(Flow(city, guest, "down")):
        time.sleep(3)
    assert is_in(guest) and received(guest) - before > 2 * MB, "a voucher is another person: with a day's data of its own"


# --- vouchers and accounts

def test_devices_of_a_voucher(park):
    city, one, two, three = park(guests=3)
    code = voucher(city, devices=2)
    with Portal(city) as portal:
        state = portal.login(one, VOUCHER, secret=code.lower().replace("-", " "))
        assert state.state == "online" and state.code == code and state.login == 2
        assert portal.login(two, VOUCHER, secret=code).state == "online"
        state = portal.ask(three, VOUCHER, secret=code)
        assert (state.state, state.refusal) == ("captive", "devices")
        assert not is_in(three)
        assert portal.login(one, VOUCHER, secret=code).state == "online"  # is in already
        assert portal.ask(one, LOGOUT).state == "captive"
        assert portal.login(three, VOUCHER, secret=code).state == "online" and is_in(three)
        # a browser that was in with it, with another MAC now, takes the place of what has been silent longest
        is_in(three)
        assert portal.login(one, VOUCHER, secret=code, cookie=code).state == "online"
        wait_for("two devices", lambda: len(city.gateway.sessions()) == 2, 5)
        assert {row["mac"] for row in city.gateway.sessions()} >= {one.mac}


def changes(city):
    """The order in which guests' MACs come into and leave the kernel's tables: [("create" | "delete", mac)]."""
    with open(city.path("monitor.log")) as file:
        lines = [re.match(r"(create|delete) element .*?((?:[0-9a-f]{2}:){5}[0-9a-f]{2})", line) for line in file]
    return [match.groups() for match in lines if match]


def test_a_silent_device_makes_room(park):
    """A telephone that changed its MAC, with no cookie: its code, or its name and password, bring it in again, and its former
    self is out before. Who has sent something, were it just now, stays."""
    city, old, new, siti, other, budi, thief = park(guests=6, devices=1)
    for name in ("siti", "budi"):
        control(city, "account-add", name=name, password="rahasia sekali", zone="taman-kota")
    code = voucher(city)
    secret = dict(secret="rahasia sekali")
    city.gateway.space.popen("nft", "monitor", "elements", log=city.path("monitor.log"))
    with Portal(city) as portal:
        assert portal.login(old, VOUCHER, secret=code).state == "online"
        assert portal.login(siti, ACCOUNT, name="siti", **secret).state == "online"
        assert portal.login(budi, ACCOUNT, name="budi", **secret).state == "online"
        quiet = time.monotonic()
        time.sleep(20)
        assert portal.ask(new, VOUCHER, secret=code).refusal == "devices"
        assert portal.ask(other, ACCOUNT, name="siti", **secret).refusal == "devices"
        time.sleep(max(0, quiet + 131 - time.monotonic()))
        known(city, new, other, thief)
        assert is_in(budi)
        assert portal.ask(thief, ACCOUNT, name="budi", **secret).refusal == "devices"
        numbers = [portal.send(new, VOUCHER, secret=code) for _ in range(3)]  # taps of impatience
        assert [portal.receive()[1].state for _ in numbers] == ["online"] * 3
        assert is_in(new) and not is_in(old)
        assert portal.login(other, ACCOUNT, name="siti", **secret).state == "online"
        assert is_in(other) and not is_in(siti) and is_in(budi) and not is_in(thief)
        assert {row["mac"] for row in city.gateway.sessions()} == {new.mac, other.mac, budi.mac}
        assert portal.ask(old, VOUCHER, secret=code).refusal == "devices"
        wait_for("the ends to be written", lambda: [how for _, how in ended(city)] == [MOVED, MOVED], 8)
    seen = changes(city)
    for before, after in ((old, new), (siti, other)):
        gone = max(i for i, change in enumerate(seen) if change == ("delete", before.mac))
        assert gone < seen.index(("create", after.mac)), seen


def test_devices_of_the_zone_and_of_an_account(park):
    city, one, two, three = park(guests=3, devices=1)
    control(city, "account-add", name="Siti", password="rahasia sekali", devices=2, zone="taman-kota")
    with Portal(city) as portal:
        assert portal.ask(one, ACCOUNT, name="siti", secret="rahasia").refusal == "password"
        assert portal.ask(one, ACCOUNT, name="sitti", secret="rahasia sekali").refusal == "password"
        assert portal.login(one, ACCOUNT, name="siti", secret="rahasia sekali").state == "online"
        assert portal.login(two, ACCOUNT, name="SITI", secret="rahasia sekali").state == "online"
        assert portal.ask(three, ACCOUNT, name="siti", secret="rahasia sekali").refusal == "devices"
        code = voucher(city)
        assert portal.ask(one, LOGOUT).state == "captive"
        assert portal.login(one, VOUCHER, secret=code).state == "online"
        assert portal.ask(three, VOUCHER, secret=code).refusal == "devices"
        control(city, "account-remove", name="siti")
        wait_for("the account's session to end", lambda: len(city.gateway.sessions()) == 1, 5)


def test_a_vouchers_time_counts_while_online_only(park):
    """Also over a daemon that is dead meanwhile; and it ends to the second, whoever is dead."""
    city, one, two = park()
    gateway, code = city.gateway, None
    code = voucher(city, time_usec=30 * 10**6)
    with Portal(city) as portal:
        assert 28 <= portal.login(one, VOUCHER, secret=code).seconds_remaining <= 30
        time.sleep(4)
        assert portal.ask(one, LOGOUT).state == "captive"
        time.sleep(5)
        state = portal.login(one, VOUCHER, secret=code)
        assert 23 <= state.seconds_remaining <= 26, state
        at = time.monotonic()
        time.sleep(3)
        other = portal.login(two, VOUCHER, secret=code)  # two devices use the same time
        assert abs(other.seconds_remaining - (state.seconds_remaining - 3)) <= 1
    gateway.kill9("daemon")
    time.sleep(4)
    gateway.start_one("daemon")
    gateway.wait_ready()
    with Portal(city) as portal:
        now = portal.ask(one)
        passed = time.monotonic() - at
        assert abs(now.seconds_remaining - (state.seconds_remaining - passed)) <= 2, (now, state, passed)
        wait_for("the end", lambda: not is_in(one), 30, 0.2)
        assert abs(time.monotonic() - at - state.seconds_remaining) < 3
        assert not is_in(two)
        wait_for("the end in the daemon", lambda: portal.ask(one).state == "captive", 3)
        assert portal.ask(one, VOUCHER, secret=code).refusal == "spent"
        time.sleep(4)
        assert 29 < used_voucher(city)[0] < 32, used_voucher(city)


def test_a_vouchers_volume_and_date(park):
    city, one, two = park()
    with Portal(city) as portal:
        code = voucher(city, data_bytes=8 * MB)
        assert portal.login(one, VOUCHER, secret=code).bytes_remaining == 8 * MB
        with flows(Flow(city, one, "down")):
            wait_for("the end of its data", lambda: portal.ask(one).state == "captive", 30, 0.1)
        assert received(one) < 8 * MB + 2.2 * MB
        assert portal.ask(two, VOUCHER, secret=code).refusal == "spent"
        short = voucher(city, hours=0.5)
        state = portal.login(two, VOUCHER, secret=short)
        assert 1790 < state.seconds_remaining <= 1800, state  # never past its date
        city.gateway.clock_to("2026-11-23 18:00:00")
        assert portal.ask(one, VOUCHER, secret=short).refusal == "expired"
        revoked = voucher(city)
        assert portal.login(one, VOUCHER, secret=revoked).state == "online"
        control(city, "voucher-revoke", code=revoked)
        wait_for("its session to end", lambda: not is_in(one), 5)
        assert portal.ask(one, VOUCHER, secret=revoked).refusal == "expired"


# --- attempts

def test_guessing_is_slow_and_shuts_nobody_out(park):
    city, guesser, honest = park()
    code = voucher(city)
    with Portal(city) as portal:
        answers = [portal.ask(guesser, VOUCHER, secret=f"AAAA{i}-AAAAA") for i in range(9)]
        assert [a.refusal for a in answers] == ["code"] * 5 + ["patience"] * 4
        assert 0 < answers[-1].retry_seconds <= 12
        assert portal.ask(guesser, VOUCHER, secret=code).refusal == "patience"
        assert portal.login(guesser, CLICK).state == "online"  # no secret, no guess
        assert portal.login(honest, VOUCHER, secret=code).state == "online"


def test_double_taps_make_one_session(park):
    city, guest, other = park()
    control(city, "account-add", name="siti", password="rahasia sekali", zone="taman-kota")
    with Portal(city) as portal:
        numbers = [portal.send(guest, CLICK) for _ in range(20)] + [
            portal.send(other, ACCOUNT, name="siti", secret="rahasia sekali") for _ in range(4)]
        answers = dict(portal.receive() for _ in numbers)
        assert set(answers) == set(numbers)
        assert {state.state for state in answers.values()} == {"online"}, answers
        assert len(city.gateway.sessions()) == 2
        assert {row["person"] for row in city.gateway.sessions()} == {"pass", "account"}


def test_a_way_that_the_zone_has_not(make_city):
    city = make_city(guests={"taman-kota": 1}, hosts=[])
    city.gateway.start(rehearse=EVENING, names=("shaper", "daemon"))
    guest = city.guests["taman-kota"][0]
    known(city, guest)
    with Portal(city) as portal:
        for request in (VOUCHER, ACCOUNT):
            state = portal.ask(guest, request, name="x", secret="ABCDE-FGHJK")
            assert (state.state, state.refusal, state.logins) == ("captive", "way", 1)
        assert portal.ask(guest, RESUME, secret="ABCDE-FGHJK").refusal == "code"


def test_going_in_and_out_ends(park):
    """Each login is a row of the ledger: a thousand at once, then one in three seconds, and only for whoever did it."""
    city, guest, other = park()
    with Portal(city) as portal:
        for comings in range(1, 1200):
            state = portal.login(guest)
            if state.refusal:
                break
            assert state.state == "online" and portal.ask(guest, LOGOUT).state == "captive", state
        assert 1000 <= comings < 1100 and state.refusal == "patience" and 0 < state.retry_seconds < 10, (comings, state)
        assert portal.login(other).state == "online"
        wait_for("the next coming", lambda: portal.login(guest).state == "online", 10, 0.5)
    city.gateway.end("daemon")
    assert len(ended(city)) < 1100
