# SPDX-License-Identifier: GPL-2.0-or-later
"""Quotas on a real kernel: notice, throttle and what undoes it. Each test has a month of its own, in which nothing is used yet.

What passed is counted by the host's own device, rates are what tc and the host say.
"""
import os
import re
import sqlite3
import threading
import time
from datetime import datetime, timedelta

import pytest

from city import INTERNET4
from fixtures import open_city
from gateway import Refused
from settings import small
from space import wait_for
from test_persist import no_room, tiny_disk
from traffic import Flow, Meter, flows

MB, MBIT = 10**6, 10**6
NAMES = ("shaper", "daemon")


def office(ident, number, device, quota=None, **shares):
    row = {"id": ident, "name": ident.title(), "schedule": "24-jam", "devices": [device], "prefixes": [f"10.10.{number}.0/24"],
           "inside": {"guaranteed": "5 Mbit", "ceiling": "20 Mbit", **shares}}
    return {**row, "quota": quota} if quota else row


def offices():
    return [office("dinkes", 1, "lan0", {"monthly": "20 MB", "notice": 80, "over": "throttle", "throttle": "2 Mbit"}),
            office("bkad", 2, "lan1", {"monthly": "4 MB", "notice": 50, "over": "notice"}),
            office("loket", 3, "lan2", {"monthly": "2 MB", "over": "throttle", "throttle": {"down": "1 Mbit", "up": "500 kbit"}}),
            office("rsud", 4, "lan3")]


@pytest.fixture(scope="module")
def city():
    with open_city(settings=small(offices=offices(), zones=[])) as city:
        city.gateway.start(rehearse="2026-11-23 10:00:00", names=NAMES)
        yield city


_months = iter(f"{year}-{month:02}" for year in range(2027, 2030) for month in range(1, 13))


@pytest.fixture
def month(city):
    """A month in which nobody has used anything, on its tenth day."""
    month = next(_months)
    city.gateway.clock_to(f"{month}-10 10:00:00")
    wait_for("all to be restored", lambda: not throttled(city), 5)
    return month


def quota(city, ident):
    return city.gateway.office(ident)["quota"]


def throttled(city):
    return {row["id"] for row in city.gateway.status()["offices"] if row["state"] == "throttled"}


def kernel_rate(city, ident, device="gerbang-ifb"):
    """(rate, ceil) of an office's class as tc has it."""
    number = [row["id"] for row in offices()].index(ident)
    classes = city.gateway.classes(device)
    row = classes[("2" if device == "gerbang-ifb" else "1") + f":{0x1000 + 2 * number:x}"]
    return row["rate"], row["ceil"]


def ledger(city, sql, *values):
    database = sqlite3.connect(f"file:{city.path('state', 'rehearsal', 'ledger.db')}?mode=ro", uri=True)
    try:
        return database.execute(sql, values).fetchall()
    finally:
        database.close()


def events(city, kind, ident):
    """Rows of the journal, oldest first."""
    return ledger(city, "select who, text from event where kind = ? and subject = ? order by id", kind, ident)


def stages(city, ident):
    return [row[0] for row in ledger(city, "select stage from quota_stage where office = ? order by month", ident)]


def use(city, ident, megabytes):
    """Downloads so much, and no more."""
    host, before = city.hosts[ident], city.hosts[ident].counters()[0]
    flow = Flow(city, host, "down", streams=1)
    with flows(flow):
        wait_for("the download", lambda: host.counters()[0] - before > megabytes * MB, 30, 0.005)


def use_up(city, ident="loket"):
    use(city, ident, 2.3)
    wait_for(f"{ident} to be throttled", lambda: ident in throttled(city), 12)


class Samples(threading.Thread):
    """(time, received and sent) of a host's device, every few milliseconds; the first is `begin`, read before there was any traffic."""

    def __init__(self, host, begin):
        super().__init__(daemon=True)
        self.host, self.rows, self.done = host, [(time.monotonic(), begin)], False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done = True
        self.join()

    def run(self):
        while not self.done:
            self.rows.append((time.monotonic(), sum(self.host.counters())))
            time.sleep(0.004)


def bytes_until_slow(rows, bps):
    """What had passed when the rate fell below `bps` for good: the last window of 60 ms that was faster."""
    fast, j = rows[0][1], 0
    for now, passed in rows:
        while rows[j][0] < now - 0.06:
            j += 1
        before, then = rows[j]
        if now - before > 0.03 and (passed - then) * 8 / (now - before) > bps:
            fast = passed
    return fast - rows[0][1]


@pytest.mark.measure
def test_notice_throttle_and_what_passed(city, month):
    """20 MB at 20 Mbit/s: said at 80 %, slowed down before 101 %, then 2 Mbit/s; who has no quota is left alone."""
    gateway, host, other = city.gateway, city.hosts["dinkes"], city.hosts["rsud"]
    begin = sum(host.counters())
    load, beside = Flow(city, host, "down", streams=2), Flow(city, other, "down", streams=2)
    with flows(load, beside), Samples(host, begin) as samples:
        noticed = wait_for("the notice", lambda: events(city, "quota.notice", "dinkes"), 15, 0.02)
        assert 0.79 * 20 * MB < gateway.office("dinkes")["month_bytes"] < 20 * MB
        percent, of = re.search(r": (\d+) % of its quota of 20.0 MB for (\S+) is used", noticed[-1][1]).groups()
        assert 80 <= int(percent) < 100 and of == month
        wait_for("the throttle", lambda: kernel_rate(city, "dinkes") == (2 * MBIT, 2 * MBIT), 15, 0.02)
        time.sleep(1.5)
        passed = bytes_until_slow(samples.rows, 8 * MBIT)
        down, _ = Meter(city, {"dinkes": host, "rsud": other}).over(4)
    print(f"passed at full speed: {passed / MB:.3f} MB; then {down['dinkes'] / MBIT:.2f} Mbit/s, rsud {down['rsud'] / MBIT:.2f}")
    assert passed < 20 * MB * 1.01
    assert passed > 20 * MB * 0.985, "slowed down before its time"
    assert 0.8 * 2 * MBIT < down["dinkes"] < 1.03 * 2 * MBIT
    assert down["rsud"] > 18 * MBIT
    assert kernel_rate(city, "dinkes", "wan0") == (2 * MBIT, 2 * MBIT)
    assert throttled(city) == {"dinkes"}
    row = gateway.office("dinkes")
    assert row["quota"]["stage"] == "over" and row["quota"]["throttled"] and row["quota"]["percent"] >= 100
    assert row["down"]["guaranteed_bps"] == row["down"]["ceiling_bps"] == 2 * MBIT
    assert len(events(city, "quota.throttle", "dinkes")) == 1 and len(noticed) == 1


def test_notice_alone(city, month):
    use(city, "bkad", 4.5)
    wait_for("the end of its quota to be said", lambda: events(city, "quota.over", "bkad"), 12)
    row = city.gateway.office("bkad")
    assert row["quota"]["stage"] == "over" and not row["quota"]["throttled"] and row["state"] == "inside"
    assert kernel_rate(city, "bkad") == (5 * MBIT, 20 * MBIT)
    assert not throttled(city)


def test_two_offices_do_not_know_each_other(city, month):
    use_up(city)
    assert throttled(city) == {"loket"}
    assert kernel_rate(city, "loket") == (1 * MBIT, 1 * MBIT) and kernel_rate(city, "loket", "wan0") == (MBIT / 2, MBIT / 2)
    assert kernel_rate(city, "dinkes") == (5 * MBIT, 20 * MBIT)
    assert quota(city, "dinkes")["stage"] == "none"


def exempt(city, *words):
    return city.gateway.gerbang("quota", "exempt", *words)


def test_an_exemption_lifts_and_ends(city, month):
    gateway = city.gateway
    use_up(city)
    with pytest.raises(Refused):
        exempt(city, "loket", "--for", "2h")  # no reason
    with pytest.raises(Refused):
        exempt(city, "rsud", "--for", "2h", "--reason", "no quota")
    given = exempt(city, "loket", "--for", "2h", "--reason", "vaccination week", "--by", "Kepala Dinas")
    assert kernel_rate(city, "loket") == (5 * MBIT, 20 * MBIT), "answered before the kernel had it"
    assert not throttled(city) and quota(city, "loket")["exempt_until"] == given["until"]
    assert given["who"] == "root" and given["reason"] == "vaccination week, by Kepala Dinas"
    listed = [row for row in gateway.gerbang("quota")["exemptions"] if row["id"] == given["id"]]
    assert listed[0]["in_force"] and listed[0]["who"] == "root" and listed[0]["office"] == "loket"
    assert events(city, "quota.exempt", "loket")[-1][0] == "root"
    end = datetime.fromisoformat(given["until"]).replace(tzinfo=None)
    gateway.clock_to(str(end - timedelta(seconds=3)))
    assert not throttled(city)
    wait_for("its end", lambda: kernel_rate(city, "loket") == (MBIT, MBIT), 5, 0.05)
    assert datetime.fromisoformat(gateway.status()["time"]).replace(tzinfo=None) >= end
    assert throttled(city) == {"loket"}
    gateway.clock_to(f"{month}-10 11:00:00")  # into it again
    wait_for("the exemption again", lambda: not throttled(city), 2, 0.05)
    gateway.gerbang("quota", "revoke", given["id"])
    assert kernel_rate(city, "loket") == (MBIT, MBIT)
    assert "revoked by root" in events(city, "quota.revoked", "loket")[-1][1]
    with pytest.raises(Refused):
        gateway.gerbang("quota", "revoke", given["id"])


def test_no_second_of_full_speed_after_a_crash(city, month):
    gateway, said = city.gateway, len(events(city, "quota.throttle", "loket"))
    use_up(city)
    before = gateway.office("loket")["month_bytes"]
    with flows(Flow(city, city.hosts["loket"], "down", streams=1)):
        for name in NAMES:
            gateway.kill9(name)
        time.sleep(1)
        gateway.start(names=NAMES, wait=False)
        end, rates = time.monotonic() + 4, set()
        while time.monotonic() < end:
            rates.add(kernel_rate(city, "loket"))
            time.sleep(0.02)
        gateway.wait_ready()
    assert rates == {(MBIT, MBIT)}
    wait_for("the state to be told", lambda: throttled(city) == {"loket"}, 5)
    assert gateway.office("loket")["month_bytes"] >= before, "what was used before is forgotten"
    assert len(events(city, "quota.throttle", "loket")) == said + 1, "said again after a restart"


def test_another_address_is_the_same_office(city, month):
    use_up(city)
    before = city.gateway.office("loket")["month_bytes"]
    rows = offices()
    rows[2]["prefixes"], rows[2]["name"] = ["10.10.33.0/24"], "Loket Terpadu"
    try:
        city.write_conf(dict(city.settings, offices=rows))
        city.gateway.gerbang("apply")
        assert throttled(city) == {"loket"} and kernel_rate(city, "loket") == (MBIT, MBIT)
        assert city.gateway.office("loket")["month_bytes"] >= before
        city.write_conf(dict(city.settings, offices=rows[:2] + rows[3:]))  # gone, and back
        city.gateway.gerbang("apply")
        assert not throttled(city)
    finally:
        city.write_conf(dict(city.settings, offices=offices()))
        city.gateway.gerbang("apply")
    wait_for("the throttle of whom came back", lambda: kernel_rate(city, "loket") == (MBIT, MBIT), 2, 0.05)
    assert city.gateway.office("loket")["month_bytes"] >= before


def test_a_raised_quota_restores_at_once(city, month):
    use_up(city)
    rows = offices()
    rows[2]["quota"]["monthly"] = "20 MB"
    try:
        city.write_conf(dict(city.settings, offices=rows))
        city.gateway.gerbang("apply")
        assert kernel_rate(city, "loket") == (5 * MBIT, 20 * MBIT) and not throttled(city)
        assert "its quota" in events(city, "quota.restored", "loket")[-1][1]
        assert quota(city, "loket")["stage"] == "none"
    finally:
        city.write_conf(dict(city.settings, offices=offices()))
        city.gateway.gerbang("apply")
    assert kernel_rate(city, "loket") == (MBIT, MBIT), "lowered again: over again"


def test_a_correction_is_counted(city, month):
    use_up(city)
    before = city.gateway.office("loket")["month_bytes"]
    day = f"{month}-10"
    with pytest.raises(Refused):
        city.gateway.gerbang("ledger", "correct", "--office", "loket", "--day", day, "--down", "-500MB", "--reason", "too much")
    with pytest.raises(Refused):
        city.gateway.gerbang("ledger", "correct", "--office", "loket", "--day", f"{month}-12", "--down", "1MB", "--reason", "tomorrow")
    city.gateway.gerbang("ledger", "correct", "--office", "loket", "--day", day, "--down", "-1MB", "--reason", "a restore test")
    assert abs(before - MB - city.gateway.office("loket")["month_bytes"]) < 50000
    wait_for("the rates to be back", lambda: kernel_rate(city, "loket") == (5 * MBIT, 20 * MBIT), 2, 0.05)
    who, text = events(city, "correction", "loket")[-1]
    assert who == "root" and "-1000000 bytes down" in text and "a restore test" in text
    assert "corrected to" in events(city, "quota.restored", "loket")[-1][1]


def test_another_month(city, month):
    gateway = city.gateway
    use_up(city)
    used = gateway.office("loket")["month_bytes"]
    last = {"02": 28, "04": 30, "06": 30, "09": 30, "11": 30}.get(month[5:], 31)
    gateway.clock_to(f"{month}-{last} 23:59:57")
    assert throttled(city) == {"loket"}
    wait_for("the month's end", lambda: kernel_rate(city, "loket") == (5 * MBIT, 20 * MBIT), 6, 0.05)
    status = gateway.status()
    assert status["time"][8:10] == "01"
    assert "no longer throttled, it is" in events(city, "quota.restored", "loket")[-1][1]
    row = gateway.office("loket")
    assert row["state"] == "inside" and row["quota"]["stage"] == "none" and row["month_bytes"] < 100000
    gateway.clock_to(f"{month}-{last} 12:00:00")
    wait_for("the former month's throttle", lambda: kernel_rate(city, "loket") == (MBIT, MBIT), 3, 0.05)
    assert gateway.office("loket")["month_bytes"] >= used
    time.sleep(1.2)
    assert throttled(city) == {"loket"}, "the former month's figures do not hold"
    next(_months)  # the one after has a few bytes now
    assert city.hosts["loket"].ping(INTERNET4)


def test_a_full_disk_frees_nobody(make_city):
    """Judged from memory, exempt by nobody while it cannot be written down; and in the ledger once that can be."""
    city = make_city(settings=small(offices=offices(), zones=[]), hosts=["loket"])
    with tiny_disk(city):
        city.gateway.start(rehearse="2026-11-10 10:00:00", names=NAMES)
        no_room(city)
        use_up(city)
        assert kernel_rate(city, "loket") == (MBIT, MBIT)
        with pytest.raises(Refused):
            exempt(city, "loket", "--for", "2h", "--reason", "nobody would know")
        assert throttled(city) == {"loket"}
        os.unlink(city.path("state", "filler"))
        wait_for("the stage in the ledger", lambda: stages(city, "loket") == [2], 25, 0.3)
        city.gateway.kill9("daemon")
        city.gateway.start(names=("daemon",))
        wait_for("the throttle", lambda: throttled(city) == {"loket"}, 5)
