# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job on real packets, told step by step: run by scripts/demo.

The 36-office example in network namespaces from 15:59 on. What it prints as measured comes from iperf3, curl and the
kernel's counters at the receiving end (traffic.py), never from Gerbang. Everything is read from the example: change its
numbers and the story follows.
"""
import os
import signal
import sys
import time
from datetime import datetime

from city import INTERNET4, TOP, WORK, City
from settings import rate
from space import sweep, wait_for
from telephone import login, page, reaches, redirect
from traffic import Flow, Meter, Paced, flows

MBIT = 1e6
START = "2026-11-23 15:59:00"  # a Monday
PARK = "taman-kota"
HOSPITAL = "rsud-murjani"
BOTH = ("down", "up")


def mbit(bps):
    return f"{bps / MBIT:.1f} Mbit/s"


class Story:
    """The narrative and the table."""

    def __init__(self):
        self.rows, self.began = [], time.monotonic()

    def tell(self, text):
        print(f"  {text}", flush=True)

    def chapter(self, clock, text):
        print(f"\n{clock}  {text}", flush=True)

    def row(self, what, configured, measured, good):
        self.rows.append((what, configured, measured, bool(good)))
        self.tell(f"{what}: configured {configured}, measured {measured}: {'pass' if good else 'FAIL'}")

    def finish(self):
        table = [("", "configured", "measured", "verdict")]
        table += [(what, configured, measured, "pass" if good else "FAIL") for what, configured, measured, good in self.rows]
        widths = [max(len(line[column]) for line in table) for column in range(4)]
        print()
        for number, line in enumerate(table):
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
            if not number:
                print("  ".join("-" * width for width in widths))
        failed = sum(not row[3] for row in self.rows)
        print(f"\n{len(self.rows) - failed} of {len(self.rows)} verdicts pass, in {time.monotonic() - self.began:.0f} s.")
        return 1 if failed or not self.rows else 0


class Demo:
    def __init__(self, city, story):
        self.city, self.story, self.gateway = city, story, city.gateway
        self.offices = city.settings["offices"]
        uplink, keep = city.settings["uplink"], 1 - city.settings["uplink"].get("headroom", 5) / 100
        self.budget = {"down": rate(uplink["download"], "") * keep, "up": rate(uplink["upload"], "") * keep}
        daily = sorted((o for o in self.offices if o["schedule"] == city.settings["site"]["schedule"]),
                       key=lambda o: self.share(o, "inside", "guaranteed", "down"), reverse=True)
        self.first, self.late = daily[0], daily[1]
        self.many = daily[:6]

    def saturate(self, offices, direction, seconds):
        """{id: bit/s} of offices that pull or push all at once, in one direction: acknowledgements queue behind nobody's data."""
        made = {o["id"]: Flow(self.city, self.host(o), direction, streams=6) for o in offices}
        with flows(*made.values()):
            time.sleep(2)
            return Meter(self.city, {n: self.city.hosts[n] for n in made},
                         {n: [f] for n, f in made.items()}).over(seconds)[direction == "up"]

    @staticmethod
    def share(office, state, kind, direction):
        return rate(office.get(state, office["inside"])[kind], direction)

    def host(self, office):
        return self.city.hosts[office["id"]]

    def clock(self):
        return datetime.fromisoformat(self.gateway.status()["time"])

    def chapter(self, text):
        self.story.chapter(self.clock().strftime("%a %H:%M:%S"), text)

    def until(self, hour, minute, skip_to=None):
        """Waits for the city's clock; moves it forward first where there is a lot of time left (this is a rehearsal)."""
        if skip_to:
            self.gateway.clock_to(skip_to)
        now, read = self.clock(), time.monotonic()
        left = (now.replace(hour=hour, minute=minute, second=0, microsecond=0) - now).total_seconds()
        time.sleep(max(0, left))
        return read + left

    # --- the steps

    def begin(self):
        self.gateway.flush = True
        self.gateway.start(rehearse=START)
        status = self.gateway.status()
        self.chapter(f"Office hours. {len(self.offices)} offices share {mbit(rate(self.city.settings['uplink']['download'], ''))}, "
                     f"{self.city.settings['uplink'].get('headroom', 5)} % kept back. Leaf queue: {status['uplink']['leaf']}.")
        self.guest, self.thief = (self.city.add_guest(PARK, dhcp=not n) for n in range(2))
        self.city.lease(self.guest)

    def alone(self):
        office, name = self.first, self.first["id"]
        self.chapter(f"{office['name']} is alone on the line and takes all it may: its ceiling, not a bit more.")
        for direction in BOTH:
            rates = self.saturate([office], direction, 3)
            ceiling = self.share(office, "inside", "ceiling", direction)
            self.story.row(f"{name} alone, {direction}", f"ceiling {mbit(ceiling)}, within 3%", mbit(rates[name]),
                           abs(rates[name] / ceiling - 1) < 0.03)

    def expected(self, offices, state, direction):
        """{id: bit/s}: the budget in the ratio of the guarantees, none over its ceiling, what that leaves shared anew."""
        left, open_, out = self.budget[direction], list(offices), {}
        while open_:
            weight = sum(self.share(o, state, "guaranteed", direction) for o in open_)
            full = [o for o in open_ if self.share(o, state, "ceiling", direction)
                    <= left * self.share(o, state, "guaranteed", direction) / weight]
            for o in full or open_:
                out[o["id"]] = min(self.share(o, state, "ceiling", direction),
                                   left * self.share(o, state, "guaranteed", direction) / weight)
            left -= sum(out[o["id"]] for o in full)
            open_ = [o for o in open_ if full and o not in full]
        return out

    def together(self):
        """As many offices as it takes to fill the line; the first two are looked at."""
        saturating = []
        for office in self.many:
            saturating.append(office)
            if sum(self.share(o, "inside", "ceiling", "down") for o in saturating) > 1.2 * self.budget["down"] and len(saturating) > 1:
                break
        names = ", ".join(o["id"] for o in saturating)
        self.chapter(f"{len(saturating)} offices saturate the line: {names}. They share in the ratio of their guarantees, and "
                     "borrow what the others leave.")
        for direction in BOTH:
            rates = self.saturate(saturating, direction, 5)
            expected = self.expected(saturating, "inside", direction)
            for office in saturating[:2]:
                name, guaranteed = office["id"], self.share(office, "inside", "guaranteed", direction)
                self.story.row(f"{name} among {len(saturating)}, {direction}",
                               f"guaranteed {mbit(guaranteed)}, share {mbit(expected[name])}, within 5%", mbit(rates[name]),
                               abs(rates[name] / expected[name] - 1) < 0.05)
            self.story.row(f"sum, {direction}", f"at most {mbit(self.budget[direction])}, within 0.5%",
                           mbit(sum(rates.values())), sum(rates.values()) < self.budget[direction] * 1.005)

    def before_opening(self):
        zone = self.city.zone(PARK)
        self.chapter(f"{zone['name']} is closed. A guest's telephone joins and is told when it opens; {self.late['name']} will "
                     "work late: gerbang office inside " + self.late["id"] + ' --until "2026-11-23 18:00"')
        _, html = page(self.guest, "-H", "Accept-Language: en")
        self.story.row("closed page", "opens 16:00", "says 16:00" if "16:00" in html else "says nothing of it", "16:00" in html)
        self.gateway.gerbang("office", "inside", self.late["id"], "--until", "2026-11-23 18:00", json_out=False)

    def four(self):
        self.chapter(f"Live connections across 16:00: {self.first['id']} downloads and uploads; {HOSPITAL}, open day and night, sends paced UDP.")
        hospital = next(o for o in self.offices if o["id"] == HOSPITAL)
        pace = min(0.9 * self.share(hospital, "inside", "guaranteed", "up"), 0.9 * self.share(hospital, "inside", "guaranteed", "down"), 9 * MBIT)
        name, running = self.first["id"], Flow(self.city, self.host(self.first), "both")
        udp = [Paced(self.city, self.city.hosts[HOSPITAL], direction, pace).wait_flowing() for direction in BOTH]
        with flows(running, *udp):
            four = self.until(16, 0, "2026-11-23 15:59:55" if self.clock().second < 53 and self.clock().minute == 59 else None)
            self.chapter("Office hours end.")
            time.sleep(max(0, four + 2 - time.monotonic()))
            measured = Meter(self.city, {name: self.host(self.first)}, {name: [running]}).over(3)
            lost, alive = [p.read()["lost"] for p in udp], running.alive()
        for direction, rates in zip(BOTH, measured):
            ceiling = self.share(self.first, "outside", "ceiling", direction)
            self.story.row(f"{name} after 16:00, {direction}", f"ceiling {mbit(ceiling)}, -10% to +2%", mbit(rates[name]),
                           0.9 < rates[name] / ceiling < 1.02)  # TCP recovers from the step: less for a while, never more
        self.story.row("its TCP connections", "go on", "went on" if alive else "broke", alive)
        self.story.row(f"{HOSPITAL}, UDP at {mbit(pace)}", "0 lost", f"{sum(lost)} lost", not sum(lost))

    def park(self):
        zone, client = self.city.zone(PARK), self.city.zone(PARK)["client"]["rate"]
        self.chapter(f"{zone['name']} is open. The guest asks for http://example.test/, reads the page, and accepts the terms.")
        nothing = not reaches(self.city, self.guest) and not self.guest.ping(INTERNET4)
        self.story.row("guest before login", "nothing but the portal", "nothing" if nothing else "the internet", nothing)
        where = redirect(self.guest, "http://example.test/")
        self.story.tell(f"redirected to {where}")
        began = time.monotonic()
        login(self.guest)
        wait_for("the guest online", lambda: self.guest.ping(INTERNET4), 5, 0)
        took = time.monotonic() - began
        self.story.row("login to online", "within 1 s", f"{took:.2f} s", took < 1)
        for way, direction in enumerate(BOTH):  # one after the other: acknowledgements would queue behind data
            flow, want = Flow(self.city, self.guest, direction), rate(client, direction)
            with flows(flow):
                time.sleep(2)
                got = Meter(self.city, {"g": self.guest}, {"g": [flow]}).over(3)[way]["g"]
            self.story.row(f"guest, {direction}", f"rate {mbit(want)}, within 5%", mbit(got), abs(got / want - 1) < 0.05)
        self.thief.space.ip("address flush dev eth0", f"address add {self.guest.address4}/20 dev eth0",
                            f"route replace default via {zone['address'].split('/')[0]}")
        stolen = reaches(self.city, self.thief)
        self.story.row("another with its IP", "stays out", "got in" if stolen else "stays out", not stolen)
        self.thief.space.ip("link set eth0 down")
        self.guest.space.ip("neigh flush dev eth0")  # so that it asks for the gateway, which learns who has the address
        self.guest.ping(INTERNET4)

    def overtime(self):
        name, crowd = self.late["id"], [o for o in self.many if o is not self.late]
        self.chapter(f"{self.late['name']} works overtime while {len(crowd)} other offices and the park pull at the line.")
        made = {o["id"]: Flow(self.city, self.host(o), "both") for o in [self.late, *crowd]}
        with flows(*made.values(), Flow(self.city, self.guest, "both")):
            time.sleep(2.5)
            measured = Meter(self.city, {name: self.host(self.late)}, {name: [made[name]]}).over(4)
        for direction, rates in zip(BOTH, measured):
            guaranteed = self.share(self.late, "inside", "guaranteed", direction)
            self.story.row(f"{name} in overtime, {direction}", f"at least {mbit(guaranteed)}, less 5%", mbit(rates[name]),
                           rates[name] > 0.95 * guaranteed)

    def morning(self):
        self.gateway.clock_to("2026-11-24 07:29:50")
        self.chapter("The next morning. The guest is back in the park before work, and still downloading at 07:30.")
        if not self.guest.ping(INTERNET4):
            login(self.guest)
        made = Flow(self.city, self.guest, "both"), Paced(self.city, self.guest, "down", MBIT).wait_flowing()
        with flows(*made):
            closes = self.until(7, 30)
            self.chapter("Office hours begin: the park closes.")
            time.sleep(max(0, closes + 2 - time.monotonic()))
            meter = Meter(self.city, {"g": self.guest}, {"g": [made[0]]})
            time.sleep(1)
            down, up = meter.rates()
            last = made[1].read()["last"] - closes
        moved = down["g"] + up["g"]
        self.story.row("guest's TCP 2 s after closing", "stopped", "stopped" if moved < 100e3 else mbit(moved), moved < 100e3)
        self.story.row("its one-way UDP", "stops within 2 s", f"last after {max(last, 0):.2f} s", last < 2)
        _, html = page(self.guest, "-H", "Accept-Language: en")
        self.story.row("closed page", "opens 16:00", "says 16:00" if "16:00" in html else "says nothing of it", "16:00" in html)
        name, flow = self.first["id"], Flow(self.city, self.host(self.first), "down")
        with flows(flow):
            time.sleep(1.5)
            down, _ = Meter(self.city, {name: self.host(self.first)}).over(3)
        ceiling = self.share(self.first, "inside", "ceiling", "down")
        self.story.row(f"{name} in the morning, down", f"ceiling {mbit(ceiling)}, within 3%", mbit(down[name]), abs(down[name] / ceiling - 1) < 0.03)

    def run(self):
        for step in (self.begin, self.alone, self.together, self.before_opening, self.four, self.park, self.overtime, self.morning):
            step()


def kept(city):
    gerbang = f"{os.path.join(city.gateway.build, 'ctl/gerbang')} -c {city.conf}"
    gateway = city.gateway.space.name
    print(f"""
The city stands. Look around in it:
  {gerbang} status
  {gerbang} schedule --days 7
  {gerbang} rehearse to "2026-11-24 18:00"                  # an evening: the park is open
  {gerbang} zone close taman-kota --for 10min; {gerbang} zone auto taman-kota
  {gerbang} office inside dinkes --until "2026-11-24 20:00"
  {gerbang} sessions                                         # after a guest has logged in:
  ip netns exec {gateway} nft list table inet gerbang
  ip netns exec {gateway} tc -s class show dev gerbang-ifb
  ip netns exec {city.guests[PARK][0].name} curl -i http://example.test/     # a guest in the park: redirected
  ip netns exec {city.guests[PARK][0].name} curl -si -X POST http://wifi.kotimkab.go.id/login   # ... and online
  ip netns exec {city.hosts[HOSPITAL].name} ping {INTERNET4}                # a host at the hospital
Logs and configuration: {city.directory}
Remove it: scripts/demo --remove
""")


def interrupt(*_):
    raise KeyboardInterrupt


def main(arguments):
    if "--remove" in arguments:
        os.makedirs(WORK, exist_ok=True)
        removed = sweep(WORK, kept=True)
        print("removed" if removed else "no city stands")
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    story = Story()
    try:
        with City(example=os.path.join(TOP, "etc/gerbang")) as city:
            try:
                Demo(city, story).run()
                if "--keep" in arguments:
                    city.keep()
                else:
                    city.gateway.stop()
            except AssertionError as error:
                story.row("the demo itself", "runs to its end", str(error).splitlines()[0][:60], False)
                print(error, city.gateway.logs()[-6000:], sep="\n", file=sys.stderr)
            status = story.finish()
            if city.kept:
                kept(city)
            return status
    except KeyboardInterrupt:
        print("\nstopped; the city is gone", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
