# SPDX-License-Identifier: GPL-2.0-or-later
"""A report's files read back with other tools: csv, html.parser, openpyxl, pdftotext. Tables by their key, rows as texts or values."""
import collections
import csv
import glob
import os
import subprocess
from html.parser import HTMLParser

import shown

SUMS = ("Jumlah", "Sum", "Total")


def read_csv(directory, month, kind=""):
    """{key: (headings, rows)}; `kind` "open-": the open data."""
    out = {}
    for path in glob.glob(os.path.join(glob.escape(directory), f"gerbang-{month}-{kind}*.csv")):
        key = os.path.basename(path)[len(f"gerbang-{month}-{kind}"):-len(".csv")]
        if not kind and key.startswith("open-"):
            continue
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        out[key] = rows[0], rows[1:]
    return out


def people(headings, rows, language="id"):
    """A CSV table as its cells stand in HTML and PDF."""
    if headings == ["what", "value", "unit"]:
        return [[what, long_form(value, unit, language)] for what, value, unit in rows]
    units = [shown.unit_of(key) for key in headings]
    return [[shown.shown(value, unit, language) for value, unit in zip(row, units)] for row in rows]


def long_form(value, unit, language):
    brief = shown.shown(value, unit, language)
    if unit not in ("day", "time") or value == "":
        return brief
    months = dict(zip(shown.SHORT[language], shown.MONTHS[language]))
    return " ".join(months.get(word, word) for word in brief.split(" "))


class Page(HTMLParser):
    """Tables by key: title, headings, rows, sums of the whole. Groups: their name before each row."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.titles, self.rows, self.sums, self.elements, self.attributes = {}, collections.defaultdict(list), {}, collections.Counter(), []
        self.key = self.group = self.row = self.text = self.part = None
        self.grouped = False
        with open(path, encoding="utf-8") as file:
            self.source = file.read()
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements[tag] += 1
        self.attributes += [(tag, name) for name in attributes]
        ident = attributes.get("id", "") or ""
        if ident.startswith("t-") and tag in ("table", "h3"):
            self.key, self.grouped, self.group = ident[2:].replace("-", "_"), tag == "h3", None
        if tag == "tr":
            self.row = []
        if tag in ("thead", "tbody", "tfoot"):
            self.part = tag
        if tag in ("caption", "th", "td") or (tag == "h3" and self.grouped):
            self.text = ""

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag in ("th", "td") and self.row is not None:
            self.row.append(self.text)
        elif tag == "h3" and self.grouped and self.text is not None:
            self.titles[self.key] = self.text
        elif tag == "caption":
            self.group = self.text if self.grouped else None
            self.titles.setdefault(self.key, self.text)
        elif tag == "tr" and self.part == "tbody":
            self.rows[self.key].append(([self.group] if self.grouped else []) + self.row)
        elif tag == "tr" and self.part == "tfoot":
            self.sums[self.key] = self.row
        if tag in ("th", "td", "caption", "h3"):
            self.text = None


class Workbook:
    def __init__(self, path):
        import openpyxl
        self.values = openpyxl.load_workbook(path, data_only=True)
        self.rows = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in self.values.worksheets}

    def table(self, title, n_columns, has_headings=True):
        """The rows below the title, up to the sum or the first empty one."""
        for rows in list(self.rows.values())[1:]:
            for at, row in enumerate(rows):
                if row[0] == title and at > 2 and not any(value is not None for value in row[1:]):
                    out = []
                    for found in rows[at + 1 + has_headings:]:
                        if found[0] is None or found[0] in SUMS or not any(value is not None for value in found[1:]):  # the sum, or a note
                            return out
                        if found[1] is not None or found[0].split(" ")[0] not in SUMS:  # not the sum of a group
                            out.append(found[:n_columns])
                    return out
        raise AssertionError(f"no table {title!r} in the workbook")


def pdf_lines(path):
    """Pages as lists of lines, words one space apart."""
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, stdout=subprocess.PIPE, timeout=120).stdout.decode()
    pages = text.split("\f")[:-1]
    return [[" ".join(line.split()) for line in page.splitlines() if line.strip()] for page in pages]


def pdf_words(pages):
    """All words, in the order of the lines, two spaces apart: so that neighbours can be counted one by one."""
    return "  " + "  ".join(word for page in pages for line in page for word in line.split(" ")) + "  "
