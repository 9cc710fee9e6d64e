# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in a real browser: no violation of WCAG 2.1 A and AA that axe can see, nothing lost at 320 px, no request but the page itself, names that are names; and as it
comes out of the browser's printer: A4, headings on each page, no row cut in two, the mark and the page's number on each.
"""
import base64
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "browser"))

import axe  # noqa: E402
import handmade  # noqa: E402
from phone import requests_of  # noqa: E402
from rooms import looker, screen, whole  # noqa: E402

SCREENSHOTS = os.environ.get("GERBANG_SCREENSHOTS")
VOID = {"meta", "link", "img", "br", "line", "rect", "path"}

# What is wider than the screen, and can neither be scrolled to nor is scrolled by a parent.
LOST = """
const lost = [];
for (const e of document.querySelectorAll('body *')) {
	const box = e.getBoundingClientRect();
	if (box.right <= innerWidth + 1 || box.width === 0 || e.closest('.skip, .water'))
		continue;
	let parent = e.parentElement;
	while (parent && !['auto', 'scroll'].includes(getComputedStyle(parent).overflowX))
		parent = parent.parentElement;
	if (!parent)
		lost.push(e.outerHTML.slice(0, 120));
}
return {wide: document.documentElement.scrollWidth, lost: lost,
	small: [...document.querySelectorAll('svg text')].filter(e => e.getBoundingClientRect().height < 9).length + [...document.querySelectorAll('a, p, td, th, h1, h2, h3, caption')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length};
"""


@pytest.fixture(scope="module")
def driver():
    with looker() as driver:
        yield driver


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return {"id": handmade.written(str(tmp_path_factory.mktemp("id")), "id", "marked")["html"],
            "en": handmade.written(str(tmp_path_factory.mktemp("en")), "en", "plain", 40)["html"]}


class Reader(HTMLParser):
    """Tables by their caption, as rows of texts; ids; what is open and never closed."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tables, self.ids, self.targets, self.open, self.elements = {}, [], [], [], set()
        self.rows = self.text = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.add(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.targets += [attributes[name].removeprefix("#") for name in ("href", "aria-labelledby") if name in attributes]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.rows = []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("caption", "th", "td"):
            self.text = ""

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag
        if tag == "caption":
            self.tables.setdefault(self.text, self.rows)
        elif tag in ("th", "td"):
            self.rows[-1].append(self.text)

    def handle_data(self, data):
        if self.text is not None:
            self.text += data


@pytest.fixture(scope="module")
def read(pages):
    readers = {}
    for language, path in pages.items():
        with open(path, encoding="utf-8") as file:
            readers[language] = Reader(file.read())
        assert not readers[language].open
    return readers


def test_tables_say_what_the_document_says(read):
    for language, title, n in (("id", "Pemakaian dan biaya", len(handmade.NAMES)), ("en", "Use and cost", 40)):
        english = language == "en"
        rows = read[language].tables[title]
        assert len(rows) == 1 + n + 1
        for number, row in enumerate(rows[1:-1]):
            down, up = handmade.volume(number), handmade.volume(number, up=True)
            share, refund = handmade.share(number, n), handmade.refund(number)
            assert row[0] == handmade.NAMES[number] if number < len(handmade.NAMES) else True
            assert row[2:4] == [handmade.gigabytes(down, english), handmade.gigabytes(up, english)]
            assert row[4] == ("–" if number == 2 else handmade.gigabytes(down + up, english))
            assert row[8] == handmade.rupiah(share, english)
            assert row[9] == ("–" if number == 5 else handmade.rupiah(refund, english))
            assert row[10] == handmade.rupiah(share - refund, english)
        assert rows[-1][0] == ("Total" if english else "Jumlah") and rows[-1][8] == handmade.rupiah(handmade.COST, english)
        assert rows[-1][2] == handmade.gigabytes(sum(handmade.volume(number) for number in range(n)), english)
        assert rows[-1][4] == handmade.gigabytes(sum(handmade.volume(number) + handmade.volume(number, up=True) for number in range(n) if number != 2), english)
        assert rows[-1][1] == rows[-1][5] == ""
    daily = read["id"].tables[handmade.NAMES[9]]
    assert len(daily) == 32 and daily[1] == ["1 Nov 2026", handmade.gigabytes(handmade.volume(9)), handmade.gigabytes(handmade.volume(9, up=True)),
                                             handmade.gigabytes(handmade.volume(9) + handmade.volume(9, up=True))]
    assert read["id"].tables["Kontrak"][5] == ["Ditutup", "1 Desember 2026 00.05.09"]
    assert read["id"].tables["Koreksi"][1] == ["Tidak ada"]
    openings = read["id"].tables["Pembukaan"]
    assert [row[0] for row in openings if len(row) == 1] == ["Taman <Kota>", "Ikon Jelawat"]
    assert ["Jumlah Taman <Kota>", "4:06:06"] in openings and openings[-1] == ["Jumlah", "6:15:15"]


def test_links_and_labels_lead_somewhere(read):
    for reader in read.values():
        assert len(reader.ids) == len(set(reader.ids)) and set(reader.targets) <= set(reader.ids)
        assert {"s-summary", "s-uplink", "s-offices", "s-zones", "s-daily"} <= set(reader.targets)


def test_names_are_only_names(driver, pages, read):
    with open(pages["id"], encoding="utf-8") as file:
        text = file.read()
    assert not any(turn in text for turn in "\u202e\u2066\x01\x1f\x7f")
    assert text.count("<style>") == text.count("</style>") == 1
    assert "script" not in read["id"].elements and "img" not in read["id"].elements
    driver.get("file://" + pages["id"])
    assert driver.execute_script("return document.querySelectorAll('script, img, iframe, object, embed, form').length") == 0
    assert driver.execute_script("return [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on')).length") == 0
    assert driver.execute_script("return getComputedStyle(document.querySelector('h1')).fontWeight") in ("700", "bold")


def test_the_page_asks_for_nothing(driver, pages):
    driver.get_log("performance")
    driver.get("file://" + pages["id"])
    assert {request for request in map(str, requests_of(driver)) if "file://" not in request} == set()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_can_be_read(driver, pages, language, width):
    driver.get("file://" + pages[language])
    screen(driver, width)
    measured = driver.execute_script(LOST)
    assert measured["wide"] <= width and measured["lost"] == [] and measured["small"] == 0
    assert axe.violations(driver) == []
    if SCREENSHOTS:
        whole(driver, os.path.join(SCREENSHOTS, "report", f"{language}-{width}.png"))


def test_text_is_dark_on_white(driver, pages):
    driver.get("file://" + pages["id"])
    screen(driver, 1280, dark=True)
    assert driver.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert driver.execute_script("return [...document.querySelectorAll('td, p, h1, h2, th')].every(e => "
                                 "getComputedStyle(e).color.match(/\\d+/g).every(c => c < 140))")


def printed(driver, page, path):
    driver.get("file://" + page)
    data = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})["data"]
    with open(path, "wb") as file:
        file.write(base64.b64decode(data))
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout.split("\f")[:-1]


def boxes(path):
    """(page's width and height, [(xMin, yMin, xMax, yMax, word)]) of each page."""
    text = subprocess.run(["pdftotext", "-bbox", path, "-"], check=True, capture_output=True, text=True).stdout
    for page in text.split("<page ")[1:]:
        width, height = re.match(r'width="([\d.]+)" height="([\d.]+)"', page).groups()
        words = re.findall(r'xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)">([^<]*)<', page)
        yield (float(width), float(height)), [(*map(float, word[:4]), word[4]) for word in words]


def test_it_prints_on_a4(driver, pages, tmp_path):
    path = str(tmp_path / "page.pdf")
    texts = printed(driver, pages["id"], path)
    across = 0
    for (width, height), words in boxes(path):
        assert sorted((round(width), round(height))) == [595, 842]
        across += width > height
        for left, top, right, bottom, word in words:
            # The watermark lies across: its words' boxes are not those of lines.
            if word not in ("SEMENTARA", "·", "GELADI"):
                assert left >= 0 and top >= 0 and right <= width and bottom <= height, word
    assert 0 < across < len(texts)
    for number, text in enumerate(texts, 1):
        assert re.search(rf"\b{number} / {len(texts)}\b", text), text
        assert re.search(r"SEMENTARA ?· ?GELADI", text) and "Diskominfo" in text


def test_headings_repeat_and_rows_stay_whole(driver, pages, tmp_path):
    path = str(tmp_path / "page.pdf")
    texts = printed(driver, pages["en"], path)
    pages_with = [text for text in texts if re.search(r"Rp[\d,]+\.00 +Rp[\d,]+\.00 +Rp", text)]
    assert len(pages_with) >= 2
    for text in pages_with:
        assert "Refund" in text and "To pay" in text
    # The sums stand once, after the last row.
    assert sum(text.count("Rp180,000,001.00") for text in texts) == 1 + 1
    # A row that does not fit goes on the next page: each has its figures beside its day, on one line.
    days = [line for text in texts for line in text.splitlines() if re.match(r" *\d+ Nov 2026 ", line)]
    of_uplink = [line for line in days if line.rstrip().endswith("300.00")]
    assert [int(line.split()[0]) for line in of_uplink] == list(range(1, 31))
    # Names that take several lines have all of them on one page.
    across = [[word[4] for word in words] for (width, height), words in boxes(path) if width > height]
    across = [words for words in across if any(word.startswith("Rp") for word in words)]
    counts = [(words.count("Sumber"), words.count("Timur")) for words in across]
    assert sum(first for first, _ in counts) >= 4 and all(first == last for first, last in counts), counts
