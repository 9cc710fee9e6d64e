#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures, not verdicts: what Gerbang costs on this machine, side by side in one run.

Everything runs in namespaces of this program's own and is taken down again. Forwarding is measured by iperf3 through
the same three namespaces, bare and with Gerbang, alternating, and given as a ratio of medians.
"""
import argparse
import atexit
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import collect
import portal
import queues
import report
import sessions

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("GERBANG_BUILD", os.path.join(ROOT, "build"))
TAG = f"gb{os.getpid()}"
GW, NET, HOST, PARK = (f"{TAG}-{n}" for n in ("gw", "net", "host", "park"))
INSIDE, OUTSIDE = "2026-11-23 10:00", "2026-11-23 20:00"
processes = []


def run(*argv, ns=None, check=True, stdin=None):
    argv = (["ip", "netns", "exec", ns] if ns else []) + list(argv)
    return subprocess.run(argv, check=check, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout


def batch(ns, lines):
    run("ip", "-force", "-batch", "-", ns=ns, stdin="\n".join(lines) + "\n")


def start(ns, *argv, log):
    process = subprocess.Popen(["ip", "netns", "exec", ns, *argv], stdout=log, stderr=log)
    processes.append(process)
    return process


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    processes.remove(process)


def clean():
    for process in list(processes):
        stop(process)
    for ns in (GW, NET, HOST, PARK):
        subprocess.run(["ip", "netns", "del", ns], stderr=subprocess.DEVNULL, check=False)


def build_city(zones):
    for ns in (GW, NET, HOST, PARK):
        run("ip", "netns", "add", ns)
        run("ip", "link", "set", "lo", "up", ns=ns)
    links = [(NET, "eth0", GW, "wan0"), (HOST, "eth0", GW, "lan0")]
    links += [(PARK, f"z{i}", GW, f"zone{i}") for i in range(zones)]
    for a, a_dev, b, b_dev in links:
        run("ip", "link", "add", a_dev, "netns", a, "type", "veth", "peer", "name", b_dev, "netns", b)
        run("ip", "link", "set", a_dev, "up", ns=a)
        run("ip", "link", "set", b_dev, "up", ns=b)
    batch(NET, ["addr add 192.0.2.1/24 dev eth0", "route add 10.0.0.0/8 via 192.0.2.2"])
    batch(GW, ["addr add 192.0.2.2/24 dev wan0", "addr add 10.20.0.1/24 dev lan0", "route add default via 192.0.2.1"])
    batch(HOST, ["addr add 10.20.0.10/24 dev eth0", "route add default via 10.20.0.1"])


def gso(on):
    """Segmentation offload on or off at every end, so that packets of one MTU cross the gateway."""
    word = "on" if on else "off"
    for ns, dev in ((HOST, "eth0"), (NET, "eth0"), (GW, "wan0"), (GW, "lan0")):
        run("ethtool", "-K", dev, "tso", word, "gso", word, "gro", word, ns=ns, check=False)


def office_prefix(i):
    return f"10.{20 + i // 256}.{i % 256}"


def configuration(directory, offices, zones, prefix_length, uplink="40 Gbit", office_rates=None):
    """office_rates: (guaranteed inside, outside, ceiling) of all; without it the first office gets nearly all of the uplink."""
    office = """  {{ id = "o{i}"; name = "Office {i}"; schedule = "kantor"; devices = ( "lan0" ); prefixes = ( "{prefix}.0/24", "2001:db8:{i:x}::/64" );
    inside = {{ guaranteed = "{g}"; ceiling = "{c}"; }}; outside = {{ guaranteed = "{h}"; ceiling = "{c}"; }}; }}"""
    zone = """  {{ id = "z{i}"; name = "Zone {i}"; devices = ( "zone{i}" ); address = "{address}"; open = "selalu"; not_during = "kantor";
    guaranteed = "8 Mbit"; ceiling = "100 Mbit"; client = {{ rate = "10 Mbit"; session = "2 h"; }}; login = ( "click" ); }}"""
    def rates(i):
        return office_rates or (("20 Gbit", "16 Gbit", "38 Gbit") if i == 0 else ("10 Mbit", "2 Mbit", "38 Gbit"))

    rows = [office.format(i=i, prefix=office_prefix(i), g=rates(i)[0], h=rates(i)[1], c=rates(i)[2]) for i in range(offices)]
    zone_rows = [zone.format(i=i, address="10.128.0.1/%d" % prefix_length if i == 0 else f"10.200.{i}.1/24") for i in range(zones)]
    path = os.path.join(directory, "gerbang.conf")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"""site = {{ name = "Bench"; timezone = "Asia/Pontianak"; language = "en"; schedule = "kantor"; }};
paths = {{ state = "{directory}/state"; run = "{directory}/run"; }};
uplink = {{ device = "wan0"; download = "{uplink}"; upload = "{uplink}"; headroom = 5; nat = false; own = "2 Mbit"; unattributed = "1 Mbit"; probes = (); }};
dns = ( "192.0.2.1" );
schedules = ( {{ id = "kantor"; windows = ( "mon-fri 07:30-16:00" ); }}, {{ id = "selalu"; windows = ( "mon-sun 00:00-24:00" ); }} );
offices = (
{",".join(rows)} );
zones = (
{",".join(zone_rows)} );
portal = {{ hostname = "wifi.example"; }};
""")
    return path


def iperf(seconds, reverse):
    argv = ["iperf3", "-c", "192.0.2.1", "-t", str(seconds), "-O", "1", "-J", "-P", "2"] + (["-R"] if reverse else [])
    for _ in range(5):
        out = subprocess.run(["ip", "netns", "exec", HOST, *argv], stdout=subprocess.PIPE, text=True, check=False).stdout
        try:
            return json.loads(out)["end"]["sum_received"]["bits_per_second"] / 1e9
        except (KeyError, ValueError):
            time.sleep(0.5)
    return float("nan")


def forwarding(seconds, rounds):
    figures = {}
    for on in (True, False):
        gso(on)
        for reverse in (False, True):
            name = f"{'download' if reverse else 'upload'} {'GSO' if on else 'no GSO'}"
            figures[name] = statistics.median(iperf(seconds, reverse) for _ in range(rounds))
    gso(True)
    return figures


def memory():
    fields = dict(line.split(":", 1) for line in open("/proc/meminfo", encoding="ascii"))
    return sum(int(fields[k].split()[0]) for k in ("Slab", "Percpu", "VmallocUsed", "PageTables") if k in fields)


def resident(process_names):
    total = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status", encoding="ascii", errors="replace"))
            name = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
            netns = os.stat(f"/proc/{pid}/ns/net").st_ino
        except (OSError, ValueError):
            continue
        if name in process_names and netns == os.stat(f"/run/netns/{GW}").st_ino:
            total[name] = int(status["VmRSS"].split()[0]) / 1024
    return total


def tail(path):
    with open(os.path.join(os.path.dirname(path), "log"), encoding="utf-8") as log:
        return "".join(log.readlines()[-20:])


def came_up(path):
    for _ in range(150):
        if any(process.poll() is not None for process in processes):
            return False
        done = subprocess.run(["ip", "netns", "exec", GW, f"{BUILD}/ctl/gerbang", "-c", path, "status", "--json"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        if done.returncode == 0 and json.loads(done.stdout)["uplink"].get("leaf"):
            return True
        time.sleep(0.2)
    return False


def wait_status(path):
    if came_up(path):
        return
    sys.exit("bench: gerbangd did not come up:\n" + tail(path))


def shaper_up(path):
    for _ in range(100):
        if os.path.exists(os.path.join(os.path.dirname(path), "run/shaper/socket")):
            return
        time.sleep(0.1)
    sys.exit("bench: gerbang-shaper did not come up:\n" + tail(path))


def table(title, rows):
    print(f"\n{title}")
    width = max(len(str(r[0])) for r in rows)
    for row in rows:
        print("  " + str(row[0]).ljust(width) + "  " + "  ".join(str(c).rjust(12) for c in row[1:]), flush=True)


def ratios(title, bare, full):
    table(title, [("", "bare Gbit/s", "Gerbang", "ratio")] +
          [(k, f"{bare[k]:.2f}", f"{full[k]:.2f}", f"{full[k] / bare[k]:.2f}") for k in bare])


def bench_apply(directory, log):
    path = configuration(directory, 300, 50, 20)
    before = memory()
    shaper = start(GW, f"{BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log)
    shaper_up(path)
    figures = json.loads(run(f"{BUILD}/tests/bench/bench-apply", path, INSIDE, OUTSIDE, ns=GW))
    table("Plan + diff + apply, 300 offices and 50 zones (aim: under 100 ms from nothing, under 10 ms unchanged)",
          [("", "plan ms", "apply ms", "operations")] +
          [(k, v["plan_msec"], v["apply_msec"], v["operations"]) for k, v in figures.items()])
    print(f"  kernel memory of queues and sets: {(memory() - before) / 1024:.1f} MB")
    stop(shaper)


def bench_forwarding(directory, log, args, offices, sessions, bare):
    path = configuration(directory, offices, 1, 17)
    before = memory()
    start(GW, f"{BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log)
    daemon = start(GW, f"{BUILD}/daemon/gerbangd", "-c", path, "--rehearse", f"{OUTSIDE}:00", log=log)
    wait_status(path)
    if sessions:
        batch(GW, ["neigh replace 10.128.%d.%d lladdr 02:00:00:%02x:%02x:%02x nud permanent dev zone0" %
                   ((i + 256) // 256, i % 256, 0, i // 256, i % 256) for i in range(sessions)])
        figures = json.loads(run(f"{BUILD}/tests/bench/bench-login", f"{directory}/run", "10.128.1.0", str(sessions), ns=GW))
        table(f"Login at the daemon and below, the last of {sessions} (aim: under 200 us)", [(k, v) for k, v in figures.items()])
    ratios(f"Forwarding, {offices} offices, {sessions} sessions (aim: 0.95 with GSO, 0.75 without, flat)", bare, forwarding(args.seconds, args.rounds))
    print(f"  kernel memory of queues and sets: {(memory() - before) / 1024:.1f} MB")
    if sessions:
        portal = start(GW, f"{BUILD}/portal/gerbang-portal", "-r", f"{directory}/run", log=log)
        time.sleep(1)
        rss = resident({"gerbangd", "gerbang-shaper", "gerbang-portal"})
        table("Resident memory in MB (aim: under 40 together)", [(k, f"{v:.1f}") for k, v in rss.items()] + [("together", f"{sum(rss.values()):.1f}")])
        stop(portal)
    stop(daemon)
    for process in list(processes[1:]):
        stop(process)


SENDER = """
import socket, sys, time
pairs = [line.split() for line in sys.stdin]
sockets = []
for source, to in pairs:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((source, 0))
    s.connect((to, 9))
    sockets.append(s)
packet, gap = bytes(1400), 1400 * 8 / float(sys.argv[1])
start = time.monotonic()
end, sent = start + float(sys.argv[2]), 0
while time.monotonic() < end:
    for s in sockets:
        try:
            s.send(packet)
        except OSError:
            pass
        sent += 1
        ahead = start + sent * gap - time.monotonic()
        if ahead > 0.002:
            time.sleep(ahead)
"""


def counted(ns):
    """Layer-2 bytes a peer since the last call, counted by nftables in the receiving namespace; not by Gerbang."""
    table = json.loads(run("nft", "-j", "list", "set", "ip", "bench", "seen", ns=ns))
    elements = next(e["set"].get("elem", []) for e in table["nftables"] if "set" in e)
    return {e["elem"]["val"]: e["elem"]["counter"]["bytes"] + 14 * e["elem"]["counter"]["packets"] for e in elements}


def saturate(ns_from, ns_to, pairs, field, bps, seconds):
    run("nft", "-f", "-", ns=ns_to, stdin=f"""table ip bench {{
        set seen {{ type ipv4_addr; size 65535; flags dynamic; counter; }}
        chain c {{ type filter hook prerouting priority -300; udp dport 9 update @seen {{ ip {field} }} drop; }}
    }}""")
    sender = subprocess.Popen(["ip", "netns", "exec", ns_from, "/usr/bin/python3", "-c", SENDER, str(bps), str(seconds + 4)],
                              stdin=subprocess.PIPE, text=True)
    processes.append(sender)
    sender.stdin.write("".join(f"{a} {b}\n" for a, b in pairs))
    sender.stdin.close()
    time.sleep(3)
    before = counted(ns_to)
    time.sleep(seconds)
    after = counted(ns_to)
    stop(sender)
    run("nft", "delete", "table", "ip", "bench", ns=ns_to)
    return {k: (v - before.get(k, 0)) * 8 / seconds for k, v in after.items()}


def bench_saturation(directory, log):
    """Every one of 300 offices wants more than there is."""
    offices, guaranteed, seconds = 300, 250e3, 10
    path = configuration(directory, offices, 1, 20, "100 Mbit", ("250 kbit", "250 kbit", "50 Mbit"))
    batch(HOST, [f"addr replace {office_prefix(i)}.10/24 dev eth0" for i in range(offices)])
    batch(GW, [f"addr replace {office_prefix(i)}.1/24 dev lan0" for i in range(offices)])
    shaper = start(GW, f"{BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log)
    daemon = start(GW, f"{BUILD}/daemon/gerbangd", "-c", path, "--rehearse", f"{INSIDE}:00", log=log)
    wait_status(path)
    hosts = [f"{office_prefix(i)}.10" for i in range(offices)]
    rows = [("", "sum Mbit/s", "least", "median", "most")]
    for name, args in (("upload", (HOST, NET, [(h, "192.0.2.1") for h in hosts], "saddr")),
                       ("download", (NET, HOST, [("192.0.2.1", h) for h in hosts], "daddr"))):
        rates = saturate(*args, 150e6, seconds)
        shares = sorted(rates.get(h, 0) / guaranteed for h in hosts)
        rows.append((name, f"{sum(rates.values()) / 1e6:.1f}", *(f"{x:.2f}" for x in (shares[0], statistics.median(shares), shares[-1]))))
    table(f"{offices} offices saturate 100 Mbit/s at once, in parts of their guarantee (aim: each at least 0.95)", rows)
    stop(daemon)
    stop(shaper)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4, help="length of one iperf3 run")
    parser.add_argument("--rounds", type=int, default=3, help="runs whose median counts")
    parser.add_argument("--sessions", type=int, default=10000)
    parser.add_argument("--only", choices=["apply", "forwarding", "saturation", "portal", "sessions", "queues", "collect", "report"])
    args = parser.parse_args()
    if args.only in (None, "report"):
        report.bench_report()
    if args.only == "report":
        return
    atexit.register(clean)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="gerbang-bench-") as directory:
        os.chmod(directory, 0o755)
        with open(os.path.join(directory, "log"), "w", encoding="utf-8") as log:
            build_city(50)
            if args.only in (None, "apply"):
                bench_apply(directory, log)
            if args.only in (None, "portal"):
                portal.bench_portal(sys.modules[__name__], directory, log)
            if args.only in (None, "sessions"):
                sessions.bench_sessions(sys.modules[__name__], directory, log, args)
            if args.only in (None, "saturation"):
                bench_saturation(directory, log)
            if args.only in (None, "collect"):
                collect.bench_collect(sys.modules[__name__], directory, log, args)
            if args.only in (None, "queues"):
                server = start(NET, "iperf3", "-s", log=subprocess.DEVNULL)
                time.sleep(0.5)
                queues.bench_queues(sys.modules[__name__], directory, log, args)
                stop(server)
            if args.only in (None, "forwarding"):
                processes_first = start(NET, "iperf3", "-s", log=subprocess.DEVNULL)
                run("sysctl", "-qw", "net.ipv4.ip_forward=1", ns=GW)
                time.sleep(0.5)
                for offices, count in ((36, 0), (300, 0), (300, args.sessions)):
                    run("sysctl", "-qw", "net.ipv4.ip_forward=1", ns=GW)
                    bare = forwarding(args.seconds, args.rounds)
                    bench_forwarding(directory, log, args, offices, count, bare)
                stop(processes_first)
        clean()


if __name__ == "__main__":
    main()
