# SPDX-License-Identifier: GPL-2.0-or-later
"""The portal's figures: redirect and page beside nginx with the same bytes, logins from HTTP to the kernel, memory.

2,048 guests, each with an address and a MAC of its own, speak from one namespace (bench_http.c): nftables there writes the MAC
that belongs to an address, and takes what comes back to it. nginx listens where the portal listens, behind the same rules,
one worker, so that only the program differs; rounds alternate.
"""
import json
import os
import statistics
import subprocess
import time

GUESTS, FIRST = 2048, "10.128.8.0"
CONNECTIONS, SECONDS, ROUNDS = (2, 64, 256), 3, 3
NAME = "wifi.example"
REQUESTS = {
    "redirect": ("192.0.2.1", "GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"),
    "page": ("10.128.0.1", f"GET / HTTP/1.1\r\nHost: {NAME}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"),
    "login": ("10.128.0.1", f"POST /login HTTP/1.1\r\nHost: {NAME}\r\nUser-Agent: bench\r\nConnection: close\r\n"
              "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nlang=id"),
}


def guest(i):
    return f"10.128.{8 + i // 256}.{i % 256}", f"02:00:00:00:{i // 256:02x}:{i % 256:02x}"


def populate(bench):
    """The guests, in PARK, and who they are, in GW."""
    bench.batch(bench.PARK, ["addr replace 10.128.0.2/17 dev z0", "route replace default via 10.128.0.1",
                             "route replace local 10.128.8.0/21 dev lo"])
    pairs = [guest(i) for i in range(GUESTS)]
    bench.batch(bench.GW, [f"neigh replace {ip} lladdr {mac} nud permanent dev zone0" for ip, mac in pairs])
    rows = ", ".join(f"{ip} : {mac}" for ip, mac in pairs)
    bench.run("nft", "-f", "-", ns=bench.PARK, stdin=f"""table netdev bench {{
        map macs {{ type ipv4_addr : ether_addr; elements = {{ {rows} }}; }}
        chain out {{ type filter hook egress device z0 priority 0; ether saddr set ip saddr map @macs; }}
        chain in {{ type filter hook ingress device z0 priority 0; meta pkttype set host; }}
    }}""")


def drive(bench, directory, kind, connections, seconds=SECONDS, sources=GUESTS):
    server, text = REQUESTS[kind]
    path = os.path.join(directory, "request")
    with open(path, "w", newline="", encoding="ascii") as file:
        file.write(text)
    return json.loads(bench.run(f"{bench.BUILD}/tests/bench/bench-http", server, "80", FIRST, str(sources), str(connections),
                                str(seconds), path, ns=bench.PARK))


def answer(bench, kind):
    """(headers, body) that the portal gives: what nginx is to give as well."""
    server, text = REQUESTS[kind]
    host = text.split("Host: ")[1].split("\r")[0]
    path = text.split()[1]
    done = bench.run("curl", "-s", "-i", "--interface", guest(0)[0], "-H", f"Host: {host}", f"http://{server}{path}", ns=bench.PARK)
    head, _, body = done.replace("\r\n", "\n").partition("\n\n")
    return [tuple(line.split(": ", 1)) for line in head.split("\n")[1:]], body


def nginx_conf(bench, directory):
    """One worker, no log; the same headers in the same number, the same bodies."""
    made = {"date", "content-length", "connection", "content-type"}
    places = {}
    for kind in ("redirect", "page"):
        headers, body = answer(bench, kind)
        with open(os.path.join(directory, f"{kind}.html"), "w", encoding="utf-8") as file:
            file.write(body)
        places[kind] = "".join(f'add_header {k} "{v}" always; ' for k, v in headers if k.lower() not in made)
    path = os.path.join(directory, "nginx.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""daemon off; worker_processes 1; user root; pid {directory}/nginx.pid; error_log {directory}/nginx.log crit;
events {{ worker_connections 4096; }}
http {{ access_log off; server_tokens off; tcp_nopush on; open_file_cache max=10; default_type "text/html; charset=utf-8";
  keepalive_requests 100000000; root {directory};
  server {{ listen 8080 default_server backlog=1024; keepalive_timeout 0; error_page 418 =302 /redirect.html; location / {{ return 418; }}
    location = /redirect.html {{ internal; {places["redirect"]} }} }}
  server {{ listen 8080; server_name {NAME}; location / {{ try_files /page.html =404; {places["page"]} }} }} }}
""")
    return path


class Servers:
    """The portal and nginx in turn on one port."""

    def __init__(self, bench, directory, log):
        self.bench, self.directory, self.log = bench, directory, log
        self.process = None

    def use(self, name):
        if self.process:
            self.bench.stop(self.process)
        argv = {"portal": [f"{self.bench.BUILD}/portal/gerbang-portal", "-r", f"{self.directory}/run"],
                "nginx": ["nginx", "-c", f"{self.directory}/nginx.conf"]}[name]
        self.process = self.bench.start(self.bench.GW, *argv, log=self.log)
        for _ in range(100):
            if ":1F90 " in self.bench.run("cat", "/proc/net/tcp", "/proc/net/tcp6", ns=self.bench.GW):
                time.sleep(0.3)
                return
            time.sleep(0.1)
        raise SystemExit(f"bench: {name} does not listen")


def side_by_side(bench, directory, servers):
    figures = {}
    for _ in range(ROUNDS):
        for name in ("nginx", "portal"):
            servers.use(name)
            for kind in ("redirect", "page"):
                for connections in CONNECTIONS:
                    figures.setdefault((kind, connections), {}).setdefault(name, []).append(drive(bench, directory, kind, connections))
    rows = [("", "nginx req/s", "portal", "ratio", "nginx p50 us", "portal", "nginx p99 us", "portal", "errors")]
    for (kind, connections), both in figures.items():
        median = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in both.items()}
        n, p = median["nginx"], median["portal"]
        rows.append((f"{kind}, {connections} connections", f"{n['per_second']:.0f}", f"{p['per_second']:.0f}",
                     f"{p['per_second'] / n['per_second']:.2f}", f"{n['median_usec']:.0f}", f"{p['median_usec']:.0f}",
                     f"{n['p99_usec']:.0f}", f"{p['p99_usec']:.0f}", sum(run["errors"] for runs in both.values() for run in runs)))
    bench.table("Redirect (each on a new connection) and page (kept; the portal asks the daemon for each), beside nginx (aim: 0.8)", rows)


def logins(bench, directory, path):
    """Every guest logs in once. A first pass of the same number makes the classes that guests get."""
    done = drive(bench, directory, "login", 64, 0)
    sessions = json.loads(bench.run(f"{bench.BUILD}/ctl/gerbang", "-c", path, "sessions", "--json", ns=bench.GW))
    bench.table(f"{GUESTS} guests log in through HTTP, 64 at a time (aim: 1,000 a second)",
                [("", "a second", "p50 us", "p99 us", "303", "503", "sessions"),
                 ("logins", f"{done['per_second']:.0f}", done["median_usec"], done["p99_usec"], done["3xx"], done["5xx"], len(sessions))])


def bench_portal(bench, directory, log):
    if subprocess.run(["which", "nginx"], stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit("bench: nginx is not installed (apt-get install nginx-light)")
    path = bench.configuration(directory, 1, 1, 17)
    shaper = bench.start(bench.GW, f"{bench.BUILD}/shaper/gerbang-shaper", "-c", path, "--flush", log=log)
    bench.shaper_up(path)
    daemon = bench.start(bench.GW, f"{bench.BUILD}/daemon/gerbangd", "-c", path, "--rehearse", f"{bench.OUTSIDE}:00", log=log)
    bench.wait_status(path)
    populate(bench)
    servers = Servers(bench, directory, log)
    servers.use("portal")
    nginx_conf(bench, directory)
    side_by_side(bench, directory, servers)
    servers.use("portal")
    logins(bench, directory, path)
    rss = bench.resident({"gerbang-portal"})
    bench.table("Resident memory of the portal in MB (aim: under 10)", [(k, f"{v:.1f}") for k, v in rss.items()])
    bench.stop(servers.process)
    bench.stop(daemon)
    bench.stop(shaper)
