#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A year of the calendar, recomputed by other means: its own reader of the configuration, Python's zoneinfo, and one byte
for each minute of the year and schedule. Shares nothing with policy/ but the rules in gerbang.conf(5).

usage: calendar_oracle.py SIMULATE CONFIG YEAR [GOLDEN [--regenerate]]      prints TAP

Runs `SIMULATE CONFIG ... full` and compares every change of the phase, of every office and of every zone. With GOLDEN,
compares the short form, which names the causes, with that file; --regenerate writes it anew.
"""
import argparse
import datetime as dt
import difflib
import os
import re
import subprocess
import sys
from zoneinfo import ZoneInfo

TOKEN = re.compile(r'''\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/|(?P<include>@include\s+"[^"]*")|(?P<string>"(?:[^"\\]|\\.)*")'''
                   r'''|(?P<word>[A-Za-z*][-A-Za-z0-9_*]*)|(?P<number>[-+]?[0-9.]+L?)|(?P<mark>[{}()\[\]=:;,])''', re.S)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = dt.timedelta(days=1)


def tokens(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"{path}: cannot read {text[at:at + 20]!r}")
        at = match.end()
        if match["include"]:
            yield from tokens(os.path.join(os.path.dirname(path), match["include"].split('"')[1]))
        elif match.lastgroup:
            yield match.lastgroup, match[match.lastgroup]


class Reader:
    """libconfig's grammar, as far as it goes here."""

    def __init__(self, path):
        self.tokens = list(tokens(path))
        self.at = 0

    def peek(self):
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def settings(self, end):
        result = {}
        while self.peek() != end:
            name = self.take()[1]
            self.take()  # = or :
            result[name] = self.value()
            while self.peek() in (";", ","):
                self.take()
        return result

    def value(self):
        kind, text = self.take()
        if kind == "string":
            value = text[1:-1]
            while self.at < len(self.tokens) and self.tokens[self.at][0] == "string":
                value += self.take()[1][1:-1]
            return value
        if text == "{":
            result = self.settings("}")
            self.take()
            return result
        if text in "([":
            result = []
            while self.peek() not in (")", "]"):
                result.append(self.value())
                if self.peek() == ",":
                    self.take()
            self.take()
            return result
        if kind == "word":
            return text.lower() == "true"
        return text


def minutes_of(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def days_of(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        day = WEEKDAYS.index(first)
        while True:
            yield day
            if day == WEEKDAYS.index(last or first):
                break
            day = (day + 1) % 7


def windows_of(texts):
    """[(weekday, from minute, to minute)]; an end that is not after the start is on the next day."""
    result = []
    for text in texts:
        days, hours = text.split()
        start, end = (minutes_of(part) for part in hours.split("-"))
        for day in days_of(days):
            result.append((day, start, end if end > start else end + 1440))
    return result


def ics_days(path, years):
    """All-day events with DTSTART, DTEND and FREQ=YEARLY: all that the example uses."""
    with open(path, encoding="utf-8") as file:
        events = file.read().split("BEGIN:VEVENT")[1:]
    for event in events:
        start = dt.datetime.strptime(re.search(r"DTSTART;VALUE=DATE:(\d{8})", event)[1], "%Y%m%d").date()
        found = re.search(r"DTEND;VALUE=DATE:(\d{8})", event)
        length = dt.datetime.strptime(found[1], "%Y%m%d").date() - start if found else DAY
        for year in years if "FREQ=YEARLY" in event else [start.year]:
            if year >= start.year:
                for day in range(length.days):
                    yield start.replace(year=year) + day * DAY


class Year:
    def __init__(self, config, folder, year):
        self.zone = ZoneInfo(config["site"]["timezone"])
        self.first = dt.date(year, 1, 1)
        self.last = dt.date(year, 12, 31)
        self.start = self.instant(self.first, 0)
        self.minutes = int((self.instant(self.last + DAY, 0) - self.start).total_seconds() // 60)
        self.holidays = {dt.date.fromisoformat(row["date"]) for row in config.get("holidays", [])}
        for name in config.get("holiday_files", []):
            self.holidays |= set(ics_days(os.path.join(folder, name), range(year - 1, year + 2)))
        self.inside = {row["id"]: self.schedule(row) for row in config["schedules"]}

    def instant(self, day, minute):
        """A time that does not exist moves forward, one that comes twice is the first (RFC 5545): zoneinfo's fold=0."""
        local = dt.datetime.combine(day + minute // 1440 * DAY, dt.time(minute % 1440 // 60, minute % 60), self.zone)
        return local.astimezone(dt.timezone.utc)

    def windows_on(self, row, day):
        if row.get("holidays") and day in self.holidays:
            return []
        for period in row.get("periods", []):
            if dt.date.fromisoformat(period["from"]) <= day <= dt.date.fromisoformat(period["to"]):
                return windows_of(period["windows"])
        return windows_of(row["windows"])

    def schedule(self, row):
        """One byte a minute: 1 inside."""
        inside = bytearray(self.minutes)
        day = self.first - 3 * DAY
        while day <= self.last:
            for weekday, start, end in self.windows_on(row, day):
                if weekday == day.weekday():
                    first, last = (int((self.instant(day, m) - self.start).total_seconds() // 60) for m in (start, end))
                    first, last = max(first, 0), min(last, self.minutes)
                    if first < last:
                        inside[first:last] = b"\1" * (last - first)
            day += DAY
        return inside

    def changes(self, what, name, words, at):
        """`at(minute)` is asked minute by minute."""
        before = None
        for minute in range(self.minutes):
            state = at(minute)
            if state != before:
                time = (self.start + dt.timedelta(minutes=minute)).astimezone(self.zone)
                yield f"{time.isoformat()} {what} {name} {words[state]}"
            before = state


def recompute(config, folder, year):
    y = Year(config, folder, year)
    site = y.inside[config["site"]["schedule"]]
    never = bytearray(y.minutes)
    yield from y.changes("phase", "-", ("public", "office"), lambda m: site[m])
    for office in config["offices"]:
        inside = y.inside[office["schedule"]]
        yield from y.changes("office", office["id"], ("outside", "inside"), lambda m, i=inside: i[m])
    for zone in config["zones"]:
        during = y.inside[zone["open"]]
        shut = y.inside[zone["not_during"]] if "not_during" in zone else never
        yield from y.changes("zone", zone["id"], ("closed", "open"), lambda m, d=during, s=shut: d[m] and not s[m])


def simulate(options, *more):
    command = [options.simulate, options.config, f"{options.year}-01-01 00:00", f"{options.year + 1}-01-01 00:00", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"Bail out! exit status {done.returncode}: {done.stderr}")
        sys.exit(1)
    return done.stdout.splitlines()


def verdict(number, name, expected, actual):
    difference = list(difflib.unified_diff(expected, actual, "expected", "actual", lineterm="", n=0))
    print(f"{'not ok' if difference else 'ok'} {number} - {name}: {len(actual)} lines")
    for line in difference[:60]:
        print("# " + line)
    return not difference


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("simulate")
    parser.add_argument("config")
    parser.add_argument("year", type=int)
    parser.add_argument("golden", nargs="?")
    parser.add_argument("--regenerate", action="store_true")
    options = parser.parse_args()
    config = Reader(options.config).settings(None)
    print(f"1..{2 if options.golden else 1}")
    expected = sorted(recompute(config, os.path.dirname(options.config), options.year))
    good = verdict(1, "minute by minute", expected, sorted(simulate(options, "full")))
    if options.golden:
        actual = simulate(options)
        if options.regenerate:
            with open(options.golden, "w", encoding="utf-8") as file:
                file.write("\n".join(actual) + "\n")
        with open(options.golden, encoding="utf-8") as file:
            good &= verdict(2, "golden, with causes", file.read().splitlines(), actual)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
