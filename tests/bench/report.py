# SPDX-License-Identifier: GPL-2.0-or-later
"""What the monthly report costs: 300 offices and 5 zones, a ledger of three years, all four formats. Seconds of the wall clock and the most memory that the program held."""
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "report"))

import city  # noqa: E402

FROM, UNTIL, ROWS_FROM = "2021-03-01", "2024-03-04", "2023-12-01"
ROUNDS = 5


def run(directory, *words):
    """Seconds and megabytes of one run."""
    output = os.path.join(directory, "out")
    shutil.rmtree(output, ignore_errors=True)
    command = [os.path.join(city.BUILD, "ctl", "gerbang"), "-c", os.path.join(directory, "gerbang.conf"), "report", *words, "--output", output]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return took, usage.ru_maxrss / 1024


def measure(directory, what, *words):
    found = [run(directory, *words) for _ in range(ROUNDS)]
    seconds, memory = sorted(row[0] for row in found), max(row[1] for row in found)
    print(f"  {what:<66} {seconds[ROUNDS // 2]:6.2f} s (longest {seconds[-1]:.2f} s), {memory:4.0f} MB", flush=True)
    return seconds[ROUNDS // 2], memory


def unrecorded(directory):
    """The same ledger as if no month had a record: percentiles and visitors from rows."""
    db = sqlite3.connect(os.path.join(directory, "ledger.db"))
    with db:
        for table in ("month_rate", "month_visits", "month_record"):
            db.execute(f"DELETE FROM {table}")
    db.close()


def bench_report():
    with tempfile.TemporaryDirectory(prefix="gerbang-bench-report-") as directory:
        offices = int(os.environ.get("GERBANG_BENCH_OFFICES", "300"))
        first = city.Configuration(directory, city.make_offices(offices), city.make_zones(5))
        began = time.monotonic()
        city.make(directory, city.story(first), FROM, UNTIL, ROWS_FROM)
        size = os.path.getsize(os.path.join(directory, "ledger.db")) / 1e6
        print(f"report: {offices} offices, 5 zones, {FROM} to {UNTIL}, rows of five minutes from {ROWS_FROM}: {size:.0f} MB, made in {time.monotonic() - began:.0f} s")
        measure(directory, "a month, all four formats (to be under 2 s and 150 MB)", "2024-02")
        for form in ("html", "pdf", "xlsx", "csv"):
            measure(directory, f"a month, {form}", "2024-02", "--format", form)
        measure(directory, "a month with the open data", "2024-02", "--open")
        measure(directory, "December: the year's realised cost is of twelve months", "2023-12")
        unrecorded(directory)
        measure(directory, "a month whose percentiles are not recorded: from three months' rows", "2024-02")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    bench_report()
