# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo keeps its word: every verdict passes in under two minutes, and the machine is clean, also after Ctrl-C."""
import os
import signal
import subprocess
import sys
import time

import pytest

from city import TOP, WORK
from space import PREFIX, wait_for

pytestmark = pytest.mark.measure


def demo():
    return subprocess.Popen([sys.executable, "-B", os.path.join(TOP, "tests/city/demo.py")], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def left_behind(pid):
    mine = f"{PREFIX}-{pid}-"
    return [name for where in ("/run/netns", WORK) for name in os.listdir(where) if name.startswith(mine)]


def test_every_verdict_passes():
    began = time.monotonic()
    process = demo()
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert "FAIL" not in told and "verdict" in told
    assert time.monotonic() - began < 120, told
    assert left_behind(process.pid) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_clean_machine_after_a_signal(number):
    process = demo()
    wait_for("the city", lambda: any(name.endswith("-gateway") for name in left_behind(process.pid)), 20)
    time.sleep(3)
    process.send_signal(number)
    told, _ = process.communicate(timeout=60)
    assert process.returncode != 0, told
    assert left_behind(process.pid) == []
    for line in subprocess.run(["ps", "-eo", "args"], text=True, stdout=subprocess.PIPE).stdout.splitlines():
        assert f"{PREFIX}-{process.pid}-" not in line, line
