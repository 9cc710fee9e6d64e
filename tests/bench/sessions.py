# SPDX-License-Identifier: GPL-2.0-or-later
"""What 4,000 guests who are in cost those who forward: the same gateway with none and with all of them, in turns.

The guests come through the daemon, as logins do; what is measured is an office's traffic through the same rules and queues.
"""
import statistics

SESSIONS = 4000


def once(bench, directory, path, log, args, sessions):
    """One start of the programs: {direction: Gbit/s}."""
    shaper = bench.start(bench.GW, f"{bench.BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log)
    daemon = bench.start(bench.GW, f"{bench.BUILD}/daemon/gerbangd", "-c", path, "--rehearse", f"{bench.OUTSIDE}:00", log=log)
    bench.wait_status(path)
    if sessions:
        bench.batch(bench.GW, [f"neigh replace 10.128.{(i + 256) // 256}.{i % 256} lladdr 02:00:00:00:{i // 256:02x}:{i % 256:02x} "
                               "nud permanent dev zone0" for i in range(sessions)])
        bench.run(f"{bench.BUILD}/tests/bench/bench-login", f"{directory}/run", "10.128.1.0", str(sessions), ns=bench.GW)
        held = bench.run("nft", "list", "map", "inet", "gerbang", "guest_up4", ns=bench.GW).count(" expires ")
        assert held == sessions, f"{held} of {sessions} are in the kernel"
    figures = bench.forwarding(args.seconds, 1)
    bench.stop(daemon)
    bench.stop(shaper)
    # Nobody is remembered from one turn to the next.
    bench.run("sh", "-c", f"rm -rf {directory}/state")
    return figures


def bench_sessions(bench, directory, log, args):
    path = bench.configuration(directory, 36, 1, 17)
    server = bench.start(bench.NET, "iperf3", "-s", log=log)
    turns = {0: [], SESSIONS: []}
    for _ in range(args.rounds):
        for sessions, figures in turns.items():
            figures.append(once(bench, directory, path, log, args, sessions))
    none, full = ({name: statistics.median(turn[name] for turn in figures) for name in figures[0]} for figures in turns.values())
    bench.table(f"Forwarding of an office with {SESSIONS} sessions beside none (aim: 0.95)",
                [("", "none Gbit/s", f"{SESSIONS}", "ratio")] +
                [(k, f"{none[k]:.2f}", f"{full[k]:.2f}", f"{full[k] / none[k]:.2f}") for k in none])
    bench.stop(server)
