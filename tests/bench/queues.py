# SPDX-License-Identifier: GPL-2.0-or-later
"""What queues cost in forwarding, beside bare forwarding and beside one another, in one run: `bench.py --only queues`.

The line is far wider than the machine, so no queue ever fills: what is measured is the price of a packet's way through classes and leaves.
Every figure has the sender's and the receiver's own price in it, which makes differences look smaller than they are on a gateway.
Rounds go through all variants in turn, so that a machine that slows down slows all of them; medians are printed, with the part of bare.
"""
import json
import os
import statistics
import time

# name, leaf, IFB although one device would do, services, gerbang-watch looking at packets
VARIANTS = (
    ("bare forwarding", None, False, False, False),
    ("FIFO, IFB", "fifo", True, False, False),
    ("FIFO", "fifo", False, False, False),
    ("fq_codel, IFB", "fq_codel", True, False, False),
    ("fq_codel", "fq_codel", False, False, False),
    ("cake, IFB", "cake", True, False, False),
    ("cake", "cake", False, False, False),
    ("best leaf, services", "auto", False, True, False),
    ("best leaf, services, latency", "auto", False, True, True),
)
SERVICES = 'services = ( "voip", "conference", "cctv", "attendance" );'
MEASURES = ("small down", "small up", "full down", "full up", "TCP down", "TCP up", "TCP GSO down", "TCP GSO up")
UNITS = ("kpps", "kpps", "kpps", "kpps", "Mbit/s", "Mbit/s", "Mbit/s", "Mbit/s")


def edit(bench, path, leaf, ifb, services):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = text.replace("probes = ();", f'probes = (); queue = "{leaf}"; ifb = "{"always" if ifb else "auto"}";')
    if services:
        text = text.replace('devices = ( "lan0" );', f'devices = ( "lan0" ); {SERVICES}')
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def received(bench, ns):
    return int(bench.run("cat", "/sys/class/net/eth0/statistics/rx_packets", ns=ns))


def packets(bench, source, sink, address, payload, seconds):
    """Thousands a second that came through, dropped on arrival."""
    bench.run("nft", "-f", "-", ns=sink, stdin="""table netdev bench {
        chain c { type filter hook ingress device "eth0" priority 0; udp dport 9 drop; }
    }""")
    try:
        before, began = received(bench, sink), time.monotonic()
        bench.run(f"{bench.BUILD}/tests/bench/bench-packets", address, str(payload), str(seconds), ns=source)
        return (received(bench, sink) - before) / (time.monotonic() - began) / 1e3
    finally:
        bench.run("nft", "delete", "table", "netdev", "bench", ns=sink)


def measure(bench, seconds):
    row = []
    for payload in (18, 1472):
        row.append(packets(bench, bench.NET, bench.HOST, f"{bench.office_prefix(0)}.10", payload, seconds))
        row.append(packets(bench, bench.HOST, bench.NET, "192.0.2.1", payload, seconds))
    for gso in (False, True):
        bench.gso(gso)
        for reverse in (True, False):
            row.append(bench.iperf(seconds, reverse) * 1e3)
    return row


def leaf_in_use(bench, path):
    status = json.loads(bench.run(f"{bench.BUILD}/ctl/gerbang", "-c", path, "status", "--json", ns=bench.GW))
    return status["uplink"]["leaf"]


def download_tree(bench):
    rows = json.loads(bench.run("tc", "-j", "qdisc", "show", ns=bench.GW))
    return next((row["dev"] for row in rows if row["kind"] == "htb" and row["handle"] == "2:"), "-")


def one(bench, directory, log, variant, seconds):
    """(figures, what was in use) or None where this kernel or version has no such thing."""
    name, leaf, ifb, services, watch = variant
    if leaf is None:
        bench.run("sysctl", "-qw", "net.ipv4.ip_forward=1", ns=bench.GW)
        return measure(bench, seconds), "-", "-"
    path = edit(bench, bench.configuration(directory, 36, 0, 20), leaf, ifb, services)
    running = [bench.start(bench.GW, f"{bench.BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log),
               bench.start(bench.GW, f"{bench.BUILD}/daemon/gerbangd", "-c", path, "--rehearse", f"{bench.INSIDE}:00", log=log)]
    if watch:
        running.append(bench.start(bench.GW, f"{bench.BUILD}/watch/gerbang-watch", "-r", f"{directory}/run", log=log))
    try:
        if not bench.came_up(path):
            return None
        leaf_is, tree = leaf_in_use(bench, path), download_tree(bench)
        time.sleep(0.5)
        return measure(bench, seconds), leaf_is, tree
    finally:
        for process in reversed(running):
            if process.poll() is None:
                bench.stop(process)
            else:
                bench.processes.remove(process)


def bench_queues(bench, directory, log, args):
    figures, used = {}, {}
    bench.batch(bench.HOST, [f"addr replace {bench.office_prefix(0)}.10/24 dev eth0"])
    bench.batch(bench.GW, [f"addr replace {bench.office_prefix(0)}.1/24 dev lan0"])
    for number in range(args.rounds):
        for variant in VARIANTS:
            if number and variant[0] not in figures:
                continue
            found = one(bench, directory, log, variant, args.seconds)
            if found:
                figures.setdefault(variant[0], []).append(found[0])
                used[variant[0]] = found[1:]
                print(f"  {number + 1}/{args.rounds} {variant[0]}: {' '.join(f'{value:.0f}' for value in found[0])}", flush=True)
    report(bench, figures, used, args)


def report(bench, figures, used, args):
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}
    bare = medians["bare forwarding"]
    rows = [("", *MEASURES), ("", *UNITS)]
    for name, row in medians.items():
        rows.append((name, *(f"{value:.0f} {value / base:.2f}" for value, base in zip(row, bare))))
    bench.table(f"Linux {os.uname().release}, {os.cpu_count()} processors, 36 offices: median of {args.rounds} times {args.seconds} s, and part of bare", rows)
    bench.table("In use", [("", "leaf", "download tree")] + [(name, *row) for name, row in used.items()])
    missing = [name for name, *_ in VARIANTS if name not in figures]
    if missing:
        print(f"  not on this kernel: {', '.join(missing)}")
