# SPDX-License-Identifier: GPL-2.0-or-later
"""Inside the machine of test_power_cut.py: a gateway all of whose files lie on a disk (/dev/vda) that outlives the machine. Says with
which of the configurations it came up, then applies one after the other until the power goes. A line of JSON for each step."""
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), name) for name in ("city", "netns")]

from city import INTERNET4, City  # noqa: E402
from settings import small  # noqa: E402
from telephone import reaches  # noqa: E402

DISK = "/run/disk"
FIRST, LAST = 61, 93  # Mbit/s of one office's ceiling: figures that no other class has; one more with each configuration
MONDAY = "2026-11-23 10:00:00"


class Kept(City):
    """Whose files are where they were before the power went."""

    def path(self, *names):
        return os.path.join(DISK, *names)


def say(**what):
    print(json.dumps(what), flush=True)


def settings(number):
    conf = small()
    conf["offices"][0]["inside"]["ceiling"] = f"{number} Mbit"
    return conf


def held(city):
    """The numbers of the configurations of which the kernel holds anything, in either tree."""
    text = city.gateway.space.run("tc", "class", "show", "dev", "wan0") + city.gateway.space.run("tc", "class", "show", "dev", "gerbang-ifb")
    return sorted({int(ceil) for ceil in re.findall(r"ceil (\d+)Mbit", text)} & set(range(FIRST, LAST + 1)))


def edited():
    with contextlib.suppress(FileNotFoundError):
        with open(os.path.join(DISK, "etc/gerbang.conf"), "rb") as file:
            return file.read()


def came_up(city):
    history = city.gateway.gerbang("history")
    good = next(entry for entry in history["entries"] if entry["number"] == history["current"])
    say(up=held(city), state=good["state"], pending=history["pending"], edited=history["edited"]["state"],
        office=city.hosts["dinkes"].ping(INTERNET4), stranger=reaches(city, city.guests["taman-kota"][0]),
        books=city.gateway.gerbang("verify", "--rehearsal", json_out=False, check=False).splitlines()[-1:],
        log=[line for line in city.gateway.log("daemon").splitlines() if "configuration" in line or "history" in line][-6:])


def main():
    os.makedirs(DISK, exist_ok=True)
    for module in ("virtio_blk", "ext4"):
        subprocess.run(["modprobe", module], check=False)
    subprocess.run(["mount", "/dev/vda", DISK], check=True)
    shutil.rmtree(os.path.join(DISK, "run"), ignore_errors=True)  # is in memory on a gateway
    for name in ("daemon.log", "shaper.log", "watch.log", "portal.log"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(DISK, name))
    before = edited()
    os.makedirs(os.path.join(DISK, "etc"), exist_ok=True)
    with Kept(settings(FIRST), guests={"taman-kota": 1}, hosts=["dinkes"]) as city:
        if before is not None:
            with open(city.conf, "wb") as file:
                file.write(before)
        city.gateway.start(rehearse=MONDAY)
        came_up(city)
        for number in range(max(held(city) or [FIRST]) + 1, LAST + 1):
            city.write_conf(settings(number))
            say(begun=number)
            city.gateway.gerbang("apply", json_out=False)
            say(ended=number)


main()
