# SPDX-License-Identifier: GPL-2.0-or-later
"""Every number of the report, in every format, against an independent recomputation over the ledger's rows (recompute.py, tables.py): a city of 300 offices and 5 zones in a
February of 29 days with outages, gaps, corrections, an office that comes, is renamed, goes; and small cities for each key of the money, names that mean harm, rehearsals, and
months that are not closed.
"""
import collections
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import city  # noqa: E402
import readback  # noqa: E402
import recompute  # noqa: E402
import shown  # noqa: E402
import tables  # noqa: E402

GERBANG = os.path.join(city.BUILD, "ctl", "gerbang")
MONTH = "2024-02"
SHORT_NAME = 16
RISKY = "=+-@＝＋－＠"


def report(directory, month, output, *options, env=None):
    """Runs the command; what it says."""
    path = os.path.join(directory, output)
    said = subprocess.run([GERBANG, "-c", os.path.join(directory, "gerbang.conf"), "report", month, "--output", path, *options], timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, LANG="C.UTF-8", **(env or {})), check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout


def digests(directory):
    return {name: hashlib.sha256(open(os.path.join(directory, name), "rb").read()).hexdigest() for name in sorted(os.listdir(directory))}


def harmless(text):
    """As a CSV file has a text: nothing that a spreadsheet would compute."""
    return "'" + text if text.lstrip(" \u00a0\n")[:1] in RISKY and text.strip() else text


def as_csv(rows, headings):
    units = ["text", "text", "text"] if headings == ["what", "value", "unit"] else [shown.unit_of(key) for key in headings]
    return [[harmless(value) if unit == "text" and not (headings[0] == "what" and row[2] != "text") else value for value, unit in zip(row, units)] for row in rows]


def assert_equal(found, expected):
    """Both {key: rows}; says the first row that differs of each table."""
    assert set(found) == set(expected)
    wrong = []
    for key, (headings, rows) in found.items():
        wanted = as_csv(expected[key], headings)
        if rows != wanted:
            at = next((i for i, (a, b) in enumerate(zip(rows, wanted)) if a != b), min(len(rows), len(wanted)))
            wrong.append(f"{key}, row {at} of {len(rows)} and {len(wanted)}: {rows[at:at + 1]} instead of {wanted[at:at + 1]}")
    assert not wrong, "\n".join(wrong)


class Made:
    def __init__(self, directory, stages, *span, **options):
        self.directory = str(directory)
        city.make(self.directory, stages, *span, **options)
        self.ledger = recompute.Ledger(self.directory)
        self.memory, self.expected = {}, {}

    def month(self, month, **options):
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        return self.memory.get(number) or recompute.Month(self.ledger, month, memory=self.memory, **options)

    def tables(self, month, closed=True):
        if month not in self.expected:
            self.expected[month] = tables.tables(self.month(month), closed)
        return self.expected[month]

    def compare(self, month, closed=True, output=None):
        output = output or f"csv-{month}"
        if not os.path.isdir(os.path.join(self.directory, output)):
            report(self.directory, month, output, "--format", "csv")
        found = readback.read_csv(os.path.join(self.directory, output), month)
        assert_equal(found, self.tables(month, closed))
        return found


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    directory = tmp_path_factory.mktemp("big")
    first = city.Configuration(str(directory), city.make_offices(300), city.make_zones(5))
    made = Made(directory, city.story(first), "2023-12-01", "2024-03-04", "2024-02-01")
    report(made.directory, MONTH, "all", "--open")
    report(made.directory, MONTH, "english", "--language", "en")
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Names that mean harm; rows for all months; no records."""
    directory = tmp_path_factory.mktemp("small")
    first = city.Configuration(str(directory), city.make_offices(len(city.HOSTILE), city.HOSTILE), city.make_zones(2), 3000)
    first.zones[0]["name"] = city.HOSTILE[0]
    first.zones[1]["name"] = city.HOSTILE[6]
    first.site = "Kominfo <b>&amp; =1+1 \u202e"
    first.signatory["name"] = "@SUM(1+1) <i>Nama</i>"
    made = Made(directory, city.story(first), "2023-12-20", "2024-03-01", "2023-12-20", seed=5, flags=("unrecorded", "unclosed"))
    city.alter(made.directory)
    report(made.directory, MONTH, "all", "--open")
    return made


# ---- the numbers ----

@pytest.mark.parametrize("month", ["2023-12", "2024-01", MONTH, "2024-03"])
def test_every_number_of_a_city_of_300_offices(big, month):
    big.compare(month, closed=month != "2024-03", output="all" if month == MONTH else None)


def test_the_record_is_what_the_rows_give(big):
    month = big.month(MONTH)
    assert month.recorded and len(month.of_record) > 300
    assert month.of_record == month.rates
    assert month.visits == big.ledger.visits(month.from_sec, month.until_sec)


def test_the_city_has_what_a_report_may_get_wrong(big):
    """A leap day, an outage across each end of the month, every verdict, every stage of a quota, someone new, renamed, gone; days below zero."""
    found = big.tables(MONTH)
    assert [row[0] for row in found["uplink_daily"]][-1] == "2024-02-29" and len(found["uplink_daily"]) == 29
    assert found["outages"][0][0].endswith("-02-01T00:00:00+07:00") and found["outages"][-1][1].startswith("2024-03-01T00:00:00")
    assert len({row[2] for row in found["need"]}) == 6
    assert len({row[4] for row in found["quotas"]}) == 4
    remarks = " ".join(row[-1] for row in found["capacity"])
    assert "baru bulan ini" in remarks and "berakhir bulan ini" in remarks and "dahulu: " in remarks
    assert any(row[2].startswith("-") for row in found["daily"])
    assert len({row[3] for row in found["gaps"]}) >= 3 and len(found["shortfalls"]) == 50 and len(found["corrections"]) >= 5
    assert dict((row[0], row[1]) for row in found["service_level"])["Tingkat layanan terpenuhi"] == "tidak"


def gerbang(made, *words):
    return subprocess.run([GERBANG, "-c", os.path.join(made.directory, "gerbang.conf"), *words], check=True, timeout=120, stdout=subprocess.PIPE, text=True).stdout


def test_the_ledger_closes_and_has_the_hash_that_the_report_shows(big):
    """Records of months and terms are in the chain; `gerbang verify` recomputes them."""
    gerbang(big, "verify")
    facts = dict(row[:2] for row in readback.read_csv(os.path.join(big.directory, "all"), MONTH)["verification"][1])
    assert facts["Sidik"] == json.loads(gerbang(big, "verify", "--day", facts["Hari tertutup terakhir"], "--json"))["hash"]


def test_usage_has_the_same_bytes(big):
    """Two programs of one ledger: what an office used is the same in the report and in `gerbang usage`."""
    usage = {row["id"]: row for row in csv.DictReader(gerbang(big, "usage", "--month", MONTH, "--csv").splitlines()) if row["kind"] == "office"}
    offices = readback.read_csv(os.path.join(big.directory, "all"), MONTH)["offices"][1]
    assert {row[1]: int(row[4]) for row in offices} == {ident: int(row["total_bytes"]) for ident, row in usage.items()}


def test_every_number_where_nothing_is_recorded(small):
    """Three months by their rows alone, across a year's end, with hostile names."""
    report(small.directory, "2024-01", "csv-2024-01", "--format", "csv")
    compare_figures(small, "2024-01", "csv-2024-01")
    compare_figures(small, MONTH, "all")


def compare_figures(made, month, output):
    """Where names are hostile each format cleans them: the figures and the order of the rows are compared."""
    found = readback.read_csv(os.path.join(made.directory, output), month)
    expected = made.tables(month, closed=False)
    assert set(found) == set(expected)
    for key, (headings, rows) in found.items():
        keep = [i for i, name in enumerate(headings) if shown.unit_of(name) != "text" or name == "office_id"]
        keep = [1, 2] if headings == ["what", "value", "unit"] else keep
        assert [[row[i] for i in keep] for row in rows if "text" not in row[-1:]] == [
            [row[i] for i in keep] for row in expected[key] if "text" not in row[-1:]], key


# ---- the other formats ----

@pytest.mark.parametrize("output,language", [("all", "id"), ("english", "en")])
def test_html_shows_the_same(big, output, language):
    found = readback.read_csv(os.path.join(big.directory, output), MONTH)
    page = readback.Page(os.path.join(big.directory, output, f"gerbang-{MONTH}.html"))
    assert set(page.titles) == set(found)
    for key, (headings, rows) in found.items():
        plain = [[unprotected(value) for value in row] for row in rows]
        assert page.rows[key] == readback.people(headings, plain, language), key


def unprotected(value):
    return value[1:] if value[:1] == "'" and harmless(value[1:]) == value else value


def test_sums_are_of_the_exact_figures(big):
    found = readback.read_csv(os.path.join(big.directory, "all"), MONTH)
    page = readback.Page(os.path.join(big.directory, "all", f"gerbang-{MONTH}.html"))
    assert len(page.sums) >= 15
    for key, sums in page.sums.items():
        headings, rows = found[key]
        sums = [""] * (len(headings) - len(sums)) + sums
        for at, cell in enumerate(sums[1:], 1):
            unit = shown.unit_of(headings[at])
            if cell not in ("", "Jumlah") and unit != "text":
                assert cell == shown.shown(str(sum(int(row[at] or 0) for row in rows)), unit), (key, headings[at])


def test_both_languages_have_the_same_figures(big):
    ours, english = (readback.read_csv(os.path.join(big.directory, output), MONTH) for output in ("all", "english"))
    assert set(ours) == set(english)
    for key, (headings, rows) in ours.items():
        assert english[key][0] == headings
        keep = [i for i, name in enumerate(headings) if shown.unit_of(name) != "text"]
        if headings == ["what", "value", "unit"]:
            assert [row[1:] for row in rows if row[2] != "text"] == [row[1:] for row in english[key][1] if row[2] != "text"], key
        else:
            assert [[row[i] for i in keep] for row in rows] == [[row[i] for i in keep] for row in english[key][1]], key


def test_xlsx_holds_the_same(big):
    found = readback.read_csv(os.path.join(big.directory, "all"), MONTH)
    titles = readback.Page(os.path.join(big.directory, "all", f"gerbang-{MONTH}.html")).titles
    book = readback.Workbook(os.path.join(big.directory, "all", f"gerbang-{MONTH}.xlsx"))
    for key, (headings, rows) in found.items():
        fact = headings == ["what", "value", "unit"]
        cells = book.table(titles[key], 2 if fact else len(headings), not fact)
        assert len(cells) == len(rows), key
        for got, row in zip(cells, rows):
            units = ["text", row[2]] if fact else [shown.unit_of(name) for name in headings]
            assert all(same_cell(cell, unprotected(value), unit) for cell, value, unit in zip(got, row, units)), (key, got, row)


def same_cell(cell, value, unit):
    if value == "":
        return cell in ("–", None)
    wanted = shown.number(value, unit)
    if wanted is None:
        return cell == value
    if unit == "seconds":
        return seconds_of(cell) == int(value)
    if unit in ("day", "month", "time"):
        return abs((cell - wanted).total_seconds()) < 0.5
    return abs(cell - wanted) <= 1e-12 * abs(wanted)


def seconds_of(cell):
    """openpyxl reads a length below a day as a time of the day."""
    if hasattr(cell, "total_seconds"):
        return round(cell.total_seconds())
    return cell.hour * 3600 + cell.minute * 60 + cell.second + round(cell.microsecond / 1e6)


def test_pdf_prints_the_same(big):
    """Each row's figures stand behind one another in a line, and each short name that does not wrap, as often as the tables have them."""
    found = readback.read_csv(os.path.join(big.directory, "all"), MONTH)
    text = readback.pdf_words(readback.pdf_lines(os.path.join(big.directory, "all", f"gerbang-{MONTH}.pdf")))
    runs = collections.Counter()
    for headings, rows in found.values():
        names = [row[0] for row in rows] if headings[1:2] != ["day"] else {row[0] for row in rows}  # of groups once
        runs.update("  ".join(name.split(" ")) for name in names if headings[0] in ("office", "zone") and len(name) <= SHORT_NAME)
        for cells in readback.people(headings, rows):
            units = ["text", "fact"] if headings[0] == "what" else [shown.unit_of(name) for name in headings]
            for run in figure_runs(cells, units):
                runs[run] += 1
    missing = [run for run, n in runs.items() if text.count(f" {run} ") < n]
    assert len(runs) > 9000 and not missing, f"{len(missing)} of {len(runs)}: {missing[:10]}"


def figure_runs(cells, units):
    """Neighbouring cells that hold figures, as one text."""
    run = []
    for cell, unit in zip(cells + [""], units + ["text"]):
        if unit in ("text", "fact"):
            if len(run) > 1:
                yield "  ".join(run)
            run = []
        else:
            run += cell.split(" ")


def test_open_data_is_a_part_of_the_report(big):
    folder = os.path.join(big.directory, "all")
    whole, public = readback.read_csv(folder, MONTH), readback.read_csv(folder, MONTH, "open-")
    dictionary = {(row[0], row[1]) for row in public.pop("dictionary")[1]}
    with open(os.path.join(folder, f"gerbang-{MONTH}-open.json"), encoding="utf-8") as file:
        document = json.load(file)
    assert not set(public) & {"outages", "corrections", "gaps", "shortfalls", "office_changes", "tests"} and len(public) > 15
    for key, (headings, rows) in public.items():
        assert all((key, name) in dictionary for name in headings), key
        assert not {"who", "noticed", "exceeded", "server"} & set(headings)
        columns = [whole[key][0].index(name) for name in headings]
        expected = [[row[i] for i in columns] for row in whole[key][1]]
        if "visitors" in headings:
            at = headings.index("visitors")
            expected = [row[:at] + [row[at] if int(row[at] or 0) >= 10 else ""] + row[at + 1:] for row in expected]
        if headings[0] != "what":
            assert rows == expected, key
    assert "Siti" not in json.dumps(document) and "Siti" not in repr(public)


# ---- money ----

SPLITS = {"equal": '"equal"', "guaranteed": '"guaranteed"', "delivered": '"delivered"', "p95": '"p95"', "mix": city.MIX}


def contract_city(directory, change, **options):
    """Seven offices in one February, one of which comes on the 20th."""
    first = city.Configuration(str(directory), city.make_offices(7), city.make_zones(1), 1000)
    change(first)
    second = first.copy()
    second.offices.append({"id": "baru-001", "name": "Kantor Baru", "down": 3000, "up": 3000, "place": 700})
    return Made(directory, [("2024-02-01 00:00", first), ("2024-02-20 14:00", second)], "2024-02-01", "2024-03-02", "2024-02-01", **options)


@pytest.mark.parametrize("split", SPLITS)
def test_shares_add_up_to_the_contract(tmp_path, split):
    made = contract_city(tmp_path, lambda c: c.contract.update(split=SPLITS[split], monthly=100000007), seed=len(split))
    found = made.compare(MONTH)
    cost = dict(row[:2] for row in found["contract"][1])
    columns = list(zip(*[[int(value) for value in row[3:6]] for row in found["cost"][1]]))
    assert [str(sum(column)) for column in columns] == [cost["Biaya bulan ini"], cost["Restitusi"], cost["Biaya bersih bulan ini"]]
    assert cost["Biaya bulan ini"] == "100000007"
    assert [sum(int(row[i]) for row in found["budget_codes"][1]) for i in (2, 3, 4)] == [sum(column) for column in columns]
    assert all(share - refund == net for share, refund, net in zip(*columns))


def test_a_contract_of_a_part_of_the_month_costs_by_days(tmp_path):
    made = contract_city(tmp_path, lambda c: c.contract.update({"from": "2024-02-11", "monthly": 99999999}))
    found = made.compare(MONTH)
    assert dict(row[:2] for row in found["contract"][1])["Biaya bulan ini"] == str((2 * 99999999 * 19 + 29) // 58)


def test_without_a_contract_there_is_no_cost(tmp_path):
    def none(configuration):
        configuration.contract = None
    found = contract_city(tmp_path, none).compare(MONTH)
    assert "cost" not in found and "contract" not in found
    assert all(row[3] == "0" for row in found["budgets"][1])


# ---- what is said of a month ----

def test_same_input_same_bytes(small):
    environment = {"TZ": "America/New_York", "LC_ALL": "C", "HOME": "/nonexistent", "SOURCE_DATE_EPOCH": "1"}
    before = digests(os.path.join(small.directory, "all"))
    time.sleep(2.1)  # what keeps times keeps them to two seconds
    report(small.directory, MONTH, "again", "--open", env=environment)
    assert len(before) > 30 and digests(os.path.join(small.directory, "again")) == before


def pdf_pages(directory, month):
    return readback.pdf_lines(os.path.join(directory, f"gerbang-{month}.pdf"))


def assert_marked(directory, month, mark):
    pages = pdf_pages(directory, month)
    assert len(pages) > 3 and all(any(mark in line for line in page) for page in pages)
    page = readback.Page(os.path.join(directory, f"gerbang-{month}.html"))
    assert mark in page.source
    book = readback.Workbook(os.path.join(directory, f"gerbang-{month}.xlsx"))
    assert all(any(mark in str(cell) for row in rows for cell in row) for rows in book.rows.values())


def test_a_month_that_is_not_closed_is_provisional(small, tmp_path):
    assert_marked(os.path.join(small.directory, "all"), MONTH, "SEMENTARA")
    made = contract_city(tmp_path, lambda c: None)
    report(made.directory, MONTH, "all")
    assert "SEMENTARA" not in " ".join(line for page in pdf_pages(os.path.join(made.directory, "all"), MONTH) for line in page)
    assert "SEMENTARA" not in readback.Page(os.path.join(made.directory, "all", f"gerbang-{MONTH}.html")).source


def test_rehearsals_stand_alone_and_say_so(tmp_path):
    """Beside the real ledger lies a rehearsal's with another seed: each report is of its own."""
    made = contract_city(tmp_path, lambda c: None)
    first = city.Configuration(str(tmp_path), city.make_offices(3), city.make_zones(1), 1000)
    city.make(str(tmp_path), [("2024-02-01 00:00", first)], "2024-02-01", "2024-03-02", "2024-02-01", seed=99, ledger=str(tmp_path / "rehearsal"))
    report(made.directory, MONTH, "played", "--rehearsal")
    report(made.directory, MONTH, "real")
    assert_marked(str(tmp_path / "played"), MONTH, "GELADI")
    assert "GELADI" not in readback.Page(str(tmp_path / "real" / f"gerbang-{MONTH}.html")).source
    assert_equal(readback.read_csv(str(tmp_path / "real"), MONTH), made.tables(MONTH))
    played = recompute.Month(recompute.Ledger(str(tmp_path / "rehearsal")), MONTH)
    assert_equal(readback.read_csv(str(tmp_path / "played"), MONTH), tables.tables(played))


# ---- names that mean harm ----

def test_hostile_names_are_texts_everywhere(small):
    folder = os.path.join(small.directory, "all")
    for name in os.listdir(folder):
        if name.endswith(".csv"):
            with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
                text = file.read()
                rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
            assert "\r\n" in text and len({len(row) for row in rows}) == 1, name
            assert not [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple(RISKY) and not re.fullmatch(r"-\d+", cell)], name
    page = readback.Page(os.path.join(folder, f"gerbang-{MONTH}.html"))
    assert not {"script", "img", "i", "b", "iframe", "object"} & set(page.elements)
    assert not [name for _tag, name in page.attributes if name.startswith("on")]
    assert "\u202e" not in page.source and '<script>alert(1)</script> & "Rekan" \'x\'' in {row[0] for row in page.rows["offices"]}


def test_hostile_names_are_no_formulas(small):
    import openpyxl
    book = openpyxl.load_workbook(os.path.join(small.directory, "all", f"gerbang-{MONTH}.xlsx"))
    formulas = [cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) > 50
    assert not [formula for formula in formulas if not re.fullmatch(r"=(SUM|SUBTOTAL)\([0-9A-Z:,$]+\)|=[A-Z]+\d+[+-][A-Z]+\d+", formula)]


def test_libreoffice_computes_the_same_sums(small, tmp_path):
    """Every figure after LibreOffice has computed the workbook anew."""
    import openpyxl
    source = os.path.join(small.directory, "all", f"gerbang-{MONTH}.xlsx")
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path),
                    source], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ours, theirs = (openpyxl.load_workbook(path, data_only=True) for path in (source, tmp_path / os.path.basename(source)))
    compared = 0
    for sheet in ours.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, (int, float)):
                    other = theirs[sheet.title].cell(cell.row, cell.column).value
                    assert abs(cell.value - other) <= 1e-9 * max(1, abs(cell.value)), (sheet.title, cell.coordinate)
                    compared += 1
    assert compared > 1000


def test_the_pdf_of_hostile_names_is_whole(small):
    path = os.path.join(small.directory, "all", f"gerbang-{MONTH}.pdf")
    info = subprocess.run(["pdfinfo", path], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert re.search(r"Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)", info)
    fonts = subprocess.run(["pdffonts", path], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[2:]
    assert fonts and all(line.split()[-5] == "yes" for line in fonts), fonts
    assert shutil.which("pdftotext") and "HYPERLINK" in " ".join(line for page in readback.pdf_lines(path) for line in page)
