# SPDX-License-Identifier: GPL-2.0-or-later
"""Several machines share one run of the tests (scripts/vm-test --machines): each takes the next file that nobody has taken.

A taken file is a folder in GERBANG_CLAIMS, which all machines see; making it succeeds once. The files with the most tests come first, so
that none is left with a long one at the end. Each machine reports what it ran, and nothing else.
"""
import itertools
import os


def by_file(items):
    files = [(path, list(group)) for path, group in itertools.groupby(items, key=lambda item: item.path)]
    return sorted(files, key=lambda file: -len(file[1]))


def take(path):
    try:
        os.mkdir(os.path.join(os.environ["GERBANG_CLAIMS"], path.stem))
    except FileExistsError:
        return False
    return True


def run(session):
    """pytest's own loop, a file at a time."""
    for path, items in by_file(session.items):
        if not take(path):
            continue
        for item, following in zip(items, [*items[1:], None]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail or session.shouldstop:
                raise (session.Failed if session.shouldfail else session.Interrupted)(session.shouldfail or session.shouldstop)
