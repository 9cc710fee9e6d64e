# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays the daemon at a gateway's shaper (tests/bench/play_daemon.c): plans, sessions and counters with the shaper alone."""
import contextlib
import json
import os
import subprocess
from collections import namedtuple

from space import PATIENCE, wait_for

UP, DOWN = 0, 1
ROOT, OWN, UNATTRIBUTED, FIRST_GUEST = 1, 2, 3, 0x4000
Row = namedtuple("Row", "tree final minor backlog bytes packets drops")


class Counters:
    """One COUNTERS: `rows` by (tree, minor), `finals` in their order."""

    def __init__(self, answer):
        rows = [Row(*row) for row in answer["rows"]]
        self.finals = [row for row in rows if row.final]
        assert rows[:len(self.finals)] == self.finals, "finals come first"
        live = rows[len(self.finals):]
        self.rows = {(row.tree, row.minor): row for row in live}
        assert len(self.rows) == len(live), "a class is there twice"

    def gone(self, tree, minor):
        return [row for row in self.finals if (row.tree, row.minor) == (tree, minor)]


class Played:
    """The shaper of a city, started, and who plays its daemon."""

    def __init__(self, city):
        self.city, self.gateway = city, city.gateway
        if "shaper" not in self.gateway.running:
            self.gateway.start_one("shaper")
        wait_for("the shaper", lambda: os.path.exists(city.path("run", "shaper", "socket")), 10)
        self.process = self.gateway.space.popen(os.path.join(self.gateway.build, "tests/bench/play-daemon"), city.conf,
                                                log=city.path("played.log"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(5 * PATIENCE)

    def say(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        text = self.process.stdout.readline()
        with open(self.city.path("played.log")) as log:
            assert text, f"{words}: {log.read()}\n{self.gateway.log('shaper')}"
        return json.loads(text)

    def apply(self, when="2026-11-23T17:00", blocks=0):
        result = self.say("apply", when, blocks)
        assert result["error"] == 0, result["text"]
        self.slots = result["slots"]
        return result

    def session(self, number, machine, seconds=600):
        result = self.say("session", number, machine.mac, machine.address4, seconds)
        assert result["error"] == 0, result["text"]

    def count(self):
        return Counters(self.say("count", 1)[0])

    def inner(self, ident, kind="office"):
        return 0x1000 + 2 * self.slots[f"{kind}/{ident}"]

    def rest(self, ident, kind="office"):
        return self.inner(ident, kind) + 1


class Ledger:
    """Books COUNTERS as a daemon does: differences to the mark; a final is booked and its mark begins at 0; a fall begins anew."""

    def __init__(self, played):
        self.played, self.marks, self.booked = played, {}, {}
        self.turn()
        self.booked.clear()

    def _book(self, row):
        key = row.tree, row.minor
        mark = self.marks.get(key, 0)
        self.booked[key] = self.booked.get(key, 0) + (row.bytes - mark if row.bytes >= mark else row.bytes)
        self.marks[key] = row.bytes

    def turn(self):
        counters = self.played.count()
        for row in counters.finals:
            self._book(row)
            self.marks[row.tree, row.minor] = 0
        for row in counters.rows.values():
            self._book(row)
        return counters

    def of(self, *keys):
        return sum(self.booked.get(key, 0) for key in keys)


@contextlib.contextmanager
def played(city):
    with Played(city) as made:
        yield made
