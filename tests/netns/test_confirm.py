# SPDX-License-Identifier: GPL-2.0-or-later
"""What was applied is what a start goes by: history, confirmation, the way back after time, crash or SIGTERM, edits that nobody applied,
files that are broken, a disk that cannot be written. Which configuration is in force is read from the kernel (a ceiling of an office).
"""
import contextlib
import json
import os
import random
import time

import pytest

from asking import control, control_connect, control_says, control_send, halted
from fixtures import open_city
from settings import small, write
from space import run, wait_for
from traffic import Pings

EVENING = "2026-11-23 17:00:00"
NAMES = ("shaper", "daemon")
SECOND = 1_000_000


def town(mbit):
    """The ceiling of an office is the configuration's mark."""
    made = small(zones=[])
    made["offices"] = made["offices"][:2]
    made["offices"][0]["outside"] = {"guaranteed": "5 Mbit", "ceiling": f"{mbit} Mbit"}
    return made


@pytest.fixture(scope="module")
def city():
    with open_city(settings=town(60), hosts=["dinkes", "bkad"]) as city:
        city.gateway.start(rehearse=EVENING, names=NAMES)
        yield city


def mark(city):
    """Of what the kernel holds. Two readings, a device each: what changes in between is read again."""
    def read():
        marks = {round(row["ceil"] / 1e6) for device in ("gerbang-ifb", "wan0") for row in city.gateway.classes(device).values()}
        found = [value for value in marks if 50 <= value < 90]
        return len(found) == 1 and found[0]
    return wait_for("a whole configuration", read, 2, 0.05)


def configuration(city):
    return city.gateway.status()["configuration"]


def apply(city, mbit, **arguments):
    city.write_conf(town(mbit))
    return control(city, "apply", **arguments)


def again(city, end):
    """The daemon ends and starts."""
    end("daemon")
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()


def entry(city, number):
    return next(row for row in control(city, "history")["entries"] if row["number"] == number)


@pytest.fixture
def good(city):
    """Something good is in force that is not of the test before; its number. An office's packets pass all the while."""
    number = apply(city, 59 if mark(city) != 59 else 58)["number"]
    pings = Pings(city, city.hosts["bkad"])
    yield number
    times, gone = pings.stop()
    assert times and gone <= 1, (len(times), gone)


def test_what_is_applied_is_recorded(city, good):
    done = apply(city, 61)
    assert done["number"] == good + 1 and done["confirm_until"] is None and str(good + 1) in done["text"]
    row = entry(city, good + 1)
    assert (row["who"], row["origin"], row["state"], row["of"]) == ("root", "apply", "good", good)
    assert configuration(city) == {"number": good + 1, "pending": None, "confirm_until": None, "left_usec": None,
                                   "edited": {"state": "same", "text": ""}, "error": None}
    assert control(city, "apply")["number"] == good + 1, "the same once more is no other one"
    files = {row["name"]: row["text"] for row in control(city, "history-files", number=good + 1)["files"]}
    with open(city.conf) as file:
        assert files == {"gerbang.conf": file.read()}
    with open(city.path("state", "rehearsal", "history", f"{good + 1:06}", "meta.json")) as file:
        assert json.load(file)["state"] == "good"


def test_not_confirmed_in_time_it_goes_as_it_came(city, good):
    before = mark(city)
    done = apply(city, 62, confirm_usec=2 * SECOND)
    assert mark(city) == 62 and done["confirm_until"] and done["number"] == good + 1
    said = configuration(city)
    assert said["number"] == good and said["pending"] == good + 1 and 0 < said["left_usec"] <= 2 * SECOND
    city.write_conf(town(63))
    status, text = control_says(city, "apply")
    assert status == 1 and f"{good + 1} " in text and "gerbang confirm" in text
    wait_for("the way back", lambda: mark(city) == before, 6, 0.1)
    assert entry(city, good + 1)["state"] == "expired" and "2 s" in entry(city, good + 1)["text"]
    assert configuration(city)["pending"] is None and configuration(city)["edited"]["state"] == "differs"
    assert control_says(city, "confirm")[0] == 1, "too late"


def test_confirmed_in_time_it_stays(city, good):
    apply(city, 64, confirm_usec=3 * SECOND)
    assert control(city, "confirm")["number"] == good + 1
    time.sleep(3.5)
    assert mark(city) == 64 and configuration(city)["number"] == good + 1
    again(city, city.gateway.kill9)
    assert mark(city) == 64


@pytest.mark.parametrize("end", ["kill9", "end"])
def test_a_daemon_that_ends_meanwhile_comes_back_with_the_former(city, good, end):
    before = mark(city)
    apply(city, 65, confirm_usec=600 * SECOND)
    assert mark(city) == 65
    again(city, getattr(city.gateway, end))
    wait_for("the former", lambda: mark(city) == before, 5, 0.1)
    assert entry(city, good + 1)["state"] == "expired" and configuration(city)["pending"] is None
    assert control_says(city, "confirm")[0] == 1


def test_an_edit_that_nobody_applied_is_said_and_not_used(city, good):
    before = mark(city)
    city.write_conf(town(66))
    again(city, city.gateway.end)
    log = city.gateway.log("daemon")
    assert mark(city) == before and f"differs from the applied one (history {good})" in log
    assert configuration(city)["edited"] == {"state": "differs", "text": "gerbang.conf"}


def test_a_broken_file_is_said_and_the_last_good_one_used(city, good):
    """By both programs, as after a reboot: nothing of ours is in the kernel."""
    before = mark(city)
    for name in reversed(NAMES):
        city.gateway.end(name)
    city.gateway.space.run("nft", "delete", "table", "inet", "gerbang")
    with open(city.conf, "a") as file:
        file.write("\noffices = ( {")
    for name in NAMES:
        city.gateway.start_one(name)
    city.gateway.wait_ready()
    assert mark(city) == before
    assert f"is broken; the applied one (history {good}) is used: {city.conf}:" in city.gateway.log("daemon")
    said = configuration(city)["edited"]
    assert said["state"] == "broken" and "gerbang.conf:" in said["text"]
    assert control_says(city, "apply")[0] == 1 and mark(city) == before


def test_a_first_start_with_a_broken_file_ends(city, good):
    """There is nothing to go by: every fault is said, nothing is touched."""
    broken = dict(town(67), colour="red", paths={**city.settings["paths"], "state": city.path("state-new")})
    city.gateway.end("daemon")
    write(broken, city.path("etc"))
    process = city.gateway.start_one("daemon")
    assert process.wait(10) == 1 and "colour" in city.gateway.log("daemon") and not os.path.exists(city.path("state-new"))
    city.write_conf(town(mark(city)))
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()


def test_what_a_restart_alone_can_change_is_kept_for_it(city, good):
    made = town(68)
    made["site"] = {**made["site"], "timezone": "Asia/Jayapura"}
    before = mark(city)
    city.write_conf(made)
    status, text = control_says(city, "apply", confirm_usec=60 * SECOND)
    assert status == 1 and "site.timezone" in text
    done = control(city, "apply")
    assert done["restart"] and "site.timezone" in done["text"] and mark(city) == before
    again(city, city.gateway.end)
    assert mark(city) == 68 and city.gateway.status()["time"].endswith("+09:00")
    apply(city, 68)
    again(city, city.gateway.end)


def test_without_the_shaper_it_counts_once_the_shaper_has_it(city, good):
    city.gateway.end("shaper")
    status, _ = control_says(city, "apply", confirm_usec=60 * SECOND)
    city.write_conf(town(69))
    assert control_says(city, "apply", confirm_usec=60 * SECOND)[0] == 1, "nothing can be tried"
    done = control(city, "apply")
    assert done["warning"] and entry(city, done["number"])["state"] == "pending"
    city.gateway.start_one("shaper")
    city.gateway.wait_ready()
    wait_for("it to be good", lambda: configuration(city)["number"] == done["number"], 10, 0.1)
    assert mark(city) == 69


def test_a_daemon_that_is_ended_in_the_middle_of_an_apply(city, good):
    """The shaper has not answered yet: it ends in order, and starts with what was good."""
    before = mark(city)
    city.write_conf(town(57))
    with halted(city, "shaper"), control_connect(city) as sock:
        control_send(sock, "apply")
        wait_for("an apply on its way", lambda: os.path.exists(city.path("state", "rehearsal", "history", f"{good + 1:06}")), 5, 0.02)
        city.gateway.end("daemon")
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()
    wait_for("the former", lambda: mark(city) == before, 5, 0.1)
    assert configuration(city)["number"] == good and entry(city, good + 1)["state"] == "expired"


@contextlib.contextmanager
def full_disk(city):
    """The history's folder is a file system of its own, with no room left."""
    folder = city.path("state", "rehearsal", "history")
    city.gateway.end("daemon")
    run("cp", "-a", folder, folder + ".kept")
    run("mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", folder)
    try:
        run("cp", "-a", folder + ".kept/.", folder + "/")
        run("chown", "--reference", folder + ".kept", folder)
        city.gateway.start_one("daemon")
        city.gateway.wait_ready()
        with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        yield folder
    finally:
        city.gateway.end("daemon")
        run("umount", "-l", folder)
        run("rm", "-rf", folder + ".kept")
        city.gateway.start_one("daemon")
        city.gateway.wait_ready()


def test_a_full_disk_refuses_what_it_cannot_write_ahead(city, good):
    """And takes it once there is room; a restart meanwhile goes on with what is good."""
    before = mark(city)
    with full_disk(city) as folder:
        city.write_conf(town(70))
        status, text = control_says(city, "apply")
        assert status == 1 and "No space left" in text and mark(city) == before
        assert "No space left" in configuration(city)["error"]
        assert entry(city, good)["state"] == "good" and configuration(city)["number"] == good
        again(city, city.gateway.end)
        assert mark(city) == before
        os.unlink(os.path.join(folder, "filler"))
        assert control(city, "apply")["number"] == good + 1 and mark(city) == 70
        assert configuration(city)["error"] is None
        run("mount", "-o", "remount,ro", folder)
        city.write_conf(town(71))
        status, text = control_says(city, "apply")
        assert status == 1 and "Read-only" in text and mark(city) == 70
        run("mount", "-o", "remount,rw", folder)


def test_killed_at_any_moment_of_an_apply_it_is_the_old_or_the_new_one(city, good):
    """Kernel and record agree after each restart, and nothing waits for anybody."""
    seen, was = set(), mark(city)
    for turn in range(8):
        wanted = 72 + turn
        city.write_conf(town(wanted))
        with contextlib.suppress(AssertionError, OSError):
            if turn % 2:
                control(city, "apply", confirm_usec=600 * SECOND)
            else:
                with control_connect(city) as sock:
                    control_send(sock, "apply")
                    time.sleep(random.random() * 0.06)
        again(city, city.gateway.kill9)
        allowed = {was} if turn % 2 else {was, wanted}
        now = wait_for("a whole state", lambda: mark(city) in allowed and mark(city), 5, 0.05)
        number = configuration(city)["number"]
        files = control(city, "history-files", number=number)["files"]
        assert f'"{now} Mbit"' in files[0]["text"] and configuration(city)["pending"] is None
        seen.add(now == wanted)
        was = now
    assert False in seen
