# SPDX-License-Identifier: GPL-2.0-or-later
"""Hands plans to the shaper as a gerbangd of few words would (sender.c), and orders faults of it (fault.c)."""
import copy
import json
import mmap
import os
import re
import struct
import subprocess

import settings as settings_module
from gateway import build_directory

REFUSE, SEND, RECEIVE, SOCKET, OPEN, READ, WRITE, MEMORY = range(8)
NAMES = ("refuse", "send", "receive", "socket", "open", "read", "write", "memory")


class Answer:
    def __init__(self, done):
        assert done.returncode in (0, 1), done.stderr
        head, _, self.text = done.stdout.partition("\n")
        self.error, self.operations = map(int, head.split())
        self.text = self.text.strip()


class Sender:
    """Plans of configurations that lie beside the city's own."""

    def __init__(self, city, when):
        self.city, self.when = city, when
        self.program = os.path.join(build_directory(), "tests/netns/sender")
        self.socket = city.path("run", "shaper", "socket")

    def conf(self, name, settings):
        """A further configuration of this city; its path. The shaper's own is write_conf()'s."""
        directory = self.city.path("plans", name)
        os.makedirs(directory, exist_ok=True)
        return settings_module.write(dict(copy.deepcopy(settings), paths=self.city.settings["paths"]), directory)

    def _run(self, *words, check=True):
        done = subprocess.run([self.program, self.socket, *words], text=True, capture_output=True, timeout=60)
        if check:
            assert done.returncode in (0, 1), done.stderr
        return done

    def apply(self, conf, *more):
        return Answer(self._run("apply", conf, self.when, *more))

    def settled(self, *more):
        return Answer(self._run("settled", *more))

    def lines(self, conf, *more):
        """What `apply` of this would do."""
        done = self._run("try", conf, self.when, *more)
        assert done.returncode == 0, done.stdout
        return done.stdout.splitlines()


class Faults:
    """The orders for fault.c: a file that the shaper maps."""

    FORM = struct.Struct("<IIiI8II")

    def __init__(self, city):
        self.path = city.path("fault")
        with open(self.path, "wb") as file:
            file.write(bytes(self.FORM.size))
        os.chmod(self.path, 0o666)
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), self.FORM.size)
        self.env = {"LD_PRELOAD": os.path.join(build_directory(), "tests/netns/fault.so"), "GERBANG_FAULT": self.path}

    def order(self, fault=0, nth=0, error=0, persistent=False):
        self.map[:] = self.FORM.pack(fault, nth, error, 0, *[0] * 8, int(persistent))

    def counts(self):
        return self.FORM.unpack(self.map)[4:12]

    def fired(self):
        return self.FORM.unpack(self.map)[3]


def steady(held):
    """A snapshot without what only runs down (how long an element was given when it was written), and without the order in which
    tables tell of chains and sets that came and went; rules keep theirs."""
    def place(row):
        (kind, body), = row.items()
        return kind, *(str(body.get(key)) for key in ("family", "table", "chain", "name"))

    def sort(row):
        (_, body), = row.items()
        if isinstance(body.get("elem"), list):
            body["elem"].sort(key=lambda element: json.dumps(element, sort_keys=True))
        return row

    rows = sorted(map(sort, json.loads(re.sub(r'"timeout": \d+', '"timeout": 0', held["nft"]))), key=place)
    return {**held, "nft": json.dumps(rows, sort_keys=True)}
