# SPDX-License-Identifier: GPL-2.0-or-later
"""The monthly report as it reaches people: asked for at the command line, and by itself on the first working day, with the files in a mail that a real
server takes; once, whatever is off, full, dead or away in between."""
import contextlib
import datetime
import email
import email.policy
import hashlib
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import time
from zoneinfo import ZoneInfo

import pytest

from asking import control_says
from city import HERE, HOSTS
from fixtures import open_city
from gateway import SANITIZERS, build_directory
from settings import small, write as write_conf
from space import wait_for

MAIL, PORT = HOSTS[3], 2525
MAILBOX = os.path.join(HERE, "mailbox.py")
BOSS = "kepala@kotim.test"
ZONE = ZoneInfo("Asia/Pontianak")
EPOCH = datetime.date(1970, 1, 1)
TYPES = {"pdf": b"%PDF-", "xlsx": b"PK\x03\x04", "html": b"<!DOCTYPE html", "csv": b""}


def offices():
    """Those of the made-up ledger (month_city.c)."""
    rate = {"guaranteed": "10 Mbit", "ceiling": "50 Mbit"}
    return [{"id": f"kantor-{i:03}", "name": f"Kantor {i}", "schedule": "kantor", "devices": ["lan0"], "prefixes": [f"10.10.{i}.0/24"], "inside": rate}
            for i in range(1, 5)]


def settings(**more):
    zone = dict(small()["zones"][0], id="taman-01")
    return small(offices=offices(), zones=[zone], mail={"server": f"mail.test:{PORT}", "from": "gerbang@kotim.test", "to": [BOSS]},
                 report={"formats": ["pdf", "xlsx"]}, **more)


def make_ledger(directory, first, until):
    """Days [first, until), all but the last closed; the daemon's."""
    os.makedirs(directory, exist_ok=True)
    subprocess.run([os.path.join(build_directory(), "tests/unit/month-city"), directory, str((first - EPOCH).days), str((until - EPOCH).days)],
                   check=True, env=dict(os.environ, **SANITIZERS))
    user = pwd.getpwnam("gerbang")
    for folder, _, names in os.walk(directory):
        for path in [folder] + [os.path.join(folder, name) for name in names]:
            os.chown(path, user.pw_uid, user.pw_gid)


def files(folder):
    """{name: bytes} of what is no mark and no draft."""
    made = {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name not in ("sent", "written"):
            with open(os.path.join(folder, name), "rb") as file:
                made[name] = file.read()
    return made


def digest(named):
    return {name: hashlib.sha256(content).hexdigest() for name, content in named.items()}


@pytest.fixture(scope="module", autouse=True)
def leaks(tmp_path_factory):
    """What fontconfig keeps until its process ends, a sanitizer's build would take for ours."""
    path = tmp_path_factory.mktemp("leaks") / "leaks"
    path.write_text("leak:libfontconfig\n")
    before = os.environ.get("LSAN_OPTIONS")
    os.environ["LSAN_OPTIONS"] = f"suppressions={path}:print_suppressions=0"
    yield
    if before is None:
        del os.environ["LSAN_OPTIONS"]
    else:
        os.environ["LSAN_OPTIONS"] = before


# --- at the command line: no daemon, no network


def month_before(day):
    return (day.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


class Desk:
    """A site of which only the files are there, and last month in its ledger."""

    def __init__(self, directory, close=True, **changes):
        self.directory = str(directory)
        self.today = datetime.datetime.now(ZONE).date()
        self.month = month_before(self.today)
        self.state = os.path.join(self.directory, "state")
        made = settings(paths={"state": self.state, "run": os.path.join(self.directory, "run")}, **changes)
        made["site"]["schedule"] = "24-jam"  # each day is one on which the report may be due
        self.conf = write_conf(made, self.directory)
        make_ledger(self.state, self.month, self.today.replace(day=1) + datetime.timedelta(days=1 if close else 0))
        self.reports = os.path.join(self.state, "reports", self.name)

    @property
    def name(self):
        return f"{self.month:%Y-%m}"

    def run(self, *words, before=(), **env):
        return subprocess.run([*before, os.path.join(build_directory(), "ctl/gerbang"), "-c", self.conf, *words], text=True, capture_output=True,
                              cwd=self.directory, timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8", **SANITIZERS, **env))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("desk"))


def test_all_formats_into_a_new_folder_and_again_the_same_bytes(desk):
    folder = os.path.join(desk.directory, "laporan")
    done = desk.run("report", desk.name, "--output", folder, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["month"] == desk.name and told["directory"] == folder and told["language"] == "id"
    assert told["provisional"] is False and told["rehearsal"] is False
    made = files(folder)
    assert sorted(told["files"]) == sorted(made) and f"gerbang-{desk.name}-offices.csv" in made
    for suffix, begin in TYPES.items():
        named = [name for name in made if name.endswith("." + suffix)]
        assert named and all(name.startswith(f"gerbang-{desk.name}") and made[name].startswith(begin) for name in named), suffix
    assert {oct(os.stat(os.path.join(folder, name)).st_mode & 0o7777) for name in made} == {"0o644"}
    assert oct(os.stat(folder).st_mode & 0o7777) == "0o755"
    again = desk.run("report", desk.name, "--output", folder)
    assert again.returncode == 0 and again.stdout.splitlines() == [f"{folder}/{name}" for name in told["files"]]
    assert digest(files(folder)) == digest(made)


def test_what_is_asked_for_and_no_more(desk):
    folder = os.path.join(desk.directory, "some")
    done = desk.run("report", desk.name, "--format", "pdf,csv", "--language=en", "--output", folder, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["language"] == "en"
    assert {name.rsplit(".", 1)[1] for name in files(folder)} == {"pdf", "csv"}
    text = subprocess.run(["pdftotext", os.path.join(folder, f"gerbang-{desk.name}.pdf"), "-"], capture_output=True, text=True).stdout
    assert "Kantor 1" in text and "Availability" in text and "Ketersediaan" not in text
    public = os.path.join(desk.directory, "public")
    done = desk.run("report", desk.name, "--format", "none", "--open", "--output", public)
    assert done.returncode == 0
    names = set(files(public))
    assert {f"gerbang-{desk.name}-open.json", f"gerbang-{desk.name}-open-dictionary.csv"} < names and all("-open" in name for name in names)


@pytest.mark.parametrize("words, status, says", [
    (["2026-13"], 2, 'a month is "YYYY-MM", got "2026-13"'),
    (["../../etc"], 2, 'a month is "YYYY-MM", got "../../etc"'),
    (["MONTH", "--format", "pdf,docx"], 2, '--format is html, pdf, xlsx, csv'),
    (["MONTH", "--format", ""], 2, '--format is html, pdf, xlsx, csv'),
    (["MONTH", "--format", "none"], 2, '--format is html, pdf, xlsx, csv'),
    (["MONTH", "--language", "jv"], 2, '--language is id or en, got "jv"'),
    ([], 2, '"report" needs YYYY-MM | --due'),
    (["MONTH", "--due"], 2, '"report --due" does not take "MONTH"'),
    (["--due", "--format", "pdf"], 2, "--format does not go with --due"),
    (["2001-02"], 1, "the ledger has nothing of 2001-02"),
    (["MONTH", "--output", "/proc/nowhere"], 1, "the report cannot be written to /proc/nowhere: "),
    (["MONTH", "--rehearsal"], 1, "there is no ledger in "),
])
def test_refusals(desk, words, status, says):
    done = desk.run("report", *[desk.name if word == "MONTH" else word for word in words])
    assert done.returncode == status and f"gerbang: {says.replace('MONTH', desk.name)}" in done.stderr, done
    assert not done.stdout


def test_a_disk_that_is_full_leaves_the_former_report(desk):
    """A file system of its own, seen by nobody else, that has room for one report and not for another."""
    script = """set -e
mkdir -p "$1"; mount -t tmpfs -o size=8m tmpfs "$1"
"$2" -c "$3" report "$4" --output "$1/r" --format pdf,xlsx >/dev/null
sha256sum "$1"/r/* >"$5"
dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null || true
if "$2" -c "$3" report "$4" --output "$1/r" --format pdf,xlsx,html,csv --language en; then exit 9; fi
sha256sum -c --quiet "$5"
test "$(ls -A "$1/r" | wc -l)" = 2
rm "$1/filler"
"$2" -c "$3" report "$4" --output "$1/r" --format pdf --language en >/dev/null
sha256sum -c --quiet "$5" 2>/dev/null && exit 8
echo well
"""
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", os.path.join(desk.directory, "full"),
                           os.path.join(build_directory(), "ctl/gerbang"), desk.conf, desk.name, os.path.join(desk.directory, "sums")],
                          text=True, capture_output=True, timeout=60, env=dict(os.environ, LC_ALL="C", **SANITIZERS))
    assert done.returncode == 0 and done.stdout.endswith("well\n"), done
    assert "No space left on device" in done.stderr


# --- the timer's, without a daemon


def test_a_daemon_that_is_dead_gets_it_later(desk):
    shutil.rmtree(os.path.join(desk.state, "reports"), ignore_errors=True)
    first = desk.run("report", "--due")
    assert first.returncode == 3 and "the daemon cannot be reached" in first.stderr, first
    made = files(desk.reports)
    assert set(made) == {f"gerbang-{desk.name}.pdf", f"gerbang-{desk.name}.xlsx", ".sending"}
    assert os.path.exists(f"{desk.reports}/written") and not os.path.exists(f"{desk.reports}/sent")
    stamp = os.stat(f"{desk.reports}/gerbang-{desk.name}.pdf").st_mtime_ns
    again = desk.run("report", "--due")
    assert again.returncode == 3 and os.stat(f"{desk.reports}/gerbang-{desk.name}.pdf").st_mtime_ns == stamp, "written once, asked again"


def test_without_mail_it_is_written_once(tmp_path, desk):
    """The same ledger, another configuration: nobody is asked."""
    shutil.rmtree(os.path.join(desk.state, "reports"), ignore_errors=True)
    made = settings(paths={"state": desk.state, "run": os.path.join(desk.directory, "run")})
    made["site"]["schedule"] = "24-jam"
    made["report"].update(mail=False, formats=["html"])
    conf, desk.conf = desk.conf, write_conf(made, str(tmp_path))
    try:
        first, second = desk.run("report", "--due"), desk.run("report", "--due")
    finally:
        desk.conf = conf
    assert first.returncode == 0 and f"the report of {desk.name} was written to" in first.stdout, first
    assert second.returncode == 0 and f"the report of {desk.name} is done" in second.stdout
    assert set(files(desk.reports)) == {f"gerbang-{desk.name}.html"}


def test_a_month_that_is_not_closed_waits(tmp_path):
    desk = Desk(tmp_path, close=False)
    done = desk.run("report", "--due")
    assert done.returncode == 0 and f"{desk.name} is not closed yet: its report waits" in done.stdout, done
    assert not files(desk.reports)
    asked = desk.run("report", desk.name, "--format", "html")
    assert asked.returncode == 0 and "The month is not closed yet" in asked.stdout
    with open(os.path.join(desk.directory, f"gerbang-{desk.name}.html")) as file:
        assert "SEMENTARA" in file.read()


# --- with all programs: a rehearsal in the night after October 2026, whose next working day is Monday, the 2nd


@pytest.fixture(scope="module")
def city():
    made = settings()
    with open_city(settings=made, hosts=[]) as city:
        os.makedirs(city.path("state", "rehearsal"))
        os.chown(city.path("state"), pwd.getpwnam("gerbang").pw_uid, pwd.getpwnam("gerbang").pw_gid)
        make_ledger(city.path("state", "rehearsal"), datetime.date(2026, 10, 1), datetime.date(2026, 11, 1))
        city.names({"mail.test": {"A": [MAIL]}})
        etc = f"/etc/netns/{city.gateway.space.name}"
        os.makedirs(etc, exist_ok=True)
        with open(f"{etc}/resolv.conf", "w") as file:
            file.write("nameserver 192.0.2.53\noptions timeout:1 attempts:2\n")
        city.gateway.start(rehearse="2026-11-01 02:00:00", names=("shaper", "daemon", "courier"))
        wait_for("the courier", lambda: notices(city)["courier"], 10, 0.1)
        yield city


@contextlib.contextmanager
def mailbox(city):
    folder = city.path(f"mail-{time.monotonic_ns()}")
    os.makedirs(folder)
    process = city.internet.popen("/usr/bin/python3", MAILBOX, MAIL, PORT, folder, log=city.path("mailbox.log"), stdin=subprocess.PIPE)
    try:
        wait_for("the mail server", lambda: city.internet.listening(PORT), 10, 0.05)
        yield folder
    finally:
        process.stdin.close()
        process.kill()
        process.wait(5)


def mails(folder):
    made = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".mail"):
            with open(os.path.join(folder, name)) as file:
                made.append(email.message_from_string(json.load(file)["message"], policy=email.policy.default))
    return made


def one_mail(folder):
    return wait_for("a mail", lambda: mails(folder), 20, 0.05)[0]


def attached(mail):
    assert not mail.defects and not any(part.defects for part in mail.walk())
    return {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}


def notices(city):
    return city.gateway.status()["notices"]


def settled(city):
    wait_for("nothing to wait", lambda: notices(city)["waiting"] == 0, 15, 0.1)


def due(city, check=True):
    return city.gateway.gerbang("report", "--due", json_out=False, check=check)


def reports(city, *names):
    return city.path("state", "rehearsal", "reports", "2026-10", *names)


def forget(city):
    shutil.rmtree(reports(city), ignore_errors=True)


def closed(city):
    """The daemon closes October's last day by itself, an hour after it is over."""
    def is_closed():
        with contextlib.closing(sqlite3.connect(f"file:{city.path('state', 'rehearsal', 'ledger.db')}?mode=ro", uri=True)) as database:
            return database.execute("SELECT coalesce(max(day), 0) FROM link").fetchone()[0] >= (datetime.date(2026, 10, 31) - EPOCH).days
    wait_for("October to be closed", is_closed, 30, 0.2)


def test_not_on_a_sunday_and_then_once_with_its_files(city):
    closed(city)
    with mailbox(city) as folder:
        assert "2026-11-02" in due(city) and not files(reports(city))
        city.gateway.clock_to("2026-11-02 07:00:00")
        due(city)
        made = files(reports(city))
        assert set(made) == {"gerbang-2026-10.pdf", "gerbang-2026-10.xlsx"} and os.path.exists(reports(city, "sent"))
        mail = one_mail(folder)
        settled(city)
        assert attached(mail) == made
        due(city)
        city.gateway.end("daemon")
        city.gateway.start_one("daemon")
        wait_for("the daemon", city.gateway.is_ready, 15, 0.1)
        due(city)
        time.sleep(2.5)
        assert len(mails(folder)) == 1
    assert mail["Subject"] == "[Kota Kecil] GELADI: Laporan pemakaian internet Oktober 2026" and mail["To"] == BOSS
    types = {part.get_filename().rsplit(".", 1)[1]: part.get_content_type() for part in mail.iter_attachments()}
    assert types == {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    assert "bulan Oktober 2026" in mail.get_body().get_content() and reports(city) in mail.get_body().get_content()
    text = subprocess.run(["pdftotext", reports(city, "gerbang-2026-10.pdf"), "-"], capture_output=True, text=True).stdout
    assert "GELADI" in text and "Oktober 2026" in text
    assert any(row["kind"] == "report.mail" for row in city.gateway.gerbang("log", "--kind", "report")["events"])


def test_a_machine_that_was_off_makes_up_for_it_and_a_restart_forgets_no_mail(city):
    closed(city)
    forget(city)
    city.gateway.clock_to("2026-11-19 12:00:00")
    due(city)  # nobody listens at the mail server
    wait_for("a try", lambda: notices(city)["error"], 15, 0.1)
    os.unlink(reports(city, "sent"))
    assert "2026-10" in due(city) and notices(city)["waiting"] == 1, "on its way already: not twice"
    city.gateway.kill9("daemon")
    city.gateway.start_one("daemon")
    wait_for("the daemon", city.gateway.is_ready, 15, 0.1)
    with mailbox(city) as folder:
        wait_for("what waits", lambda: notices(city)["waiting"] == 1, 10, 0.1)
        city.gateway.clock_to("2026-11-19 12:30:00")
        assert attached(one_mail(folder)) == files(reports(city))
        settled(city)
        assert len(mails(folder)) == 1


def test_only_files_go_and_large_ones_whole_or_not_at_all(city):
    closed(city)
    forget(city)
    city.gateway.clock_to("2026-11-20 07:00:00")
    with mailbox(city) as folder:
        due(city)
        one_mail(folder)
        settled(city)
        os.symlink("/etc/passwd", reports(city, "link.pdf"))
        os.mkfifo(reports(city, "pipe.csv"))
        with open(reports(city, "pindai é漢.pdf"), "wb") as file:
            file.write(os.urandom(7_000_000))
        status, text = control_says(city, "report-mail", month="2026-10")
        assert status == 0, text
        large = wait_for("a large mail", lambda: mails(folder)[1:], 30, 0.1)[0]
        settled(city)
        for name in ("link.pdf", "pipe.csv"):
            os.unlink(reports(city, name))
        assert digest(attached(large)) == digest(files(reports(city)))
        os.truncate(reports(city, "pindai é漢.pdf"), 8 << 20)
        status, text = control_says(city, "report-mail", month="2026-10")
        assert status == 0, text
        without = wait_for("a mail without files", lambda: mails(folder)[2:], 15, 0.1)[0]
        settled(city)
    assert not without.is_multipart() and "terlalu besar" in without.get_content() and reports(city) in without.get_content()


@pytest.mark.parametrize("month, says", [("2026-13", "YYYY-MM"), ("../../../etc", "YYYY-MM"), ("", "month"), (7, "month"), ("2019-01", "reports/2019-01")])
def test_the_daemon_judges_what_it_is_asked(city, month, says):
    status, text = control_says(city, "report-mail", month=month)
    assert status == 1 and says in text, text
