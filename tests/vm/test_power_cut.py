# SPDX-License-Identifier: GPL-2.0-or-later
"""Power that goes during an apply: a virtual machine with a disk of its own is killed at a random instant, and boots into the former or
the new configuration, whole, whatever the edited file says. GERBANG_POWER_CUTS is how often (a boot costs a minute of emulation)."""
import contextlib
import json
import os
import random
import signal
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CUTS = int(os.environ.get("GERBANG_POWER_CUTS", 2))


@contextlib.contextmanager
def machine(disk):
    process = subprocess.Popen([os.path.join(TOP, "scripts/vm-test"), "--disk", disk, "--run", "/usr/bin/python3", "-B", os.path.join(TOP, "tests/vm/applying.py")],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace", start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)  # which kills the machine
        process.wait(20)
        process.stdout.close()


def steps(process):
    """What the machine says, line by line."""
    others = []
    for line in process.stdout:
        try:
            step = json.loads(line)
        except ValueError:
            others.append(line)
            continue
        if isinstance(step, dict):
            print(time.strftime("%H:%M:%S"), step)
            yield step
    raise AssertionError("the machine ended by itself:\n" + "".join(others[-60:]))


def until(process, name):
    return next(step for step in steps(process) if name in step)


def cut(process, chance):
    """Some applies come to their end; the power goes during the next. (the last that was begun, the last that was answered)"""
    for _ in range(chance.randint(1, 4)):
        until(process, "begun")
        took = time.monotonic()
        ended = until(process, "ended")["ended"]
        took = time.monotonic() - took
    begun = until(process, "begun")["begun"]
    time.sleep(chance.uniform(0, took))
    return begun, ended


def test_power_that_goes_during_an_apply(tmp_path):
    seed = int(os.environ.get("GERBANG_SEED", random.randrange(1 << 30)))
    chance = random.Random(seed)
    print(f"GERBANG_SEED={seed}")
    disk = str(tmp_path / "disk")
    with open(disk, "wb") as file:
        file.truncate(256 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True)
    begun = ended = None
    for number in range(CUTS + 1):
        with machine(disk) as process:
            up = until(process, "up")
            assert len(up["up"]) == 1, f"something of two configurations, or of none: {up}"
            assert up["state"] == "good" and up["pending"] is None and up["office"] and not up["stranger"], up
            if begun:
                assert up["up"][0] in (ended, begun), f"{ended} was in force, {begun} on its way: {up}"
            if number == CUTS:
                break
            begun, ended = cut(process, chance)
