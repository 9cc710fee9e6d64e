# SPDX-License-Identifier: GPL-2.0-or-later
"""The document made by hand (handmade.c) as files, and its figures once more in Python: what a reader of any of the files has to find."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("GERBANG_BUILD", os.path.join(TOP, "build"))
PROGRAM = os.path.join(BUILD, "tests", "report", "report-handmade")
ZONE = "Asia/Pontianak"
DAYS = 30
COST = 180000001

# As they are shown: without what turns the writing around, without control characters, with U+FFFD for what is no letter.
NAMES = [
    "Dinas Pendidikan",
    '=HYPERLINK("http://example.invalid","Klik")',
    "+1+1|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3",
    '<script>alert(1)</script> & "Rekan"',
    "</style><img src=x onerror=alert(1)>",
    "rotkaK terbalik",
    "مكتب الشؤون الدينية",
    "Dinas Sumber Daya Air, Bina Marga, Bina Konstruksi, Perumahan Rakyat dan Kawasan Permukiman Kabupaten Kotawaringin Timur",
    "DinasTanpaSpasiYangNamanyaSangatPanjangSekaliSehinggaTidakMuatDalamSatuBarisDanHarusDipotongDiManaSaja",
    "Rusak \ufffd\ufffd(  _x0041_",
    "2026-11-23",
    "0812",
]


def written(directory, language="id", mark="plain", offices=len(NAMES), **options):
    """The program's files in `directory`; `options` go to subprocess.run()."""
    os.makedirs(directory, exist_ok=True)
    environment = dict(os.environ, TZ=ZONE, **options.pop("env", {}))
    subprocess.run([PROGRAM, directory, language, mark, str(offices)], check=True, env=environment, timeout=60, **options)
    return {kind: os.path.join(directory, "handmade." + kind) for kind in ("xlsx", "html")}


def volume(office, day=0, up=False):
    return (office + 1) * 1234567891 // (7 if up else 1) + day * 98765432 % 777777777


def share(office, offices=len(NAMES)):
    return COST // offices + (office < COST % offices)


def refund(office):
    return office * 1001 if office != 5 else 0


def half_up(value, unit):
    """value / unit in hundredths, half away from zero, of values that are not negative."""
    return (value * 200 + unit) // (2 * unit)


def grouped(hundredths, english=False, decimals=True):
    whole = f"{hundredths // 100:,}" + (f".{hundredths % 100:02}" if decimals else "")
    return whole if english else whole.translate(str.maketrans(",.", ".,"))


def gigabytes(value, english=False):
    return grouped(half_up(value, 10**9), english)


def rupiah(value, english=False):
    return "Rp" + grouped(value * 100, english)
