# SPDX-License-Identifier: GPL-2.0-or-later
"""What a month is judged by, as the running daemon records it: terms as they are loaded, the record of a month that is over, the minutes in
which a zone was open. Read from the file with sqlite3, held against what was configured.
"""
import copy
import json
import sqlite3
import time

import pytest

from fixtures import open_city
from gateway import Refused
from settings import small
from space import wait_for

NAMES = ("shaper", "daemon")
CONTRACT = {"provider": "PT Contoh", "number": "027/1", "monthly": 120000000, "from": "2026-01-01", "to": "2026-12-31", "sla": 99.5,
            "split": [{"by": "equal", "percent": 30}, {"by": "p95", "percent": 70}], "refunds": [{"below": 99.5, "percent": 5}],
            "budget": 1440000000}


def office(ident, number, name=None, **more):
    return {"id": ident, "name": name or ident.title(), "schedule": "kantor", "devices": [f"lan{number - 1}"],
            "prefixes": [f"10.10.{number}.0/24"], "inside": {"guaranteed": "5 Mbit", "ceiling": "20 Mbit"},
            "outside": {"guaranteed": {"down": "1 Mbit", "up": "500 kbit"}, "ceiling": "10 Mbit"}, **more}


def settings():
    return small(offices=[office("dinkes", 1, budget_code="5.1.02.02.01.0063", budget=84000000, quota={"monthly": "2 TB", "over": "throttle", "throttle": "4 Mbit"}),
                          office("bkad", 2), office("satpolpp", 3)], contract=CONTRACT)


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings()) as city:
        city.gateway.start(rehearse="2026-11-23 17:30:00", names=NAMES)
        yield city


def ask(city, sql, *values):
    database = sqlite3.connect(f"file:{city.path('state', 'rehearsal', 'ledger.db')}?mode=ro", uri=True)
    try:
        return database.execute(sql, values).fetchall()
    finally:
        database.close()


def terms(city):
    """[(kind, subject, document or None)], in the order in which they were recorded."""
    return [(kind, subject, json.loads(text) if text else None)
            for kind, subject, text in ask(city, "SELECT kind, subject, document FROM terms ORDER BY id")]


def test_a_first_start_records_all_that_is_agreed(city):
    wait_for("terms", lambda: terms(city), 5)
    rows = {(kind, subject): document for kind, subject, document in terms(city)}
    assert set(rows) == {(1, ""), (2, ""), (3, ""), (4, "dinkes"), (4, "bkad"), (4, "satpolpp"), (5, "taman-kota")}
    assert rows[4, "dinkes"] == {
        "name": "Dinkes", "budget_code": "5.1.02.02.01.0063", "budget_rupiah": 84000000, "quota_bytes": 2 * 10**12, "over": "throttle",
        "inside": {"guaranteed": {"down_bps": 5000000, "up_bps": 5000000}, "ceiling": {"down_bps": 20000000, "up_bps": 20000000}},
        "outside": {"guaranteed": {"down_bps": 1000000, "up_bps": 500000}, "ceiling": {"down_bps": 10000000, "up_bps": 10000000}}}
    contract = rows[3, ""]
    assert contract["split"] == {"equal": 30, "guaranteed": 0, "delivered": 0, "p95": 70} and contract["monthly_rupiah"] == 120000000
    assert contract["refunds"] == [{"below_permille": 995, "percent": 5}] and contract["from_day"] == 20454 and contract["sla_permille"] == 995
    uplink = city.settings["uplink"]
    assert rows[2, ""]["download_bps"] == int(uplink["download"].split()[0]) * 10**6
    assert rows[1, ""] == {"name": city.settings["site"]["name"], "timezone": city.settings["site"]["timezone"]}
    assert rows[5, "taman-kota"]["open"] and rows[5, "taman-kota"]["name"]


def test_only_what_changes_is_added(city):
    before = terms(city)
    conf = copy.deepcopy(city.settings)
    city.write_conf(conf)
    city.gateway.gerbang("apply", json_out=False)
    assert terms(city) == before, "an unchanged configuration"
    conf["offices"] = [office("dinkes", 1, name="Dinas Kesehatan dan KB"), office("bkad", 2), office("damkar", 3)]
    conf["contract"] = {**CONTRACT, "monthly": 130000000}
    city.write_conf(conf)
    city.gateway.gerbang("apply", json_out=False)
    new = terms(city)[len(before):]
    assert [(kind, subject) for kind, subject, _ in new] == [(3, ""), (4, "dinkes"), (4, "damkar"), (4, "satpolpp")]
    assert new[0][2]["monthly_rupiah"] == 130000000 and new[1][2]["name"] == "Dinas Kesehatan dan KB" and new[3][2] is None
    broken = copy.deepcopy(conf)
    broken["offices"][0]["inside"] = {"guaranteed": "900 Gbit", "ceiling": "5 Mbit"}
    city.write_conf(broken)
    with pytest.raises(Refused):
        city.gateway.gerbang("apply", json_out=False)
    assert terms(city) == before + new, "what was refused was never agreed"
    city.write_conf(conf)


def test_a_restart_adds_nothing(city):
    before = terms(city)
    city.gateway.clock_to("2026-11-23 17:40:00")  # a restart begins at a whole second, which may be before what was recorded
    city.gateway.end("daemon")
    city.gateway.start_one("daemon")
    city.gateway.wait_ready()
    time.sleep(0.5)
    assert terms(city) == before


def test_a_month_that_is_over_is_recorded_once_and_sealed(city):
    """Percentiles of every subject, an hour after the month; sealed with the link that is closed next."""
    day = 20787  # 2026-11-30
    city.gateway.clock_to("2026-11-30 20:00:00")
    time.sleep(1)
    city.gateway.clock_to("2026-12-01 01:00:01")
    month = 2026 * 12 + 10
    wait_for("the record", lambda: ask(city, "SELECT 1 FROM month_record WHERE month = ?", month), 15)
    assert ask(city, "SELECT max(day) FROM link") == [(day,)]
    rows = {(kind, ident): rest for kind, ident, *rest in ask(
        city, "SELECT kind, id, samples, missing, down_bps, peak_down_bps FROM month_rate WHERE month = ?", month)}
    subjects = set(ask(city, "SELECT DISTINCT kind, id FROM usage_day JOIN subject ON number = subject WHERE at BETWEEN ? AND ?", day - 29, day))
    assert set(rows) == subjects and len(subjects) >= 7
    assert ask(city, "SELECT sealed FROM month_record") == [(None,)]
    city.gateway.clock_to("2026-12-02 01:00:01")
    wait_for("the next link", lambda: ask(city, "SELECT max(day) FROM link") == [(day + 1,)], 15)
    assert ask(city, "SELECT sealed FROM month_record") == [(day + 1,)]
    assert city.gateway.log("daemon").count("the record of month 2026-11 is written") == 1


def minutes(city):
    return dict(ask(city, "SELECT day, open_min FROM opening WHERE zone = 'taman-kota'"))


def test_minutes_of_an_open_zone(city):
    """By the wall clock: 21:58 and 21:59 are open, 22:00 is not; the last minute of a day is that day's."""
    day = 20790  # 2026-12-03
    city.gateway.clock_to("2026-12-03 21:58:56")
    wait_for("a minute", lambda: minutes(city).get(day), 15)
    city.gateway.clock_to("2026-12-03 21:59:57")
    time.sleep(6)
    assert minutes(city)[day] == 2, "the schedule closes the park at 22:00"
    city.gateway.gerbang("zone", "open", "taman-kota", json_out=False)
    city.gateway.clock_to("2026-12-03 23:59:57")
    time.sleep(6)
    assert 3 <= minutes(city)[day] <= 4 and day + 1 not in minutes(city), "the clock was moved within at most one more"
