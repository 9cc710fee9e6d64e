# SPDX-License-Identifier: GPL-2.0-or-later
"""The workbook, read back by openpyxl and computed anew by LibreOffice: figures are numbers, dates are dates, formulas give what stands beside them, names are
texts whatever they begin with, each sheet is ready for the screen and for paper, and the same document is the same file.
"""
import datetime
import math
import re
import resource
import shutil
import signal
import subprocess
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest

import handmade

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = re.compile(r"=(SUM\(([A-Z]+)\d+:\2\d+\)|SUBTOTAL\(9,([A-Z]+)\d+:\3\d+\)|[A-Z]+\d+[+-][A-Z]+\d+)")
ABSENT = "–"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return handmade.written(str(tmp_path_factory.mktemp("marked")), "id", "marked")


@pytest.fixture(scope="module")
def formulas(files):
    return openpyxl.load_workbook(files["xlsx"])


@pytest.fixture(scope="module")
def values(files):
    return openpyxl.load_workbook(files["xlsx"], data_only=True)


def office(directory, source, form):
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{directory}/profile", "--convert-to", form, "--outdir",
                    str(directory / "out"), str(source)], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return directory / "out" / (source.stem + "." + form.split(":")[0])


def row_of(sheet, text, column=1):
    """The first row that says `text` in its first column."""
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value == text)


def table(sheet, title):
    """Headings, and the rows below them up to the sum, of the table with that title."""
    head = row_of(sheet, title) + 1
    names = [cell.value for cell in sheet[head] if cell.value]
    rows = []
    for row in sheet.iter_rows(min_row=head + 1, max_col=len(names)):
        rows.append([cell.value for cell in row])
        if rows[-1][0] == "Jumlah":
            break
    return names, rows


def test_figures_are_numbers_and_equal_the_documents(values):
    names, rows = table(values["Kantor"], "Pemakaian dan biaya")
    assert names[0] == "Kantor" and names[-1] == "Gangguan"
    assert [row[0] for row in rows[:-1]] == handmade.NAMES
    for number, row in enumerate(rows[:-1]):
        down, up = handmade.volume(number), handmade.volume(number, up=True)
        share, refund = handmade.share(number), handmade.refund(number)
        assert row[1] in ("5.1.02.02.01.0063", None)
        assert math.isclose(row[2], down / 1e9, rel_tol=1e-15) and math.isclose(row[3], up / 1e9, rel_tol=1e-15)
        assert row[4] is None if number == 2 else math.isclose(row[4], (down + up) / 1e9, rel_tol=1e-15)
        assert row[5] == ABSENT if number == 1 else math.isclose(row[5], down // 2592 / 1e6, rel_tol=1e-15)
        assert math.isclose(row[6], (10000 - number) / 1e4, rel_tol=1e-15)
        assert row[7] == number
        assert row[8:11] == [share, ABSENT if number == 5 else refund, share - refund]
        assert round(row[11].total_seconds() if isinstance(row[11], datetime.timedelta) else
                     row[11].hour * 3600 + row[11].minute * 60 + row[11].second) == number * 3723
    assert rows[-1][8] == handmade.COST


def test_dates_are_dates(values):
    _, rows = table(values["Sambungan"], "Sambungan tiap hari")
    assert [row[0] for row in rows[:-1]] == [datetime.datetime(2026, 11, 1) + datetime.timedelta(day) for day in range(30)]
    facts = {row[0].value: row[1] for row in values["Ringkasan"].iter_rows(max_col=2) if row[1].value is not None}
    assert facts["Ditutup"].value == datetime.datetime(2026, 12, 1, 0, 5, 9)
    assert facts["Bulan"].value == datetime.datetime(2026, 11, 1)
    assert facts["Lama gangguan"].value == datetime.timedelta(hours=27, seconds=62)
    assert facts["Pengunjung"].value == ABSENT
    assert facts["Biaya"].value == handmade.COST and facts["Dibawa"].value == 12345.678901234


def test_names_are_texts_and_nothing_else_is_a_formula(formulas, files):
    texts = set()
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                assert FORMULAS.fullmatch(cell.value), (sheet.title, cell.coordinate, cell.value)
            elif cell.data_type == "s":
                texts.add(cell.value)
    assert {"=1+1", "+1+1|' /C calc'!A0", "-2+3", "0812", "2026-11-23", '=HYPERLINK("http://example.invalid","Klik")'} <= texts
    with zipfile.ZipFile(files["xlsx"]) as archive:
        for name in archive.namelist():
            data = archive.read(name).decode("utf-8")
            ElementTree.fromstring(data)
            assert "http://example.invalid" not in data or name == "xl/sharedStrings.xml" or "xl/charts/" in name
            assert not any(turn in data for turn in "\u202e\u2066\x01"), name
            # What links there are lead to sheets of the workbook; a chart's text is no reference.
            assert "TargetMode=\"External\"" not in data and "<c:f>Kantor terbesar" not in data


def test_sums_and_rows_are_formulas(formulas, values):
    found = {}
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            found.setdefault(re.sub(r"[A-Z]+\d+", "X", cell.value), []).append(cell)
            assert isinstance(values[sheet.title][cell.coordinate].value, (int, float, datetime.timedelta, datetime.time)), cell.coordinate
    # 14 groups and their whole, 2 groups and theirs, in 3 columns and in 1.
    assert len(found["=SUBTOTAL(9,X:X)"]) == 15 * 3 + 3
    assert len(found["=SUM(X:X)"]) == 3 + 7
    assert len(found["=X-X"]) == 13 and len(found["=X+X"]) == 30 + 13 + 14 * 30


def forget_results(source, target):
    """The same workbook with 0 beside each formula."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f><v>)[^<]*", rb"\g<1>0", data)
            new.writestr(name, data)


def number_of(value):
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return value.hour * 3600 + value.minute * 60 + value.second if isinstance(value, datetime.time) else value


def test_libreoffice_computes_the_same(files, formulas, values, tmp_path):
    blank = tmp_path / "blank.xlsx"
    forget_results(files["xlsx"], blank)
    settings = tmp_path / "profile" / "user"
    settings.mkdir(parents=True)
    # 0: always compute what was loaded.
    (settings / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>'
        "</item></oor:items>")
    computed = openpyxl.load_workbook(office(tmp_path, blank, "xlsx:Calc MS Excel 2007 XML"), data_only=True)
    assert computed.sheetnames == values.sheetnames
    compared = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            ours, theirs = (number_of(book[sheet.title][cell.coordinate].value) for book in (values, computed))
            assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-9), (sheet.title, cell.coordinate, cell.value, ours, theirs)
            compared += ours != 0
    assert compared > 400


def test_libreoffice_prints_it(files, tmp_path):
    source = tmp_path / "handmade.xlsx"
    shutil.copy(files["xlsx"], source)
    paper = office(tmp_path, source, "pdf")
    sizes = subprocess.run(["pdfinfo", "-l", "999", str(paper)], check=True, capture_output=True, text=True).stdout
    pages = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", sizes)
    assert pages and all(sorted(round(float(side)) for side in page) == [595, 842] for page in pages)
    texts = subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, capture_output=True, text=True).stdout.split("\f")[:-1]
    assert len(texts) == len(pages)
    for number, text in enumerate(texts, 1):
        assert "SEMENTARA · GELADI" in text and f"{number} / {len(pages)}" in text and "Diskominfo \"A&B\" </style>" in text
        assert "###" not in text
    assert "Rp180.000.001,00" in "".join(texts) and "1 Des 2026 00.05.09" in "".join(texts) and "12.345,68" in "".join(texts)
    daily = [text for text in texts if "Kantor 2" not in text and re.search(r"\d Nov 2026 +[\d,]+ +[\d,]+ +[\d,]+\n", text)]
    assert len(daily) > 5 and all(re.search(r"Tanggal", text) for text in daily)


def test_sheets_are_ready_to_use(formulas):
    assert formulas.sheetnames == ["Daftar isi", "Ringkasan", "Sambungan", "Kantor", "_A1", "Kantor 2"]
    for sheet in formulas:
        assert str(sheet.page_setup.paperSize) == "9" and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0 and sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.oddHeader.left.text == "SEMENTARA · GELADI"
        assert sheet.oddFooter.right.text == "&P / &N" or sheet.oddFooter.right.text == "&[Page] / &[Pages]"
    assert formulas["Kantor"].page_setup.orientation == "landscape"
    for name, frozen, repeated in (("Sambungan", "B6", "$5:$5"), ("Kantor", "B7", "$6:$6"), ("Kantor 2", "B6", "$5:$5"), ("_A1", "A3", "$1:$2")):
        assert formulas[name].freeze_panes == frozen and formulas[name].print_title_rows == repeated, name
    for sheet in formulas.worksheets[1:]:
        assert "SEMENTARA · GELADI" in sheet["A2"].value
    links = [cell.hyperlink.location for row in formulas["Daftar isi"].iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in formulas.sheetnames[1:]]


def test_columns_are_as_wide_as_their_figures(formulas):
    sheet = formulas["Kantor"]
    assert sheet.column_dimensions["I"].width >= len("Rp180.000.001,00") and sheet.column_dimensions["A"].width <= 60
    assert sheet.row_dimensions[row_of(sheet, handmade.NAMES[9])].height >= 30
    assert formulas["Kantor 2"].row_dimensions[10].outlineLevel == 1


def test_charts_are_native_and_of_the_tables_cells(files, formulas):
    with zipfile.ZipFile(files["xlsx"]) as archive:
        charts = [archive.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2, 3)]
    assert re.findall("<c:f>([^<]*)</c:f>", charts[0]) == ["Sambungan!$B$5", "Sambungan!$A$6:$A$35", "Sambungan!$B$6:$B$35",
                                                            "Sambungan!$C$5", "Sambungan!$A$6:$A$35", "Sambungan!$C$6:$C$35"]
    assert "<c:f>Kantor!$E$7:$E$16</c:f>" in charts[2] and '<c:barDir val="bar"/>' in charts[2]
    assert "<a:t> =Kantor terbesar</a:t>" in charts[2]
    assert formulas["Sambungan"]["E5"].value == "Jam tersibuk (Mbit/s)"
    # What is not known is a gap in a line, not a nought.
    assert formulas["Sambungan"]["E17"].value is None


def test_the_same_document_is_the_same_file(files, tmp_path):
    again = handmade.written(str(tmp_path), "id", "marked", env={"USER": "somebody"})
    for kind in ("xlsx", "html"):
        with open(files[kind], "rb") as one, open(again[kind], "rb") as other:
            assert one.read() == other.read()
    with zipfile.ZipFile(again["xlsx"]) as archive:
        assert "2026-12-01T00:00:00Z" in archive.read("docProps/core.xml").decode()


def test_a_locale_with_a_decimal_comma_changes_nothing(files, tmp_path):
    if subprocess.run(["localedef", "--no-archive", "-i", "id_ID", "-f", "UTF-8", str(tmp_path / "id_ID.UTF-8")], capture_output=True).returncode:
        pytest.skip("no sources of locales on this machine (package locales)")
    again = handmade.written(str(tmp_path / "out"), "id", "marked", env={"LOCPATH": str(tmp_path), "LC_ALL": "id_ID.UTF-8"})
    for kind in ("xlsx", "html"):
        with open(files[kind], "rb") as one, open(again[kind], "rb") as other:
            assert one.read() == other.read()


def test_english_and_final(tmp_path):
    book = openpyxl.load_workbook(handmade.written(str(tmp_path), "en", "plain", 300)["xlsx"])
    assert book.sheetnames == ["Contents", "Summary", "Uplink", "Offices", "Offices 2", "_A1", "Kantor"]
    assert all(not sheet.oddHeader.left.text for sheet in book)
    assert book["Offices"].max_row == 6 + 300 + 1 and book["Offices"].cell(307, 1).value == "Total"
    assert book["Offices"]["I307"].value == "=SUM(I7:I306)"
    assert len(book["Offices 2"]._charts) == 1


def limited(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


@pytest.mark.parametrize("size", [100_000, 30_000, 0])
def test_a_full_disk_is_told(tmp_path, size):
    """With 100,000 bytes the workbook fits, and what the library keeps beside it does not: it says nothing of that itself."""
    with pytest.raises(subprocess.CalledProcessError) as failure:
        handmade.written(str(tmp_path), preexec_fn=limited(size), stderr=subprocess.PIPE, text=True)
    assert re.search("File too large|Input/output error", failure.value.stderr), failure.value.stderr
    assert not (tmp_path / "handmade.html").exists()
