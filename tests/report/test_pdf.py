# SPDX-License-Identifier: GPL-2.0-or-later
"""The PDF as pages, read by other programs (poppler, zbar): A4, numbered, in embedded fonts; every figure is there, none over another, none outside of the margins; headings
stand on each page of a table and never alone at its foot; the signature is in one piece and not alone; the code says what its words say; the same document is the same file.
"""
import os
import re
import struct
import subprocess
import time
import unicodedata
import zlib
from html.parser import HTMLParser

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("GERBANG_BUILD", os.path.join(TOP, "build"))
PROGRAM = os.path.join(BUILD, "tests", "report", "report-paper")
OFFICES = 36
VERIFY = "https://gerbang.example.go.id/v?m=2026-11&h=0123456789abcdef"
SIGNATURE = ("Sampit, 1 Desember 2026", "Kepala Dinas Komunikasi dan Informatika", "Dra. Siti Rahmawati, M.Si.", "NIP 19700101 199003 2 001")
SECTIONS = ["Bagian pertama", "Bagian kantor", "Bagian lebar", "Bagian kelompok", "Bagian harian", "Bagian kosong", "Bagian terakhir"]


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, timeout=60, **options).stdout


def written(path, *arguments, **options):
    run(PROGRAM, str(path), *(str(argument) for argument in arguments), **options)
    return str(path)


def info(path):
    return dict(re.match(r"([^:]+): *(.*)", line).groups() for line in run("pdfinfo", path).decode().splitlines() if ":" in line)


def texts(path):
    """Each page's lines, as they stand."""
    return [page.splitlines() for page in run("pdftotext", "-layout", path, "-").decode().split("\f")[:-1]]


class Words(HTMLParser):
    """(x0, y0, x1, y1, word) of each page, and the page's size."""

    def __init__(self, path):
        super().__init__()
        self.pages, self.sizes, self.box = [], [], None
        self.feed(run("pdftotext", "-bbox", path, "-").decode())

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "page":
            self.pages.append([])
            self.sizes.append((float(a["width"]), float(a["height"])))
        elif tag == "word":
            self.box = [float(a[key]) for key in ("xmin", "ymin", "xmax", "ymax")]

    def handle_data(self, data):
        if self.box:
            self.pages[-1].append((*self.box, data))
            self.box = None


def grouped(number):
    return f"{number:,}".replace(",", ".")


def value(office, column):
    return (office + 1) * 1234567891 * (column + 1) % 98765432109876


def gigabytes(number):
    rounded = (number * 200 + 10**9) // (2 * 10**9)
    return grouped(rounded // 100) + f",{rounded % 100:02}"


def shown(office, column):
    """As paper.c's tables have them: their units take turns."""
    number = value(office, column)
    return (gigabytes(number), f"Rp{grouped(number)},00", grouped(number))[column % 3]


def png(path, width, height, data=None):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = data
    if rows is None:
        rows = b"".join(b"\0" + b"".join(bytes((x * 255 // width, y * 255 // height, 90)) for x in range(width)) for y in range(height))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("paper")


@pytest.fixture(scope="module")
def report(folder):
    return written(folder / "report.pdf", OFFICES, 12, "id", "SEMENTARA · GELADI", png(folder / "logo.png", 300, 400))


@pytest.fixture(scope="module")
def pages(report):
    return texts(report)


@pytest.fixture(scope="module")
def words(report):
    return Words(report)


# ---- the file ----

def test_a_file_of_a4_pages_that_says_what_it_is(report, pages, words):
    about = info(report)
    assert int(about["Pages"]) == len(pages) > 10
    assert about["Title"] == "Laporan Pemakaian Internet · November 2026" and about["Author"] == "PEMERINTAH KABUPATEN KOTAWARINGIN TIMUR"
    assert {tuple(sorted(round(side) for side in size)) for size in words.sizes} == {(595, 842)}
    with open(report, "rb") as file:
        assert b"/Lang (id)" in file.read()


def test_english_says_so(folder):
    path = written(folder / "english.pdf", 3, 2, "en")
    with open(path, "rb") as file:
        assert b"/Lang (en)" in file.read()
    text = "\n".join(line for page in texts(path) for line in page)
    assert "Contents" in text and "Total" in text and "None" in text and "Jumlah semua" not in text


def test_no_reader_complains(report):
    done = subprocess.run(["pdftocairo", "-pdf", report, "/dev/null"], capture_output=True, timeout=60)
    assert done.returncode == 0 and done.stderr == b""


def test_all_fonts_are_in_it(report):
    rows = run("pdffonts", report).decode().splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r" yes yes yes +\d+ +\d+$", row), row


def test_the_same_document_is_the_same_file(report, folder):
    time.sleep(1.1)  # another second
    again = written(folder / "again.pdf", OFFICES, 12, "id", "SEMENTARA · GELADI", str(folder / "logo.png"), env=dict(os.environ, TZ="America/New_York", LC_ALL="C"))
    with open(report, "rb") as one, open(again, "rb") as two:
        assert one.read() == two.read()


def test_a_full_disk_is_said():
    assert subprocess.run([PROGRAM, "/dev/full", "5", "2"], capture_output=True, timeout=60).returncode == 1


def test_a_machine_without_fonts_is_said(folder):
    (folder / "fonts.conf").write_text("<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig><dir>/nonexistent</dir></fontconfig>")
    done = subprocess.run([PROGRAM, str(folder / "none.pdf"), "5", "2"], env=dict(os.environ, FONTCONFIG_FILE=str(folder / "fonts.conf")), capture_output=True, timeout=60)
    assert done.returncode == 1 and b"Package not installed" in done.stderr


def test_three_hundred_offices_are_soon_done(folder):
    begin = time.monotonic()
    path = written(folder / "many.pdf", 300, 2)
    took = time.monotonic() - begin
    assert int(info(path)["Pages"]) > 80 and os.path.getsize(path) < 4 << 20
    assert took < 3, took  # a third of a second where nothing else runs


# ---- every page ----

def test_numbers_and_marks_on_every_page(pages):
    for number, page in enumerate(pages, 1):
        lines = [line.strip() for line in page if line.strip()]
        assert re.search(rf"Laporan November 2026 · Diskominfo +{number} / {len(pages)}$", lines[-1]), lines[-1]
        assert "SEMENTARA · GELADI" in "\n".join(lines[:3])
        assert number == 1 or "Laporan Pemakaian Internet" in "\n".join(lines[:3])


def test_a_report_that_is_final_has_no_mark(folder):
    assert not any("SEMENTARA" in line for page in texts(written(folder / "final.pdf", 3, 2)) for line in page)


def test_nothing_leaves_the_margins(words):
    for page, (width, height) in zip(words.pages, words.sizes):
        for x0, y0, x1, y1, word in page:
            assert x0 >= 42 and x1 <= width - 48 and y0 >= 15 and y1 <= height - 20, (word, x0, x1, y0, y1)


def test_no_word_stands_on_another(words):
    for number, page in enumerate(words.pages, 1):
        boxes = sorted(page, key=lambda box: box[1])
        for i, (x0, y0, x1, y1, word) in enumerate(boxes):
            for u0, v0, u1, v1, other in boxes[i + 1:]:
                if v0 > y1:
                    break
                across, down = min(x1, u1) - max(x0, u0), min(y1, v1) - max(y0, v0)
                if not (word + other).isascii():
                    continue  # letters that join, as their writing has it
                assert across <= 1 or down <= 0.35 * min(y1 - y0, v1 - v0), (number, word, other)


# ---- the first page ----

def test_contents_and_bookmarks_lead_to_the_sections(report, pages, folder):
    first = "\n".join(pages[0])
    outline = run("pdftohtml", "-xml", "-i", "-stdout", report, cwd=folder).decode()
    outline = re.findall(r'<item page="(\d+)">([^<]*)</item>', outline[outline.index("<outline>"):])
    assert [title for _, title in outline] == SECTIONS
    for number, (page, title) in enumerate(outline, 1):
        assert re.search(rf"{number}\. +{title} +{page}\n", first), title
        assert any(re.fullmatch(rf" *{number}\. +{title}", line) for line in pages[int(page) - 1]), (page, title)


@pytest.mark.parametrize("name,data,images", [
    ("good.png", None, 1), ("tiny.png", "tiny", 1), ("torn.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, 0), ("text.png", b"no picture", 0), ("huge.png", "huge", 0),
    ("short.png", "short", 0), ("missing.png", "missing", 0), ("folder", "folder", 0), ("pipe", "pipe", 0)])
def test_a_logo_is_shown_or_left_out(folder, name, data, images):
    path = folder / ("logo-" + name)
    if data is None or data in ("tiny", "short"):
        png(path, *((1, 1) if data == "tiny" else (200, 260)), data=b"\0" if data == "short" else None)
    elif data == "huge":
        png(path, 100000, 100000, data=b"")
    elif data == "folder":
        path.mkdir()
    elif data == "pipe":
        os.mkfifo(path)
    elif data != "missing":
        path.write_bytes(data)
    made = written(folder / ("with-" + name + ".pdf"), 2, 1, "id", "", path)
    rows = [row for row in run("pdfimages", "-list", made).decode().splitlines()[2:] if row.split()[2] == "image"]
    assert len(rows) == images
    assert "KOTAWARINGIN TIMUR" in "\n".join(texts(made)[0])


# ---- tables ----

def section_pages(pages, number):
    """The pages on which a section stands."""
    def begins(title):
        place = SECTIONS.index(title) + 1
        return next(i for i, page in enumerate(pages) if any(re.fullmatch(rf" *{place}\. +{title}", line) for line in page))

    return pages[begins(SECTIONS[number]):(begins(SECTIONS[number + 1]) + 1 if number + 1 < len(SECTIONS) else len(pages))]


def test_every_figure_is_there(pages):
    for section, columns in ((1, 3), (2, 9)):
        lines = [line for page in section_pages(pages, section) for line in page]
        for office in range(OFFICES):
            row = r"\s+".join(re.escape(shown(office, column)) for column in range(1, columns + 1))
            assert any(re.search(rf"(^|\s){row}\s*$", line) for line in lines), (section, office)
        sums = []
        for column in range(1, columns + 1):
            total = sum(value(office, column) for office in range(OFFICES))
            sums.append(re.escape((gigabytes(total), f"Rp{grouped(total)},00", grouped(total))[column % 3]))
        assert any(re.search(r"Jumlah\s+" + r"\s+".join(sums) + r"\s*$", line) for line in lines), section


def test_figures_end_below_one_another(report, words):
    ends = {}
    for page in words.pages[:4]:
        for x0, y0, x1, y1, word in page:
            if re.fullmatch(r"Rp[\d.]+,00", word) and x0 > 250:
                ends.setdefault(round(x1), []).append(word)
    assert len(max(ends.values(), key=len)) >= OFFICES


def test_headings_stand_on_every_page_of_a_table(pages):
    for section, heading in ((1, "Kantor +Jumlah yang diterima"), (2, "Kantor "), (3, "Tanggal +Unduh"), (4, "(Tanggal +Unduh.*){1,3}")):
        for page in section_pages(pages, section):
            text = "\n".join(page)
            following = [title for title in SECTIONS[section + 1:] if re.search(rf"^ *\d\. +{title}$", text, re.M)]
            if re.search(r"Rp[\d.]+,00 .*\d\n|\d Nov 2026 ", text) and not following:
                assert re.search(heading, text), text


def test_groups_carry_their_names_on(pages):
    lines = [line.strip() for page in section_pages(pages, 3) for line in page]
    assert lines.count("Jumlah semua" + " " * 0) == 0 and any(line.startswith("Jumlah semua ") for line in lines)
    carried = [i for i, line in enumerate(lines) if line.startswith("Rusak")]
    assert len(carried) >= 3  # 150 days: on three pages


def test_long_and_foreign_names_are_whole(report):
    text = unicodedata.normalize("NFKC", " ".join(run("pdftotext", "-raw", report, "-").decode().split()))
    assert "Dinas Sumber Daya Air, Bina Marga, Bina Konstruksi, Perumahan Rakyat dan Kawasan Permukiman Kabupaten Kotawaringin Timur" in text
    assert "rotkaK terbalik" in text and "\u202e" not in text and "Été — “Écologie” ... −1" in text
    assert "DinasTanpaSpasiYangNamanya" in text
    letters = re.sub(r"[\s\u202a-\u202e\u200e\u200f]", "", text)  # a reader gives each its direction again
    for name in ("مكتبالشؤونالدينية", "משרדהחינוך"):
        assert name in letters or name[::-1] in letters, name


def test_every_day_of_every_office_is_there(pages):
    counted = sum(len(re.findall(r"\b31 Mar 2027\b|\b30 Nov 2026\b", line)) for page in section_pages(pages, 4) for line in page)
    assert counted >= OFFICES


def test_a_table_of_nothing_says_so(pages):
    text = "\n".join("\n".join(page) for page in section_pages(pages, 5))
    assert "Tidak ada\n" in text and "Tidak ada data" in text


# ---- what keeps together ----

def body(page):
    """Without head and foot."""
    lines = [line.strip() for line in page if line.strip()]
    return [line for line in lines[:-1] if line not in ("Laporan Pemakaian Internet",)]


@pytest.fixture(scope="module")
def lengths(folder):
    """The same end behind more and more text: wherever a page may break."""
    return [((offices, lines), texts(written(folder / f"length-{offices}-{lines}.pdf", offices, lines)))
            for offices, lines in [(3, lines) for lines in range(44)] + [(offices, 2) for offices in range(4, 30)]]


def test_the_signature_is_in_one_piece_and_not_alone(lengths):
    for lines, pages in lengths:
        last = "\n".join(pages[-1])
        for part in (*SIGNATURE, "Sidik rantai 0123456789abcdef."):
            assert part in last, (lines, part)
            assert not any(part in "\n".join(page) for page in pages[:-1]), (lines, part)
        assert "Kata terakhir." in last, lines


def test_no_heading_stands_alone_at_the_foot(lengths):
    for lines, pages in lengths:
        for page in pages:
            assert not re.match(r"Judul \d+$|\d\. +Bagian|Tabel |Bagan|Kantor\b|Tanggal\b|Fakta$", body(page)[-1]), (lines, body(page)[-1])


def test_a_small_table_is_not_broken(lengths):
    for lines, pages in lengths:
        assert sum("Tabel kecil" in "\n".join(page) for page in pages) == 1
        page = next("\n".join(page) for page in pages if "Tabel kecil" in "\n".join(page))
        page = page[page.index("Tabel kecil"):]
        assert shown(0, 1) in page and shown(2, 1) in page and "Jumlah" in page and "Catatan di bawah" in page, lines


def test_charts_have_their_titles_and_sentences(pages):
    for page in pages:
        text = "\n".join(page)
        assert len(re.findall(r"^ *Bagan$", text, re.M)) == text.count("Kalimat di bawah bagan.")


# ---- by eye ----

def test_the_code_says_what_its_words_say(report, pages, folder):
    run("pdftoppm", "-r", "200", "-f", str(len(pages)), "-png", "-singlefile", report, str(folder / "last"))
    assert run("zbarimg", "-q", "--raw", str(folder / "last.png")).decode().strip() == VERIFY


def dark(path, folder):
    """How many points of the first page a reader takes for ink, and how many are paler than that and yet not white."""
    run("pdftoppm", "-r", "40", "-gray", "-f", "1", "-l", "1", "-singlefile", path, str(folder / "first"))
    with open(folder / "first.pgm", "rb") as file:
        data = file.read()
    pixels = data[re.match(rb"P5\s+\d+\s+\d+\s+255\s", data).end():]
    return sum(1 for pixel in pixels if pixel < 215), sum(1 for pixel in pixels if 230 <= pixel < 250)


def test_a_page_that_is_marked_can_be_read(folder):
    plain = dark(written(folder / "plain.pdf", 8, 2), folder)
    marked = dark(written(folder / "marked.pdf", 8, 2, "id", "SEMENTARA"), folder)
    assert marked[1] > plain[1] + 2000  # it lies across the page
    assert marked[0] < plain[0] * 1.1  # and under nothing
