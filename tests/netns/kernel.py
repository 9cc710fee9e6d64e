# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel holds, as text that two readings can be compared by, and a record of every change in between."""
import json
import re
import time

VOLATILE = {"packets", "bytes", "handle", "expires", "drops", "overlimits", "requeues", "backlog", "qlen", "index",
            "direct_packets_stat", "refcnt"}


def fills_itself(body):
    """A set that rules write to. Debian 12's nft leaves "dynamic" out of its JSON: then the element's own limit tells."""
    elements = body["elem"] if isinstance(body["elem"], list) else []
    return "dynamic" in body.get("flags", ()) or any(
        {"limit", "ct count"} & set(element["elem"]) for element in elements if isinstance(element, dict) and isinstance(element.get("elem"), dict))


def strip(value):
    """Without counters, handles, what is left of a timeout, and what packets put into sets themselves."""
    if isinstance(value, dict):
        return {key: strip(inner) for key, inner in value.items() if key not in VOLATILE and not (key == "elem" and fills_itself(value))}
    if isinstance(value, list):
        return [strip(inner) for inner in value]
    return value


def snapshot(space, everything=True):
    """{what: text}: nftables, queue disciplines, classes, links, addresses, the forwarding switches."""
    def tool(*command):
        text = space.run(*command)
        return json.loads(text) if text.strip() else []

    links = sorted(row["ifname"] for row in tool("ip", "-j", "link"))
    held = {
        "nft": strip(tool("nft", "-j", "list", "ruleset")["nftables"][1:]),
        "qdisc": sorted(json.dumps(strip(row), sort_keys=True) for row in tool("tc", "-j", "qdisc", "show")
                        if row.get("kind") != "noqueue"),
        "links": links,
        "addresses": sorted(f"{row['ifname']} {a['local']}/{a['prefixlen']}" for row in tool("ip", "-j", "address")
                            for a in row["addr_info"] if a["scope"] == "global"),
    }
    for link in links:
        # A queue's own flows (cake, fq_codel) show as classes, too, and come and go with traffic.
        held[f"class {link}"] = "\n".join(sorted(re.sub(r" leaf \S+", "", line) for line in
                                                 space.run("tc", "class", "show", "dev", link).splitlines()
                                                 if line.startswith("class htb")))
        filters = (space.run("tc", "filter", "show", "dev", link)
                   + space.run("tc", "filter", "show", "dev", link, "egress", check=False))
        held[f"filter {link}"] = re.sub(r"(fh|order|ht|index|ref|bind) \w+:*\w*", "", filters)
    if everything:
        for key in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            held[key] = space.sysctl(key)
    return {key: value if isinstance(value, str) else json.dumps(value, sort_keys=True) for key, value in held.items()}


def differences(before, after):
    """{what: (before, after)}, of what has lines only those that differ."""
    found = {}
    for key in sorted(set(before) | set(after)):
        old, new = (str(side.get(key, "")).replace("}, {", "},\n{").splitlines() for side in (before, after))
        if old != new:
            found[key] = [line for line in old if line not in new], [line for line in new if line not in old]
    return found


NO_CHANGE = re.compile(r"probe|dev if\d|^\[NEIGH\]|^# new generation")


class Watch:
    """Every change that the kernel announces while the block runs: nft, tc, links, addresses, routes."""

    COMMANDS = (("nft", "monitor"), ("tc", "monitor"), ("ip", "monitor", "link", "address"))

    def __init__(self, city):
        self.city, self.space = city, city.gateway.space

    def __enter__(self):
        self.running = []
        for number, command in enumerate(self.COMMANDS):
            path = self.city.path(f"monitor-{number}.log")
            with open(path, "w") as file:
                self.running.append((path, self.space.popen("stdbuf", "-oL", *command, stdout=file)))
        time.sleep(0.5)  # until they listen
        return self

    def __exit__(self, *_):
        time.sleep(0.5)  # until they have printed
        for _, process in self.running:
            process.terminate()
            process.wait(5)

    def lines(self):
        """Changes: not the neighbour table's, nor those on the shaper's throw-away probe of leaf queues, which is gone
        (and then only a number) by the time that a monitor looks for its name."""
        records = []
        for path, _ in self.running:
            for line in open(path, errors="replace").read().splitlines():
                if line[:1].isspace() and records:
                    records[-1] += "\n" + line
                elif line.strip():
                    records.append(line)
        return [record for record in records if not NO_CHANGE.search(record)]
