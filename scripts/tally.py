# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds up what the tiers of scripts/test report: `tally.py RESULTS TIER=STATUS...`, one line to standard output.

A tier that ended badly without one failed test to show for it (it could not be collected, was killed, ran
nothing) counts as one failure: nothing that did not run may look like a pass.
"""
import glob
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def from_meson(path):
    """Check prints "100%: Checks: 12, Failures: 0, Errors: 0", TAP "ok 1" and "not ok 2": those are the tests; another
    program is one test."""
    passed = failed = skipped = 0
    for line in open(path):
        row = json.loads(line)
        text = row.get("stdout") or ""
        counts = re.findall(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", text)
        bad = sum(int(c[1]) + int(c[2]) for c in counts) + len(re.findall(r"^not ok\b", text, re.M))
        total = (sum(int(c[0]) for c in counts) + len(re.findall(r"^(?:not )?ok\b", text, re.M))) or 1
        if row["result"] == "SKIP":
            skipped += 1
        elif row["result"] == "OK":
            passed += total
        else:
            bad = max(bad, 1)
            passed, failed = passed + max(total - bad, 0), failed + bad
    return passed, failed, skipped


def from_pytest(path):
    passed = failed = skipped = 0
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skip = int(suite.get("skipped", 0))
        failed, skipped, passed = failed + bad, skipped + skip, passed + int(suite.get("tests", 0)) - bad - skip
    return max(passed, 0), failed, skipped


def from_text(path):
    """A last line "N passed, N failed"."""
    found = re.findall(r"^(\d+) passed, (\d+) failed$", open(path).read(), re.M)
    return (int(found[-1][0]), int(found[-1][1]), 0) if found else (0, 0, 0)


def tier(results, name):
    """Several machines that shared a tier wrote NAME-1.xml, NAME-2.xml."""
    for ends, read in (([".json"], from_meson), ([".xml", "-[0-9].xml"], from_pytest), ([".txt"], from_text)):
        paths = [path for end in ends for path in glob.glob(os.path.join(glob.escape(results), name + end))]
        if paths:
            return [sum(counts) for counts in zip(*map(read, paths))]
    return 0, 0, 0


def main(results, *ran):
    total = [0, 0, 0]
    for word in ran:
        name, status = word.split("=")
        counts = list(tier(results, name))
        if (status != "0" and not counts[1]) or not sum(counts):
            print(f"tier {name} could not run to its end (exit status {status})", file=sys.stderr)
            counts[1] += 1
        total = [a + b for a, b in zip(total, counts)]
    skipped = f", {total[2]} skipped" if total[2] else ""
    print(f"{total[0]} passed, {total[1]} failed{skipped}")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
