#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An independent recomputation of a ledger: from its rows of five minutes alone, with nothing of Gerbang's.

recompute.py PROGRAM [SEED]   PROGRAM makes a random city's ledger and says what the ledger answers; all of it must be equal.
"""
import collections
import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

FLOW = ("bytes", "packets", "dropped", "late_bytes", "borrowed", "demand_sec", "short_sec", "backlog")
COLUMNS = ["msec"] + [f"{way}_{name}" for way in ("down", "up") for name in FLOW]
ADDED = [i for i, name in enumerate(COLUMNS) if not name.endswith("backlog")]
ZONE_SEC = 7 * 3600
ROW_SEC = 300


def integer(value):
    return int(value or 0).to_bytes(8, "little", signed=True)


def field(value):
    return integer(len(value)) + value if isinstance(value, bytes) else integer(value)


def digest(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def month_of(day):
    date = time.gmtime(day * 86400)
    return date.tm_year * 12 + date.tm_mon - 1


def days_of(month):
    first = next(day for day in range(month // 12 * 365 - 719900, 40000) if month_of(day) == month)
    return first, next(day for day in range(first, 40000) if month_of(day) != month)


class Rows:
    """Every row of five minutes: (at, hour, day, kind, id, figures)."""

    def __init__(self, db):
        self.all = [(at, hour, day, kind, name, figures) for at, hour, day, kind, name, *figures in db.execute(
            f"SELECT u.at, hour, day, kind, id, {', '.join(COLUMNS)} FROM usage_row u JOIN slice ON slice.at = u.at"
            " JOIN subject ON number = u.subject ORDER BY u.key")]

    def sums(self, key):
        out = collections.defaultdict(lambda: [0] * len(COLUMNS))
        for row in self.all:
            total = out[key(row), row[3], row[4]]
            for i in ADDED:
                total[i] += row[5][i]
        return out

    def percentile(self, month, kind, name):
        first, last = days_of(month)
        rows = [row for row in self.all if row[3] == kind and row[4] == name
                and first * 86400 - ZONE_SEC <= row[0] < last * 86400 - ZONE_SEC]
        if not rows:
            return 0, 0, 0, 0, 0, 0
        samples = [row[5] for row in rows if row[5][0] * 2 >= ROW_SEC * 1000]
        rates, peaks = [], []
        for way in (1, 1 + len(FLOW)):
            ordered = sorted((s[way] - s[way + 3]) * 8000 // s[0] for s in samples)
            rates.append(ordered[len(ordered) - len(ordered) * 5 // 100 - 1] if ordered else 0)
            peaks.append(ordered[-1] if ordered else 0)
        return *rates, len(samples), (rows[-1][0] - rows[0][0]) // ROW_SEC + 1 - len(samples), *peaks


def shown(figures):
    """As ledger_usage() gives them: seconds, and no backlog."""
    return " ".join(str(v) for v in [(figures[0] + 500) // 1000] + [figures[i] for i in ADDED[1:]])


SECTIONS = (
    ("total", f"SELECT at, kind, id, {', '.join(COLUMNS)} FROM usage_day JOIN subject ON number = subject WHERE at = ? ORDER BY key"),
    ("availability", "SELECT * FROM availability WHERE day = ?"),
    ("correction", "SELECT c.id, wall_usec, day, month, kind, s.id, down_bytes, up_bytes, who, reason FROM correction c"
                   " JOIN subject s ON number = subject WHERE sealed = ? ORDER BY c.id"),
    ("gap", "SELECT id, from_wall_usec, to_wall_usec, cause, lost FROM gap WHERE sealed = ? ORDER BY id"),
    ("outage", "SELECT id, began_wall_usec, ended_wall_usec, cause FROM outage WHERE sealed = ? ORDER BY id"),
    ("shortfall", "SELECT minute_sec, kind, id, up, achieved_bps, entitled_bps FROM shortfall JOIN subject ON number = subject"
                  " WHERE sealed = ? ORDER BY minute_sec, subject, up"),
    ("test", "SELECT id, wall_usec, server, down_bps, up_bps, error FROM line_test WHERE sealed = ? ORDER BY id"),
    ("event", "SELECT id, wall_usec, kind, subject, who, text FROM event WHERE sealed = ? ORDER BY id"),
    ("opening", "SELECT * FROM opening WHERE day = ? ORDER BY zone"),
    ("terms", "SELECT id, wall_usec, kind, subject, document FROM terms WHERE sealed = ? ORDER BY id"),
    ("month", "SELECT month, wall_usec, from_sec, until_sec FROM month_record WHERE sealed = ? ORDER BY month"),
    ("rate", "SELECT r.* FROM month_rate r JOIN month_record USING (month) WHERE sealed = ? ORDER BY month, kind, id"),
    ("visits", "SELECT v.* FROM month_visits v JOIN month_record USING (month) WHERE sealed = ? ORDER BY month, zone"),
)


def links(db, rows):
    by_day = collections.defaultdict(list)
    for at, _hour, day, kind, name, figures in rows.all:
        by_day[day].append(b"".join([integer(at), integer(kind), field(name)] + [integer(v) for v in figures]))
    before = bytes(32)
    for (day,) in db.execute("SELECT day FROM link ORDER BY day").fetchall():
        totals = [field(name.encode()) + b"".join(field(v) for v in row)
                  for name, sql in SECTIONS for row in db.execute(sql, (day,))]
        parts = digest(*by_day[day]), digest(*totals)
        before = digest(b"gerbang day 1", before, integer(day), *parts)
        yield f"link {day}: {parts[0].hex()} {parts[1].hex()} {before.hex()}"


def visits(db, what, begin, end):
    """Sessions that began then, by zone and all together; a device is known by its hash, or, online, by its MAC and the key."""
    with open(db.execute("PRAGMA database_list").fetchone()[2].decode().replace("ledger.db", "ledger.key"), "rb") as file:
        key = file.read()
    zones = collections.defaultdict(lambda: [0, set(), 0, 0, 0, 0])
    zones[""]
    for zone, hashed, mac, down, up, started, until in db.execute(
            "SELECT zone, hash, mac, down_bytes, up_bytes, started_wall_usec, coalesce(ended_wall_usec, saved_wall_usec) FROM session"):
        if not begin <= started < end:
            continue
        device = hashed or mac and hashlib.blake2b(mac, key=key, digest_size=16).digest()
        for sums in (zones[zone.decode()], zones[""]):
            sums[0] += 1
            if device:
                sums[1].add(device)
            else:
                sums[2] += 1
            sums[3] += down
            sums[4] += up
            sums[5] += (until - started) // 1000000
    for zone, sums in zones.items():
        yield f"{what} {zone}: {sums[0]} {len(sums[1])} {' '.join(str(v) for v in sums[2:])}"


def expected(db):
    rows = Rows(db)
    for name, key in (("hour", lambda r: r[1]), ("day", lambda r: r[2]), ("month", lambda r: month_of(r[2]))):
        for (at, kind, subject), figures in rows.sums(key).items():
            subject = subject.decode()
            yield f"{name} {at} {kind} {subject}: {shown(figures)}"
            if name == "month":
                rates = " ".join(str(v) for v in rows.percentile(at, kind, subject.encode())[:4])
                yield f"percentile {at} {kind} {subject}: {rates}"
    for (_at, kind, subject), figures in rows.sums(lambda r: 0).items():
        yield f"sum 0 {kind} {subject.decode()}: {shown(figures)}"
    yield from visits(db, "visits", 0, 1 << 62)
    for (month,) in db.execute("SELECT month FROM month_record").fetchall():
        for (at, kind, subject) in rows.sums(lambda r: month_of(r[2])):
            if at == month:
                yield f"rate {month} {kind} {subject.decode()}: {' '.join(str(v) for v in rows.percentile(month, kind, subject))}"
        yield from visits(db, "recorded", *((day * 86400 - ZONE_SEC) * 1000000 for day in days_of(month)))
    yield from links(db, rows)


def documented(folder):
    """The script that docs/ledger.md prints, run as it stands there."""
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "ledger.md")
    with open(page, encoding="utf-8") as file:
        script = file.read().split("```python\n")[1].split("```")[0]
    said = subprocess.run([sys.executable, "-c", script, f"{folder}/ledger.db"], check=True, stdout=subprocess.PIPE, text=True)
    return [line.split() for line in said.stdout.splitlines()]


def main():
    seed = sys.argv[2] if len(sys.argv) > 2 else str(random.randrange(1 << 31))
    with tempfile.TemporaryDirectory(prefix="gerbang-recompute-") as folder:
        said = subprocess.run([sys.argv[1], folder, seed], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        db = sqlite3.connect(f"file:{folder}/ledger.db?mode=ro", uri=True)
        db.text_factory = bytes
        computed = list(expected(db))
        sealed = [db.execute(f"SELECT count(*) FROM {table} JOIN link ON sealed = link.day").fetchone()[0] for table in ("terms", "month_record")]
        db.close()
        printed = documented(folder)
    different = sorted(set(said) ^ set(computed))
    for line in different[:20]:
        print("the ledger says" if line in said else "recomputed     ", line)
    kinds = collections.Counter(line.split()[0] for line in computed)
    links_said = [line.split() for line in said if line.startswith("link ")]
    if [[line[1][:-1], line[4], "closes"] for line in links_said] != printed:
        print("the script in docs/ledger.md comes to another chain")
        different.append("docs")
    if 0 in sealed:
        print(f"no link holds terms, or no link a month's record: {sealed}")
    print(f"seed {seed}: {len(computed)} answers recomputed ({dict(kinds)}), {len(different)} differ")
    sys.exit(1 if different or len(said) != len(computed) or kinds["link"] < 30 or kinds["percentile"] < 14
             or kinds["rate"] < 8 or kinds["recorded"] < 2 or 0 in sealed else 0)


if __name__ == "__main__":
    main()
