# SPDX-License-Identifier: GPL-2.0-or-later
"""A change on a Friday afternoon, with everybody at work: whoever is not changed notices nothing."""
import contextlib
import copy
import re
import threading
import time

import pytest

from fixtures import open_city
from gateway import read_classes
from settings import small
from space import wait_for
from traffic import Flow, Paced, flows

pytestmark = [pytest.mark.plain, pytest.mark.measure]

MORNING = "2026-11-23 10:00:00"
APPLIES = 200


class Counters:
    """Reads every class's counters until stopped; what ever fell is in `fell`."""

    def __init__(self, city, device):
        self.city, self.device, self.last, self.fell, self.readings = city, device, {}, [], 0
        self.running = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.running.wait(0.3):
            rows = self.city.gateway.classes(self.device)
            for ident, row in rows.items():
                before = self.last.get(ident, row)
                self.fell += [(ident, key, before[key], row[key]) for key in ("bytes", "packets") if row[key] < before[key]]
            self.fell += [(ident, "gone") for ident in self.last if ident not in rows]
            self.last, self.readings = rows, self.readings + 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running.set()
        self.thread.join(5)


@contextlib.contextmanager
def paced(*made):
    """Flows of paced UDP; stopped whatever happens."""
    try:
        for one in made:
            one.wait_flowing()
        yield made
    finally:
        for one in made:
            one.stop()


def lost(one):
    """(sent, received, lost) by the numbers that the sender gave them and those that arrived."""
    last = one.stop()
    return last["number"] + 1, last["packets"], last["lost"]


def test_two_hundred_applies_lose_no_packet_of_an_unchanged_office(make_city):
    """Its guarantee is 10 Mbit/s, nine of them are used both ways; two others take all there is, and a fourth is altered 200 times."""
    city = make_city(hosts=["dinkes", "bkad", "rsud"])
    city.gateway.start(rehearse=MORNING)
    settings = copy.deepcopy(city.settings)
    calm = [Paced(city, city.hosts["rsud"], direction, 9e6) for direction in ("down", "up")]
    loud = [Flow(city, city.hosts[name], "both", streams=2) for name in ("dinkes", "bkad")]
    with flows(*loud), paced(*calm), Counters(city, "wan0") as up, Counters(city, "gerbang-ifb") as down:
        begin = time.monotonic()
        for turn in range(APPLIES):
            settings["offices"][3]["inside"] = {"guaranteed": f"{5 + turn % 4} Mbit", "ceiling": f"{15 + turn % 6} Mbit"}
            city.write_conf(settings)
            city.gateway.gerbang("apply", json_out=False)
        seconds = time.monotonic() - begin
        applied = city.gateway.log("shaper").count("plan applied")
        figures = [lost(one) for one in calm]
    print(f"{APPLIES} applies in {seconds:.1f} s; sent, received, lost: {figures}")
    assert applied >= APPLIES, f"only {applied} changed the kernel"
    for sent, received, missing in figures:
        assert sent > 9e6 / 8 / 1042 * seconds * 0.8, "it was not paced as it should"
        assert missing == 0 and received >= sent - 5, figures  # the last few may be on their way
    for counters in (up, down):
        assert counters.readings > 10 and not counters.fell, counters.fell[:5]


def many(offices=300):
    """A regency: every office has a guarantee of its own behind one of two devices."""
    settings = small(uplink={"download": "400 Mbit", "upload": "400 Mbit"}, zones=[])
    settings["offices"] = [
        {"id": f"opd-{n}", "name": f"OPD {n}", "schedule": "24-jam", "devices": [f"lan{n % 2}"], "prefixes": [f"10.{10 + n // 200}.{n % 200 + 1}.0/24"],
         "inside": {"guaranteed": "1 Mbit", "ceiling": "4 Mbit"}} for n in range(offices)]
    return settings


def shape(city, device):
    """{class: its parameters}, of tc's text without figures."""
    text = city.gateway.space.run("tc", "class", "show", "dev", device)
    return {re.search(r"class htb (\S+)", line)[1]: line for line in text.splitlines() if line.startswith("class htb")}


def connections(city, *addresses):
    """The entries of these hosts' TCP connections, by their ports."""
    text = city.gateway.space.run("conntrack", "-L", "-p", "tcp", check=False)
    return {(address, ports) for address in addresses
            for ports in re.findall(rf"ESTABLISHED src={re.escape(address)} dst=\S+ (sport=\d+ dport=\d+)", text)}


def test_editing_one_office_among_300_changes_nothing_for_the_others(make_city):
    city = make_city(settings=many(), hosts=["opd-0", "opd-1", "opd-2"])
    city.gateway.start(rehearse=MORNING)
    settings = copy.deepcopy(city.settings)
    hosts = [city.hosts[f"opd-{n}"] for n in range(3)]
    calm = Paced(city, hosts[0], "down", 0.9e6)
    loud = [Flow(city, host, "both", streams=2) for host in hosts[1:]]
    with flows(*loud), paced(calm):
        wait_for("connections", lambda: len(connections(city, *(host.address4 for host in hosts[1:]))) >= 8, 5)
        time.sleep(1)
        before = {device: (shape(city, device), read_classes(city.gateway.space.run("tc", "-s", "class", "show", "dev", device)))
                  for device in ("wan0", "gerbang-ifb")}
        there, log = connections(city, *(host.address4 for host in hosts[1:])), city.gateway.log("shaper")
        for turn in range(10):
            settings["offices"][150]["inside"]["ceiling"] = f"{5 + turn} Mbit"
            city.write_conf(settings)
            city.gateway.gerbang("apply", json_out=False)
            time.sleep(0.2)
        after = {device: (shape(city, device), read_classes(city.gateway.space.run("tc", "-s", "class", "show", "dev", device)))
                 for device in before}
        assert connections(city, *(host.address4 for host in hosts[1:])) >= there and all(flow.alive() for flow in loud)
        sent, received, missing = lost(calm)
    operations = [int(n) for n in re.findall(r"plan applied: (\d+) operations", city.gateway.log("shaper")[len(log):])]
    print(f"operations of each apply: {operations}; sent, received, lost: {sent, received, missing}")
    assert len(operations) == 10 and max(operations) <= 8, operations
    assert missing == 0 and received >= sent - 5
    for device, (shapes, figures) in before.items():
        changed = [ident for ident, line in after[device][0].items() if shapes.get(ident) != line]
        assert len(changed) <= 2 and set(after[device][0]) == set(shapes), f"{device}: {changed}"
        for ident, row in figures.items():
            then = after[device][1][ident]
            assert then["bytes"] >= row["bytes"] and then["packets"] >= row["packets"], f"{device} {ident}: a counter fell"
            if row["packets"] == then["packets"]:
                assert row["drops"] == then["drops"], f"{device} {ident}: dropped without traffic"
