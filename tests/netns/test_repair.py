# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever somebody does to what is ours is noticed, said and mended within ten seconds; what is not ours stays as it is, to the byte."""
import copy
import json
import re
import time

import pytest

from city import INTERNET4
from fixtures import open_city
from kernel import differences, snapshot
from settings import small
from space import wait_for

pytestmark = pytest.mark.plain

MORNING = "2026-11-23 10:00:00"
SECONDS = 10  # the promise

FOREIGN = """
table inet filter {
    set s { type ipv4_addr; elements = { 203.0.113.1 } }
    chain forward { type filter hook forward priority 10; policy accept; tcp dport 25 counter drop; }
}
"""


def settings():
    """The small city, and an office behind a device that nobody has plugged in yet."""
    settings = small()
    settings["offices"].append({"id": "camat", "name": "Kecamatan", "schedule": "kantor", "devices": ["lan9"], "prefixes": ["10.10.9.0/24"],
                                "inside": {"guaranteed": "2 Mbit", "ceiling": "20 Mbit"}})
    return settings


def foreigners(space):
    """What is not ours, as the tools print it."""
    return [space.run(*command) for command in (
        ("nft", "list", "table", "inet", "filter"), ("tc", "qdisc", "show", "dev", "foreign0"), ("tc", "class", "show", "dev", "foreign0"),
        ("tc", "filter", "show", "dev", "foreign0", "egress"), ("ip", "address", "show", "dev", "foreign0"))]


def add_foreigners(space):
    space.run("nft", "-f", "-", input=FOREIGN)
    space.run("tc", "qdisc", "add", "dev", "foreign0", "root", "handle", "7:", "htb", "default", "1")
    space.run("tc", "class", "add", "dev", "foreign0", "parent", "7:", "classid", "7:1", "htb", "rate", "1mbit")
    space.run("tc", "qdisc", "add", "dev", "foreign0", "clsact")
    space.run("tc", "filter", "add", "dev", "foreign0", "egress", "protocol", "ip", "u32", "match", "u32", "0", "0", "flowid", "7:1")


def unplug(city, device="lan9"):
    city.gateway.space.run("ip", "link", "del", device, check=False)


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), guests={"taman-kota": 1}, hosts=["dinkes", "bkad", "rsud", "loket"]) as city:
        unplug(city)
        city.gateway.space.ip("link add foreign0 type ifb", "link set foreign0 up", "address add 198.51.100.1/24 dev foreign0")
        add_foreigners(city.gateway.space)
        city.gateway.start(rehearse=MORNING)
        yield city


@pytest.fixture(autouse=True)
def nothing_foreign_is_touched(city):
    before = foreigners(city.gateway.space)
    yield
    assert foreigners(city.gateway.space) == before


def since(city, text):
    return city.gateway.log("shaper")[len(text):]


def mended(city, before, what="the repair", keys=lambda key: True):
    def right():
        return not [key for key in differences(before, snapshot(city.gateway.space)) if keys(key)]
    begin = time.monotonic()
    try:
        wait_for(what, right, SECONDS, 0.1)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{differences(before, snapshot(city.gateway.space))}") from None
    return time.monotonic() - begin


def rule_of(city, chain):
    """The handle of its first rule."""
    return next(row["rule"]["handle"] for row in city.gateway.nft("-a", "list", "chain", "inet", "gerbang", chain) if "rule" in row)


SAID = "somebody else changed what is ours: "
DAMAGE = {
    "root": (["tc", "qdisc", "del", "dev", "wan0", "root"], SAID + "tc qdisc delete dev wan0 root handle 1: htb"),
    "class": (["tc", "class", "change", "dev", "wan0", "classid", "1:3", "htb", "rate", "9mbit"],
              SAID + "tc class change dev wan0 parent 1:1 classid 1:3 htb rate 9Mbit ceil 9Mbit"),
    "leaf": (["tc", "qdisc", "replace", "dev", "gerbang-ifb", "parent", "2:1001", "pfifo", "limit", "9"],
             SAID + "tc qdisc .* dev gerbang-ifb parent 2:1001"),
    "filter": (["tc", "filter", "del", "dev", "lan0", "egress"], SAID + "tc filter delete dev lan0 egress"),
    "clsact": (["tc", "qdisc", "del", "dev", "lan1", "clsact"], SAID + "tc qdisc delete dev lan1 clsact"),
    "table": (["nft", "delete", "table", "inet", "gerbang"], SAID + "nft delete table inet gerbang"),
    "element": (["nft", "delete", "element", "inet", "gerbang", "office_up4", '{ 10.10.1.0/24 . "lan0" }'],
                SAID + 'nft delete element inet gerbang office_up4 { 10.10.1.0/24 . "lan0"'),
    "element-added": (["nft", "add", "element", "inet", "gerbang", "office_up4", '{ 10.66.0.0/24 . "lan0" : 1:1001 }'],
                      SAID + 'nft add element inet gerbang office_up4 { 10.66.0.0/24 . "lan0" : 1:1001 }'),
    "guest-added": (["nft", "add", "element", "inet", "gerbang", "guest_up6", '{ "zone0" . 02:00:00:00:00:66 timeout 1h : 1:4000 }'],
                    SAID + 'nft add element inet gerbang guest_up6 { "zone0" . 02:00:00:00:00:66'),
    "rule-added": (["nft", "insert", "rule", "inet", "gerbang", "forward", "accept"], SAID + "nft add rule inet gerbang forward"),
    "chain": (["nft", "flush", "chain", "inet", "gerbang", "forward"], SAID + "nft delete a rule of chain inet gerbang forward"),
    "ifb": (["ip", "link", "del", "gerbang-ifb"], "repair: the kernel is not as it was left"),
    "zone-down": (["ip", "link", "set", "zone0", "down"], "device zone0 was set down"),
    "address": (["ip", "address", "del", "10.200.0.1/20", "dev", "zone0"], SAID + "ip address delete 10.200.0.1/20 dev zone0"),
    "forwarding": (["sysctl", "-q", "-w", "net.ipv4.ip_forward=0"], "it has to be sysctl net.ipv4.ip_forward=1|forwarding was switched off"),
    "forwarding6": (["sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=0"], "it has to be sysctl net.ipv6.conf.all.forwarding=1|forwarding was switched off"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_and_mended(city, name):
    command, sentence = DAMAGE[name]
    before, log = snapshot(city.gateway.space), city.gateway.log("shaper")
    city.gateway.space.run(*command)
    mended(city, before)
    wait_for("its sentence", lambda: all(word in since(city, log) or re.search(word, since(city, log)) for word in [sentence]), 2)
    assert city.hosts["dinkes"].ping(INTERNET4), "an office is cut off"
    assert not city.guests["taman-kota"][0].ping(INTERNET4, 1, 0.2), "open to a guest who is not in"


def test_one_deleted_rule_is_named_and_mended(city):
    before, log = snapshot(city.gateway.space), city.gateway.log("shaper")
    city.gateway.space.run("nft", "delete", "rule", "inet", "gerbang", "forward", "handle", str(rule_of(city, "forward")))
    mended(city, before)
    assert SAID + "nft delete a rule of chain inet gerbang forward" in since(city, log)


def test_flush_ruleset_is_mended_and_what_others_had_is_theirs_to_mend(city):
    before, log = snapshot(city.gateway.space), city.gateway.log("shaper")
    city.gateway.space.run("nft", "flush", "ruleset")
    seconds = mended(city, {key: value for key, value in before.items() if key != "nft"}, keys=lambda key: key != "nft")
    wait_for("our tables", lambda: "table netdev gerbang" in city.gateway.ruleset() and "chain forward" in city.gateway.ruleset(), SECONDS - seconds)
    city.gateway.settle(0.5)
    city.gateway.space.run("nft", "-f", "-", input=FOREIGN)

    def tables(held):
        return sorted(json.dumps(row, sort_keys=True) for row in json.loads(held["nft"]))
    wait_for("all of it", lambda: tables(snapshot(city.gateway.space)) == tables(before), SECONDS)
    assert SAID + "nft delete table inet gerbang" in since(city, log)


def test_an_ifb_that_is_down_comes_up(city):
    log = city.gateway.log("shaper")
    city.gateway.space.ip("link set gerbang-ifb down")
    wait_for("the IFB", lambda: "UP" in json.loads(city.gateway.space.run("ip", "-j", "link", "show", "gerbang-ifb"))[0]["flags"], SECONDS)
    assert "device gerbang-ifb was set down" in since(city, log)
    assert city.hosts["dinkes"].ping(INTERNET4)


def test_accept_ra_of_the_uplink_is_kept(city):
    space = city.gateway.space
    space.sysctl("net.ipv6.conf.wan0.accept_ra", 1)
    wait_for("accept_ra", lambda: space.sysctl("net.ipv6.conf.wan0.accept_ra") == "2", SECONDS)


def test_a_device_that_appears_late_is_taken_up_and_may_come_and_go(city):
    space = city.gateway.space
    for _ in range(2):
        log = city.gateway.log("shaper")
        space.ip("link add lan9 type veth peer name lan9peer", "link set lan9 up", "link set lan9peer up")
        wait_for("its redirection", lambda: "gerbang-ifb" in space.run("tc", "filter", "show", "dev", "lan9", "egress", check=False), SECONDS)
        wait_for("its prefix", lambda: "10.10.9.0/24" in city.gateway.ruleset(), SECONDS)
        assert "device lan9 is there" in since(city, log)
        unplug(city)
        wait_for("its end", lambda: "10.10.9.0/24" not in city.gateway.ruleset(), SECONDS)
        assert "device lan9 has gone" in since(city, log) and "configured devices that are not there: lan9" in since(city, log)
    assert city.hosts["dinkes"].ping(INTERNET4)


def test_a_device_that_was_there_before_its_office_is_watched_as_well(city):
    space, good = city.gateway.space, copy.deepcopy(city.settings)
    space.ip("link add lan8 type veth peer name lan8peer", "link set lan8 up")
    more = copy.deepcopy(good)
    more["offices"][-1]["devices"] = ["lan8"]
    try:
        city.write_conf(more)
        city.gateway.gerbang("apply", json_out=False)
        before = snapshot(space)
        space.run("tc", "qdisc", "del", "dev", "lan8", "clsact")
        mended(city, before)
    finally:
        city.write_conf(good)
        city.gateway.gerbang("apply", json_out=False)
        unplug(city, "lan8")


def test_a_renamed_device_is_another_and_comes_back_as_itself(city):
    space = city.gateway.space
    before, log = snapshot(space), city.gateway.log("shaper")
    space.ip("link set lan1 down", "link set lan1 name elsewhere", "link set elsewhere up")
    wait_for("our filters gone", lambda: "gerbang-ifb" not in space.run("tc", "filter", "show", "dev", "elsewhere", "egress", check=False), SECONDS)
    assert "device lan1 is now called elsewhere" in since(city, log)
    assert city.hosts["dinkes"].ping(INTERNET4), "another office is cut off"
    space.ip("link set elsewhere down", "link set elsewhere name lan1", "link set lan1 up")
    mended(city, before, keys=lambda key: key != "addresses")


def test_a_renamed_uplink_is_noticed(city):
    space = city.gateway.space
    before, log = snapshot(space), city.gateway.log("shaper")
    space.ip("link set wan0 down", "link set wan0 name wan7")
    wait_for("the sentence", lambda: "device wan0 is now called wan7" in since(city, log) and "wan0 (the uplink)" in since(city, log), SECONDS)
    space.ip("link set wan7 name wan0", "link set wan0 up")
    mended(city, before, keys=lambda key: key != "addresses")


def test_it_is_mended_without_a_daemon_too(city):
    """The daemon is away: the shaper applies the last plan once more; who is in stays in, nobody else gets in."""
    before, log = snapshot(city.gateway.space), city.gateway.log("shaper")
    city.gateway.kill9("daemon")
    try:
        city.gateway.space.run("tc", "qdisc", "del", "dev", "wan0", "root")
        city.gateway.space.run("nft", "flush", "chain", "inet", "gerbang", "forward")
        mended(city, before)
        assert "repaired without the daemon" in since(city, log)
        assert not city.guests["taman-kota"][0].ping(INTERNET4, 1, 0.2)
    finally:
        city.gateway.start_one("daemon")
        city.gateway.wait_ready()


@pytest.mark.debian
def test_a_flowtable_on_our_devices_raises_an_alarm(make_city):
    """What it offloads would leave its class and its gate: it is not ours to remove, so people hear of it."""
    city = make_city(guests={"taman-kota": 1}, hosts=["dinkes"])
    city.gateway.start(rehearse=MORNING)
    city.gateway.space.run("nft", "add table inet evil; add flowtable inet evil f { hook ingress priority 0; devices = { wan0, lan0 }; }")
    alarm = wait_for("the alarm", lambda: city.gateway.status()["alarm"], SECONDS)
    assert "flowtable f of table evil" in alarm and "alarm: flowtable f" in city.gateway.log("shaper")
    assert "flowtable f" in city.gateway.ruleset(), "it is not ours"
    city.gateway.space.run("nft", "delete", "table", "inet", "evil")
    wait_for("its end", lambda: city.gateway.status()["alarm"] is None, SECONDS)
