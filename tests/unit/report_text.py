# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the report's CSV, open data and numbers with Python's own csv, json and decimal: none of our code takes part in
the reading, so an error in it cannot hide itself."""
import csv
import decimal
import json
import pathlib
import re
import subprocess
import sys
import tempfile

decimal.getcontext().prec = 40
PROGRAM = sys.argv[1]


def expected(unit, value, english):
    divisor = {"count": 1, "rupiah": 1, "permyriad": 100, "bytes": 10**9, "bps": 10**6}[unit]
    places = 0 if unit == "count" else 2
    exact = decimal.Decimal(value) / divisor
    rounded = exact.quantize(decimal.Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    sign = "-" if rounded < 0 else ""
    if not english:
        text = text.translate(str.maketrans(",.", ".,"))
    return sign + ("Rp" if unit == "rupiah" else "") + text + (" %" if unit == "permyriad" else "")


def numbers():
    lines = subprocess.run([PROGRAM, "values"], check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(lines) == 3000 * 5 * 2
    for line in lines:
        unit, value, english, shown = line.split("\t")
        assert shown == expected(unit, int(value), english == "1"), line


def read(path):
    raw = path.read_bytes()
    assert raw.endswith(b"\r\n"), path
    assert b"\x00" not in raw, path
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, strict=True))
    assert rows and all(len(row) == len(rows[0]) for row in rows), path
    assert all(re.fullmatch("[a-z0-9_]+", key) for key in rows[0]), path
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def no_formulas(path):
    numeric = re.compile(r"-?\d+$")
    for row in read(path):
        for value in row.values():
            assert numeric.match(value) or not value.lstrip().startswith(("=", "+", "-", "@")), (path, value)


def total(rows, key):
    return sum(int(row[key]) for row in rows if row[key])


def money(folder):
    cost, codes, contract = (read(folder / f"{name}.csv") for name in ("cost", "budget_codes", "contract"))
    facts = [int(row["value"]) for row in contract if row["unit"] == "rupiah"]
    monthly, whole, refund, net = facts
    assert (monthly, whole, refund, net) == (30000001, 30000001, 1500000, 28500001)
    assert total(cost, "share_rupiah") == total(codes, "share_rupiah") == whole
    for row in cost + codes:
        assert int(row["share_rupiah"]) - int(row["refund_rupiah"]) == int(row["net_rupiah"])


def days(folder):
    daily, offices = read(folder / "daily.csv"), read(folder / "offices.csv")
    for office in offices:
        own = [row for row in daily if row["office"] == office["office"]]
        assert len(own) == 2 and [row["day"] for row in own] == ["2026-11-01", "2026-11-02"]
        for key in ("down_bytes", "up_bytes", "total_bytes"):
            assert total(own, key) == int(office[key]), (office, key)


def plain(row, value):
    """A value of the JSON as the CSV writes it."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return "'" + value if value.lstrip().startswith(("=", "+", "-", "@")) else value


def open_data(folder):
    document = json.loads((folder / "open.json").read_text(encoding="utf-8"))
    assert document["month"] == "2026-11" and document["mark"] is None
    published = {path.stem.removeprefix("open-") for path in folder.glob("open-*.csv")}
    assert published == set(document["tables"])
    described = {}
    for row in read(folder / "dictionary.csv"):
        assert row["description_id"] and row["description_en"] and row["type"], row
        described.setdefault(row["table"], []).append(row["column"])
    assert set(described) == published
    for key, table in document["tables"].items():
        rows = read(folder / f"open-{key}.csv")
        assert [list(map(lambda v: plain(row, v), row.values())) for row in table["rows"]] == [list(r.values()) for r in rows], key
        for row in rows:
            assert [""] + list(row) == described[key], key
        assert table["description"]["id"] and table["description"]["en"]


def languages(one, other):
    """Nothing of the report's words stays in the other language, and both have the same tables and figures."""
    words = [(folder / "words.txt").read_text(encoding="utf-8").splitlines() for folder in (one, other)]
    assert len(words[0]) == len(words[1])
    english = re.compile(r"\b(the|of|and|with|month|office|offices|download|upload|was|were|none)\b", re.I)
    indonesian = re.compile(r"\b(yang|dan|dengan|bulan|kantor|unduh|unggah|tidak|tiap|menurut)\b", re.I)
    for line in words[0]:
        assert not english.search(line), line
    for line in words[1]:
        assert not indonesian.search(line), line
    for path in one.glob("*.csv"):
        for a, b in zip(read(path), read(other / path.name), strict=True):
            assert list(a) == list(b)
            for key in a:
                if re.fullmatch(r"-?\d*", a[key]):
                    assert a[key] == b[key], (path, key)


with tempfile.TemporaryDirectory() as scratch:
    numbers()
    folders = []
    for language in ("id", "en"):
        folder = pathlib.Path(scratch, language)
        folder.mkdir()
        folders.append(folder)
        subprocess.run([PROGRAM, folder, language], check=True)
        again = pathlib.Path(scratch, language + "-again")
        again.mkdir()
        subprocess.run([PROGRAM, again, language], check=True, env={"TZ": "UTC", "LC_ALL": "C"})
        for path in folder.iterdir():
            assert path.read_bytes() == (again / path.name).read_bytes(), path
        for path in folder.glob("*.csv"):
            no_formulas(path)
        money(folder)
        days(folder)
        open_data(folder)
    languages(*folders)
    print(f"{len(list(folders[0].iterdir()))} files in two languages read back")
