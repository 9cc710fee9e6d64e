#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sample.py OUTPUT PICTURES: the report of a made-up August in Kotawaringin Timur, by the shipped example configuration, and pages of it as pictures. See scripts/sample-report."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import city

MONTH = "2026-08"
EXAMPLE = os.path.join(city.TOP, "etc", "gerbang")
CSV = ("summary", "offices", "rates", "cost", "need", "outages", "daily")  # so many of the tables lie in docs/sample/csv
README = """# Laporan contoh · A sample report

Agustus 2026, 36 kantor dan 5 zona publik Kotawaringin Timur menurut [konfigurasi contoh](../../etc/gerbang): **data buatan**, bukan pemakaian nyata. Dibuat oleh `scripts/sample-report`.
Cara membacanya: [docs/finance.md](../finance.md).

August 2026, the 36 offices and 5 public zones of the [example configuration](../../etc/gerbang): **made-up data**, measured nowhere. Made by `scripts/sample-report`; how to read it: [docs/finance.md](../finance.md).

| | Bahasa Indonesia | English |
|---|---|---|
| to read and sign | [PDF](gerbang-2026-08.pdf), [HTML](gerbang-2026-08.html) | [PDF](en/gerbang-2026-08.pdf) |
| to compute with | [XLSX](gerbang-2026-08.xlsx), [CSV](csv) (some of the tables) | [XLSX](en/gerbang-2026-08.xlsx) |
| to publish | [JSON](gerbang-2026-08-open.json), [kamus data](gerbang-2026-08-open-dictionary.csv) | |
"""


def copied(directory, name, state):
    """The example with another state directory, and a letterhead that says what it is."""
    folder = os.path.join(directory, name)
    shutil.copytree(EXAMPLE, folder)
    path = os.path.join(folder, "gerbang.conf")
    replace(path, r'state = "[^"]*"', f'state = "{state}"')
    replace(path, r'letterhead = \([^)]*\);', 'letterhead = ( "PEMERINTAH KABUPATEN KOTAWARINGIN TIMUR", "DINAS KOMUNIKASI DAN INFORMATIKA", "CONTOH: data buatan · SAMPLE: made-up data" );\n'
            '  logo = "theme/logo.png";')
    budgets(os.path.join(folder, "offices.conf"))
    return path


def budgets(path):
    """Each office with the accounting code of the shipped one, and a budget for the year by its guarantee."""
    with open(path, encoding="utf-8") as file:
        parts = re.split(r"(?=\n  \{ id = )", file.read())
    for at, part in enumerate(parts[1:], 1):
        mbit = int(re.search(r'inside = \{ guaranteed = (?:\{ down = )?"(\d+) Mbit"', part).group(1))
        code = "" if "budget_code" in part else 'budget_code = "5.1.02.02.01.0063"; '
        parts[at] = part.replace('schedule = "', f'{code}budget = {mbit * 3300000}; schedule = "', 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(parts))


def replace(path, pattern, by):
    with open(path, encoding="utf-8") as file:
        text, n = re.subn(pattern, by, file.read(), count=1)
    if n != 1:
        raise SystemExit(f"{path}: nothing there like {pattern}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def gerbang(configuration, *words):
    subprocess.run([os.path.join(city.BUILD, "ctl", "gerbang"), "-c", configuration, *words], check=True, stdout=subprocess.DEVNULL, timeout=120,
                   env=dict(os.environ, LANG="C.UTF-8"))


def make_city(directory):
    """From January; in August one office gets more, another a new name. The ledger lies in the state directory."""
    first, second = copied(directory, "first", directory), copied(directory, "second", directory)
    offices = os.path.join(directory, "second", "offices.conf")
    replace(offices, r'(id = "disdukcapil"; (?:[^{]*\n)*?    inside = \{ guaranteed = )"\d+ Mbit"', r'\1"14 Mbit"')
    replace(offices, r'name = "Kecamatan Seranau"', 'name = "Kantor Kecamatan Seranau"')
    subprocess.run([city.PROGRAM, directory, "2026-01-01", "2026-09-02", "2026-06-01", "2038", "calm", f"2026-01-01 00:00={first}", f"2026-08-10 09:00={second}"], check=True, timeout=300)
    return second


def write(configuration, directory, output):
    gerbang(configuration, "report", MONTH, "--format", "html,pdf,xlsx", "--output", output)
    gerbang(configuration, "report", MONTH, "--format", "pdf,xlsx", "--language", "en", "--output", os.path.join(output, "en"))
    tables = os.path.join(directory, "tables")
    gerbang(configuration, "report", MONTH, "--format", "csv", "--open", "--output", tables)
    os.makedirs(os.path.join(output, "csv"))
    for key in CSV:
        shutil.copy(os.path.join(tables, f"gerbang-{MONTH}-{key}.csv"), os.path.join(output, "csv"))
    for name in ("open.json", "open-dictionary.csv"):
        shutil.copy(os.path.join(tables, f"gerbang-{MONTH}-{name}"), output)
    with open(os.path.join(output, "README.md"), "w", encoding="utf-8") as file:
        file.write(README)


def pages_with(pdf, words):
    """The first page on which each of the words stands."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, stdout=subprocess.PIPE).stdout.decode().split("\f")
    return [next(number for number, page in enumerate(text, 1) if word in page) for word in words]


def take_pictures(directory, output, pictures):
    pdf = os.path.join(output, f"gerbang-{MONTH}.pdf")
    wanted = {"summary": "Angka pokok", "outages": "Rekap gangguan", "cost": "Pembagian biaya bulan ini", "need": "Rekomendasi kebutuhan", "end": "Sidik rantai"}
    for name, page in zip(wanted, pages_with(pdf, wanted.values())):
        picture(pdf, page, os.path.join(pictures, f"report-{name}"))
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{directory}/profile", "--convert-to", "pdf", "--outdir", directory,
                    os.path.join(output, f"gerbang-{MONTH}.xlsx")], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sheets = os.path.join(directory, f"gerbang-{MONTH}.pdf")
    picture(sheets, pages_with(sheets, ["Pemakaian tiap kantor\n"])[0], os.path.join(pictures, "report-sheet"))


def picture(pdf, page, path):
    subprocess.run(["pdftoppm", "-png", "-r", "80", "-singlefile", "-f", str(page), "-l", str(page), pdf, path], check=True)


def main(output, pictures):
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="gerbang-sample-") as directory:
        write(make_city(directory), directory, output)
        take_pictures(directory, output, pictures)


if __name__ == "__main__":
    main(*sys.argv[1:])
