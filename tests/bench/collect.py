# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the counters: what a collection costs, what logins feel of it, and what conntrack would cost for the same hosts.

The shaper runs alone; play-daemon is its daemon. CPU is the shaper's own clock, user and system: what the kernel does for its dumps
is in it. Where a machine counts cycles for its guests `perf stat` would say the same in cycles; here time stands for them.
"""
import json
import statistics
import subprocess
import time

EVENING = "2026-11-23T20:00"


class Player:
    def __init__(self, bench, path, log):
        self.process = subprocess.Popen(["ip", "netns", "exec", bench.GW, f"{bench.BUILD}/tests/bench/play-daemon", path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        bench.processes.append(self.process)

    def say(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        text = self.process.stdout.readline()
        if not text:
            raise SystemExit(f"bench: play-daemon ended at {words}")
        return json.loads(text)


def cpu_msec(pid):
    """The process's CPU clock (clock_getcpuclockid(3))."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e6


def shaper_pid(bench):
    for pid in bench.run("ip", "netns", "pids", bench.GW).split():
        with open(f"/proc/{pid}/comm", encoding="ascii") as file:
            if file.read().strip() == "gerbang-shaper":
                return int(pid)
    raise SystemExit("bench: no shaper")


def collections(player, pid, n=12):
    """[(CPU msec, msec until the answer)], rows in one answer."""
    made, rows = [], 0
    for _ in range(n):
        before = cpu_msec(pid)
        answer = player.say("count", 1, "quiet")[0]
        made.append((cpu_msec(pid) - before, answer["msec"]))
        rows = answer["n"] - answer["finals"]
    return made, rows


def measure(player, pid, blocks):
    began = time.monotonic()
    result = player.say("apply", EVENING, blocks)
    if result["error"]:
        raise SystemExit(f"bench: {result['text']}")
    applied = time.monotonic() - began
    made, rows = collections(player, pid)
    calm, storm = player.say("calm", 3)["login"], player.say("storm", 4)
    first, rest = made[0][0], [cpu for cpu, _ in made[1:]]
    return statistics.median(rest), [f"{blocks * 64:,} guests", f"{rows:,}", f"{applied:.1f}", f"{statistics.median(rest):.1f}", f"{max(rest):.1f}",
                                     f"{first:.1f}", f"{statistics.median(msec for _, msec in made):.1f}", f"{calm['p50']:.2f}", f"{calm['p99']:.2f}",
                                     f"{storm['login']['p50']:.2f}", f"{storm['login']['p99']:.2f}", f"{storm['login']['max']:.1f}"]


def conntrack(bench, hosts, each):
    """CPU msec of a dump of all connections, in a namespace without anything else."""
    bench.run("sysctl", "-qw", "net.netfilter.nf_conntrack_acct=1", ns=bench.PARK, check=False)
    figures = json.loads(bench.run(f"{bench.BUILD}/tests/bench/bench-conntrack", str(hosts), str(each), "7", ns=bench.PARK))
    return statistics.median(figures["cpu_msec"]), figures["connections"]


def bench_collect(bench, directory, log, args):
    path = bench.configuration(directory, 300, 1, 16)
    shaper = bench.start(bench.GW, f"{bench.BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log)
    bench.shaper_up(path)
    player, pid = Player(bench, path, log), shaper_pid(bench)
    rows = [("", "rows", "apply s", "CPU ms", "worst", "with leaves", "answer ms", "login ms", "p99", "meanwhile", "p99", "worst")]
    costs = {}
    for blocks in (0, 157, 468) if args.sessions >= 10000 else (0, 157):
        costs[blocks], row = measure(player, pid, blocks)
        rows.append(row)
    bench.table("A collection, 300 offices in two trees (aim: under 50 ms of CPU with 10,000 guests, under 700 ms with ten times as many rows; "
                "a tree has 65,535 classes at the most). 'With leaves': the first, with the leaves' own drops, which take a thousandth of a processor. Logins: SESSION_ADD to its answer, "
                "without and with collections one after the other", rows)
    cost, connections = conntrack(bench, 10000, 5)
    bench.table("The same hosts by a dump of conntrack, as nlbwmon does it (aim: five times as much)",
                [("", "CPU ms", "ratio"), (f"{connections:,} connections of 10,000 hosts", f"{cost:.1f}", f"{cost / costs[157]:.1f}")])
    player.process.stdin.close()
    player.process.wait(10)
    bench.processes.remove(player.process)
    bench.stop(shaper)
