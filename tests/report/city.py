# SPDX-License-Identifier: GPL-2.0-or-later
"""Cities whose months are reported: configurations in the order in which they were valid, and the ledger that tests/bench/report_city.c makes of them.

A city is a list of (local time, Configuration); the last one lies beside the ledger as gerbang.conf. The same arguments give the same city.
"""
import copy
import json
import os
import sqlite3
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("GERBANG_BUILD", os.path.join(TOP, "build"))
PROGRAM = os.path.join(BUILD, "tests", "bench", "report-city")
ZONE = "Asia/Pontianak"

KINDS = ("Dinas", "Badan", "Kecamatan", "Kelurahan", "Puskesmas", "SMP Negeri", "UPTD", "Bagian")
FIELDS = ("Kesehatan", "Pendidikan", "Perhubungan", "Sosial", "Pertanian", "Perikanan", "Kebudayaan dan Pariwisata",
          "Pemberdayaan Perempuan, Perlindungan Anak, Pengendalian Penduduk dan Keluarga Berencana", "Arsip", "Lingkungan Hidup")
CODES = ("5.1.02.02.01.0063", "5.1.02.02.01.0064", "", "5.1.02.02.01.0063")

HOSTILE = [
    '=HYPERLINK("http://example.invalid","Klik")', "+1+1", "-2+3", "@SUM(1+1)*cmd|' /C calc'!A0", "  =1+2", "＝1+2",
    "<script>alert(1)</script> & \"Rekan\" 'x'", "</style></td><img src=x onerror=alert(1)>", "\u202etxt.exe rotkaK\u202c",
    "مكتب الشؤون الدينية", "Dinas Berbaris", "x" * 120, "Dinas Sumber Daya Air, Bina Marga, Bina Konstruksi, "
    "Perumahan Rakyat dan Kawasan Permukiman Kotim", "2024-02-29",
    "0812", "TRUE", "{{7*7}} ${7*7} #{7}", "dinas pendidikan", "Dinas Pendidikan", "Dinas Pendidikan", "\u00c9kologi", "zeta, \"koma\"; titik",
    "_x0041_ e\u0301 \ufeff\u200b", "\u65e5\u672c\u8a9e\u306e\u540d\u524d",
]


# What no configuration takes, but a file that somebody has altered may hold.
ALTERED = {"Dinas Berbaris": "Dinas\tBerbaris\r\nBaru\x07\x1b[31m =1+1", "x" * 120: "Sangat Panjang " * 300}


class Configuration:
    """What a test changes of a configuration, as plain data; text() is the file."""

    def __init__(self, state, offices, zones, uplink_mbit=10000):
        self.site = "Diskominfo Kabupaten Contoh"
        self.state, self.offices, self.zones, self.uplink_mbit = state, offices, zones, uplink_mbit
        self.contract = {"provider": "PT Contoh Jaringan Nusantara", "number": "027/123/2024", "monthly": 120000001, "from": "2023-01-01",
                         "to": "2024-12-31", "sla": 99.5, "split": '"guaranteed"', "refunds": [(99.5, 5), (99.0, 10), (95.0, 50)],
                         "budget": 1440000000}
        self.report = 'letterhead = ( "PEMERINTAH KABUPATEN CONTOH", "DINAS KOMUNIKASI DAN INFORMATIKA" ); baseline = 7000000;'
        self.signatory = {"office": "Kepala Dinas Komunikasi dan Informatika", "name": "Nama Pejabat", "nip": "197001011995031001", "place": "Sampit"}

    def copy(self):
        return copy.deepcopy(self)

    def contract_text(self):
        if not self.contract:
            return ""
        c = self.contract
        refunds = ", ".join(f"{{ below = {float(below)}; percent = {percent}; }}" for below, percent in c["refunds"])
        return (f'contract = {{ provider = {quoted(c["provider"])}; number = {quoted(c["number"])}; monthly = {c["monthly"]}; from = "{c["from"]}"; '
                f'to = "{c["to"]}"; sla = {c["sla"]}; split = {c["split"]}; refunds = ( {refunds} ); budget = {c["budget"]}; }};\n')

    def text(self):
        signatory = " ".join(f"{key} = {quoted(value)};" for key, value in self.signatory.items())
        return f"""site = {{ name = {quoted(self.site)}; timezone = "{ZONE}"; language = "id"; schedule = "kantor"; }};
paths = {{ state = "{self.state}"; run = "{self.state}/run"; }};
uplink = {{ device = "wan0"; download = "{self.uplink_mbit} Mbit"; upload = "{self.uplink_mbit} Mbit"; headroom = 5; nat = true; own = "2 Mbit";
  unattributed = "1 Mbit"; probes = ( "1.1.1.1" ); }};
dns = ( "1.1.1.1" );
schedules = ( {{ id = "kantor"; windows = ( "mon-thu 07:30-16:00", "fri 07:30-11:00", "fri 13:00-16:00" ); holidays = true; }},
  {{ id = "24-jam"; windows = ( "mon-sun 00:00-24:00" ); }}, {{ id = "taman"; windows = ( "mon-sun 06:00-22:00" ); }} );
holidays = ( {{ date = "2024-02-08"; name = "Isra Mikraj"; }}, {{ date = "2024-02-14"; name = "Pemilu"; }} );
{self.contract_text()}signatory = {{ {signatory} }};
report = {{ {self.report} }};
offices = (
{("," + chr(10)).join(office_text(number, office) for number, office in enumerate(self.offices))}
);
zones = (
{("," + chr(10)).join(zone_text(number, zone) for number, zone in enumerate(self.zones))}
);
"""


def quoted(text):
    out = ""
    for letter in text:
        out += {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(letter, letter)
    return f'"{out}"'


def share(down, up, ceiling):
    return (f'{{ guaranteed = {{ down = "{down} kbit"; up = "{up} kbit"; }}; ceiling = {{ down = "{ceiling} kbit"; up = "{ceiling} kbit"; }}; }}')


def office_text(number, office):
    place = office.get("place", number)
    down, up = office["down"], office["up"]
    words = [f'id = "{office["id"]}"; name = {quoted(office["name"])}; schedule = "{office.get("schedule", "kantor")}"; devices = ( "lan0" );',
             f'prefixes = ( "10.{place // 250 + 20}.{place % 250}.0/24" ); inside = {share(down, up, max(down, up) * 4)};',
             f'outside = {share(max(down // 10, 8), max(up // 10, 8), max(down, up))};']
    if office.get("quota"):
        words.append(f'quota = {{ monthly = "{office["quota"]} GB"; notice = 80; over = "{office.get("over", "notice")}"; throttle = "{max(up // 20, 8)} kbit"; }};')
    if office.get("code"):
        words.append(f'budget_code = "{office["code"]}";')
    if office.get("budget"):
        words.append(f'budget = {office["budget"]};')
    return "{ " + " ".join(words) + " }"


def zone_text(number, zone):
    words = [f'id = "{zone["id"]}"; name = {quoted(zone["name"])}; devices = ( "zone{number}" ); address = "10.2{number:02}.0.1/20";',
             f'open = "{zone.get("open", "taman")}";', f'guaranteed = "{zone["mbit"]} Mbit"; ceiling = "300 Mbit";',
             'client = { rate = { down = "10 Mbit"; up = "3 Mbit"; }; session = "2 h"; }; login = ( "click" );']
    if zone.get("not_during"):
        words.append(f'not_during = "{zone["not_during"]}";')
    return "{ " + " ".join(words) + " }"


def make_offices(n, names=()):
    offices = []
    for i in range(n):
        down = 2000 + i * 7 % 40 * 1000 + (i % 3) * 128
        office = {"id": f"kantor-{(i * 37) % n + 1:03}", "down": down, "up": down // (1 if i % 4 else 2) // 8 * 8, "code": CODES[i % 4],
                  "name": names[i] if i < len(names) else f"{KINDS[i % len(KINDS)]} {FIELDS[i // 3 % len(FIELDS)]} {i // 11 + 1}",
                  "schedule": "24-jam" if i % 17 == 5 else "kantor", "place": i}
        if i % 5 == 0:
            office.update(quota=40 + i % 7 * 200, over="throttle" if i % 2 else "notice")
        if i % 6 == 0:
            office["budget"] = 3000000 + i * 10001
        offices.append(office)
    return offices


def make_zones(n):
    names = ("Taman Kota", "Ikon Jelawat", "Terowongan Nur Mentaya", "Gedung Serbaguna", "Halaman Diskominfo")
    return [{"id": f"taman-{i + 1:02}", "name": names[i % len(names)], "mbit": 4 + i * 3, "not_during": "kantor" if i % 2 else None} for i in range(n)]


def by_id(configuration, name):
    return next(office for office in configuration.offices if office["id"] == name)


def stages_of(configuration):
    """What happens to the offices of a city: one is renamed twice, one gets more, one comes, one goes; in the same February."""
    first = configuration
    ids = [office["id"] for office in first.offices]
    second = first.copy()
    by_id(second, ids[1])["name"] += " (sementara)"
    by_id(second, ids[2]).update(down=by_id(second, ids[2])["down"] + 3000, quota=77)
    second.offices.append({"id": "baru-001", "name": "Kantor Baru", "down": 3000, "up": 3000, "code": "5.1.02.02.01.0063", "budget": 1000000, "place": 700})
    third = second.copy()
    by_id(third, ids[1])["name"] = "Badan Bernama Baru"
    by_id(third, ids[3]).update(code="5.1.9", over="throttle", quota=500, budget=5555555)
    third.offices = [office for office in third.offices if office["id"] != ids[4]]
    third.zones[0]["mbit"] += 1
    third.offices.append({"id": "baru-002", "name": "Kantor Terbaru", "down": 4000, "up": 2000, "place": 701})
    return first, second, third


def story(configuration):
    """The stages with their times: the first December is terms of the fifth day, February has two changes, one more on its last day."""
    first, second, third = stages_of(configuration)
    fourth = third.copy()
    fourth.contract = dict(fourth.contract, monthly=130000003, number="027/124/2024", split=MIX) if fourth.contract else None
    january = first.copy()
    if january.contract:
        january.contract.update(split='"delivered"', monthly=99999999, to="2024-01-31", sla=99.9, refunds=[(99.9, 3)])
        for stage in (first, second, third, fourth):
            stage.contract["from"] = "2024-02-01"
    return [("2023-12-05 10:00", january), ("2024-01-20 08:30", first), ("2024-02-09 09:30", second), ("2024-02-20 14:00", third),
            ("2024-02-29 23:00", fourth)]


MIX = '( { by = "equal"; percent = 17; }, { by = "guaranteed"; percent = 23; }, { by = "delivered"; percent = 31; }, { by = "p95"; percent = 29; } )'


def alter(ledger):
    """Names in the ledger that no configuration would have."""
    db = sqlite3.connect(os.path.join(ledger, "ledger.db"))
    for number, document in db.execute("SELECT id, document FROM terms WHERE kind = 4 AND document <> ''").fetchall():
        terms = json.loads(document)
        if terms["name"] in ALTERED:
            terms["name"] = ALTERED[terms["name"]]
            db.execute("UPDATE terms SET document = ? WHERE id = ?", (json.dumps(terms), number))
    db.commit()
    db.close()


def make(directory, stages, start, until, rows_from, seed=1, flags=(), ledger=None):
    """Writes the configurations and the ledger. Returns the path of the last configuration."""
    ledger = ledger or directory
    os.makedirs(ledger, exist_ok=True)
    words = []
    for number, (when, configuration) in enumerate(stages):
        path = os.path.join(directory, f"stage-{number}.conf")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(configuration if isinstance(configuration, str) else configuration.text())
        words.append(f"{when}={path}")
    subprocess.run([PROGRAM, ledger, start, until, rows_from, str(seed), *flags, *words], check=True, timeout=600)
    last = os.path.join(directory, "gerbang.conf")
    os.replace(os.path.join(directory, f"stage-{len(stages) - 1}.conf"), last)
    return last
