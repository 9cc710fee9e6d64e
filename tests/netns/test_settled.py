# SPDX-License-Identifier: GPL-2.0-or-later
"""How far a daemon in other hands gets: the shaper's bounds are root's file, and the one that proved good last; nothing between them."""
import os
import pwd
import stat

import pytest

from fixtures import open_city
from kernel import differences, snapshot
from ordering import Sender, steady
from settings import small
from space import wait_for

pytestmark = pytest.mark.plain

EVENING = "2026-11-23 17:00:00"


def wider():
    settings = small()
    settings["offices"][0]["prefixes"].append("10.10.6.0/24")
    settings["offices"][0]["outside"]["guaranteed"] = "6 Mbit"
    return settings


BROKEN = "site = { name = \"no end\n"


class Stage:
    def __init__(self, city):
        self.city, self.gateway = city, city.gateway
        self.sender = Sender(city, EVENING)
        self.small, self.wider = self.sender.conf("small", small()), self.sender.conf("wider", wider())
        self.state = city.path("state-shaper")

    def start(self):
        self.gateway.start_one("shaper")
        wait_for("the shaper's socket", lambda: os.path.exists(self.sender.socket), 10)

    def restart(self):
        self.gateway.end("shaper")
        self.start()

    def edit(self, settings):
        if settings is BROKEN:
            with open(self.city.conf, "w") as file:
                file.write(BROKEN)
        else:
            self.city.write_conf(settings)

    def allows(self, conf, *more):
        answer = self.sender.apply(conf, *more)
        assert answer.error in (0, -1), answer.text
        return answer.error == 0

    def snapshot(self):
        return steady(snapshot(self.gateway.space))


@pytest.fixture
def stage():
    with open_city(hosts=["dinkes"]) as city:
        stage = Stage(city)
        stage.start()
        yield stage


def test_what_was_settled_allows_a_plan_after_the_file_was_edited_or_broken(stage):
    assert stage.allows(stage.small) and stage.sender.settled().error == 0
    stage.edit(wider())
    assert stage.allows(stage.wider), "the edited file"
    assert stage.allows(stage.small), "the settled one: a way back"
    stage.edit(BROKEN)
    assert stage.allows(stage.small)
    stage.restart()  # a boot with a broken file
    assert "the configuration that was settled last" in stage.gateway.log("shaper")
    assert stage.allows(stage.small) and not stage.allows(stage.wider), "neither edited nor settled"
    stage.edit(wider())
    assert stage.allows(stage.wider), "mended"


def test_what_was_applied_stays_allowed_until_it_is_settled_or_gone(stage):
    """While it waits to be confirmed somebody edits on; a repair must still be possible."""
    assert stage.allows(stage.small) and stage.sender.settled().error == 0
    stage.edit(wider())
    assert stage.allows(stage.wider)
    stage.edit(BROKEN)
    assert stage.allows(stage.wider), "applied, not settled"
    assert stage.sender.settled().error == 0
    stage.restart()
    assert stage.allows(stage.wider), "settled as it was applied, not as the file is now"
    stage.edit(small())
    stage.restart()
    assert stage.allows(stage.small) and stage.allows(stage.wider)


def test_what_was_not_settled_is_forgotten(stage):
    assert stage.allows(stage.small) and stage.sender.settled().error == 0
    stage.edit(wider())
    assert stage.allows(stage.wider)
    stage.edit(small())
    stage.restart()
    assert not stage.allows(stage.wider)


def test_with_faults_and_nothing_settled_it_ends(stage):
    assert stage.allows(stage.small)
    stage.gateway.end("shaper")
    stage.edit(BROKEN)
    process = stage.gateway.start_one("shaper")
    assert process.wait(10) == 1
    del stage.gateway.running["shaper"]
    stage.edit(small())


def files(directory):
    return [os.path.join(path, name) for path, _, names in os.walk(directory) for name in names]


def test_the_copy_is_the_shapers_alone_and_one_that_others_can_write_is_not_believed(stage):
    assert stage.allows(stage.small) and stage.sender.settled().error == 0
    user = pwd.getpwnam("gerbang-shaper").pw_uid
    assert any(path.endswith("gerbang.conf") for path in files(stage.state))
    for path in files(stage.state):
        status = os.stat(path)
        assert status.st_uid == user and not stat.S_IMODE(status.st_mode) & 0o022, path
    stage.gateway.end("shaper")
    stage.edit(BROKEN)
    for path in files(stage.state):
        os.chmod(path, 0o666)
    process = stage.gateway.start_one("shaper")
    assert process.wait(10) == 1 and "writable by root alone" in stage.gateway.log("shaper")
    del stage.gateway.running["shaper"]
    stage.edit(small())


def test_an_unchanged_configuration_is_not_written_again(stage):
    assert stage.allows(stage.small) and stage.sender.settled().error == 0
    before = {path: os.stat(path).st_mtime_ns for path in files(stage.state)}
    assert stage.allows(stage.small) and stage.sender.settled().error == 0
    assert before == {path: os.stat(path).st_mtime_ns for path in files(stage.state)}


def test_nothing_applied_cannot_be_settled(stage):
    assert stage.sender.settled().error < 0 and not files(stage.state)


HOSTILE = {
    "a device of others": ("device=eth9", "not in this role"),
    "a rate over the uplink": ("rate=200000000", ""),
    "another uplink": ("uplink=lan0", "uplink"),
    "an address of the gateway's": ("address=lan0/10.10.1.1/24", "not a zone's"),
    "a chain": ("chain=forward", "chains are not the daemon's"),
    "another's prefix": ("office=10.77.0.0/16", "10.77.0.0/16"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_daemon_in_other_hands_is_refused(stage, what):
    """As the daemon's own user, with all it could write: by the edited file and by the settled one alike."""
    word, says = HOSTILE[what]
    assert stage.allows(stage.small, "as=gerbang") and stage.sender.settled("as=gerbang").error == 0
    before = stage.snapshot()
    for settings in (small(), wider(), BROKEN):
        stage.edit(settings)
        done = stage.sender._run("apply", stage.small, EVENING, word, "as=gerbang", check=False)
        refused = done.returncode == 1 and done.stdout.startswith("-1 0") and says in done.stdout
        assert refused or "hung up" in done.stderr or "cannot be encoded" in done.stderr, done.stdout + done.stderr
    assert differences(before, stage.snapshot()) == {}
    stage.edit(small())
    assert stage.allows(stage.small, "as=gerbang"), "it goes on"
