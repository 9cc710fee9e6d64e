# SPDX-License-Identifier: GPL-2.0-or-later
"""`gerbang plan` as a review: what an edit would do, told by the running daemon before it is done, and held against what the apply then does.

The kernel is read with tc and nft before and after: a plan that changed anything would be the end of trust.
"""
import copy
import json
import os
import re
import subprocess

import pytest

from fixtures import open_city
from gateway import Refused
from settings import small
from space import wait_for
from telephone import login

NAMES = ("shaper", "daemon")
NOON = "2026-11-23 12:10:00"  # a Monday; loket has its break
MBIT = 10**6


def many(n):
    return [{"id": f"desa-{number:03}", "name": f"Desa {number}", "schedule": "kantor", "devices": ["lan0"],
             "prefixes": [f"10.{20 + number // 250}.{number % 250}.0/24"], "inside": {"guaranteed": "1 Mbit", "ceiling": "20 Mbit"},
             "outside": {"guaranteed": "200 kbit", "ceiling": "10 Mbit"}} for number in range(1, n + 1)]


@pytest.fixture(scope="module")
def city():
    with open_city(guests={"taman-kota": 2}) as city:
        city.gateway.start(rehearse=NOON)
        yield city


@pytest.fixture
def edit(city):
    """Writes an edit; the city's own configuration is back afterwards, in the files and in force."""
    original = copy.deepcopy(city.settings)

    def write(change):
        conf = copy.deepcopy(original)
        change(conf)
        city.write_conf(conf)

    yield write
    city.write_conf(original)
    city.gateway.gerbang("apply", json_out=False)


def asked(city, *words, env=None):
    """Exit status, standard output, standard error."""
    done = subprocess.run([os.path.join(city.gateway.build, "ctl/gerbang"), "-c", city.conf, *map(str, words)], text=True, capture_output=True,
                          timeout=30, env={**os.environ, "LC_ALL": "C", **(env or {})})
    return done.returncode, done.stdout, done.stderr


def plan(city, *words):
    status, out, err = asked(city, "plan", "--json", *words)
    assert status in (0, 4), err
    return status, json.loads(out)


def settings_of(document, ident=None):
    return {row["key"]: (row["from"], row["to"]) for row in document["settings"] if row["id"] == ident}


def kernel(city):
    classes = {device: {key: (row["rate"], row["ceil"]) for key, row in city.gateway.classes(device).items()} for device in ("wan0", "gerbang-ifb")}
    rules = re.sub(r" (expires|counter packets) .*", "", city.gateway.ruleset())
    return classes, rules


def rate(mbit):
    return {"down_bps": mbit * MBIT, "up_bps": mbit * MBIT}


def test_an_unchanged_file_is_no_change(city):
    status, document = plan(city)
    assert status == 0 and document["settings"] == [] and document["changes"] == []
    assert all(state["fits"] and not state["changes"] for state in document["states"])
    status, text, _ = asked(city, "plan")
    assert status == 0 and text.splitlines()[1].startswith("No change:")


def test_a_comment_is_no_change(city, edit):
    edit(lambda conf: None)
    with open(city.conf, "a") as file:
        file.write("# a note\n")
    assert plan(city)[0] == 0


def test_an_edit_is_seen_before_it_is_applied_and_changes_nothing(city, edit):
    before = kernel(city)

    def change(conf):
        conf["offices"][0]["inside"] = {"guaranteed": "25 Mbit", "ceiling": "80 Mbit"}
        conf["offices"][1]["quota"] = {"monthly": "2 TB", "over": "throttle", "throttle": "4 Mbit"}
        conf["schedules"][3]["windows"] = ["mon-sun 06:00-23:00"]

    edit(change)
    status, document = plan(city)
    assert status == 4
    assert settings_of(document, "dinkes") == {"inside.guaranteed": (rate(30), rate(25)), "inside.ceiling": (rate(94), rate(80))}
    assert settings_of(document, "bkad") == {"quota.monthly": (None, {"bytes": 2 * 10**12}), "quota.over": (None, "throttle"), "quota.notice": (None, 80),
                                             "quota.throttle": (None, rate(4))}
    assert settings_of(document, "taman") == {"windows": (["mon-sun 06:00-22:00"], ["mon-sun 06:00-23:00"])}
    now = {(row["id"], row["key"]): (row["from"], row["to"]) for row in document["changes"]}
    assert now[("dinkes", "down.guaranteed_bps")] == (30 * MBIT, 25 * MBIT) and not any(ident == "bkad" for ident, _ in now)
    assert kernel(city) == before
    assert document["touched"] == {"sessions": [], "flows": []}, "a rate touches nobody"


def test_what_is_foretold_is_what_the_apply_does(city, edit):
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "25 Mbit", "ceiling": "80 Mbit"}))
    _, document = plan(city)
    applied = city.gateway.gerbang("apply")
    assert applied["changes"] == document["changes"] and applied["changes"]
    assert plan(city)[0] == 0, "and then there is nothing left to do"


def test_coming_states_are_decided_by_both(city, edit):
    """An edit of the hours outside changes nothing at noon, and all at four."""
    edit(lambda conf: conf["offices"][0].update(outside={"guaranteed": "7 Mbit", "ceiling": "60 Mbit"}))
    status, document = plan(city)
    assert status == 4 and document["changes"] == []
    first = next(state for state in document["states"] if state["changes"])
    assert first["time"].startswith("2026-11-23T16:00:00") and first["fits"]
    assert {(row["id"], row["key"], row["from"], row["to"]) for row in first["changes"]} == {
        ("dinkes", f"{way}.guaranteed_bps", 5 * MBIT, 7 * MBIT) for way in ("down", "up")}
    # own 2, unattributed 1, offices 7 + 3 + 10 + 1, the park 20
    assert first["guaranteed"] == rate(44) and first["budget"] == rate(95)
    assert document["states"][-1]["time"] < "2026-12-01"
    index = document["states"].index(first)
    assert {state["time"][:16] for state in document["states"] if state.get("same_as") == index} >= {"2026-11-24T16:00", "2026-11-27T16:00"}
    status, text, _ = asked(city, "plan")
    assert "Nothing changes now" in text and re.search(r"2026-11-23 16:00 .*\n    also 2026-11-23 22:00", text), text
    assert re.search(r"dinkes +guarantee +5M -> 7M", text), text


def test_a_moved_hour_shows_at_both_times(city, edit):
    edit(lambda conf: conf["schedules"][0].update(windows=["mon-fri 07:30-17:00"], periods=[]))
    _, document = plan(city)
    differing = {state["time"][:16]: {(row["id"], row["key"]) for row in state["changes"]} for state in document["states"] if state.get("changes")}
    assert ("dinkes", "state") in differing["2026-11-23T16:00"] and "2026-11-23T17:00" not in differing
    assert {"windows", "periods"} <= set(settings_of(document, "kantor"))


def test_a_fault_is_said_with_file_and_line(city, edit):
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "90 Mbit", "ceiling": "80 Mbit"}))
    status, out, err = asked(city, "plan")
    assert status == 1 and not out and re.search(r"gerbang\.conf:\d+: ", err), err
    assert city.gateway.status()["configuration"]["edited"]["state"] == "broken"
    assert "are broken" in asked(city, "status")[1]


def test_guarantees_over_the_uplink_are_refused_by_the_plan_already(city, edit):
    edit(lambda conf: conf["offices"][0].update(outside={"guaranteed": "65 Mbit", "ceiling": "70 Mbit"}))
    status, _, err = asked(city, "plan")
    assert status == 1 and re.search(r"gerbang\.conf:\d+: ", err), err


def test_whose_sessions_end(city, edit):
    city.gateway.clock_to("2026-11-23 17:00:00")
    wait_for("the park to open", lambda: city.gateway.zone("taman-kota")["open"], 5)
    login(city.guests["taman-kota"][0])
    try:
        edit(lambda conf: conf["schedules"][3].update(windows=["mon-sun 18:00-22:00"]))
        _, document = plan(city)
        assert [(row["zone"], row["sessions"], row["why"]) for row in document["touched"]["sessions"]] == [("taman-kota", 1, "closed")]
        assert "zone taman-kota, 1 live: they end" in asked(city, "plan")[1]
        assert len(city.gateway.sessions()) == 1, "nobody is sent away by a plan"
        edit(lambda conf: conf.update(zones=[]))
        assert [row["why"] for row in plan(city)[1]["touched"]["sessions"]] == ["removed"]
        edit(lambda conf: conf["zones"][0].update(ceiling="50 Mbit"))
        assert plan(city)[1]["touched"]["sessions"] == []
    finally:
        city.gateway.clock_to(NOON)


def test_whose_connections_feel_it(city, edit):
    def change(conf):
        conf["offices"][1]["prefixes"].append("10.10.9.0/24")
        conf["uplink"]["nat"] = False
        del conf["offices"][3]

    edit(change)
    _, document = plan(city)
    assert {(row["id"], row["why"]) for row in document["touched"]["flows"]} == {("bkad", "prefixes"), (None, "nat"), ("loket", "removed")}


def test_operations_are_told_and_not_made(city, edit):
    assert plan(city, "--ops")[1]["operations"] == [], "what runs needs none"
    before = kernel(city)
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "25 Mbit", "ceiling": "80 Mbit"}))
    status, document = plan(city, "--ops")
    assert status == 4 and document.get("operations"), document.get("operations_error")
    assert kernel(city) == before
    _, text, _ = asked(city, "plan", "--ops")
    assert f"if it were applied now: {len(document['operations'])}" in text


def test_operations_without_a_shaper(city):
    city.gateway.end("shaper")
    try:
        wait_for("the daemon to notice", lambda: not city.gateway.status()["shaper"], 5)
        status, document = plan(city, "--ops")
        assert status == 0 and "operations" not in document and document["operations_error"]
    finally:
        city.gateway.start_one("shaper")
        wait_for("the shaper", lambda: city.gateway.status()["shaper"], 10)


def test_at_a_time_as_ever(city):
    status, document = plan(city, "--at", "2026-11-23 17:00")
    assert status == 4 and document["plan"]["phase"] == "public"
    assert {"what": "site", "id": None, "name": "Kota Kecil", "key": "phase", "from": "office", "to": "public"} in document["changes"]
    assert re.search(r"^dinkes +outside +5M +60M$", asked(city, "plan", "--at", "2026-11-23 17:00")[1], re.M)


def test_in_indonesian(city, edit):
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "25 Mbit", "ceiling": "94 Mbit"}))
    status, text, _ = asked(city, "plan", env={"LC_ALL": "id_ID.UTF-8"})
    assert status == 4 and "YANG DIATUR LAIN" in text and re.search(r"dinkes +jaminan +30M -> 25M", text) and "Sesi: tidak ada" in text, text


# --- the history, from the command line

def numbers(city):
    return [entry["number"] for entry in city.gateway.gerbang("history")["entries"]]


def test_history_diff_and_rollback(city, edit):
    first = city.gateway.gerbang("history")["current"]
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "25 Mbit", "ceiling": "80 Mbit"}))
    status, text, _ = asked(city, "diff")
    assert status == 4 and "+" in text and re.search(r"^\+offices.*25 Mbit|^\+.*25 Mbit", text, re.M) and re.search(r"^-.*30 Mbit", text, re.M), text
    second = city.gateway.gerbang("apply")["number"]
    assert second > first and numbers(city)[:2] == [second, second - 1]
    status, text, _ = asked(city, "diff", first, second)
    assert status == 4 and re.search(r"dinkes +inside.guaranteed +30M -> 25M", text) and re.search(r"^@@ ", text, re.M), text
    assert asked(city, "diff", second, second)[0] == 0
    assert asked(city, "diff", 9999)[0] == 1 and asked(city, "diff", "0")[0] == 2
    with open(city.conf) as file:
        edited = file.read()
    status, text, err = asked(city, "rollback")
    assert status == 0 and "before-rollback" in text, err
    with open(city.conf + ".before-rollback") as file:
        assert file.read() == edited, "what was there is kept"
    assert city.gateway.office("dinkes")["down"]["guaranteed_bps"] == 30 * MBIT
    history = city.gateway.gerbang("history")
    assert history["entries"][0]["origin"] == "rollback" and history["entries"][0]["of"] == second - 1
    assert history["edited"]["state"] == "same"
    status, text, _ = asked(city, "history")
    assert re.search(rf"^ *{history['current']}  .* rollback +in force", text, re.M), text


def test_a_rollback_that_is_refused_puts_the_files_back(city, edit):
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "25 Mbit", "ceiling": "80 Mbit"}))
    city.gateway.gerbang("apply", json_out=False)
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "26 Mbit", "ceiling": "80 Mbit"}))
    city.gateway.gerbang("apply", "--confirm", "1min", json_out=False)
    with open(city.conf) as file:
        edited = file.read()
    status, _, err = asked(city, "rollback")
    assert status == 1 and "on trial" in err
    with open(city.conf) as file:
        assert file.read() == edited
    city.gateway.gerbang("confirm", json_out=False)


def test_on_trial_is_said_everywhere(city, edit):
    edit(lambda conf: conf["offices"][0].update(inside={"guaranteed": "24 Mbit", "ceiling": "80 Mbit"}))
    city.gateway.gerbang("apply", "--confirm", "5 min", json_out=False)
    try:
        assert re.search(r"history \d+ on trial: goes back in [45] min", asked(city, "status")[1])
        assert "on trial: goes back in" in asked(city, "plan")[1]
        assert re.search(r"^ *\d+  .* on trial", asked(city, "history")[1], re.M)
        with pytest.raises(Refused):
            city.gateway.gerbang("apply", "--confirm", "0 s", json_out=False)
    finally:
        city.gateway.gerbang("confirm", json_out=False)
    assert "on trial" not in asked(city, "status")[1]


def test_three_hundred_offices_stay_a_page(make_city):
    """One edit of all of them is one line; one of one office is about that office alone; both within moments."""
    offices = many(300)
    city = make_city(settings=small(offices=offices, uplink={"download": "1 Gbit", "upload": "1 Gbit"}), hosts=[])
    city.gateway.start(rehearse=NOON, names=NAMES)
    conf = copy.deepcopy(city.settings)
    for office in conf["offices"]:
        office["outside"]["ceiling"] = "12 Mbit"
    conf["offices"][7]["inside"]["guaranteed"] = "2 Mbit"
    city.write_conf(conf)
    status, text, err = asked(city, "plan")
    assert status == 4, err
    assert len(text.splitlines()) <= 30 and "desa-001, desa-002, desa-003 and 296 more offices" in text, text
    assert re.search(r"desa-008 +inside.guaranteed +1M -> 2M\n +outside.ceiling +10M -> 12M", text), text
    status, document = plan(city)
    assert len(document["settings"]) == 301
