# SPDX-License-Identifier: GPL-2.0-or-later
"""Configurations for the lab: plain Python data, written as libconfig, and the shipped example read back.

The reader knows just enough of libconfig to find the devices and addresses that a city needs. It judges nothing:
that is the product's.
"""
import copy
import json
import os
import re
import shutil

SMALL = {
    "site": {"name": "Kota Kecil", "timezone": "Asia/Pontianak", "language": "id", "schedule": "kantor"},
    "uplink": {"device": "wan0", "download": "100 Mbit", "upload": "100 Mbit", "headroom": 5, "nat": True,
               "nat66": False, "own": "2 Mbit", "unattributed": "1 Mbit"},
    "dns": ["192.0.2.53"],
    "schedules": [
        {"id": "kantor", "windows": ["mon-fri 07:30-16:00"], "holidays": True,
         "periods": [{"name": "Ramadan 1447", "from": "2026-02-19", "to": "2026-03-20",
                      "windows": ["mon-fri 08:00-15:00"]}]},
        {"id": "24-jam", "windows": ["mon-sun 00:00-24:00"]},
        {"id": "dengan-jeda", "windows": ["mon-fri 07:30-12:00", "mon-fri 13:00-16:00"]},
        {"id": "taman", "windows": ["mon-sun 06:00-22:00"]},
    ],
    "holidays": [{"date": "2026-12-25", "name": "Hari Raya Natal"}, {"date": "2027-01-01", "name": "Tahun Baru"}],
    "offices": [
        {"id": "dinkes", "name": "Dinas Kesehatan", "schedule": "kantor", "devices": ["lan0"],
         "prefixes": ["10.10.1.0/24", "2001:db8:1::/64"],
         "inside": {"guaranteed": "30 Mbit", "ceiling": "94 Mbit"},
         "outside": {"guaranteed": "5 Mbit", "ceiling": "60 Mbit"}},
        {"id": "bkad", "name": "Badan Keuangan dan Aset Daerah", "schedule": "kantor", "devices": ["lan1"],
         "prefixes": ["10.10.2.0/24", "2001:db8:2::/64"],
         "inside": {"guaranteed": "15 Mbit", "ceiling": "40 Mbit"},
         "outside": {"guaranteed": "3 Mbit", "ceiling": "40 Mbit"}},
        {"id": "rsud", "name": "RSUD dr. Murjani", "schedule": "24-jam", "devices": ["lan1"],
         "prefixes": ["10.10.3.0/24", "2001:db8:3::/64"],
         "inside": {"guaranteed": "10 Mbit", "ceiling": "20 Mbit"}},
        {"id": "loket", "name": "Loket Pelayanan", "schedule": "dengan-jeda", "devices": ["lan0"],
         "prefixes": ["10.10.4.0/24"],
         "inside": {"guaranteed": "8 Mbit", "ceiling": "20 Mbit"},
         "outside": {"guaranteed": "1 Mbit", "ceiling": "10 Mbit"}},
    ],
    "between_offices": True,
    "zones": [
        {"id": "taman-kota", "name": "Taman Kota Sampit", "devices": ["zone0"],
         "address": "10.200.0.1/20", "address6": "2001:db8:200::1/64", "open": "taman", "not_during": "kantor",
         "guaranteed": "20 Mbit", "ceiling": "60 Mbit",
         "client": {"rate": {"down": "10 Mbit", "up": "4 Mbit"}, "session": "2 h"}, "login": ["click"]},
    ],
    "portal": {"hostname": "wifi.kotimkab.test"},
}


def small(**changes):
    """A copy of SMALL; `uplink={"download": ...}` merges into a group, anything else replaces."""
    settings = copy.deepcopy(SMALL)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(settings.get(key), dict):
            settings[key].update(value)
        else:
            settings[key] = value
    return settings


def write(settings, directory):
    """gerbang.conf in `directory`; its path."""
    path = os.path.join(directory, "gerbang.conf")
    with open(path + ".new", "w") as file:
        for key, value in settings.items():
            file.write(f"{key} = {_text(value)};\n")
    os.rename(path + ".new", path)
    return path


def _text(value):
    if isinstance(value, dict):
        return "{ " + "".join(f"{key} = {_text(inner)}; " for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "( " + ",\n    ".join(map(_text, value)) + " )"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def ship(example, directory, paths):
    """Copies the shipped example, with `paths` in place of its own: (path, settings)."""
    shutil.copytree(example, directory, dirs_exist_ok=True)
    path = os.path.join(directory, "gerbang.conf")
    with open(path) as file:
        text = file.read()
    text = re.sub(r"^paths\s*=\s*\{[^}]*\};?[^\n]*\n", "", text, flags=re.M)
    with open(path, "w") as file:
        file.write(text + f"\npaths = {_text(paths)};\n")
    return path, read(path)


_TOKEN = re.compile(r'''\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/|(?P<include>@include)|(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<word>[A-Za-z*][\w*-]*)|(?P<number>[-+]?\d[\w.]*)|(?P<mark>[={}()\[\];,:])''', re.S | re.X)


def _tokens(path):
    with open(path) as file:
        text, at = file.read(), 0
    include = False
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"{path}: cannot read {text[at:at + 30]!r}"
        at = match.end()
        kind, word = match.lastgroup, match.group()
        if kind == "string" and include:
            yield from _tokens(os.path.join(os.path.dirname(path), json.loads(word)))
        elif kind and kind != "include":
            yield kind, word
        include = kind == "include" or (include and not kind)


def read(path):
    """libconfig -> dicts and lists."""
    tokens = list(_tokens(path)) + [("end", "")]
    tokens.reverse()
    return _group(tokens, "")


def _group(tokens, end):
    group = {}
    while tokens[-1][1] != end:
        key = tokens.pop()[1]
        assert tokens.pop()[1] in "=:", key
        group[key] = _value(tokens)
        while tokens[-1][1] in (";", ","):
            tokens.pop()
    return group


def _value(tokens):
    kind, word = tokens.pop()
    if word == "{":
        group = _group(tokens, "}")
        tokens.pop()
        return group
    if word in ("(", "["):
        rows, end = [], {"(": ")", "[": "]"}[word]
        while tokens[-1][1] != end:
            rows.append(_value(tokens))
            if tokens[-1][1] == ",":
                tokens.pop()
        tokens.pop()
        return rows
    if kind == "string":
        text = json.loads(word)
        while tokens[-1][0] == "string":
            text += json.loads(tokens.pop()[1])
        return text
    if kind == "word":
        return {"true": True, "false": False}[word.lower()]
    return float(word) if "." in word else int(word.rstrip("L"), 0)


def bps(text):
    """ "40 Mbit" -> 40000000 """
    number, unit = re.fullmatch(r"([\d.]+)\s*([kMG]?)bit", text).groups()
    return int(float(number) * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[unit])


def rate(value, direction):
    """A rate in one direction ("down" or "up") of a string or a group; bit/s."""
    return bps(value[direction] if isinstance(value, dict) else value)
