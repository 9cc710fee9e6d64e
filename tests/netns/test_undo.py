# SPDX-License-Identifier: GPL-2.0-or-later
"""Atomic or undone: whatever fails at whatever step of an application, the kernel holds the former plan or the new one, whole;
never open to guests who are not in, never closed to offices. Steps are sampled; GERBANG_FAULTS=all takes every one."""
import errno
import itertools
import os

import pytest

import ordering
from city import INTERNET4
from fixtures import open_city
from kernel import Watch, differences, snapshot
from ordering import Faults, Sender, steady
from settings import small
from space import wait_for

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"
ERRORS = (errno.ENOMEM, errno.EBUSY, errno.EINVAL, errno.EPERM)
SAMPLE = {"refuse": 26, "send": 14, "receive": 16, "socket": 2, "open": 4, "read": 6, "write": 3, "memory": 30}


def settings_before():
    return small()


def settings_after():
    """An office less, other rates, another service, another gate: classes, devices' prefixes, sets and chains differ."""
    settings = small(between_offices=False)
    offices = settings["offices"]
    offices[0]["outside"] = {"guaranteed": "6 Mbit", "ceiling": "50 Mbit"}
    offices[0]["services"] = ["voip"]
    offices[1]["prefixes"] = ["10.10.2.0/24", "10.10.7.0/24", "2001:db8:2::/64"]
    del offices[3]
    settings["zones"][0]["ceiling"] = "50 Mbit"
    return settings


class Stage:
    """A gateway whose shaper fails on order, with two configurations that it may be told to go between."""

    def __init__(self, city):
        self.city, self.gateway, self.space = city, city.gateway, city.gateway.space
        self.faults, self.sender = Faults(city), Sender(city, EVENING)
        self.confs = [self.sender.conf("before", settings_before()), self.sender.conf("after", settings_after())]
        self.gateway.env = dict(self.faults.env)

    def permit(self, which):
        """The configuration that root has written: the shaper's bounds."""
        self.city.write_conf([settings_before, settings_after][which]())

    def prepare(self, which):
        """Root has edited the file, and the shaper has read it: what libconfig does without memory is not in question."""
        self.permit(which)
        self.sender.lines(self.confs[which], "guests=taman-kota")

    def apply(self, which):
        return self.sender.apply(self.confs[which], "guests=taman-kota")

    def snapshot(self):
        return steady(snapshot(self.space))

    def settle(self, which):
        self.prepare(which)
        answer = self.apply(which)
        assert answer.error == 0, answer.text
        return self.snapshot()


@pytest.fixture(scope="module")
def stage():
    with open_city(guests={"taman-kota": 1}, hosts=["dinkes", "bkad"]) as city:
        stage = Stage(city)
        stage.gateway.start_one("shaper")
        wait_for("the shaper's socket", lambda: os.path.exists(stage.sender.socket), 10)
        stage.settle(0)
        stage.guest = city.guests["taman-kota"][0]
        yield stage


def steps(count, name):
    """Which of so many are taken: evenly, the first and the last among them."""
    most = SAMPLE[name]
    if os.environ.get("GERBANG_FAULTS") == "all" or count <= most:
        return range(1, count + 1)
    return sorted({1 + round(i * (count - 1) / (most - 1)) for i in range(most)})


def judge(stage, answer, before, after, what):
    now = stage.snapshot()
    if answer.error == 0:
        assert differences(after, now) == {}, f"{what}: said to be done, and is not"
    else:
        assert differences(before, now) == {}, f"{what}: not as before\n{answer.text}"
        assert "former state is whole again" in answer.text or "nothing" in answer.text or not stage.faults.fired() or \
            answer.text, answer.text


def guarded(stage, what):
    assert not stage.guest.ping(INTERNET4, 1, 0.2), f"{what}: open to a guest who is not in"
    assert stage.city.hosts["dinkes"].ping(INTERNET4, 1), f"{what}: closed to an office"


@pytest.mark.parametrize("name", ordering.NAMES)
def test_a_fault_at_any_step_leaves_one_plan_whole(stage, name):
    fault = ordering.NAMES.index(name)
    before = stage.settle(0)
    stage.prepare(1)
    stage.faults.order()
    after = stage.settle(1)
    count = stage.faults.counts()[fault]
    stage.settle(0)
    assert before == stage.snapshot(), "there and back again is not the same"
    if not count:
        pytest.skip("no such call while a plan is applied")
    failed = 0
    for nth, error in zip(steps(count, name), itertools.cycle(ERRORS)):
        what = f"{name} {nth} of {count}, {errno.errorcode[error]}"
        stage.prepare(1)
        stage.faults.order(fault, nth, error)
        try:
            answer = stage.apply(1)
        finally:
            fired = stage.faults.fired()
            stage.faults.order()
        failed += answer.error < 0
        judge(stage, answer, before, after, what)
        if failed % 8 == 1 and answer.error < 0:
            guarded(stage, what)
        if answer.error == 0:
            stage.settle(0)
        assert fired or answer.error == 0, what
    assert failed or name in ("write",), "no fault had an effect"
    guarded(stage, name)


def test_the_answer_says_what_was_refused_and_that_all_is_as_before(stage):
    stage.settle(0)
    stage.prepare(1)
    stage.faults.order(ordering.REFUSE, 3, errno.EBUSY)
    answer = stage.apply(1)
    stage.faults.order()
    assert answer.error == -errno.EBUSY
    assert "Device or resource busy" in answer.text and answer.text.endswith("; the former state is whole again"), answer.text
    assert "Device or resource busy" in stage.gateway.log("shaper")


def test_a_kernel_that_refuses_everything_is_told_apart(stage):
    """Not even the way back is possible: the answer says so, nothing opens, and the next apply goes on from there."""
    before = stage.settle(0)
    stage.prepare(1)
    stage.faults.order(ordering.REFUSE, 6, errno.ENOMEM, persistent=True)
    answer = stage.apply(1)
    stage.faults.order()
    assert answer.error == -errno.ENOMEM and "the former state is not whole" in answer.text, answer.text
    guarded(stage, "half a plan")
    assert differences(before, stage.settle(0)) == {}


def test_the_first_plan_is_undone_to_nothing(make_city):
    """On a kernel that holds nothing of ours: it stays closed, and the queue that somebody had at the uplink is there again."""
    city = make_city(guests={"taman-kota": 1}, hosts=["dinkes"])
    stage = Stage(city)
    city.gateway.space.run("tc", "qdisc", "add", "dev", "wan0", "root", "handle", "8001:", "tbf", "rate", "900mbit", "burst", "50000", "limit", "300000")
    stage.guest = city.guests["taman-kota"][0]
    before = stage.snapshot()
    stage.gateway.start_one("shaper")
    wait_for("the shaper's socket", lambda: os.path.exists(stage.sender.socket), 10)
    closed = {"net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "0"}
    stage.faults.order()
    assert stage.apply(0).error == 0
    counts = stage.faults.counts()
    stage.gateway.end("shaper")
    stage.gateway.flush = True  # the next one takes everything away at its end
    stage.gateway.start_one("shaper")
    wait_for("the shaper's socket", lambda: os.path.exists(stage.sender.socket), 10)
    stage.gateway.end("shaper")
    city.gateway.space.run("tc", "qdisc", "add", "dev", "wan0", "root", "handle", "8001:", "tbf", "rate", "900mbit", "burst", "50000", "limit", "300000")
    stage.gateway.start_one("shaper")
    wait_for("the shaper's socket", lambda: os.path.exists(stage.sender.socket), 10)
    for fault, nth in ((ordering.REFUSE, 1), (ordering.REFUSE, counts[ordering.REFUSE] // 2), (ordering.REFUSE, counts[ordering.REFUSE]),
                       (ordering.RECEIVE, counts[ordering.RECEIVE] * 3 // 4), (ordering.WRITE, 1), (ordering.WRITE, 2)):
        stage.faults.order(fault, nth, errno.ENOMEM)
        answer = stage.apply(0)
        stage.faults.order()
        assert answer.error < 0, f"{ordering.NAMES[fault]} {nth} of {counts}: no effect"
        assert differences({**before, **closed}, stage.snapshot()) == {}, f"{ordering.NAMES[fault]} {nth}: {answer.text}"
        assert not stage.guest.ping(INTERNET4, 1, 0.2), "open to a guest who is not in"
    assert stage.apply(0).error == 0 and city.hosts["dinkes"].ping(INTERNET4)


def test_a_rehearsal_writes_nothing_and_says_what_is_written(stage):
    stage.settle(0)
    stage.prepare(1)
    with Watch(stage.city) as watch:
        lines = stage.sender.lines(stage.confs[1], "guests=taman-kota")
    assert not watch.lines(), "\n".join(watch.lines())
    answer = stage.apply(1)
    assert answer.error == 0
    text = "\n".join(lines)
    for wanted in ("tc class change dev wan0 parent 1:1 classid 1:1000 htb rate 6Mbit ceil 50Mbit",
                   "tc class add dev gerbang-ifb", "tc class delete dev wan0 classid 1:",
                   'nft add element inet gerbang office_up4 { 10.10.7.0/24 . "lan1" : 1:1003 }',
                   'nft delete element inet gerbang office_up4 { 10.10.4.0/24 . "lan0" }',
                   "nft flush chain inet gerbang", "nft add rule inet gerbang"):
        assert wanted in text, f"{wanted}\n{text}"
    assert stage.sender.lines(stage.confs[1], "guests=taman-kota") == [], "the kernel holds it: nothing would be done"
    stage.settle(0)


def test_an_identical_plan_makes_no_operation(stage):
    stage.settle(0)
    assert stage.apply(0).operations == 0
