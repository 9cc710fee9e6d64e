# SPDX-License-Identifier: GPL-2.0-or-later
"""Vouchers, accounts and forgetting at the command line, with guests who are really in: what is taken back ends at once, in
the kernel; what is forgotten is in no byte of the ledger's files; without a ledger all of it is refused and nobody is cut off."""
import glob
import os
import re
import subprocess
import threading

import pytest

import settings
from asking import ACCOUNT, CLICK, LOGOUT, VOUCHER, Portal, control_says, halted, known
from city import INTERNET4
from fixtures import open_city
from gateway import Refused
from space import wait_for

EVENING = "2026-11-23 17:00:00"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


def conf(**changes):
    conf = settings.small(**changes)
    conf["zones"][0]["login"] = ["click", "voucher", "account"]
    return conf


@pytest.fixture(scope="module")
def city():
    with open_city(settings=conf(), guests={"taman-kota": 3}, hosts=[]) as city:
        city.gateway.start(rehearse=EVENING, names=("shaper", "daemon"))
        known(city, *city.guests["taman-kota"])
        yield city


@pytest.fixture
def guests(city):
    yield city.guests["taman-kota"]
    for row in city.gateway.sessions():
        city.gateway.gerbang("kick", row["mac"], json_out=False)


def environment(city, language):
    """What fontconfig keeps until the process ends is no leak of ours."""
    with open(city.path("leaks"), "w") as file:
        file.write("leak:libfontconfig\n")
    return dict(os.environ, LC_ALL=language, LSAN_OPTIONS=f"suppressions={city.path('leaks')}:print_suppressions=0")


def gerbang(city, *words, given="", status=0, language="en"):
    """(standard output, standard error), with something on standard input."""
    done = subprocess.run([os.path.join(city.gateway.build, "ctl/gerbang"), "-c", city.conf, *map(str, words)], text=True,
                          input=given, capture_output=True, timeout=30, env=environment(city, language))
    assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout, done.stderr


def create(city, *more, count=1):
    return city.gateway.gerbang("voucher", "create", "--zone", "taman-kota", "--count", count, "--valid", "2 d", *more)


def row_of(city, code):
    row, = [row for row in city.gateway.gerbang("voucher", "list")["vouchers"] if row["code"] == code]
    return row


def is_in(guest):
    return bool(guest.ping(INTERNET4))


# --- vouchers

def test_a_batch_is_made_listed_and_named(city):
    made = create(city, "--time", "2 h", "--data", "1.5 GB", "--devices", "2", count=5)
    assert made["count"] == 5 and len(set(made["codes"])) == 5 and all(CODE.fullmatch(code) for code in made["codes"])
    rows = city.gateway.gerbang("voucher", "list", "--batch", made["batch"])["vouchers"]
    assert {row["code"] for row in rows} == set(made["codes"])
    for row in rows:
        assert (row["state"], row["zone"], row["zone_name"]) == ("unused", "taman-kota", "Taman Kota Sampit")
        assert (row["seconds_remaining"], row["bytes_remaining"], row["devices"]) == (7200, 1500000000, 2)
        assert row["valid_until"].startswith("2026-11-25T17:0") and row["first_used"] is None
        assert row["url"] == f"http://wifi.kotimkab.test/voucher?code={row['code']}"
    out, _ = gerbang(city, "voucher", "list", "--batch", made["batch"], language="id")
    assert out.count("belum dipakai") == 5 and "1,5G" in out and "2026-11-25 17:0" in out
    every = city.gateway.gerbang("voucher", "create", "--all-zones", "--count", 1, "--valid", "1 d")["codes"][0]
    listed = {row["code"] for row in city.gateway.gerbang("voucher", "list", "--zone", "taman-kota")["vouchers"]}
    assert set(made["codes"]) <= listed and every not in listed


def test_more_than_one_page_of_vouchers(city):
    before = len(city.gateway.gerbang("voucher", "list")["vouchers"])
    create(city, count=6000)
    rows = city.gateway.gerbang("voucher", "list")["vouchers"]
    assert len(rows) == before + 6000 and len({row["code"] for row in rows}) == len(rows)


def test_states_of_a_voucher(city, guests):
    code, = create(city, "--time", "1 h")["codes"]
    with Portal(city) as portal:
        assert portal.login(guests[0], VOUCHER, secret=code).state == "online"
    wait_for("its use to be written", lambda: row_of(city, code)["state"] == "in use", 10)
    city.gateway.gerbang("voucher", "revoke", code)
    assert row_of(city, code)["state"] == "revoked"
    late, = city.gateway.gerbang("voucher", "create", "--all-zones", "--count", 1, "--valid", "1 min")["codes"]
    assert row_of(city, late)["zone"] is None
    city.gateway.clock_to("2026-11-23 17:10:00")
    assert row_of(city, late)["state"] == "expired"
    city.gateway.clock_to(EVENING)


def test_revoking_ends_every_session_at_once(city, guests):
    code, = create(city)["codes"]
    with Portal(city) as portal:
        for guest in guests[:2]:
            assert portal.login(guest, VOUCHER, secret=code).state == "online" and is_in(guest)
        assert portal.login(guests[2]).state == "online"
        done = city.gateway.gerbang("voucher", "revoke", code.lower().replace("-", " "))
        assert done["ended"] == 2 and done["code"] == code
        wait_for("both to be out", lambda: not is_in(guests[0]) and not is_in(guests[1]), 2)
        assert is_in(guests[2]) and [row["mac"] for row in city.gateway.sessions()] == [guests[2].mac]
        state = portal.ask(guests[0], VOUCHER, secret=code)
        assert (state.state, state.refusal) == ("captive", "expired")
    out, _ = gerbang(city, "voucher", "revoke", code)
    assert "already" in out


@pytest.mark.parametrize("words, said", [
    (("voucher", "revoke", "not-a-code"), 'code: must be a voucher\'s, like "ABCDE-FGHJK", got "not-a-code"'),
    (("voucher", "revoke", "00000-00000"), "code: there is no voucher 00000-00000"),
    (("voucher", "create", "--zone", "nowhere", "--count", 1, "--valid", "1 d"),
     'zone: must be a zone of the configuration, got "nowhere"'),
    (("voucher", "list", "--zone", "nowhere"), 'zone: must be a zone of the configuration, got "nowhere"'),
    (("voucher", "sheet", "--zone", "nowhere", "--output", "/nowhere"), 'zone: must be a zone of the configuration, got "nowhere"'),
    (("account", "remove", "nobody"), 'name: there is no account "nobody"'),
    (("forget", "10.0.0.1"), 'mac: must be a MAC address, got "10.0.0.1"'),
])
def test_what_is_wrong_is_said(city, words, said):
    out, error = gerbang(city, *words, status=1)
    assert not out and said in error


def test_one_is_not_many(city):
    out, _ = gerbang(city, "voucher", "create", "--zone", "taman-kota", "--count", 1, "--valid", "1 d")
    assert out.startswith("1 voucher created (batch ")
    out, _ = gerbang(city, "voucher", "revoke", CODE.search(out).group())
    assert out.endswith(": revoked, 0 sessions ended\n")


def test_a_bound_is_said_in_the_words_that_were_typed(city):
    words = "voucher", "create", "--zone", "taman-kota", "--count", 1, "--valid", "1 s"
    _, error = gerbang(city, *words, status=2)
    assert error == 'gerbang: --valid is a duration from 1 min to 3660 d, got "1 s"\n'
    _, error = gerbang(city, *words, status=2, language="id")
    assert error == 'gerbang: --valid ialah lama waktu dari 1 min sampai 3660 d, bukan "1 s"\n'


@pytest.mark.parametrize("request_, said", [
    ({"command": "voucher-create", "all_zones": True, "count": 1, "valid_usec": 1000000}, "valid: must be from 1 min to 3660 d, got 1 s"),
    ({"command": "voucher-create", "all_zones": True, "count": 1}, "valid: must be from 1 min to 3660 d, got null"),
    ({"command": "voucher-create", "all_zones": True, "count": 1, "valid_usec": 60000000, "data_bytes": 2 * 10**15},
     "data: must be from 0 B to 1000 TB, got 2000 TB"),
    ({"command": "account-add", "name": "x", "password": "rahasia-sekali", "session_usec": -1},
     "session: must be from 0 s to 3660 d, got -1"),
    ({"command": "zone-open", "id": "taman-kota", "usec": 401 * 86400 * 10**6}, "for: must be from 1 s to 400 d, got 401 d"),
])
def test_the_daemon_refuses_in_human_units(city, request_, said):
    assert control_says(city, language="en", **request_) == (1, said)


def test_a_sheet_of_a_batch(city, tmp_path):
    made = create(city, count=12)
    gerbang(city, "voucher", "revoke", made["codes"][0])
    sheet = tmp_path / "sheet.pdf"
    out, _ = gerbang(city, "voucher", "sheet", "--batch", made["batch"], "--output", sheet)
    assert "11 vouchers, 2 pages" in out and sheet.stat().st_mode & 0o777 == 0o600
    for resolution in ("120", "150", "200", "300"):  # zbar overlooks one code of a hundred at any one of them
        subprocess.run(["pdftoppm", "-r", resolution, "-gray", sheet, tmp_path / f"page{resolution}"], check=True)
    read = subprocess.run(["zbarimg", "-q", "--raw", *glob.glob(str(tmp_path / "page*"))], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout.split()
    assert set(read) == {f"http://wifi.kotimkab.test/voucher?code={code}" for code in made["codes"][1:]}


# --- accounts

def test_an_account_comes_and_goes(city, guests):
    out, _ = gerbang(city, "account", "add", "Ibu Siti é中", "--zone", "taman-kota", "--devices", 2, "--daily", "2 GB",
                     given="rahasia sekali\n")
    assert "Ibu Siti é中" in out
    row, = [row for row in city.gateway.gerbang("account", "list")["accounts"] if row["name"] == "Ibu Siti é中"]
    assert (row["zone"], row["devices"], row["daily_bytes"], row["session_seconds"]) == ("taman-kota", 2, 2 * 10**9, None)
    with Portal(city) as portal:
        assert portal.ask(guests[0], ACCOUNT, name="ibu siti é中", secret="rahasia").refusal == "password"
        assert portal.login(guests[0], ACCOUNT, name="ibu siti é中", secret="rahasia sekali").state == "online"
        assert is_in(guests[0])
        assert city.gateway.gerbang("account", "remove", "IBU SITI é中")["ended"] == 1
        wait_for("it to be out", lambda: not is_in(guests[0]), 2)
        assert portal.ask(guests[0], ACCOUNT, name="ibu siti é中", secret="rahasia sekali").refusal == "password"


@pytest.mark.parametrize("name, given, said, status", [
    ("ani", "pendek\n", "8 characters or more", 1),
    ("ani", "é" * 7 + "\n", "8 characters or more", 1),
    ("ani", "x" * 129 + "\n", "at most 128 bytes", 1),
    ("ani", "x" * 300 + "\n", "at most 128 bytes", 2),
    ("ani", "", "standard input", 2),
    ("x" * 65, "rahasia sekali\n", "1 to 64 printable bytes", 1),
    (" ani", "rahasia sekali\n", "1 to 64 printable bytes", 1),
    ("a\x1b[31mni", "rahasia sekali\n", "1 to 64 printable bytes", 1),
])
def test_an_account_that_is_none(city, name, given, said, status):
    _, error = gerbang(city, "account", "add", name, given=given, status=status)
    assert said in error and "rahasia" not in error and "pendek" not in error
    assert not city.gateway.gerbang("account", "list")["accounts"]


def test_a_password_is_nowhere(city):
    secret = "kata-sandi-yang-unik-8391"
    gerbang(city, "account", "add", "ani", given=secret + "\n")
    gerbang(city, "account", "add", "ani", given=secret + "\n", status=1)
    for path in ledger_files(city) + glob.glob(city.path("*.log")):
        with open(path, "rb") as file:
            assert secret.encode() not in file.read(), path
    with open(f"/proc/{city.gateway.pid('daemon')}/mem", "rb") as memory:
        assert not in_memory(city.gateway.pid("daemon"), memory, secret.encode())
    gerbang(city, "account", "remove", "ani")


def in_memory(pid, memory, secret):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            span, mode = line.split()[:2]
            if "rw" not in mode or "[v" in line:
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            if end - start > 1 << 28:  # a sanitizer's shadow
                continue
            memory.seek(start)
            if secret in memory.read(end - start):
                return True
    return False


# --- forgetting

def ledger_files(city):
    return [path for path in glob.glob(city.path("state", "rehearsal", "**"), recursive=True) + glob.glob(city.path("state", "*.db*"))
            if os.path.isfile(path)]


def in_ledger(city, *parts):
    found = False
    for path in ledger_files(city):
        if os.path.isfile(path) and not path.endswith("-shm"):
            with open(path, "rb") as file:
                data = file.read()
            found |= any(part in data for part in parts)
    return found


def test_forgetting_a_device_leaves_nothing(city, guests):
    guest, other = guests[:2]
    mac = bytes.fromhex(guest.mac.replace(":", ""))
    with Portal(city) as portal:
        code = portal.login(guest).code
        assert portal.login(other).state == "online" and is_in(guest)
        wait_for("the pass to be written", lambda: in_ledger(city, code.encode()) and in_ledger(city, mac), 10)
        done = city.gateway.gerbang("forget", guest.mac.upper().replace(":", "-"))
        assert (done["ended"], done["devices"], done["passes"]) == (1, 1, 1)
        assert not in_ledger(city, code.encode()) and not in_ledger(city, mac)
        assert not is_in(guest) and is_in(other), "its session ended, and no other"
        city.gateway.settle(4)  # what was to be written a little later is not
        assert not in_ledger(city, code.encode()) and not in_ledger(city, mac)
        again = portal.login(guest)
        assert again.state == "online" and again.code != code, "a stranger"


def test_who_is_forgotten_comes_back_as_a_stranger_at_once(city, guests):
    """However often it came just before: that alone keeps a visitor in the daemon's memory for three seconds a time."""
    guest = guests[0]
    with Portal(city) as portal:
        codes = {portal.login(guest).code}
        for _ in range(10):
            assert portal.ask(guest, LOGOUT).state == "captive"
            codes.add(portal.login(guest).code)
        assert len(codes) == 1
        city.gateway.gerbang("forget", guest.mac)
        again = portal.login(guest)
        assert again.state == "online" and again.code not in codes
        assert portal.ask(guest, LOGOUT).state == "captive"
        city.gateway.gerbang("forget", guest.mac)
        assert portal.login(guest, cookie=again.code).code not in codes | {again.code}


def test_forgetting_in_the_middle_of_a_login(city, guests):
    """Nobody is in yet, the pass is in use all the same: the login comes to nothing, and the next one is a stranger's."""
    guest = guests[0]
    mac = bytes.fromhex(guest.mac.replace(":", ""))
    done = {}
    with Portal(city) as portal:
        code = portal.login(guest).code
        assert portal.ask(guest, LOGOUT).state == "captive"
        with halted(city, "shaper"):
            number = portal.send(guest, CLICK)
            city.gateway.settle(0.5)  # on its way to the kernel: "ended" below says so
            forget = threading.Thread(target=lambda: done.update(city.gateway.gerbang("forget", guest.mac)))
            forget.start()
            city.gateway.settle(0.5)
            assert forget.is_alive(), "it waits for the kernel to let go"
        answered, state = portal.receive()
        forget.join()
        assert answered == number and state.state == "captive"
        assert done["ended"] == 1 and not is_in(guest) and not city.gateway.sessions()
        assert not in_ledger(city, code.encode()) and not in_ledger(city, mac)
        again = portal.login(guest)
        assert again.state == "online" and again.code != code


def test_forgetting_a_stranger(city):
    out, _ = gerbang(city, "forget", "02:00:00:00:99:99")
    assert "nothing is kept" in out


# --- without a ledger

def test_without_a_ledger_all_is_refused_and_nobody_is_cut_off(make_city):
    city = make_city(settings=conf(), guests={"taman-kota": 1}, hosts=[])
    guest, = city.guests["taman-kota"]
    city.gateway.start(rehearse=EVENING, names=("shaper", "daemon"))
    city.gateway.end("daemon")
    with open(city.path("state", "rehearsal", "ledger.db"), "w") as file:
        file.write("this is no database, and must be left as it is")
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()
    known(city, guest)
    for words in (("voucher", "create", "--all-zones", "--count", 1, "--valid", "1 d"), ("voucher", "list"),
                  ("voucher", "revoke", "00000-00000"), ("account", "list"), ("account", "remove", "x"), ("forget", guest.mac)):
        _, error = gerbang(city, *words, status=1)
        assert "the ledger cannot be opened" in error, words
    _, error = gerbang(city, "account", "add", "ani", given="rahasia sekali\n", status=1, language="id")
    assert "tidak dapat dibuka" in error
    with Portal(city) as portal:
        assert portal.login(guest).state == "online" and is_in(guest)
    with open(city.path("state", "rehearsal", "ledger.db")) as file:
        assert file.read() == "this is no database, and must be left as it is"
    with pytest.raises(Refused):
        city.gateway.gerbang("voucher", "list")
