# SPDX-License-Identifier: GPL-2.0-or-later
"""`gerbang top`: who talks, in the right order and about right, by office, zone and host, in both families; nothing is looked at
while nobody asks; a watch that is away is said to be."""
import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import threading
import time

import pytest

from fixtures import open_city
from gateway import Refused
from settings import small
from space import wait_for
from telephone import login
from traffic import Flow, Paced, flows

EVENING = "2026-11-23 17:00:00"
MBIT = 10**6


@pytest.fixture(scope="module")
def city():
    with open_city(settings=small(), guests={"taman-kota": 1}) as city:
        city.add_host("dinkes")
        city.gateway.start(rehearse=EVENING)
        yield city


def top(city, *words):
    """({(owner, address): (down, up)}, the document)"""
    document = city.gateway.gerbang("top", *words)
    return {(row.get("office") or row.get("zone"), row["address"]): (row["down_bps"], row["up_bps"]) for row in document["rows"]}, document


def top_and_truth(city, *machines):
    """What top() gives, and for each machine what its own device counted meanwhile: (down, up), of IP packets, in bit/s."""
    before, began = [machine.counters() for machine in machines], time.monotonic()
    rows, document = top(city)
    passed, truth = time.monotonic() - began, []
    for machine, (down, down_n, up, up_n) in zip(machines, before):
        after = machine.counters()
        truth.append(((after[0] - down - 14 * (after[1] - down_n)) * 8 / passed, (after[2] - up - 14 * (after[3] - up_n)) * 8 / passed))
    return rows, document, truth


def about(value, wanted, share=0.25):
    return abs(value - wanted) <= share * wanted


@contextlib.contextmanager
def paced(*made):
    try:
        for flow in made:
            flow.wait_flowing(15)
        yield
    finally:
        for flow in made:
            flow.stop()


def sockets(city):
    """(protocol, of all devices) of the packet sockets in the gateway."""
    with city.gateway.space.enter(), open("/proc/thread-self/net/packet") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return [row[3] for row in rows if row[4] == "0"]


@pytest.mark.queues
def test_two_hosts_at_three_to_one(city):
    one, two = city.crew["dinkes"]
    with paced(Paced(city, one, "down", 3 * MBIT), Paced(city, two, "down", MBIT)):
        rows, document, truth = top_and_truth(city, one, two)
    first, second = ("dinkes", one.address4), ("dinkes", two.address4)
    assert list(rows)[:2] == [first, second], document
    assert about(rows[first][0], truth[0][0]) and about(rows[second][0], truth[1][0]), (truth, document)
    assert about(rows[first][0] / rows[second][0], truth[0][0] / truth[1][0]), (truth, document)
    assert 1 <= document["seconds"] <= 4 and 0 < document["fraction"] <= 1


@pytest.mark.queues
def test_ipv6_uploads_and_another_office(city):
    one, other = city.hosts["dinkes"], city.hosts["bkad"]
    with paced(Paced(city, one, "up", 2 * MBIT, v6=True), Paced(city, other, "down", MBIT, v6=True)):
        rows, document, truth = top_and_truth(city, one, other)
        only, _ = top(city, "--office", "bkad")
    assert about(rows["dinkes", one.address6][1], truth[0][1]), (truth, document)
    assert about(rows["bkad", other.address6][0], truth[1][0]), (truth, document)
    assert set(only) == {("bkad", other.address6)}


@pytest.mark.queues
def test_guests(city):
    guest = city.guests["taman-kota"][0]
    login(guest)
    host = city.hosts["dinkes"]
    with paced(Paced(city, guest, "up", MBIT), Paced(city, host, "down", MBIT)):
        rows, document, truth = top_and_truth(city, guest, host)
    assert about(rows["taman-kota", guest.address4][1], truth[0][1]), (truth, document)
    assert about(rows["dinkes", host.address4][0], truth[1][0]), (truth, document)


@pytest.mark.queues
def test_packets_of_segmentation_offload_count_whole(city):
    host = city.hosts["dinkes"]
    with flows(Flow(city, host, "down", streams=4)):
        time.sleep(2)
        rows, document, truth = top_and_truth(city, host)
    assert about(rows["dinkes", host.address4][0], truth[0][0]), (truth, document)


@pytest.mark.queues
def test_nothing_is_looked_at_while_nobody_asks(city):
    """A socket that listens to a protocol which nobody speaks: the kernel does not even show it packets."""
    wait_for("rest", lambda: sorted(sockets(city)) == ["0003", "88b5"], 5)
    seen, asking = [], threading.Thread(target=top, args=(city,))
    asking.start()
    while asking.is_alive():
        seen.append(sorted(sockets(city)))
        time.sleep(0.05)
    assert ["0003", "0003"] in seen, "no packet was looked at while somebody asked"
    assert sorted(sockets(city)) == ["0003", "88b5"]


def test_those_who_ask_at_once_share_a_look(city):
    with paced(Paced(city, city.hosts["dinkes"], "down", MBIT)):
        began, answers = time.monotonic(), []
        asking = [threading.Thread(target=lambda: answers.append(top(city)[0])) for _ in range(5)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert len(answers) == 5 and all(("dinkes", city.hosts["dinkes"].address4) in rows for rows in answers)
    assert time.monotonic() - began < 8


def run(city, *words, language="C", **options):
    program = os.path.join(city.gateway.build, "ctl/gerbang")
    return subprocess.run([program, "-c", city.conf, "top", *words], capture_output=True, text=True, timeout=30,
                          env={**os.environ, "LC_ALL": language, "NO_COLOR": "1"}, **options)


def test_one_table_in_both_languages(city):
    with paced(Paced(city, city.hosts["dinkes"], "down", MBIT)):
        english, indonesian = run(city, "--once"), run(city, "--once", language="id_ID.UTF-8")
    address = city.hosts["dinkes"].address4
    assert english.returncode == indonesian.returncode == 0
    assert re.search(rf"OFFICE OR ZONE +ADDRESS +DOWN +UP\ndinkes +{address} ", english.stdout), english.stdout
    assert re.search(rf"KANTOR ATAU ZONA +ALAMAT +UNDUH +UNGGAH\ndinkes +{address} ", indonesian.stdout), indonesian.stdout
    assert "\033" not in english.stdout


def test_an_office_that_is_none(city):
    for language, words in (("C", "must be an office of the configuration"), ("id_ID.UTF-8", "harus kantor yang ada")):
        done = run(city, "--once", "--office", "nirwana", language=language)
        assert done.returncode == 1 and words in done.stderr and "nirwana" in done.stderr


def on_terminal(city, until, seconds=20):
    """Runs it on a terminal until `until(what it has shown, the terminal)`; (exit status, what it showed)."""
    here, there = pty.openpty()
    program = os.path.join(city.gateway.build, "ctl/gerbang")
    process = subprocess.Popen([program, "-c", city.conf, "top"], stdin=there, stdout=there, stderr=there, start_new_session=True,
                               env={**os.environ, "LC_ALL": "C"})
    os.close(there)
    shown, end = b"", time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        if select.select([here], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):
                shown += os.read(here, 65536)
        until(shown, here, process)
    if process.poll() is None:
        process.kill()
    os.close(here)
    return process.wait(5), shown


def test_it_goes_on_until_q(city):
    def press_q(shown, terminal, _):
        if shown.count(b"\033[H\033[J") >= 2:
            os.write(terminal, b"q")
    status, shown = on_terminal(city, press_q)
    assert status == 0 and shown.count(b"\033[H\033[J") >= 2 and b"q ends" in shown, shown


def test_it_ends_on_interrupt(city):
    def interrupt(shown, _, process):
        if b"\033[H" in shown:
            process.send_signal(signal.SIGINT)
    status, shown = on_terminal(city, interrupt)
    assert status == 0, shown


def test_without_the_watch_it_says_so(city):
    city.gateway.end("watch")
    try:
        with pytest.raises(Refused) as refused:
            wait_for("the daemon to notice", lambda: top(city) and False, 5)
        assert refused.value.status == 1 and "gerbang-watch" in refused.value.text
    finally:
        city.gateway.start_one("watch")
    wait_for("its answer", lambda: city.gateway.gerbang("top", check=False), 15, 0.5)


def test_a_watch_that_dies_while_it_looks_leaves_nobody_waiting(city):
    said = []

    def ask():
        try:
            said.append(top(city))
        except Refused as refused:
            said.append(refused)
    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.7)
    city.gateway.kill9("watch")
    asking.join(12)
    city.gateway.start_one("watch")
    wait_for("another watch", lambda: len(sockets(city)) == 2, 10)
    assert said and isinstance(said[0], Refused) and said[0].status == 1
