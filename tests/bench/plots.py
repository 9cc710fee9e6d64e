#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The measured plots of docs/queues.md.

    scripts/vm-test --run python3 -B tests/bench/plots.py measure [NAME...]     on Debian's kernel: into build/results/plots.json
    tests/bench/plots.py draw                                                   docs/pictures/queue-*.svg from tests/bench/measured.json

What was measured and kept (measured.json) is copied from the first by hand, when it was a quiet machine: a picture shows what a
reader can measure again. NAME: leaves, borrowing, call, adjust.
"""
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PICTURES = os.path.join(ROOT, "docs", "pictures")
MEASURED = os.path.join(HERE, "measured.json")
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "city")]
MBIT = 1e6
INSIDE = "2026-11-23 10:00:00"


def msec(values, percent):
    from traffic import percentile
    return round(percentile(values, percent) * 1000, 2)


def office(ident, device, third, guaranteed, ceiling, **more):
    return {"id": ident, "name": ident, "schedule": "24-jam", "devices": [device], "prefixes": [f"10.10.{third}.0/24"],
            "inside": {"guaranteed": f"{int(guaranteed / 1e3)} kbit", "ceiling": f"{int(ceiling / 1e3)} kbit"}, **more}


def settings(mbit, offices, headroom=5, **uplink):
    from settings import small
    return small(uplink={"download": f"{mbit} Mbit", "upload": f"{mbit} Mbit", "headroom": headroom, "own": "200 kbit",
                         "unattributed": "200 kbit", **uplink}, offices=offices, zones=[])


def two(mbit=20):
    return [office("satu", "lan0", 1, mbit * MBIT * 0.5, mbit * MBIT * 0.9), office("dua", "lan1", 2, mbit * MBIT * 0.25, mbit * MBIT * 0.9)]


def pings(city, machine, seconds=10):
    from traffic import Pings
    found = Pings.over(city, machine, seconds, interval=0.02)[0]
    return [msec(found, 50), msec(found, 99)]


def measure_leaves():
    """20 Mbit/s bought; an office downloads with 8 connections; pings of its neighbour desk and of another office.
    Without Gerbang the provider's line of 20 Mbit/s has the queue; with it that line is left out: what is measured is our queue."""
    from city import City
    from traffic import Flow, flows
    rows = {}
    for leaf in ("none", "fifo", "fq_codel", "cake"):
        with City(settings=settings(20, two()), provider=leaf == "none") as city:
            if leaf == "none":
                city.provider.gives(20 * MBIT, 20 * MBIT, 400, 30)
                city.gateway.space.sysctl("net.ipv4.ip_forward", 1)
            else:
                city.gateway.extra["shaper"] = ["--leaf", leaf]
                city.gateway.start(rehearse=INSIDE, names=("shaper", "daemon"))
            inside = city.add_host("satu")
            idle = pings(city, inside, 5)
            with flows(Flow(city, city.hosts["satu"], "down", streams=8)):
                time.sleep(4)
                rows[leaf] = {"idle": idle, "inside": pings(city, inside), "elsewhere": pings(city, city.hosts["dua"])}
    return rows


def series(readings):
    """[(t, {name: bytes})] -> {name: [[t, Mbit/s]]}"""
    found = {}
    for (t0, before), (t1, after) in zip(readings, readings[1:]):
        for name in after:
            found.setdefault(name, []).append([round((t0 + t1) / 2, 2), round((after[name] - before[name]) * 8 / (t1 - t0) / MBIT, 3)])
    return found


def measure_borrowing():
    """20 Mbit/s, 5 % kept back; satu is guaranteed 10, dua 5. satu downloads all the time, dua from 10 s to 25 s."""
    from city import City
    from traffic import Flow
    with City(settings=settings(20, two())) as city:
        city.gateway.start(rehearse=INSIDE, names=("shaper", "daemon"))
        flows_now, readings, began = [Flow(city, city.hosts["satu"], "down", streams=4)], [], time.monotonic()
        try:
            while time.monotonic() - began < 35:
                now = time.monotonic() - began
                if now >= 10 and len(flows_now) == 1:
                    flows_now.append(Flow(city, city.hosts["dua"], "down", streams=4))
                if now >= 25 and len(flows_now) == 2 and flows_now[1].alive():
                    flows_now[1].stop()
                readings.append((time.monotonic() - began, {name: city.hosts[name].counters()[0] for name in ("satu", "dua")}))
                time.sleep(0.5)
        finally:
            for flow in flows_now:
                flow.stop()
    return series(readings)


def measure_call():
    """A small office of 3 Mbit/s, a download and an upload of 4 connections each from 5 s to 20 s, and a call (G.711, 50 packets a second)."""
    from city import City
    from traffic import Call, Flow, flows, jitter
    rows = {}
    for name, leaf, services in (("fifo", "fifo", []), ("cake", "cake", []), ("cake, voip", "cake", ["voip"])):
        rate = 3 * MBIT
        small_one = office("kecil", "lan0", 1, rate, rate, **({"services": services} if services else {}))
        with City(settings=settings(20, [small_one])) as city:
            city.gateway.extra["shaper"] = ["--leaf", leaf]
            city.gateway.start(rehearse=INSIDE, names=("shaper", "daemon"))
            desk = city.add_host("kecil")
            call = Call(city, desk, "down", port=10000)
            call.wait_flowing()
            began = time.monotonic()
            time.sleep(5)
            with flows(Flow(city, city.hosts["kecil"], "both", streams=4)):
                time.sleep(15)
            time.sleep(3)
            last = call.stop()
            points = [[round(line["time"] - began, 2), round(max(line["delays"]) / 1000, 2)]
                      for line in map(json.loads, call._lines()) if line["delays"] and line["time"] > began]
            busy = [usec / 1e6 for line in map(json.loads, call._lines()) if 7 < line["time"] - began < 19 for usec in line["delays"]]
            rows[name] = {"delay": points, "lost": last["lost"], "packets": last["packets"], "jitter_ms": round(jitter(busy) * 1000, 2),
                          "p50_ms": msec(busy, 50), "p99_ms": msec(busy, 99)}
    return rows


def measure_adjust():
    """20 Mbit/s bought, and from 10 s to 60 s the provider gives 8; with and without uplink.adjust. An office downloads throughout."""
    from city import City
    from traffic import Flow, Pings, flows
    rows = {}
    for name, more in (("fixed", {}), ("adjusted", {"adjust": {"minimum": "4 Mbit", "latency": "30 ms"}})):
        with City(settings=settings(20, two(), probes=["1.1.1.1"], **more), provider=True) as city:
            city.provider.gives(20 * MBIT, 20 * MBIT, 400, 30)
            city.internet.delay(msec=10)
            city.gateway.start(rehearse=INSIDE, names=("shaper", "daemon", "watch"))
            with flows(Flow(city, city.hosts["satu"], "down", streams=4)):
                time.sleep(3)
                ping, began = Pings(city, city.hosts["dua"], interval=0.1), time.monotonic()
                stamp, readings, low = time.time(), [], False
                while time.monotonic() - began < 90:
                    now = time.monotonic() - began
                    if (10 <= now < 60) != low:
                        low = not low
                        city.provider.gives((8 if low else 20) * MBIT, (8 if low else 20) * MBIT, 400, 30)
                    readings.append((time.monotonic() - began, {"delivered": city.hosts["satu"].counters()[0]}))
                    time.sleep(1)
                ping.stop()
            rows[name] = {"rate": series(readings)["delivered"], "ping": stamped(ping.log, stamp)}
    return rows


def stamped(log, began):
    """[[second, round trip in ms]]: the greatest of each second."""
    import re
    worst = {}
    with open(log) as file:
        for when, ms in re.findall(r"\[([\d.]+)\].*time=([\d.]+) ms", file.read()):
            second = int(float(when) - began)
            worst[second] = max(worst.get(second, 0), float(ms))
    return sorted(worst.items())


# --- drawing

def draw_leaves(data):
    from svg import bars
    names = (("none", "no Gerbang"), ("fifo", "FIFO"), ("fq_codel", "fq_codel"), ("cake", "cake"))
    rows = [("idle", *data["cake"]["idle"])]
    rows += [(f"{word}: same office", *data[key]["inside"]) for key, word in names if key in data]
    rows += [(f"{word}: other office", *data[key]["elsewhere"]) for key, word in names if key in data]
    words = "; ".join(f"{label}: median {dark} ms, 99th percentile {light} ms" for label, dark, light in rows)
    bars("Round trip on 20 Mbit/s while an office downloads all that it gets", words, rows, "ms",
         "dark: median, light: 99th percentile; logarithmic").save(os.path.join(PICTURES, "queue-latency.svg"))


def draw_borrowing(data):
    from svg import Panel, Picture, legend
    words = "satu has nearly the whole line alone; while dua wants its part, they have two thirds and one third; when dua stops, satu has it back within a second"
    picture = Picture("Two offices on 20 Mbit/s: guaranteed 10 and 5", words, 330)
    panel = Panel(picture, 50, 220, (0, 35), 20, 5, "Mbit/s")
    panel.level(10, "satu's guarantee")
    panel.level(5, "dua's guarantee")
    for index, name in enumerate(("satu", "dua")):
        panel.series(data[name], index)
    legend(picture, 316, ("satu: downloads all the time", "dua: downloads from 10 s to 25 s"))
    picture.save(os.path.join(PICTURES, "queue-borrowing.svg"))


def draw_call(data):
    from svg import Panel, Picture, legend
    names = {"fifo": "FIFO", "cake": "cake", "cake, voip": "cake and the service voip"}
    rows = [(key, word) for key, word in names.items() if key in data]
    words = "; ".join(f"{word}: 99th percentile {data[key]['p99_ms']} ms, jitter {data[key]['jitter_ms']} ms, {data[key]['lost']} of {data[key]['packets']} lost"
                      for key, word in rows)
    picture = Picture("A call in an office of 3 Mbit/s that is saturated from 5 s to 20 s", words, 340)
    top = max(point[1] for key, _ in rows for point in data[key]["delay"])
    step = next(step for step in (10, 20, 50, 100, 200) if top / step <= 6)
    panel = Panel(picture, 50, 220, (0, 23), (int(top / step) + 1) * step, step, "one-way delay, the greatest of each tenth of a second, ms")
    for index, (key, _) in enumerate(rows):
        panel.series(data[key]["delay"], index)
    legend(picture, 320, [word for _, word in rows])
    picture.save(os.path.join(PICTURES, "queue-call.svg"))


def draw_adjust(data):
    from svg import Panel, Picture, legend
    words = "Without uplink.adjust the round trip rises to that of the provider's queue as long as it gives less; with it, the rate goes below the provider's and the round trip back down"
    picture = Picture("20 Mbit/s bought, 8 given from 10 s to 60 s", words, 500)
    panel = Panel(picture, 50, 180, (0, 90), 20, 5, "what an office downloads, Mbit/s", last=False)
    top = max(point[1] for key in data for point in data[key]["ping"])
    step = next(step for step in (20, 50, 100, 200, 500) if top / step <= 6)
    below = Panel(picture, 262, 180, (0, 90), (int(top / step) + 1) * step, step, "round trip of another office, the greatest of each second, ms")
    for index, key in enumerate(("fixed", "adjusted")):
        panel.series(data[key]["rate"], index)
        below.series([point for point in data[key]["ping"] if 0 <= point[0] <= 90], index)
    legend(picture, 486, ("fixed rate", "uplink.adjust"))
    picture.save(os.path.join(PICTURES, "queue-adjust.svg"))


NAMES = ("leaves", "borrowing", "call", "adjust")


def main(mode="", *names):
    if mode == "measure":
        path = os.path.join(os.environ.get("GERBANG_RESULTS", os.path.join(ROOT, "build", "results")), "plots.json")
        found = {}
        for name in names or NAMES:
            found[name] = globals()[f"measure_{name}"]()
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"kernel": os.uname().release, **found}, file)
            print(f"{name}: done", flush=True)
    elif mode == "draw":
        with open(MEASURED, encoding="utf-8") as file:
            data = json.load(file)
        for name in names or NAMES:
            if name in data:
                globals()[f"draw_{name}"](data[name])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
