# SPDX-License-Identifier: GPL-2.0-or-later
"""What a value of a CSV file is in the other formats: as a person reads it, in Indonesian or English, and as a number of a spreadsheet."""
import datetime

MONTHS = {"id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
          "en": "January February March April May June July August September October November December".split()}
SHORT = {"id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split(), "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()}
UNITS = (("_bytes", "bytes"), ("_bps", "bps"), ("_permyriad", "permyriad"), ("_rupiah", "rupiah"), ("_seconds", "seconds"))
COUNTS = {"active_days", "measured_min", "down_min", "open_min", "sessions", "visitors", "anonymous_sessions", "short_minutes", "samples", "missing_samples", "exemptions",
          "offices", "months"}
TIMES = {"began", "ended", "from", "until", "made", "minute", "time", "noticed", "exceeded"}
DAYS = {"day", "first_day", "last_day"}


def unit_of(key):
    """The unit of a CSV column, by its name."""
    for end, unit in UNITS:
        if key.endswith(end):
            return unit
    return "count" if key in COUNTS else "time" if key in TIMES else "day" if key in DAYS else "seconds" if key == "seconds" else "text"


def grouped(hundredths, language, decimals):
    sign, hundredths = "-" if hundredths < 0 else "", abs(hundredths)
    whole = f"{hundredths // 100:,}" + (f".{hundredths % 100:02}" if decimals else "")
    return sign + (whole if language == "en" else whole.translate(str.maketrans(",.", ".,")))


def rounded(value, by):
    """value / by in hundredths, half away from zero."""
    return (200 * abs(value) + by) // (2 * by) * (1 if value >= 0 else -1)


def shown(value, unit, language="id"):
    if value in (None, ""):
        return "–"
    if unit == "text":
        return str(value)
    if unit == "day":
        date = datetime.date.fromisoformat(value)
        return f"{date.day} {SHORT[language][date.month - 1]} {date.year}"
    if unit == "month":
        return f"{MONTHS[language][int(value[5:]) - 1]} {int(value[:4])}"
    if unit == "time":
        at = datetime.datetime.fromisoformat(value)
        dot = "." if language == "id" else ":"
        return f"{at.day} {SHORT[language][at.month - 1]} {at.year} {at.hour:02}{dot}{at.minute:02}{dot}{at.second:02}"
    value = int(value)
    if unit == "seconds":
        return f"{value // 3600}:{value // 60 % 60:02}:{value % 60:02}"
    if unit == "rupiah":
        return grouped(value * 100, language, True).replace("-", "-Rp", 1) if value < 0 else "Rp" + grouped(value * 100, language, True)
    if unit == "permyriad":
        return grouped(value, language, True) + " %"
    if unit == "count":
        return grouped(value * 100, language, False)
    return grouped(rounded(value, {"bytes": 10**9, "bps": 10**6}[unit]), language, True)


def number(value, unit):
    """As a spreadsheet holds it; None: no number."""
    if value == "" or unit == "text":
        return None
    if unit == "day":
        return datetime.datetime.combine(datetime.date.fromisoformat(value), datetime.time())
    if unit == "month":
        return datetime.datetime.fromisoformat(value + "-01")
    if unit == "time":
        return datetime.datetime.fromisoformat(value).replace(tzinfo=None)
    if unit == "seconds":
        return datetime.timedelta(seconds=int(value))
    return int(value) / {"bytes": 1e9, "bps": 1e6, "permyriad": 1e4}.get(unit, 1)
