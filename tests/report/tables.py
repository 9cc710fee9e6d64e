# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of a report as they have to be: what recompute.py comes to, in rows of texts as the CSV files have them, in the Indonesian words of the report.

tables(month) is {key of the table: rows}; facts are rows of (what, value, unit). A table without rows is not in a report.
"""
from recompute import OFFICE, OWN, TERMS_UPLINK, TERMS_ZONE, UNATTRIBUTED, UPLINK, ZONE, day_of, half_up, iso_day, iso_month, iso_time, midnight, permyriad
from shown import shown

OUTAGES = {1: "saluran fisik putus", 2: "tidak ada jawaban dari internet", 3: "paket banyak yang hilang"}
GAPS = {1: "program pengukur berhenti", 2: "mesin mati (listrik atau gangguan)", 3: "penghitung tidak terbaca", 4: "buku besar tidak dapat ditulis",
        5: "jam mesin diubah", 6: "penghitung terhapus"}
SPLITS = {"equal": "sama rata menurut hari", "guaranteed": "menurut jaminan", "delivered": "menurut pemakaian", "p95": "menurut persentil ke-95"}
REASONS = {"short": ("belum dapat dinilai", "data kurang: hari aktif kurang dari 14, atau tanpa persentil atau jaminan"),
           "full": ("terlalu rendah", "persentil ke-95 mencapai atau melampaui jaminan"),
           "demand": ("terlalu rendah", "membutuhkan lebih dari yang diberikan selama lebih dari 2 % waktu terukur"),
           "quota": ("terlalu rendah", "kuota habis sedikitnya dalam dua bulan"),
           "idle": ("terlalu tinggi", "persentil ke-95 tidak pernah mencapai 40 % jaminan"),
           "fits": ("sesuai", "pemakaian sepadan dengan jaminan")}
CHANGES = (("name", "nama", "text"), ("budget_code", "kode rekening", "text"), ("budget_rupiah", "pagu setahun", "rupiah"),
           ("inside guaranteed down_bps", "jaminan unduh (Mbit/s)", "bps"), ("inside guaranteed up_bps", "jaminan unggah (Mbit/s)", "bps"),
           ("inside ceiling down_bps", "batas atas unduh (Mbit/s)", "bps"), ("inside ceiling up_bps", "batas atas unggah (Mbit/s)", "bps"),
           ("outside guaranteed down_bps", "di luar jam kerja: jaminan unduh (Mbit/s)", "bps"),
           ("outside guaranteed up_bps", "di luar jam kerja: jaminan unggah (Mbit/s)", "bps"),
           ("outside ceiling down_bps", "di luar jam kerja: batas atas unduh (Mbit/s)", "bps"),
           ("outside ceiling up_bps", "di luar jam kerja: batas atas unggah (Mbit/s)", "bps"),
           ("quota_bytes", "kuota sebulan (GB)", "bytes"), ("over", "tindakan bila kuota terlampaui", "over"))
OVER = {"throttle": "laju diturunkan", "notice": "pemberitahuan saja"}
DAYS = (("mon", "Senin"), ("tue", "Selasa"), ("wed", "Rabu"), ("thu", "Kamis"), ("fri", "Jumat"), ("sat", "Sabtu"), ("sun", "Minggu"))
MOST = 15


def hours(windows):
    """A schedule as it is recorded, as people read it."""
    for short, name in DAYS:
        windows = (windows or "").replace(short, name)
    return windows.replace("-", "–").replace(":", ".")


def text(value):
    return "" if value is None or value == "" else str(value)


def yes(value):
    return "ya" if value else "tidak"


def row(*values):
    return [text(value) for value in values]


class Labels:
    """What each is called: its name, with its id where another has the same; the order of the rows."""

    def __init__(self, names):
        several = {name for name in names.values() if list(names.values()).count(name) > 1}
        self.of = {ident: f"{name} ({ident})" if name in several else name or ident for ident, name in names.items()}
        self.order = sorted(names, key=lambda ident: (names[ident].casefold(), ident))


class Report:
    def __init__(self, month):
        self.month, self.ledger = month, month.ledger
        self.offices = {ident: month.office(ident) for ident in month.offices}
        self.labels = Labels({ident: office["name"] for ident, office in self.offices.items()})
        self.zone_labels = Labels({ident: month.names(TERMS_ZONE, ident)[0] for ident in month.zones})
        self.contract = month.contract()
        self.money = month.money()
        self.bought = [month.terms_of(TERMS_UPLINK, "", month.until - 1).get(way, 0) for way in ("download_bps", "upload_bps")]

    def each(self, make):
        return [make(self.labels.of[ident], self.offices[ident]) for ident in self.labels.order]

    # ---- uplink ----

    def uplink(self):
        month, use = self.month, self.month.total((UPLINK, ""), self.month.days)
        down, up = month.sums((UPLINK, ""), month.days)
        seconds, rate = month.until_sec - month.from_sec, month.rates.get((UPLINK, ""))
        busy = [max(values) for values in zip(*(self.ledger.busy(day) for day in month.days))]
        headroom = month.terms_of(TERMS_UPLINK, "", month.until - 1).get("headroom_percent", 0)
        return [("Dibeli, unduh (Mbit/s)", self.bought[0], "bps"), ("Dibeli, unggah (Mbit/s)", self.bought[1], "bps"),
                ("Rata-rata unduh (Mbit/s)", down * 8 // seconds, "bps"), ("Rata-rata unggah (Mbit/s)", up * 8 // seconds, "bps"),
                ("Persentil ke-95 unduh (Mbit/s)", rate and rate.down, "bps"), ("Persentil ke-95 unggah (Mbit/s)", rate and rate.up, "bps"),
                ("Puncak lima menit, unduh (Mbit/s)", rate and rate.peak_down, "bps"), ("Puncak lima menit, unggah (Mbit/s)", rate and rate.peak_up, "bps"),
                ("Jam tersibuk, unduh (Mbit/s)", busy[0] or None, "bps"), ("Jam tersibuk, unggah (Mbit/s)", busy[1] or None, "bps"),
                ("Utilisasi unduh (persentil ke-95 / dibeli)", rate and permyriad(rate.down, self.bought[0]), "permyriad"),
                ("Utilisasi unggah (persentil ke-95 / dibeli)", rate and permyriad(rate.up, self.bought[1]), "permyriad"),
                ("Cadangan yang tidak dibagikan", headroom * 100, "permyriad"),
                ("Terkirim, unduh (GB)", down, "bytes"), ("Terkirim, unggah (GB)", up, "bytes"),
                ("Di antaranya menyusul, unduh (GB)", use.late_down, "bytes"), ("Di antaranya menyusul, unggah (GB)", use.late_up, "bytes")]

    def outages(self):
        month, out = self.month, []
        for began, ended, cause in self.ledger.all("SELECT began_wall_usec, ended_wall_usec, cause FROM outage ORDER BY began_wall_usec, id"):
            began, open_, ended = began // 1000000, ended == 0, ended // 1000000
            if began >= month.until_sec or (not open_ and ended <= month.from_sec):
                continue
            began = max(began, month.from_sec)
            until = month.until_sec if open_ else min(ended, month.until_sec)
            out.append((began, None if open_ else until, until - began, OUTAGES[cause]))
        return out

    def service_level(self):
        measured, down, carrier, silent, loss = self.month.minutes(self.month.days)
        c, outages = self.contract, self.outages()
        terms = c["terms"] if c else {}
        refunds = "; ".join(f"di bawah {shown(tier['below_permille'] * 10, 'permyriad')}: {tier['percent']} %" for tier in terms.get("refunds", []))
        return [("Menit dalam bulan ini", (self.month.until - self.month.first) * 1440, "count"), ("Menit terukur", measured, "count"), ("Menit putus", down, "count"),
                ("Menit putus: saluran fisik putus", carrier, "count"), ("Menit putus: tidak ada jawaban dari internet", silent, "count"),
                ("Menit putus: paket banyak yang hilang", loss, "count"), ("Ketersediaan", permyriad(measured - down, measured) if measured else None, "permyriad"),
                ("Tingkat layanan (SLA) menurut kontrak", c and terms["sla_permille"] * 10, "permyriad"),
                ("Tingkat layanan terpenuhi", c and measured and yes(c["met"]) or None, "text"), ("Ketentuan restitusi", refunds, "text"),
                ("Restitusi dari biaya bulan ini", c and c["percent"] * 100 if measured else None, "permyriad"), ("Restitusi", c and c["refund"], "rupiah"),
                ("Jumlah gangguan", len(outages), "count"), ("Lama semua gangguan (jam:menit:detik)", sum(o[2] for o in outages), "seconds")]

    def uplink_days(self):
        month = self.month
        volumes, busy_hours, available, lending = [], [], [], []
        for day in month.days:
            down, up = month.delivered((UPLINK, ""), day)
            volumes.append(row(iso_day(day), down, up, down + up))
            busy = self.ledger.busy(day)
            known = any(busy)
            busy_hours.append(row(iso_day(day), busy[0] if known else None, self.bought[0], busy[1] if known else None, self.bought[1],
                                  permyriad(busy[0], self.bought[0]) if known else None, permyriad(busy[1], self.bought[1]) if known else None))
            minutes = month.minutes([day])
            available.append(row(iso_day(day), *minutes[:2], permyriad(minutes[0] - minutes[1], minutes[0]) if minutes[0] else None))
            use = self.ledger.use_of(day)
            lent = sum(use[ZONE, zone].borrowed for zone in month.zones if (ZONE, zone) in use)
            public = sum(sum(month.delivered((ZONE, zone), day)) for zone in month.zones)
            terms = month.terms_of(TERMS_UPLINK, "", day)
            seconds = half_up(use[UPLINK, ""].msec, 1000) if (UPLINK, "") in use else 0
            spare = max((terms.get("download_bps", 0) + terms.get("upload_bps", 0)) * seconds // 8 - down - up, 0)
            short = len({(minute, of) for minute, of, *_rest in month.shortfalls if midnight(day) <= minute < midnight(day + 1)})
            lending.append(row(iso_day(day), public, lent, spare, short))
        return volumes, busy_hours, available, lending

    def tests(self):
        found = self.ledger.all("SELECT wall_usec, server, down_bps, up_bps, error FROM line_test WHERE wall_usec >= ? AND wall_usec < ? ORDER BY wall_usec, id",
                                self.month.from_sec * 1000000, self.month.until_sec * 1000000)
        return [row(iso_time(wall // 1000000), server, None if error else down, None if error else up, error) for wall, server, down, up, error in found]

    def accounted(self):
        def line(name, subjects):
            sums = [self.month.sums(subject, self.month.days) for subject in subjects]
            down, up = sum(s[0] for s in sums), sum(s[1] for s in sums)
            return row(name, down, up, down + up)
        return [line("Kantor", [(OFFICE, ident) for ident in self.offices]), line("Zona publik", [(ZONE, ident) for ident in self.month.zones]),
                line("Gateway sendiri", [(OWN, "")]), line("Tanpa pemilik", [(UNATTRIBUTED, "")])]

    # ---- offices ----

    def volumes(self):
        return self.each(lambda name, o: row(name, o["id"], o["down"], o["up"], o["down"] + o["up"], o["corrected"], o["use"].late_down + o["use"].late_up, o["active"]))

    def largest(self):
        found = [self.offices[ident] for ident in self.labels.order]
        found.sort(key=lambda o: -(o["down"] + o["up"]))
        return [row(self.labels.of[o["id"]], o["down"], o["up"], o["down"] + o["up"]) for o in found[:MOST]]

    def capacity(self):
        def remark(o):
            return "; ".join(["baru bulan ini"] * o["added"] + ["berakhir bulan ini"] * o["removed"] + [f"dahulu: {o['former']}"] * bool(o["former"]))
        return self.each(lambda name, o: row(name, *o["guaranteed"], *o["ceiling"], iso_day(o["days"][0]), iso_day(o["days"][-1]), remark(o)))

    def rates(self):
        def line(name, o):
            rate, seconds = o["rate"], len(o["days"]) * 86400
            used = [permyriad(rate[i], o["guaranteed"][i]) if rate and o["guaranteed"][i] else None for i in (0, 1)]
            return row(name, o["down"] * 8 // seconds, o["up"] * 8 // seconds, rate and rate.down, rate and rate.up, rate and rate.peak_down, rate and rate.peak_up, *used)
        return self.each(line)

    def quotas(self):
        stages = dict(self.ledger.all("SELECT office, stage FROM quota_stage WHERE month = ?", self.month.month))
        window = self.month.from_sec * 1000000, self.month.until_sec * 1000000
        events = self.ledger.all("SELECT subject, kind, min(wall_usec) FROM event WHERE kind LIKE 'quota.%' AND wall_usec >= ? AND wall_usec < ? GROUP BY 1, 2", *window)
        when = {(subject, kind): iso_time(wall // 1000000) for subject, kind, wall in events}
        exempt = self.ledger.all("SELECT office, from_wall_usec, until_wall_usec FROM exemption")
        out = []
        for ident in self.labels.order:
            o = self.offices[ident]
            if not o["quota"]:
                continue
            stage = ("di bawah batas", "sudah diberi tahu", "terlampaui")[stages.get(ident, 0)]
            if stages.get(ident) == 2 and o["terms"].get("over") == "throttle":
                stage = "terlampaui, laju diturunkan"
            used = o["down"] + o["up"]
            over = when.get((ident, "quota.throttle")) or when.get((ident, "quota.over"))
            out.append(row(self.labels.of[ident], o["quota"], used, permyriad(used, o["quota"]), stage, when.get((ident, "quota.notice")), over,
                           sum(office == ident and begins < window[1] and ends > window[0] for office, begins, ends in exempt)))
        return out

    def service(self):
        def line(name, o):
            measured, down = self.month.minutes(o["days"])[:2]
            use, rate = o["use"], o["rate"]
            return row(name, measured, down, permyriad(measured - down, measured) if measured else None, half_up(use.msec, 1000), use.demand_down + use.demand_up,
                       use.short_down + use.short_up, o["short_minutes"], rate and rate.samples, rate and rate.missing)
        return self.each(line)

    def changes(self):
        out = []
        for ident in self.labels.order:
            terms = self.month.terms.get((4, ident))
            versions = terms.versions if terms else []
            for index, (wall, document) in enumerate(versions):
                if not self.month.from_sec <= wall < self.month.until_sec or terms.begins(index) == float("-inf"):
                    continue
                before = versions[index - 1][1] if index else None
                day, label = iso_day(day_of(int(wall * 1000000))), self.labels.of[ident]
                if not before or not document:
                    out.append(row(day, label, "kantor", before and before["name"], document and document["name"]))
                    continue
                for path, words, unit in CHANGES:
                    pair = [walk(document_, path) for document_ in (before, document)]
                    if pair[0] != pair[1]:
                        out.append(row(day, label, words, *(say(value, unit) for value in pair)))
        return out

    def daily(self, kind, labels, members):
        out = []
        for ident in labels.order:
            for day in members[ident]:
                down, up = self.month.delivered((kind, ident), day)
                out.append(row(labels.of[ident], iso_day(day), down, up, down + up))
        return out

    # ---- zones ----

    def zone_tables(self):
        month, visits, volumes = self.month, [], []
        for ident in self.zone_labels.order:
            label, days = self.zone_labels.of[ident], month.zones[ident]
            terms = month.terms_of(TERMS_ZONE, ident, days[-1])
            opened = self.ledger.all("SELECT ifnull(sum(open_min), 0) FROM opening WHERE zone = ? AND day >= ? AND day < ?", ident, month.first, month.until)[0][0]
            sessions, visitors, anonymous, online = month.visits.get(ident, (0, 0, 0, 0))
            visits.append(row(label, hours(terms.get("open")), hours(terms.get("not_during")), opened, sessions, visitors if visitors or not sessions else None, anonymous, online))
            down, up = month.sums((ZONE, ident), days)
            rate, guaranteed = month.rates.get((ZONE, ident)), terms.get("guaranteed", {})
            volumes.append(row(label, down, up, down + up, month.total((ZONE, ident), days).borrowed, guaranteed.get("down_bps", 0), guaranteed.get("up_bps", 0),
                               rate and rate.down, rate and rate.up))
        return visits, volumes

    def shortfalls(self):
        found = sorted(self.month.shortfalls, key=lambda s: (-(s[3] - s[4]), s[0], s[1], s[2]))
        return [row(iso_time(minute), self.labels.of[of], "unggah" if up else "unduh", entitled, achieved, entitled - achieved)
                for minute, of, up, entitled, achieved in found[:50]]

    # ---- money ----

    def contract_facts(self):
        c = self.contract
        terms, split = c["terms"], {key: value for key, value in c["terms"].get("split", {}).items() if value}
        words = ", ".join(f"{split[key]} % {SPLITS[key]}" for key in SPLITS if key in split) or f"100 % {SPLITS['equal']}"
        return [("Penyedia", terms["provider"], "text"), ("Nomor kontrak", terms.get("number"), "text"), ("Berlaku sejak", iso_day(terms["from_day"]), "day"),
                ("Berlaku sampai", iso_day(terms["to_day"]), "day"), ("Harga sebulan", terms["monthly_rupiah"], "rupiah"),
                ("Hari bulan ini yang tercakup", c["days"], "count"), ("Hari dalam bulan ini", self.month.until - self.month.first, "count"),
                ("Biaya bulan ini", c["cost"], "rupiah"), ("Persen restitusi", c["percent"] * 100, "permyriad"), ("Restitusi", c["refund"], "rupiah"),
                ("Biaya bersih bulan ini", c["net"], "rupiah"), ("Kunci pembagian", words, "text")]

    def year(self):
        realised, budget = self.month.realised(), self.contract["terms"].get("budget_rupiah", 0) if self.contract else 0
        return [("Dihitung sejak", iso_month(self.month.year()[0].month), "month"), ("Pagu setahun", budget or None, "rupiah"),
                ("Realisasi sampai bulan ini", realised, "rupiah"), ("Sisa pagu", budget - realised if budget else None, "rupiah"),
                ("Realisasi dari pagu", permyriad(realised, budget) if budget else None, "permyriad")]

    def comparison(self):
        baseline, net = self.month.baseline_each * len(self.offices), self.contract["net"]
        return [("Satu saluran sebulan", self.month.baseline_each, "rupiah"), ("Kantor bulan ini", len(self.offices), "count"),
                ("Pembanding: satu saluran tiap kantor", baseline, "rupiah"), ("Biaya bersih bulan ini", net, "rupiah"),
                ("Selisih (positif: lebih hemat)", baseline - net, "rupiah")]

    def shares(self):
        return self.each(lambda name, o: row(name, o["terms"].get("budget_code"), permyriad(self.money[o["id"]][0], self.contract["cost"]), *self.money[o["id"]]))

    def largest_costs(self):
        found = sorted(self.labels.order, key=lambda ident: -self.money[ident][2])
        out = [row(self.labels.of[ident], self.money[ident][2]) for ident in found[:MOST]]
        others = found[MOST:]
        return out + [row(f"Kantor lain ({len(others)})", sum(self.money[ident][2] for ident in others))] * bool(others)

    def budget_codes(self):
        codes = sorted({o["terms"].get("budget_code", "") for o in self.offices.values()})
        out = []
        for code in codes:
            members = [o["id"] for o in self.offices.values() if o["terms"].get("budget_code", "") == code]
            out.append(row(code or "tanpa kode", len(members), *(sum(self.money[ident][i] for ident in members) for i in range(3))))
        return out

    def budgets(self):
        def line(name, o):
            budget, realised = o["terms"].get("budget_rupiah", 0), self.month.realised(o["id"])
            return row(name, o["terms"].get("budget_code"), budget or None, realised, budget - realised if budget else None)
        return self.each(line)

    # ---- the rest ----

    def need(self):
        advice = {ident: self.month.advice(ident) for ident in self.offices}
        verdicts = self.each(lambda name, o: row(name, *REASONS[advice[o["id"]]["reason"]], *(advice[o["id"]]["suggested"] or (None, None))))
        judged = self.each(lambda name, o: judge(name, advice[o["id"]]))
        return verdicts, judged, advice

    def gaps(self):
        month, out = self.month, []
        for began, ended, cause, lost in self.ledger.all("SELECT from_wall_usec, to_wall_usec, cause, lost FROM gap ORDER BY from_wall_usec, id"):
            if began < month.until_sec * 1000000 and ended > month.from_sec * 1000000:
                inside = min(ended // 1000000, month.until_sec) - max(began // 1000000, month.from_sec)
                out.append(row(iso_time(began // 1000000), iso_time(ended // 1000000), inside, GAPS[cause], yes(lost)))
        return out

    def corrections(self):
        names = {OFFICE: self.labels.of, ZONE: self.zone_labels.of}
        return [row(iso_time(wall // 1000000), iso_day(day), names[kind][ident], down, up, down + up, who, reason)
                for _id, wall, day, kind, ident, down, up, who, reason in self.month.corrections]

    def verification(self, closed):
        last = max((day for day in self.ledger.closed if self.month.first <= day < self.month.until), default=None)
        return [("Hari tertutup terakhir", iso_day(last) if last is not None else None, "day"),
                ("Sidik", self.ledger.closed[last].hex() if last is not None else None, "text"), ("Bulan sudah ditutup", yes(closed), "text"),
                ("Persentil sudah tercatat tetap", yes(self.month.recorded), "text")]

    def summary(self, advice):
        uplink, c = self.month.sums((UPLINK, ""), self.month.days), self.contract
        offices = [sum(o[way] for o in self.offices.values()) for way in ("down", "up")]
        measured, down = self.month.minutes(self.month.days)[:2]
        count = [sum(REASONS[a["reason"]][0] == verdict for a in advice.values()) for verdict in ("terlalu rendah", "sesuai", "terlalu tinggi", "belum dapat dinilai")]
        year = self.year()
        return [("Uplink, unduh (GB)", uplink[0], "bytes"), ("Uplink, unggah (GB)", uplink[1], "bytes"), ("Semua kantor, unduh (GB)", offices[0], "bytes"),
                ("Semua kantor, unggah (GB)", offices[1], "bytes"), ("Kantor", len(self.offices), "count"), ("Zona publik", len(self.month.zones), "count"),
                ("Ketersediaan uplink", permyriad(measured - down, measured) if measured else None, "permyriad"),
                ("Biaya bulan ini", c and c["cost"], "rupiah"), ("Restitusi dari penyedia", c and c["refund"], "rupiah"), ("Biaya bersih bulan ini", c and c["net"], "rupiah"),
                *year[1:4], ("Jaminan terlalu rendah (kantor)", count[0], "count"), ("Jaminan sesuai (kantor)", count[1], "count"),
                ("Jaminan terlalu tinggi (kantor)", count[2], "count"), ("Jaminan belum dapat dinilai (kantor)", count[3], "count"),
                ("Celah pengukuran", len(self.gaps()), "count"), ("Koreksi", len(self.month.corrections), "count")]


def judge(name, a):
    known = a["months"] > 0
    guaranteed = a["office"]["guaranteed"]
    return row(name, a["months"], a["active"], guaranteed[0], a["p95"][0] if known else None, guaranteed[1], a["p95"][1] if known else None,
               a["demand"] if known else None)


def walk(document, path):
    for word in path.split():
        document = document.get(word) if document else None
    return document


def say(value, unit):
    if not value:
        return ""
    return OVER[value] if unit == "over" else value if unit == "text" else shown(value, unit)


def facts(rows):
    return [row(*fact) for fact in rows]


def tables(month, closed=True):
    report = Report(month)
    volumes, busy_hours, available, lending = report.uplink_days()
    visits, zone_volumes = report.zone_tables()
    verdicts, judged, advice = report.need()
    out = {
        "summary": facts(report.summary(advice)), "uplink": facts(report.uplink()), "service_level": facts(report.service_level()),
        "outages": [row(iso_time(began), iso_time(ended) if ended else None, seconds, cause) for began, ended, seconds, cause in report.outages()],
        "uplink_daily": volumes, "busy_hours": busy_hours, "availability": available, "tests": report.tests(), "accounted": report.accounted(),
        "offices": report.volumes(), "largest_offices": report.largest(), "capacity": report.capacity(), "rates": report.rates(), "quotas": report.quotas(),
        "service": report.service(), "office_changes": report.changes(), "daily": report.daily(OFFICE, report.labels, month.offices),
        "daily_zones": report.daily(ZONE, report.zone_labels, month.zones), "zones": visits, "zone_volumes": zone_volumes, "lending": lending if month.zones else [],
        "shortfalls": report.shortfalls(), "year": facts(report.year()), "budgets": report.budgets(), "need": verdicts, "need_measured": judged,
        "gaps": report.gaps(), "corrections": report.corrections(), "verification": facts(report.verification(closed)),
    }
    if report.contract:
        out.update(contract=facts(report.contract_facts()), cost=report.shares(), largest_costs=report.largest_costs(), budget_codes=report.budget_codes())
        if month.baseline_each:
            out["comparison"] = facts(report.comparison())
    return {key: rows for key, rows in out.items() if rows}
