# SPDX-License-Identifier: GPL-2.0-or-later
"""A month's report computed once more, from the ledger's rows alone, in Python's integers, by the rules of docs/finance.md: nothing of the
product's code is used, and where rows of five minutes are kept nothing of its sums.

Month(ledger, configuration, "2024-02").tables() gives each table of the report as rows of texts, as its CSV file has them.
"""
import collections
import datetime
import hashlib
import json
import os
import sqlite3

OFFICE, ZONE, OWN, UNATTRIBUTED, UPLINK = range(1, 6)
TERMS_SITE, TERMS_UPLINK, TERMS_CONTRACT, TERMS_OFFICE, TERMS_ZONE = range(1, 6)
SPLITS = ("equal", "guaranteed", "delivered", "p95")
ZONE_SEC = 7 * 3600
DAY_SEC = 86400
ACTIVE = 1000000
EPOCH = datetime.date(1970, 1, 1)


def half_up(number, by):
    """number / by, half away from zero."""
    return (2 * abs(number) + by) // (2 * by) * (1 if number >= 0 else -1)


def permyriad(part, whole):
    return half_up(part * 10000, whole) if whole else 0


def split_amount(amount, weights):
    """The largest remainder; among equal ones the first."""
    weights = list(weights) if any(weights) else [1] * len(weights)
    total = sum(weights)
    out = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[:amount - sum(out)]:
        out[i] += 1
    return out


def split_contract(amount, percent, weights):
    parts = split_amount(amount, [percent.get(key, 0) for key in SPLITS] if any(percent.values()) else [100, 0, 0, 0])
    out = [0] * len(weights)
    for key, part in zip(SPLITS, parts):
        if part and weights:
            out = [a + b for a, b in zip(out, split_amount(part, [weight[key] for weight in weights]))]
    return out


def first_day(month):
    return (datetime.date(month // 12, month % 12 + 1, 1) - EPOCH).days


def midnight(day):
    return day * DAY_SEC - ZONE_SEC


def day_of(wall_usec):
    return (wall_usec // 1000000 + ZONE_SEC) // DAY_SEC


def iso_day(day):
    return (EPOCH + datetime.timedelta(days=day)).isoformat()


def iso_month(month):
    return f"{month // 12:04}-{month % 12 + 1:02}"


def iso_time(sec):
    zone = datetime.timezone(datetime.timedelta(seconds=ZONE_SEC))
    return datetime.datetime.fromtimestamp(sec, zone).isoformat()


class Use:
    """What was counted of a subject in some time."""
    __slots__ = ("msec", "down", "up", "late_down", "late_up", "borrowed", "demand_down", "demand_up", "short_down", "short_up")

    def __init__(self, *values):
        for name, value in zip(self.__slots__, values or [0] * len(self.__slots__)):
            setattr(self, name, value or 0)

    def add(self, other):
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


USE = ("sum(msec), sum(down_bytes), sum(up_bytes), sum(down_late_bytes), sum(up_late_bytes), sum(down_borrowed + up_borrowed), "
       "sum(down_demand_sec), sum(up_demand_sec), sum(down_short_sec), sum(up_short_sec)")
Rate = collections.namedtuple("Rate", "down up samples missing peak_down peak_up")


class Ledger:
    def __init__(self, directory):
        self.db = sqlite3.connect(f"file:{os.path.join(directory, 'ledger.db')}?mode=ro", uri=True)
        with open(os.path.join(directory, "ledger.key"), "rb") as file:
            self.key = file.read()
        self.subjects = {number: (kind, name) for number, kind, name in self.all("SELECT number, kind, id FROM subject")}
        self.closed = dict(self.all("SELECT day, hash FROM link"))
        self.days, self.kept = {}, {}

    def all(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def rows_of(self, day):
        return self.all("SELECT min(at), max(at) FROM slice WHERE day = ? AND at >= ifnull((SELECT before_day FROM pruned), -9999999) * 86400 - 50400", day)[0]

    def use_of(self, day):
        """By subject: from rows of five minutes where they are kept, else from the day's totals."""
        if day not in self.days:
            first, last = self.rows_of(day)
            if first is None:
                found = self.all(f"SELECT key & 65535, {USE} FROM usage_day WHERE key BETWEEN ? AND ? GROUP BY 1", day << 16, (day << 16) + 65535)
            else:
                found = self.all(f"SELECT key & 65535, {USE} FROM usage_row WHERE key BETWEEN ? AND ? GROUP BY 1", first << 16, (last << 16) + 65535)
            self.days[day] = {self.subjects[number]: Use(*values) for number, *values in found}
        return self.days[day]

    def rates_of_rows(self, from_sec, until_sec):
        """The percentiles of all, from every row; {} where there are none."""
        downs, ups, rows = collections.defaultdict(list), collections.defaultdict(list), (from_sec << 16, (until_sec << 16) - 1)
        for number, msec, down, up in self.db.execute(
                "SELECT key & 65535, msec, down_bytes - down_late_bytes, up_bytes - up_late_bytes FROM usage_row WHERE key BETWEEN ? AND ?", rows):
            if msec >= 150000:
                downs[number].append(down * 8000 // msec)
                ups[number].append(up * 8000 // msec)
        out = {}
        for number, first, last in self.all("SELECT key & 65535, min(key >> 16), max(key >> 16) FROM usage_row WHERE key BETWEEN ? AND ? GROUP BY 1", *rows):
            down, up, n = sorted(downs[number]), sorted(ups[number]), len(downs[number])
            missing, at = (last - first) // 300 + 1 - n, n - n * 5 // 100 - 1
            out[self.subjects[number]] = Rate(down[at], up[at], n, missing, down[-1], up[-1]) if n else Rate(0, 0, 0, missing, 0, 0)
        return out

    def rates_of_record(self, month):
        return {(kind, name): Rate(*values) for kind, name, *values in self.all(
            "SELECT kind, id, down_bps, up_bps, samples, missing, peak_down_bps, peak_up_bps FROM month_rate WHERE month = ?", month)}

    def busy(self, day):
        """bit/s of the busiest hour each way, from rows."""
        first, last = self.rows_of(day)
        if first is None:
            return 0, 0
        number = next((n for n, subject in self.subjects.items() if subject[0] == UPLINK), None)
        hours = self.all("SELECT hour, sum(down_bytes - down_late_bytes), sum(up_bytes - up_late_bytes) FROM usage_row u JOIN slice ON slice.at = u.key >> 16"
                         " WHERE u.key BETWEEN ? AND ? AND u.key & 65535 = ? GROUP BY 1", first << 16, (last << 16) + 65535, number)
        return max((row[1] * 8 // 3600 for row in hours), default=0), max((row[2] * 8 // 3600 for row in hours), default=0)

    def visits(self, from_sec, until_sec):
        """zone: [sessions, devices, of nobody known, seconds online], and "" for all."""
        out = collections.defaultdict(lambda: [0, set(), 0, 0])
        for zone, mac, known, began, ended, saved in self.all(
                "SELECT zone, mac, hash, started_wall_usec, ended_wall_usec, saved_wall_usec FROM session WHERE started_wall_usec >= ? AND started_wall_usec < ?",
                from_sec * 1000000, until_sec * 1000000):
            if mac is not None:
                known = hashlib.blake2b(mac, key=self.key, digest_size=16).digest()
            for row in (out[zone], out[""]):
                row[0] += 1
                row[2] += known is None
                if known is not None:
                    row[1].add(known)
                row[3] += ((saved if ended is None else ended) - began) // 1000000
        return {zone: (row[0], len(row[1]), row[2], row[3]) for zone, row in out.items()}

    def visits_of_record(self, month):
        return {zone: tuple(values) for zone, *values in self.all("SELECT zone, sessions, visitors, anonymous, online_sec FROM month_visits WHERE month = ?", month)}


class Terms:
    """Versions of one subject's terms: (from when on in seconds, document or None)."""

    def __init__(self, versions, ever):
        self.versions = sorted(versions, key=lambda version: version[0])
        self.ever = ever  # recorded first of all: valid from ever

    def begins(self, index):
        return float("-inf") if index == 0 and self.ever else self.versions[index][0]

    def configured(self, from_sec, until_sec):
        """At some time of [from, until)."""
        for index, (_wall, document) in enumerate(self.versions):
            ends = self.versions[index + 1][0] if index + 1 < len(self.versions) else float("inf")
            if document and self.begins(index) < until_sec and ends > from_sec:
                return True
        return False

    def at_end(self, until_sec):
        """The last that began before; else the first there is."""
        found = [document for index, (_wall, document) in enumerate(self.versions) if document and self.begins(index) < until_sec]
        return found[-1] if found else next((document for _wall, document in self.versions if document), None)


class Month:
    """`settings`: the configuration's baseline. `memory`: months that have been computed of the same ledger."""

    def __init__(self, ledger, month, baseline=7000000, memory=None, rows=True):
        self.ledger, self.baseline_each, self.memory = ledger, baseline, memory if memory is not None else {}
        self.month = int(month[:4]) * 12 + int(month[5:]) - 1 if isinstance(month, str) else month
        self.first, self.until = first_day(self.month), first_day(self.month + 1)
        self.from_sec, self.until_sec = midnight(self.first), midnight(self.until)
        self.days = range(self.first, self.until)
        self.memory[self.month] = self
        self.read_rates(rows)
        self.read_terms()
        self.read_corrections()
        self.read_availability()
        self.offices = self.who(OFFICE, TERMS_OFFICE)
        self.zones = self.who(ZONE, TERMS_ZONE)

    def before(self, months):
        """An earlier month, or None where the ledger has nothing of it."""
        month = self.month - months
        if not self.ledger.all("SELECT 1 FROM usage_month WHERE key BETWEEN ? AND ? LIMIT 1", month << 16, (month << 16) + 65535):
            return None
        return self.memory.get(month) or Month(self.ledger, month, self.baseline_each, self.memory)

    # ---- what is in the ledger ----

    def read_rates(self, rows):
        self.recorded = bool(self.ledger.all("SELECT 1 FROM month_record WHERE month = ?", self.month))
        self.rates = self.ledger.rates_of_rows(self.from_sec, self.until_sec) if rows else {}
        self.of_record = self.ledger.rates_of_record(self.month) if self.recorded else {}
        if not self.rates:
            self.rates = self.of_record
        self.visits = self.ledger.visits_of_record(self.month) if self.recorded else self.ledger.visits(self.from_sec, self.until_sec)

    def read_terms(self):
        versions = collections.defaultdict(list)
        rows = self.ledger.all("SELECT wall_usec, kind, subject, document FROM terms ORDER BY wall_usec, id")
        for wall, kind, name, document in rows:
            versions[kind, name].append((wall / 1000000, json.loads(document) if document else None))
        ever = rows[0][0] if rows else None
        self.terms = {who: Terms(found, found[0][0] == ever / 1000000) for who, found in versions.items()}
        self.recorded_from = ever / 1000000 if rows else None

    def read_corrections(self):
        self.corrections = self.ledger.all("SELECT c.id, wall_usec, day, kind, s.id, down_bytes, up_bytes, who, reason FROM correction c JOIN subject s ON number = c.subject"
                                           " WHERE day >= ? AND day < ? ORDER BY c.id", self.first, self.until)
        self.corrected = collections.defaultdict(lambda: (0, 0))
        for _id, _wall, day, kind, name, down, up, _who, _reason in self.corrections:
            before = self.corrected[kind, name, day]
            self.corrected[kind, name, day] = before[0] + down, before[1] + up

    def read_availability(self):
        self.available = {row[0]: row[1:] for row in self.ledger.all(
            "SELECT day, measured_min, down_min, carrier_min, silent_min, loss_min FROM availability WHERE day >= ? AND day < ?", self.first, self.until)}
        self.shortfalls = self.ledger.all("SELECT minute_sec, s.id, up, entitled_bps, achieved_bps FROM shortfall JOIN subject s ON number = subject"
                                          " WHERE kind = 1 AND minute_sec >= ? AND minute_sec < ?", self.from_sec, self.until_sec)

    def minutes(self, days):
        return [sum(self.available.get(day, (0,) * 5)[i] for day in days) for i in range(5)]

    def delivered(self, subject, day):
        use = self.ledger.use_of(day).get(subject)
        down, up = self.corrected[(*subject, day)] if (*subject, day) in self.corrected else (0, 0)
        return (use.down if use else 0) + down, (use.up if use else 0) + up

    # ---- who, when ----

    def who(self, kind, terms_kind):
        """Offices or zones that were there on some day: {id: days}, by id."""
        names = {name for day in self.days for (k, name), use in self.ledger.use_of(day).items() if k == kind and use.down + use.up > 0}
        names |= {name for (k, name) in self.terms if k == terms_kind} | {row[4] for row in self.corrections if row[3] == kind}
        out = {}
        for name in sorted(names):
            days = [day for day in self.days if self.is_there(kind, terms_kind, name, day)]
            if days:
                out[name] = days
        return out

    def is_there(self, kind, terms_kind, name, day):
        use = self.ledger.use_of(day).get((kind, name))
        terms = self.terms.get((terms_kind, name))
        return bool(use and use.down + use.up > 0) or (kind, name, day) in self.corrected or bool(
            terms and terms.configured(midnight(day), midnight(day + 1)))

    def terms_of(self, kind, name, day):
        terms = self.terms.get((kind, name))
        return (terms.at_end(midnight(day + 1)) if terms else None) or {}

    def names(self, kind, name):
        """The last one in this month, and those before it."""
        terms = self.terms.get((kind, name))
        found = []
        for index, (_wall, document) in enumerate(terms.versions if terms else []):
            ends = terms.versions[index + 1][0] if index + 1 < len(terms.versions) else float("inf")
            if document and terms.begins(index) < self.until_sec and ends > self.from_sec and (not found or found[-1] != document["name"]):
                found.append(document["name"])
        if not found:
            found = [self.terms_of(kind, name, self.until - 1).get("name", name)]
        former = [other for i, other in enumerate(found[:-1]) if other != found[-1] and other not in found[:i]]
        return found[-1], ", ".join(former)

    def total(self, subject, days):
        use = Use()
        for day in days:
            found = self.ledger.use_of(day).get(subject)
            if found:
                use.add(found)
        return use

    def sums(self, subject, days):
        """Delivered down and up."""
        both = [self.delivered(subject, day) for day in days]
        return sum(d for d, _u in both), sum(u for _d, u in both)

    # ---- offices ----

    def office(self, name):
        if not hasattr(self, "office_memory"):
            self.office_memory = {}
        if name not in self.office_memory:
            self.office_memory[name] = self.make_office(name)
        return self.office_memory[name]

    def make_office(self, name):
        days, subject = self.offices[name], (OFFICE, name)
        terms, use = self.terms_of(TERMS_OFFICE, name, days[-1]), self.total(subject, days)
        office = {"id": name, "days": days, "terms": terms, "use": use, "rate": self.rates.get(subject)}
        office["name"], office["former"] = self.names(TERMS_OFFICE, name)
        office["down"], office["up"] = self.sums(subject, days)
        office["corrected"] = sum(sum(self.corrected[OFFICE, name, day]) for day in days if (OFFICE, name, day) in self.corrected)
        office["guaranteed"] = [terms.get("inside", {}).get("guaranteed", {}).get(way, 0) for way in ("down_bps", "up_bps")]
        office["ceiling"] = [terms.get("inside", {}).get("ceiling", {}).get(way, 0) for way in ("down_bps", "up_bps")]
        office["active"] = sum(sum(self.delivered(subject, day)) >= ACTIVE for day in days)
        office["quota"] = terms.get("quota_bytes", 0)
        office["short_minutes"] = len({minute for minute, of, *_rest in self.shortfalls if of == name})
        versions = self.terms[TERMS_OFFICE, name].versions if (TERMS_OFFICE, name) in self.terms else []
        known = self.terms.get((TERMS_OFFICE, name))
        office["added"] = bool(versions) and not known.ever and self.from_sec <= versions[0][0] < self.until_sec
        office["removed"] = bool(versions) and self.from_sec <= versions[-1][0] < self.until_sec and versions[-1][1] is None
        return office

    def weights(self):
        out = []
        for name, days in self.offices.items():
            office = self.office(name)
            guaranteed = 0
            for day in days:
                inside = self.terms_of(TERMS_OFFICE, name, day).get("inside", {}).get("guaranteed", {})
                guaranteed += (inside.get("down_bps", 0) + inside.get("up_bps", 0)) // 1000
            rate = office["rate"]
            out.append({"equal": len(days), "guaranteed": guaranteed, "delivered": max(office["down"] + office["up"], 0),
                        "p95": max(rate.down, rate.up) if rate else 0})
        return out

    # ---- money ----

    def contract(self):
        """The last version recorded that covers a day of the month; its document, days, cost, refund, and whether the service level was met."""
        found = None
        for _wall, document in self.terms[TERMS_CONTRACT, ""].versions if (TERMS_CONTRACT, "") in self.terms else []:
            if document and document["from_day"] < self.until and document["to_day"] >= self.first:
                found = document
        if not found:
            return None
        days = min(found["to_day"] + 1, self.until) - max(found["from_day"], self.first)
        cost = half_up(found["monthly_rupiah"] * days, self.until - self.first)
        measured, down = self.minutes(self.days)[:2]
        percents = [tier["percent"] for tier in found.get("refunds", []) if (measured - down) * 1000 < tier["below_permille"] * measured]
        percent = max(percents, default=0)
        refund = half_up(cost * percent, 100)
        return {"terms": found, "days": days, "cost": cost, "percent": percent, "refund": refund, "net": cost - refund,
                "met": down * 1000 <= measured * (1000 - found["sla_permille"])}

    def money(self):
        """By office: share, refund, net."""
        if not hasattr(self, "money_memory"):
            contract, self.money_memory = self.contract(), {}
            if contract and self.offices:
                weights, percent = self.weights(), contract["terms"].get("split", {})
                shares = split_contract(contract["cost"], percent, weights)
                refunds = split_contract(contract["refund"], percent, weights)
                self.money_memory = {name: (share, refund, share - refund) for name, share, refund in zip(self.offices, shares, refunds)}
        return self.money_memory

    def year(self):
        """The months of the year up to this one that the ledger knows, oldest first."""
        months = [self.before(n) for n in range(self.month % 12, 0, -1)]
        return [month for month in months if month] + [self]

    def realised(self, name=None):
        if name is not None:
            return sum(month.money().get(name, (0, 0, 0))[2] for month in self.year())
        return sum((month.contract() or {"net": 0})["net"] for month in self.year())

    # ---- need ----

    def advice(self, name):
        office, guaranteed = self.office(name), self.office(name)["guaranteed"]
        months = [month for month in [self] + [self.before(n) for n in (1, 2)] if month and name in month.offices and month.rates.get((OFFICE, name))]
        months = [month for month in months if month.rates[OFFICE, name].samples]
        p95 = [max((month.rates[OFFICE, name][way] for month in months), default=0) for way in (0, 1)]
        active = sum(month.office(name)["active"] for month in months)
        demands = [(max(month.office(name)["use"].demand_down, month.office(name)["use"].demand_up), half_up(month.office(name)["use"].msec, 1000)) for month in months]
        used_up = sum(bool(month.office(name)["quota"]) and month.office(name)["down"] + month.office(name)["up"] >= month.office(name)["quota"] for month in months)
        if not months or active < 14 or not any(guaranteed):
            reason = "short"
        elif p95[0] >= guaranteed[0] or p95[1] >= guaranteed[1]:
            reason = "full"
        elif any(demand * 100 > measured * 2 for demand, measured in demands):
            reason = "demand"
        elif used_up >= 2:
            reason = "quota"
        else:
            reason = "idle" if p95[0] * 100 < 40 * guaranteed[0] and p95[1] * 100 < 40 * guaranteed[1] else "fits"
        wanted = [max(-(-rate * 5 // 4000000), 1) * 1000000 for rate in p95]
        pick = {"full": max, "demand": max, "quota": max, "idle": min}.get(reason)
        suggested = [pick(a, b) for a, b in zip(guaranteed, wanted)] if pick else guaranteed
        if suggested == guaranteed:
            suggested, reason = None, "fits" if reason == "idle" else reason
        demand = max((permyriad(demand, measured) for demand, measured in demands), default=0)
        return {"months": len(months), "active": active, "p95": p95, "demand": demand, "reason": reason, "suggested": suggested, "office": office}
