# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may what at the control socket, by the groups of whoever connects; and the journal of who changed what."""
import copy
import grp
import json
import os
import re
import shutil
import sqlite3
import subprocess

import pytest

from fixtures import open_city
from settings import small
from space import wait_for

EVENING = "2026-11-23 17:00:00"
VIEWER, OPERATOR, ADMIN, OLD, STRANGER = "gerbang-viewer", "gerbang-operator", "gerbang-admin", "gerbang", None


@pytest.fixture(scope="module")
def city():
    made = small()
    made["zones"][0]["login"] = ["click", "voucher"]
    with open_city(settings=made, hosts=[]) as city:
        city.gateway.start(rehearse=EVENING, names=("shaper", "daemon"))
        shutil.copy(os.path.join(city.gateway.build, "ctl/gerbang"), city.path("gerbang"))
        os.chmod(city.path("gerbang"), 0o755)
        yield city


def run_as(city, group, *words):
    """The command line as nobody, in one supplementary group."""
    groups = ["--groups", str(grp.getgrnam(group).gr_gid)] if group else ["--clear-groups"]
    return subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", *groups, city.path("gerbang"), "-c", city.conf, *words],
                          text=True, capture_output=True, timeout=20)


def journal(city, kind="audit."):
    database = sqlite3.connect(f"file:{city.path('state', 'rehearsal', 'ledger.db')}?mode=ro", uri=True)
    try:
        return database.execute("SELECT kind, subject, who, text FROM event WHERE substr(kind, 1, ?) = ? ORDER BY id", (len(kind), kind)).fetchall()
    finally:
        database.close()


READS = (["status"], ["sessions"], ["schedule"])
OPENS = (["zone", "open", "taman-kota"], ["zone", "auto", "taman-kota"], ["office", "inside", "dinkes", "--until", "2026-11-23 20:00"],
         ["office", "auto", "dinkes"], ["voucher", "create", "--zone", "taman-kota", "--count", "1", "--valid", "1 d"], ["voucher", "list"])
CHANGES = (["apply"],)


@pytest.mark.parametrize("group, may, may_not", [
    (VIEWER, READS, OPENS + CHANGES), (OPERATOR, READS + OPENS, CHANGES), (ADMIN, READS + OPENS + CHANGES, ()),
    (OLD, READS + CHANGES, ()), (STRANGER, (), READS[:1] + CHANGES)])
def test_a_group_may_what_its_role_says(city, group, may, may_not):
    for words in may:
        done = run_as(city, group, *words)
        assert done.returncode == 0, f"{group}: {words}: {done.stderr}"
    for words in may_not:
        done = run_as(city, group, *words)
        assert done.returncode != 0, f"{group} may {words}"
        if group:
            assert done.returncode == 1 and "gerbang-" in done.stderr, done.stderr


def test_a_former_configuration_is_everybodys_to_read_about_and_roots_to_put_back(city):
    before = city.gateway.gerbang("history")["current"]
    edited = copy.deepcopy(city.settings)
    edited["offices"][0]["inside"]["guaranteed"] = "25 Mbit"
    city.write_conf(edited)
    after = city.gateway.gerbang("apply")["number"]
    assert after > before
    words = ["diff", str(before), str(after)]
    change = re.compile(r"dinkes +inside.guaranteed +30M -> 25M")
    for group in (VIEWER, OPERATOR):  # what changed, but no line of a file: a webhook's address may be a secret
        assert str(after) in run_as(city, group, "history").stdout
        done = run_as(city, group, *words)
        assert done.returncode == 4 and change.search(done.stdout) and "gerbang-admin" in done.stdout + done.stderr, done.stdout + done.stderr
        assert not re.search(r"^@@ |25 Mbit", done.stdout, re.M), done.stdout
    done = run_as(city, ADMIN, *words)
    assert done.returncode == 4 and change.search(done.stdout) and re.search(r"^@@ ", done.stdout, re.M), done.stdout
    for group in (VIEWER, OPERATOR, ADMIN):
        done = run_as(city, group, "rollback", str(before))
        assert done.returncode == 1 and f"sudo gerbang rollback {before}" in done.stderr, done.stderr
    assert run_as(city, STRANGER, *words).returncode == run_as(city, STRANGER, "history").returncode != 0
    assert city.gateway.gerbang("history")["current"] == after
    city.gateway.gerbang("rollback", str(before), json_out=False)
    with open(city.conf) as file:
        assert '"25 Mbit"' not in file.read()


def test_each_change_is_journaled_with_the_callers_user(city):
    before = len(journal(city))
    assert run_as(city, OPERATOR, "zone", "open", "taman-kota", "--for", "1 h").returncode == 0
    assert run_as(city, OPERATOR, "status").returncode == 0
    city.gateway.gerbang("zone", "auto", "taman-kota", json_out=False)
    done = run_as(city, ADMIN, "zone", "open", "nowhere")
    assert done.returncode == 1
    rows = wait_for("three rows", lambda: len(journal(city)) == before + 3 and journal(city)[before:], 5)
    assert [row[:3] for row in rows] == [("audit.zone-open", "taman-kota", "nobody"), ("audit.zone-auto", "taman-kota", "root"),
                                         ("audit.zone-open", "nowhere", "nobody")]
    assert "done" in rows[0][3] and '"usec":3600000000' in rows[0][3] and "refused" in rows[2][3]


def test_what_was_not_allowed_is_journaled_but_does_not_fill_the_disk(city):
    before = len(journal(city))
    assert run_as(city, VIEWER, "apply").returncode == 1
    kind, _, who, text = wait_for("a row", lambda: journal(city)[before:], 5)[0]
    assert (kind, who) == ("audit.apply", "nobody") and "refused: it needs the group gerbang-admin" in text
    for _ in range(40):
        run_as(city, VIEWER, "zone", "open", "taman-kota")
    assert len(journal(city)) - before <= 62, "thirty a minute"


def test_the_journal_holds_no_guest_and_nothing_that_opens_a_door(city):
    made = run_as(city, OPERATOR, "voucher", "create", "--zone", "taman-kota", "--count", "1", "--valid", "1 d", "--json")
    code = json.loads(made.stdout)["codes"][0]
    run_as(city, OPERATOR, "voucher", "revoke", code)
    run_as(city, OPERATOR, "kick", "10.200.0.99")
    rows = wait_for("the rows", lambda: [row for row in journal(city) if row[0] == "audit.voucher-revoke"] and journal(city), 5)
    assert not [row for row in rows if code in str(row) or "10.200.0.99" in str(row)]
    assert "10.200.0.99" not in "".join(text for *_, text in rows) and any(row[0] == "audit.kick" for row in rows)


def test_gerbang_log_shows_the_trail(city):
    city.gateway.gerbang("zone", "auto", "taman-kota", json_out=False)
    rows = wait_for("the trail", lambda: city.gateway.gerbang("log", "--kind", "audit.zone-auto")["events"], 5)
    assert rows[0]["who"] == "root" and rows[0]["subject"] == "taman-kota"
    text = city.gateway.gerbang("log", "--kind", "audit.", json_out=False)
    assert "audit.zone-auto" in text and "root" in text
