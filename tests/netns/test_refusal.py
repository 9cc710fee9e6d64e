# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration with faults is refused whole: all faults at once, nothing changed, nothing cut off."""
import copy
import subprocess

import pytest

from city import INTERNET4
from fixtures import open_city
from gateway import Refused
from kernel import Watch, differences, snapshot
from settings import small
from space import wait_for
from telephone import login
from traffic import Flow, flows

EVENING = "2026-11-23 17:00:00"


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 1}) as city:
        city.gateway.start(rehearse=EVENING)
        login(city.guests["taman-kota"][0])
        yield city


def faulty():
    """Three faults of different kinds, in a file that would also change rates if it were taken in part."""
    settings = small()
    settings["offices"][0]["inside"]["guaranteed"] = "31 Mbit"
    settings["offices"][0]["outside"]["guaranteed"] = "6 Mbit"
    settings["offices"][1]["schedule"] = "tidak-ada"
    settings["offices"][2]["colour"] = "red"
    settings["zones"][0]["ceiling"] = "60 furlong"
    return settings


def test_apply_refuses_with_every_fault_and_changes_nothing(city):
    good = copy.deepcopy(city.settings)
    guest = city.guests["taman-kota"][0]
    before, status = snapshot(city.gateway.space), states(city)
    running = Flow(city, city.hosts["dinkes"], "down")
    try:
        city.write_conf(faulty())
        with flows(running), Watch(city) as watch:
            with pytest.raises(Refused) as refused:
                city.gateway.gerbang("apply", json_out=False)
        text = refused.value.text
        assert refused.value.status == 1
        for word in ("tidak-ada", "colour", "60 furlong"):
            assert word in text, f"the fault about {word} is missing:\n{text}"
        assert "gerbang.conf:" in text, "no file and line"
        assert not watch.lines(), "\n".join(watch.lines())
        assert differences(before, snapshot(city.gateway.space)) == {} and states(city) == status
        assert guest.ping(INTERNET4)
    finally:
        city.write_conf(good)


def states(city):
    return [(row["id"], row["state"], row["down"]["guaranteed_bps"]) for row in city.gateway.status()["offices"]]


@pytest.mark.parametrize("name", ["daemon", "shaper"])
def test_a_program_started_with_faults_goes_by_what_was_applied(city, name):
    """Says what is wrong, and touches nothing. (What has never run ends: test_confirm.py.)"""
    good = copy.deepcopy(city.settings)
    before = snapshot(city.gateway.space)
    city.gateway.end(name)
    try:
        city.write_conf(faulty())
        city.gateway.start_one(name)
        city.gateway.wait_ready()
        assert "tidak-ada" in city.gateway.log(name)
    finally:
        city.write_conf(good)
    assert differences(before, snapshot(city.gateway.space)) == {}
    assert city.guests["taman-kota"][0].ping(INTERNET4)
    wait_for("the session again", lambda: len(city.gateway.sessions()) == 1, 5)


def test_apply_loads_a_good_file_without_touching_flows_or_sessions(city):
    good, guest = copy.deepcopy(city.settings), city.guests["taman-kota"][0]
    changed = copy.deepcopy(good)
    changed["offices"][0]["outside"] = {"guaranteed": "6 Mbit", "ceiling": "50 Mbit"}
    running = Flow(city, city.hosts["dinkes"], "down")
    try:
        with flows(running):
            wait_for("traffic", running.alive, 2)
            city.write_conf(changed)
            city.gateway.gerbang("apply", json_out=False)
            wait_for("the new rates", lambda: city.gateway.office("dinkes")["down"]["guaranteed_bps"] == 6_000_000, 3)
            wait_for("the kernel to hold them", lambda: any(
                row["ceil"] == 50e6 for row in city.gateway.classes("gerbang-ifb").values()), 2)
            assert running.alive() and guest.ping(INTERNET4) and len(city.gateway.sessions()) == 1
    finally:
        city.write_conf(good)
        city.gateway.gerbang("apply", json_out=False)


def test_check_needs_neither_root_nor_a_daemon(city):
    """As nobody, in no namespace of ours."""
    def check():
        return subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "check", "-c", city.conf],
                              text=True, capture_output=True)
    import os
    import shutil
    program = city.path("gerbang-check")
    shutil.copy(os.path.join(city.gateway.build, "ctl/gerbang"), program)
    os.chmod(program, 0o755)
    good = copy.deepcopy(city.settings)
    done = check()
    assert done.returncode == 0, done.stderr
    try:
        city.write_conf(faulty())
        done = check()
        assert done.returncode == 1 and done.stderr.count("gerbang.conf:") >= 3, done.stderr
    finally:
        city.write_conf(good)
