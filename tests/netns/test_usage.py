# SPDX-License-Identifier: GPL-2.0-or-later
"""`gerbang usage`, `verify`, `ledger`, `uplink`, `log`, `quota`: a ledger that the real daemon filled under real traffic, over the ends of
hours, days and a month; every figure of tables, JSON and CSV against raw rows of SQLite, summed up here with Python's own calendar.
"""
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

import settings as settings_module
from fixtures import open_city
from gateway import SANITIZERS, Refused
from settings import small
from space import wait_for
from traffic import Flow, Paced, flows

ZONE = ZoneInfo("Asia/Pontianak")
KINDS = {1: "office", 2: "zone", 3: "own", 4: "unattributed", 5: "uplink"}
MBIT = 10**6
# The raw columns of one direction, and what the documents call them.
FLOW = {"bytes": "bytes", "packets": "packets", "dropped": "dropped_packets", "late_bytes": "late_bytes", "borrowed": "borrowed_bytes",
        "demand_sec": "demand_seconds", "short_sec": "short_seconds"}


# --- the ledger, read by another hand

def rows_of(path, grain="row"):
    """[(at, kind, id, msec, {"down": {...}, "up": {...}})] of the table, in no order."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        base.row_factory = sqlite3.Row
        subjects = {row["number"]: (KINDS[row["kind"]], row["id"]) for row in base.execute("SELECT * FROM subject")}
        return [(row["key"] >> 16, *subjects[row["key"] & 0xffff], row["msec"],
                 {way: {name: row[f"{way}_{name}"] for name in FLOW} for way in ("down", "up")})
                for row in base.execute(f"SELECT * FROM usage_{grain}")]


def local(at):
    return datetime.fromtimestamp(at, ZONE)


def sums(rows, key):
    """{key(row): [msec, {"down": {...}, "up": {...}}]}; rows whose key is None are left out."""
    out = {}
    for row in rows:
        if key(row) is None:
            continue
        entry = out.setdefault(key(row), [0, {way: dict.fromkeys(FLOW, 0) for way in ("down", "up")}])
        entry[0] += row[3]
        for way in ("down", "up"):
            for name in FLOW:
                entry[1][way][name] += row[4][way][name]
    return out


def same_flow(said, counted, msec):
    """All figures of one direction, formulas included."""
    for name, key in FLOW.items():
        assert said[key] == counted[name], (key, said, counted)
    assert said["dropped_bytes_estimate"] == (counted["dropped"] * counted["bytes"] // counted["packets"] if counted["packets"] else 0)
    assert said["offered_bytes_estimate"] == said["bytes"] + said["dropped_bytes_estimate"]
    measured = (msec + 500) // 1000
    assert said["average_bps"] == ((counted["bytes"] - counted["late_bytes"]) * 8 // measured if measured else 0)


def percentile(rows, way):
    """(95th percentile, peak) by the definition: sorted, the top 5 % of whole rows dropped, the highest of what is left."""
    rates = sorted((row[4][way]["bytes"] - row[4][way]["late_bytes"]) * 8000 // row[3] for row in rows if row[3] >= 150000)
    return (rates[len(rates) - 1 - len(rates) * 5 // 100], rates[-1]) if rates else (None, None)


# --- a city with a history

def gerbang(filled, *words, conf=None, status=0, language="C", user=None):
    """Standard output; the daemon is away."""
    done = subprocess.run([os.path.join(filled.build, "ctl/gerbang"), "-c", conf or filled.conf, *words], text=True, capture_output=True,
                          timeout=60, env={**os.environ, **SANITIZERS, "LC_ALL": language}, user=user, extra_groups=[] if user else None)
    assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout if status == 0 or done.stdout else done.stderr


def document(filled, *words, **options):
    return json.loads(gerbang(filled, *words, "--rehearsal", "--json", **options))


def settings():
    made = small()
    made["offices"][0]["quota"] = {"monthly": "1 TB", "notice": 80, "over": "notice"}
    made["offices"][1]["name"] = '=HYPERLINK("http://192.0.2.1","Keuangan")'
    return made


def at_midnight(city, before, seconds):
    """Goes on across the instant, under traffic."""
    city.gateway.clock_to(before)
    time.sleep(seconds)


@pytest.fixture(scope="module")
def filled():
    """Traffic of two offices and the gateway itself, over the end of an hour, a day and a month; a daemon that died meanwhile; a
    correction and an exemption. Then the daemon ends, and the ledger stays."""
    with open_city(settings=settings(), hosts=["dinkes", "bkad"]) as city:
        gateway = city.gateway
        gateway.start(rehearse="2026-11-23 16:59:50", names=("shaper", "daemon"))
        with flows(Flow(city, city.hosts["dinkes"]), Flow(city, city.hosts["bkad"], "up", streams=1),
                   Paced(city, city.hosts["bkad"], "down", 3 * MBIT)):
            time.sleep(12)
            at_midnight(city, "2026-11-24 23:59:54", 8)
            gateway.kill9("daemon")
            gateway.start_one("daemon")
            gateway.wait_ready()
            at_midnight(city, "2026-11-30 23:59:54", 9)
        answers = SimpleNamespace(
            exempt=gateway.gerbang("quota", "exempt", "dinkes", "--for", "36 h", "--reason", "pekan vaksinasi", "--by", "kadis"),
            listed=gateway.gerbang("quota"),
            corrected=gateway.gerbang("ledger", "correct", "--office", "bkad", "--day", "2026-11-24", "--down", "-1.5 kB", "--up", "+700",
                                      "--reason", "uji"),
            status=gateway.gerbang("status"), live=gateway.gerbang("usage", "--month", "2026-11"))
        answers.revoked = gateway.gerbang("quota", "revoke", answers.exempt["id"])
        gateway.clock_to("2026-12-02 01:30:00")  # what was decided is in the chain
        wait_for("the day to be closed", lambda: gateway.gerbang("verify")["last"]["day"] == "2026-12-01", 10)
        gateway.stop()
        directory = city.path("state", "rehearsal")
        made = SimpleNamespace(city=city, build=gateway.build, conf=city.conf, directory=directory, answers=answers,
                               path=os.path.join(directory, "ledger.db"))
        made.rows = rows_of(made.path)
        yield made


def in_month(month):
    return lambda row: (row[1], row[2]) if local(row[0]).strftime("%Y-%m") == month else None


CORRECTED = {("2026-11", "bkad"): (-1500, 700)}


def correction(month, ident):
    return CORRECTED.get((month, ident), (0, 0))


# --- sums

@pytest.mark.parametrize("month", ["2026-11", "2026-12"])
def test_a_month_is_its_rows(filled, month):
    said = document(filled, "usage", "--month", month)
    counted = sums(filled.rows, in_month(month))
    assert said["month"] == month and said["rehearsal"] and said["timezone"] == "Asia/Pontianak"
    assert {(row["kind"], row["id"]) for row in said["subjects"]} == set(counted) and len(counted) >= 7
    assert [(list(KINDS.values()).index(row["kind"]), row["id"]) for row in said["subjects"]] == sorted(
        (list(KINDS.values()).index(kind), ident) for kind, ident in counted)
    for row in said["subjects"]:
        msec, ways = counted[row["kind"], row["id"]]
        down, up = correction(month, row["id"])
        assert row["measured_seconds"] == (msec + 500) // 1000
        for way in ("down", "up"):
            same_flow(row[way], ways[way], msec)
        assert (row["correction"]["down_bytes"], row["correction"]["up_bytes"]) == (down, up)
        assert row["total_bytes"] == ways["down"]["bytes"] + ways["up"]["bytes"] + down + up
    assert counted["office", "dinkes"][1]["down"]["bytes"] > 1_000_000 and counted["office", "bkad"][1]["up"]["bytes"] > 1_000_000


def test_quota_is_of_the_month_with_what_was_corrected(filled):
    rows = {row["id"]: row for row in document(filled, "usage", "--month", "2026-11")["subjects"]}
    dinkes = rows["dinkes"]
    assert dinkes["quota_bytes"] == 10**12 and dinkes["quota_stage"] == "none"
    assert dinkes["quota_percent"] == pytest.approx(dinkes["total_bytes"] / 10**10, abs=0.1)
    assert "quota_percent" not in rows["bkad"]
    assert "quota_percent" not in document(filled, "usage", "--since", "2026-11-23", "--office", "dinkes")["subjects"][0]


PERIODS = {"month": "%Y-%m", "day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00:00+07:00", "row": None}


@pytest.mark.parametrize("by", PERIODS)
def test_the_same_in_time(filled, by):
    def period(row):
        at = local(row[0])
        text = at.isoformat() if by == "row" else at.strftime(PERIODS[by])
        return text, row[1], row[2]

    said = document(filled, "usage", "--by", by, "--since", "2026-11-01", "--until", "2026-12-31")
    counted = sums(filled.rows, period)
    assert said["by"] == by and len(said["rows"]) == len(counted) == len({(row["at"], row["kind"], row["id"]) for row in said["rows"]})
    assert [row["at"] for row in said["rows"]] == sorted(row["at"] for row in said["rows"])
    for row in said["rows"]:
        msec, ways = counted[row["at"], row["kind"], row["id"]]
        same_flow(row["down"], ways["down"], msec)
        same_flow(row["up"], ways["up"], msec)
        corrected = sum(row["correction"].values()) if by in ("month", "day") else 0
        assert corrected == (-800 if row["id"] == "bkad" and row["at"] in ("2026-11", "2026-11-24") else 0)
        assert row["total_bytes"] == ways["down"]["bytes"] + ways["up"]["bytes"] + corrected


def test_any_time_is_the_rows_in_it(filled):
    """Both ends off the hour; and a correction only counts where its day is whole."""
    since, until = "2026-11-23 17:00", "2026-11-25 00:05"
    inside = [row for row in filled.rows if since <= local(row[0]).strftime("%Y-%m-%d %H:%M") < until]
    said = document(filled, "usage", "--since", since, "--until", until)
    counted = sums(inside, lambda row: (row[1], row[2]))
    assert {(row["kind"], row["id"]): row["down"]["bytes"] for row in said["subjects"]} == {
        key: ways["down"]["bytes"] for key, (_, ways) in counted.items()}
    assert next(row for row in said["subjects"] if row["id"] == "bkad")["correction"]["down_bytes"] == -1500
    part = document(filled, "usage", "--since", "2026-11-24 12:00", "--until", until)
    assert next(row for row in part["subjects"] if row["id"] == "bkad")["correction"] == {"down_bytes": 0, "up_bytes": 0}


def test_the_classes_close_against_the_uplink(filled):
    """What the closing line says is recomputed, and within the bound of `verify`."""
    said = document(filled, "usage", "--since", "2026-11-01", "--until", "2026-12-31")
    rows, ends = said["subjects"], said["closing"]
    assert ends["up"]["classes_bytes"] == sum(row["up"]["bytes"] for row in rows if row["kind"] != "uplink")
    assert ends["down"]["classes_bytes"] == sum(row["down"]["bytes"] for row in rows if row["kind"] not in ("uplink", "own"))
    uplink = next(row for row in rows if row["kind"] == "uplink")
    for way in ("down", "up"):
        end = ends[way]
        assert end["uplink_bytes"] == uplink[way]["bytes"]
        whole = end["classes_bytes"] + end["own_bytes"] + end["dropped_bytes_estimate"]
        assert end["difference_bytes"] == whole - end["uplink_bytes"]
        assert abs(whole - end["uplink_bytes"]) < max(0.01 * end["uplink_bytes"], 10**7), ends


# --- CSV and tables

def test_csv_has_the_figures_of_the_json(filled):
    done = subprocess.run([os.path.join(filled.build, "ctl/gerbang"), "-c", filled.conf, "usage", "--month", "2026-11", "--rehearsal", "--csv"],
                          stdout=subprocess.PIPE, check=True, env={**os.environ, **SANITIZERS, "LC_ALL": "id_ID.UTF-8"})
    raw = done.stdout.decode()
    assert raw.count("\n") == raw.count("\r\n") == raw.count("\r")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    said = document(filled, "usage", "--month", "2026-11")["subjects"]
    assert len(rows) == len(said)
    for row, subject in zip(rows, said):
        assert (row["kind"], row["id"]) == (subject["kind"], subject["id"])
        for way in ("down", "up"):
            assert int(row[f"{way}_bytes"]) == subject[way]["bytes"] and int(row[f"{way}_late_bytes"]) == subject[way]["late_bytes"]
        assert int(row["total_bytes"]) == subject["total_bytes"] and int(row["correction_down_bytes"]) == subject["correction"]["down_bytes"]
        assert not any(value and value[0] in "=+@\t\r" for value in row.values())
    assert next(row for row in rows if row["id"] == "bkad")["name"] == '\'=HYPERLINK("http://192.0.2.1","Keuangan")'


def human(value):
    """As the table says it: three digits, no zeros behind."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            digits = 2 if value < 9.995 * size else 1 if value < 99.95 * size else 0
            text = f"{int(value * 10**digits / size + 0.5) / 10**digits:.{digits}f}"
            return (text.rstrip("0").rstrip(".") if digits else text) + letter
    return str(value)


@pytest.mark.parametrize("language", ["C", "id_ID.UTF-8"])
def test_a_table_says_the_same(filled, language):
    text = gerbang(filled, "usage", "--month", "2026-11", "--rehearsal", language=language)
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert max(map(len, text.splitlines())) <= 80
    assert ("November 2026" in text) and ("(latihan)" if language != "C" else "(rehearsal)") in text
    for row in document(filled, "usage", "--month", "2026-11")["subjects"]:
        if row["kind"] not in ("office", "zone"):
            continue
        cells = [human(row["down"]["bytes"]), human(row["up"]["bytes"]), human(row["total_bytes"])]
        wanted = [cell.replace(".", ",") if language != "C" else cell for cell in cells]
        assert lines[row["id"]].split()[1:4] == wanted


# --- percentiles: rows enough for a history, written into a copy by another hand

@pytest.fixture(scope="module")
def history(filled):
    """Two days of rows of three subjects, one of them with holes, half of a row, and bytes that came late."""
    folder = filled.city.path("history")
    os.makedirs(folder)
    shutil.copy(filled.path, folder)
    first = int(datetime(2026, 10, 5, tzinfo=ZONE).timestamp())
    with closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as base, base:
        numbers = {(KINDS[kind], ident): number for number, kind, ident in base.execute("SELECT number, kind, id FROM subject")}
        columns = [row[1] for row in base.execute("PRAGMA table_info(usage_row)") if row[1] not in ("key", "subject", "at")]
        for who, (subject, step) in enumerate(((("office", "dinkes"), 1), (("office", "bkad"), 3), (("uplink", ""), 1))):
            for i in range(0, 576, step):
                at, seed = first + 300 * i, (i * 7919 + who * 104729) % 1009
                values = dict.fromkeys(columns, 0)
                values.update(msec=(300000, 299996, 150000, 149999)[i % 4] if who == 0 else 300000, down_bytes=seed * 98_765, down_packets=seed,
                              up_bytes=(1009 - seed) * 4_321, up_packets=seed, down_late_bytes=seed * 90_000 if i % 50 == 0 else 0)
                base.execute(f"INSERT INTO usage_row (key, {', '.join(values)}) VALUES ({', '.join('?' * (len(values) + 1))})",
                             (at * 65536 + numbers[subject], *values.values()))
                base.execute("INSERT OR IGNORE INTO slice (at, hour, day) VALUES (?, ?, ?)",
                             (at, at - at % 3600, (local(at).replace(tzinfo=None) - datetime(1970, 1, 1)).days))
        write_hours(base, numbers["uplink", ""], columns)
        write_evidence(base)
    conf = conf_for(filled, folder)
    return SimpleNamespace(filled=filled, conf=conf, rows=[row for row in rows_of(os.path.join(folder, "ledger.db")) if row[0] < first + 2 * 86400])


def write_hours(base, number, columns):
    """The uplink's hours of the rows above, all but one of them measured."""
    summed = ", ".join(f"sum({name})" for name in columns)
    for at, *values in base.execute(f"SELECT hour, {summed} FROM usage_row JOIN slice ON slice.at = key >> 16 WHERE key & 65535 = ? AND day < 20735"
                                    " GROUP BY hour", (number,)).fetchall():
        if at % 86400 == 0:
            values[columns.index("msec")] = 1799000
        base.execute(f"INSERT INTO usage_hour (key, {', '.join(columns)}) VALUES ({', '.join('?' * (len(columns) + 1))})",
                     (at * 65536 + number, *values))


OCTOBER_5 = (datetime(2026, 10, 5) - datetime(1970, 1, 1)).days


def write_evidence(base):
    """Two days of minutes, three outages (one before the month, one that goes on), two targets, two tests."""
    minute, noon = 60_000_000, int(datetime(2026, 10, 5, 12, tzinfo=ZONE).timestamp()) * 10**6
    for i, down in enumerate((0, 7)):
        base.execute("INSERT INTO availability VALUES (?, ?, ?, 2, ?, 0, 2880, ?)", (OCTOBER_5 + i, 1440 - i, down, max(down - 2, 0), 2880 - down))
        for address, answered in ((bytes([1, 1, 1, 1]), 2880 - down), (bytes([9, 9, 9, 9]), 100)):
            base.execute("INSERT INTO target (day, address, sent, answered) VALUES (?, ?, 2880, ?)", (OCTOBER_5 + i, address, answered))
    for began, ended, cause in ((-30 * 1440, -30 * 1440 + 5, 1), (0, 7, 2), (100, None, 3)):
        base.execute("INSERT INTO outage (began_wall_usec, ended_wall_usec, cause) VALUES (?, ?, ?)",
                     (noon + began * minute, noon + ended * minute if ended is not None else 0, cause))
    for error in ("", "connection refused"):
        base.execute("INSERT INTO line_test (wall_usec, server, down_bps, up_bps, error) VALUES (?, 'iperf3://192.0.2.1:5201', 91000000, 92000000, ?)",
                     (noon, error))


def test_the_busiest_hour_of_each_day(history):
    said = document(history.filled, "usage", "--busy", "--since", "2026-10-05", "--until", "2026-10-06", conf=history.conf)
    hours = sums([row for row in history.rows if row[1] == "uplink"], lambda row: row[0] - row[0] % 3600)
    hours = {at: entry for at, entry in hours.items() if at % 86400 and local(at).strftime("%Y-%m-%d") < "2026-10-07"}
    assert [day["day"] for day in said["days"]] == ["2026-10-05", "2026-10-06"]
    for day in said["days"]:
        for way in ("down", "up"):
            rates = {at: (ways[way]["bytes"] - ways[way]["late_bytes"]) * 8 // ((msec + 500) // 1000)
                     for at, (msec, ways) in hours.items() if local(at).strftime("%Y-%m-%d") == day["day"]}
            assert day[way]["bps"] == max(rates.values()) == rates[int(datetime.fromisoformat(day[way]["hour"]).timestamp())]
            assert day[way]["percent"] == pytest.approx(day[way]["bps"] / MBIT, abs=0.1)  # of 100 Mbit/s


def test_the_uplinks_minutes_and_outages(history):
    said = document(history.filled, "uplink", "--month", "2026-10", conf=history.conf)
    assert (said["measured_minutes"], said["down_minutes"], said["carrier_minutes"], said["silent_minutes"]) == (2879, 7, 4, 5)
    assert said["availability_percent"] == pytest.approx((2879 - 7) * 100 / 2879)
    assert (said["probes_sent"], said["probes_answered"]) == (5760, 5753)
    assert [(row["cause"], row["ended"] is None) for row in said["outages"]] == [("silent", False), ("loss", True)]
    assert said["outages"][0]["seconds"] == 420 and said["outages"][0]["began"] == "2026-10-05T12:00:00+07:00"
    assert [(row["address"], row["sent"], row["answered"]) for row in said["targets"]] == [("1.1.1.1", 5760, 5753), ("9.9.9.9", 5760, 200)]
    assert [(row["down_bps"], row["error"]) for row in said["tests"]] == [(91000000, None), (None, "connection refused")]
    text = gerbang(history.filled, "uplink", "--month", "2026-10", "--rehearsal", conf=history.conf, language="id_ID.UTF-8")
    assert "Tersedia: 99,756%" in text and "5 Okt 2026 12:00" in text
    assert "Nobody watched" in gerbang(history.filled, "uplink", "--month", "2025-10", "--rehearsal", conf=history.conf)


def conf_for(filled, folder):
    """A configuration whose ledger of rehearsals is in `folder`."""
    state = folder + "-state"
    os.makedirs(state, exist_ok=True)
    if not os.path.exists(os.path.join(state, "rehearsal")):
        os.symlink(folder, os.path.join(state, "rehearsal"))
    os.makedirs(folder + "-etc", exist_ok=True)
    return settings_module.write(dict(filled.city.settings, paths={"state": state, "run": folder + "-run"}), folder + "-etc")


def test_percentiles_and_peaks_by_their_definition(history):
    for since, until in (("2026-10-05 00:05", "2026-10-06 23:55"), ("2026-10-05 10:05", "2026-10-05 14:00")):
        said = document(history.filled, "usage", "--since", since, "--until", until, conf=history.conf)
        inside = [row for row in history.rows if since <= local(row[0]).strftime("%Y-%m-%d %H:%M") < until]
        assert len(said["subjects"]) == 3
        for row in said["subjects"]:
            mine = [entry for entry in inside if (entry[1], entry[2]) == (row["kind"], row["id"])]
            for way in ("down", "up"):
                assert (row[way]["p95_bps"], row[way]["peak_bps"]) == percentile(mine, way)
            span = (max(entry[0] for entry in mine) - min(entry[0] for entry in mine)) // 300 + 1
            samples = sum(entry[3] >= 150000 for entry in mine)
            assert (row["samples"], row["missing_samples"]) == (samples, span - samples)
            if row["kind"] == "office":
                assert document(history.filled, "usage", "--since", since, "--until", until, "--office", row["id"],
                                conf=history.conf)["subjects"] == [row]


# --- verify

def test_verify_closes_and_says_what_to_write_down(filled):
    said = document(filled, "verify")
    assert said["closes"] and said["findings"] == [] and said["rows"] >= len(filled.rows)
    with closing(sqlite3.connect(f"file:{filled.path}?mode=ro", uri=True)) as base:
        days = base.execute("SELECT day, hash FROM link ORDER BY day").fetchall()
    assert len(days) >= 4
    day, digest = days[-1]
    assert said["last"]["hash"] == digest.hex()
    text = gerbang(filled, "verify", "--rehearsal")
    assert " ".join(re.findall("." * 8, digest.hex())) in text and "closes" in text
    date = (datetime(1970, 1, 1) + timedelta(days=day)).strftime("%Y-%m-%d")
    assert json.loads(gerbang(filled, "verify", "--rehearsal", "--day", date, "--json"))["hash"] == digest.hex()
    assert "has not closed 2031-01-01" in gerbang(filled, "verify", "--rehearsal", "--day", "2031-01-01", status=1)


@pytest.mark.parametrize("spoiled", ["row", "month", "correction"])
def test_verify_names_what_does_not_close(filled, spoiled):
    folder = filled.city.path(f"spoiled-{spoiled}")
    os.makedirs(folder)
    shutil.copy(filled.path, folder)
    with closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as base, base:
        if spoiled == "correction":
            base.execute("UPDATE correction SET down_bytes = down_bytes - 1")
        else:
            base.execute(f"UPDATE usage_{spoiled} SET down_bytes = down_bytes + 1 WHERE key = (SELECT min(key) FROM usage_{spoiled})")
    conf = conf_for(filled, folder)
    done = subprocess.run([os.path.join(filled.build, "ctl/gerbang"), "-c", conf, "verify", "--rehearsal", "--json"], text=True,
                          capture_output=True, env={**os.environ, **SANITIZERS})
    said = json.loads(done.stdout)
    assert done.returncode == 1 and not said["closes"] and said["findings_count"] >= 1 and said["findings"][0]["text"], said
    assert "does not close" in gerbang(filled, "verify", "--rehearsal", conf=conf, status=1)


# --- what was decided

def test_exemptions_and_corrections_are_told(filled):
    answers = filled.answers
    assert answers.exempt["office"] == "dinkes" and "pekan vaksinasi" in answers.exempt["reason"]
    assert [(row["office"], row["in_force"]) for row in answers.listed["exemptions"]] == [("dinkes", True)]
    assert [row["id"] for row in answers.listed["offices"]] == ["dinkes"]
    dinkes = next(row for row in answers.status["offices"] if row["id"] == "dinkes")
    assert dinkes["quota"]["exempt_until"] and answers.revoked
    events = document(filled, "log", "--since", "2026-11-01", "--until", "2026-12-31")["events"]
    assert [event["time"] for event in events] == sorted((event["time"] for event in events), reverse=True)
    kinds = {event["kind"] for event in events}
    assert {"quota.exempt", "correction"} <= kinds, kinds
    ours = document(filled, "log", "--since", "2026-11-01", "--until", "2026-12-31", "--kind", "quota.", "--office", "dinkes")["events"]
    assert ours and all(event["kind"].startswith("quota.") and event["subject"] == "dinkes" for event in ours)
    assert any("pekan vaksinasi" in event["text"] for event in ours)
    text = gerbang(filled, "log", "--since", "2026-11-01", "--until", "2026-12-31", "--rehearsal")
    assert "pekan vaksinasi" in text and "correction" in text


def test_a_running_daemon_is_read_beside(filled):
    """While it rehearsed, the rehearsal's own ledger was found without being told; its figures were a part of the last ones."""
    live = {(row["kind"], row["id"]): row for row in filled.answers.live["subjects"]}
    final = {(row["kind"], row["id"]): row for row in document(filled, "usage", "--month", "2026-11")["subjects"]}
    assert filled.answers.live["rehearsal"] and set(live) == set(final)
    for key, row in live.items():
        assert row["down"]["bytes"] == final[key]["down"]["bytes"] and row["total_bytes"] == final[key]["total_bytes"]


def test_what_is_kept(filled):
    said = document(filled, "ledger")
    kept = {row["what"]: row for row in said["kept"]}
    with closing(sqlite3.connect(f"file:{filled.path}?mode=ro", uri=True)) as base:
        for what, table in (("rows", "usage_row"), ("hours", "usage_hour"), ("days", "usage_day"), ("months", "usage_month")):
            assert kept[what]["rows"] == base.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    assert kept["rows"]["keep_seconds"] == 396 * 86400 and kept["days"]["keep_seconds"] is None
    oldest = min(row[0] for row in filled.rows)
    pruned = datetime.fromisoformat(kept["rows"]["next_pruning"]).timestamp()
    assert abs(pruned - oldest - 396 * 86400) <= 86400
    assert gerbang(filled, "ledger", "--rehearsal").startswith(f"Ledger: {filled.directory}")


def test_other_views_open(filled):
    lending = document(filled, "usage", "--lending", "--month", "2026-11")
    days = sums(filled.rows, lambda row: (local(row[0]).strftime("%Y-%m-%d"), row[1], row[2]))
    for day in lending["days"]:
        mine = {(row["kind"], row["id"]): (row["down_bytes"], row["up_bytes"]) for row in day["borrowed"]}
        for (date, kind, ident), (_, ways) in days.items():
            if date == day["day"] and kind in ("office", "zone") and ways["down"]["borrowed"] + ways["up"]["borrowed"]:
                assert mine[kind, ident] == (ways["down"]["borrowed"], ways["up"]["borrowed"])
        assert day["spare_down_bytes"] is None or day["spare_down_bytes"] >= 0
    assert len(lending["days"]) == len({date for date, _, _ in days if date < "2026-12"})
    assert document(filled, "usage", "--busy", "--month", "2026-11")["bought"] == {"down_bps": 100 * MBIT, "up_bps": 100 * MBIT}
    assert document(filled, "usage", "--hosts", "3", "--month", "2026-11")["hosts"] == []
    uplink = document(filled, "uplink", "--month", "2026-11")
    assert uplink["outages"] == [] and "availability_percent" in uplink
    for view in ("--lending", "--busy", "--hosts", "--detail"):
        assert gerbang(filled, "usage", view, "--month", "2026-11", "--rehearsal").startswith(("Usage", "Lent", "Busiest"))


# --- what cannot be read says why

def other(filled, name, version=None, database=True):
    folder = filled.city.path(name)
    os.makedirs(folder)
    if database:
        shutil.copy(filled.path, folder)
        with closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as base:
            if version is not None:
                base.execute(f"PRAGMA user_version = {version}")
    return conf_for(filled, folder)


def test_reasons(filled):
    assert "there is no ledger in" in gerbang(filled, "usage", "--rehearsal", conf=other(filled, "none", database=False), status=1)
    assert "newer version" in gerbang(filled, "usage", "--rehearsal", conf=other(filled, "newer", version=99), status=1)
    assert "older version" in gerbang(filled, "verify", "--rehearsal", conf=other(filled, "older", version=1), status=1)
    assert "neither the configuration nor the ledger" in gerbang(filled, "usage", "--rehearsal", "--office", "nobody", status=1)
    conf = other(filled, "broken")
    with open(filled.city.path("broken", "ledger.db"), "r+b") as file:
        file.write(b"this is no SQLite file at all, whatever its name")
    assert "cannot be read" in gerbang(filled, "usage", "--rehearsal", conf=conf, status=1)


def test_who_may_not_read_is_told_whom_to_ask(filled):
    """The city's folders are open to all but for the ledger's own."""
    conf, folder = other(filled, "locked"), filled.city.path("locked")
    os.chmod(os.path.join(folder, "ledger.db"), 0o600)
    text = gerbang(filled, "usage", "--rehearsal", conf=conf, status=1, user="nobody")
    assert "no permission to read the ledger in" in text and "be root" in text


def test_an_edit_that_is_refused_costs_the_names_alone(filled):
    with open(filled.conf) as file:
        text = file.read()
    path = filled.city.path("edited.conf")
    with open(path, "w") as file:
        file.write(text.replace('monthly = "1 TB"', 'monthly = "one"'))
    done = subprocess.run([os.path.join(filled.build, "ctl/gerbang"), "-c", path, "usage", "--month", "2026-11", "--rehearsal", "--json"],
                          text=True, capture_output=True, env={**os.environ, **SANITIZERS, "LC_ALL": "C"})
    said = {row["id"]: row for row in json.loads(done.stdout)["subjects"] if row["kind"] == "office"}
    whole = {row["id"]: row for row in document(filled, "usage", "--month", "2026-11")["subjects"] if row["kind"] == "office"}
    assert done.returncode == 0 and "identifiers in place of names" in done.stderr
    assert {ident: row["total_bytes"] for ident, row in said.items()} == {ident: row["total_bytes"] for ident, row in whole.items()}
    assert all(row["name"] is None for row in said.values()) and whole["dinkes"]["name"] == "Dinas Kesehatan"


def test_an_office_that_was_removed_is_still_billed(filled):
    left = dict(filled.city.settings, offices=filled.city.settings["offices"][1:])
    os.makedirs(filled.city.path("fewer"))
    conf = settings_module.write(left, filled.city.path("fewer"))
    row = next(row for row in document(filled, "usage", "--month", "2026-11", conf=conf)["subjects"] if row["id"] == "dinkes")
    assert row["name"] is None and row["down"]["bytes"] > 1_000_000
    assert "(no longer configured)" in gerbang(filled, "usage", "--month", "2026-11", "--rehearsal", conf=conf)


def test_refusals(filled):
    for words, said in ((("--json", "--csv"), "does not go with"), (("--lending", "--busy"), "does not go with"),
                        (("--by", "week"), "--by is month, day, hour or row"), (("--by", "day", "--since", "2026-11-23 10:05"), "begins and ends"),
                        (("--hosts", "0"), "--hosts is a whole number"), (("--busy", "--since", "2026-11-23 10:05"), "whole days")):
        assert said in gerbang(filled, "usage", "--rehearsal", *words, status=2)
    with pytest.raises(AssertionError):
        document(filled, "usage", "--month", "2026-13")
