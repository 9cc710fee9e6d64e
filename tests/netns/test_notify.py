# SPDX-License-Identifier: GPL-2.0-or-later
"""Notices that reach somebody: by SMTP to a real server in the internet (STARTTLS, login, refusals, a server that is away), by webhook with a
signature that Python verifies; each once, in the site's language, and without ever stopping anything."""
import contextlib
import email
import email.policy
import hashlib
import hmac
import json
import os
import pwd
import re
import sqlite3
import subprocess
import threading
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

import pytest

from city import HERE, HOSTS
from fixtures import open_city
from gateway import ALL
from settings import small
from space import wait_for, write

NIGHT = "2026-11-23 21:00:00"
MAIL, PORT = HOSTS[3], 2525
KEY = "kunci rahasia webhook"
PASSWORD = "Kata-Sandi-Surat"
MAILBOX = os.path.join(HERE, "mailbox.py")
BOSS, CLERK = "kepala@kotim.test", "operator@kotim.test"


class Hook(BaseHTTPRequestHandler):
    status, seen = 200, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.seen.append((self.path, dict(self.headers), body))
        self.send_response(Hook.status)
        self.send_header("Content-Length", "0")
        self.send_header("Location", "http://192.0.2.80/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


def secret(city, name, text):
    """As documented: root's, readable to the courier's group and to nobody else."""
    path = city.path("etc", name)
    write(path, text)
    os.chown(path, 0, pwd.getpwnam("gerbang-courier").pw_gid)
    os.chmod(path, 0o640)
    return path


def settings(**mail):
    return small(mail={"server": f"mail.test:{PORT}", "from": "gerbang@kotim.test", "to": [BOSS, CLERK], **mail},
                 webhook={"url": "http://10.10.1.10:8099/hook/RAHASIA-DI-URL"})


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), hosts=["dinkes"]) as city:
        made = settings()
        made["webhook"]["key_file"] = secret(city, "webhook.key", KEY)
        secret(city, "mail.password", PASSWORD)
        city.write_conf(made)
        trust(city)
        city.names({"mail.test": {"A": [MAIL]}, "other.test": {"A": [MAIL]}})
        with city.hosts["dinkes"].enter():
            hook = ThreadingTCPServer(("10.10.1.10", 8099), Hook)  # not HTTPServer: that asks for its own name
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        city.gateway.start(rehearse=NIGHT, names=ALL)
        wait_for("the courier", lambda: notices(city)["courier"], 10, 0.1)
        try:
            yield city
        finally:
            hook.shutdown()
            hook.server_close()


def trust(city):
    """The gateway's own resolver and authorities: what `ip netns exec` puts in the place of /etc's."""
    etc = f"/etc/netns/{city.gateway.space.name}"
    os.makedirs(f"{etc}/ssl/certs", exist_ok=True)
    write(f"{etc}/resolv.conf", "nameserver 192.0.2.53\noptions timeout:1 attempts:2")
    with open(city.authority.certificate) as file:
        write(f"{etc}/ssl/certs/ca-certificates.crt", file.read())


@pytest.fixture(autouse=True)
def fresh():
    Hook.status = 200
    Hook.seen.clear()


def notices(city):
    return city.gateway.status()["notices"]


@contextlib.contextmanager
def mailbox(city, *options):
    """The server, for as long as the block; its folder."""
    folder = city.path(f"mail-{time.monotonic_ns()}")
    os.makedirs(folder)
    process = city.internet.popen("/usr/bin/python3", MAILBOX, MAIL, PORT, folder, *options, log=city.path("mailbox.log"),
                                  stdin=subprocess.PIPE)
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
                row = json.load(file)
            row["parsed"] = email.message_from_string(row["message"], policy=email.policy.default)
            made.append(row)
    return made


def happen(city, reason="uji pemberitahuan"):
    """Something that people want to hear of, and that touches no traffic."""
    city.gateway.gerbang("ledger", "correct", "--office", "dinkes", "--day", "2026-11-23", "--down", "1 MB", "--by", "bendahara", "--reason", reason,
                         json_out=False)


def later(city, minutes):
    """The wall clock goes on."""
    city.gateway.clock_to(str(datetime.fromisoformat(city.gateway.status()["time"][:19]) + timedelta(minutes=minutes)))


def apply(city, made):
    city.write_conf(made)
    city.gateway.gerbang("apply", json_out=False)


def rows(city, sql):
    """The ledger, as others read it."""
    with contextlib.closing(sqlite3.connect(f"file:{city.path('state', 'rehearsal', 'ledger.db')}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(sql)]


def waiting(city, way=1):
    return rows(city, f"SELECT * FROM notice WHERE done_wall_usec IS NULL AND way = {way} ORDER BY id")


def now(city):
    return datetime.fromisoformat(city.gateway.status()["time"]).timestamp()


def one_mail(folder, seconds=10):
    return wait_for("a mail", lambda: mails(folder), seconds, 0.05)[0]


def settled(city, seconds=10):
    wait_for("nothing to wait", lambda: notices(city)["waiting"] == 0, seconds, 0.1)


def test_a_webhook_is_signed_and_says_what_happened(city):
    with mailbox(city):
        happen(city, reason="angka ganda é漢")
        path, headers, body = wait_for("the webhook", lambda: list(Hook.seen), 10, 0.05)[0]
        settled(city)
    assert headers["X-Gerbang-Signature"] == "sha256=" + hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/json" and path.endswith("RAHASIA-DI-URL")
    told = json.loads(body)
    assert set(told) == {"kind", "subject", "text", "time", "site"}
    assert told["kind"] == "correction" and told["site"] == "Kota Kecil" and told["time"].startswith("2026-11-23T21:0")
    assert "angka ganda é漢" in told["text"] and "Kantor: Dinas Kesehatan (dinkes)" in told["text"] and "Waktu: 2026-11-23 21:0" in told["text"]
    assert told["subject"].startswith("[Kota Kecil] ") and "Oleh: root" in told["text"] and "oleh bendahara" not in told["subject"]
    assert len(Hook.seen) == 1


def test_a_mail_arrives_whole_and_once(city):
    with mailbox(city) as folder:
        happen(city, reason="surat é漢 Bcc: jahat@test")
        mail = one_mail(folder)
        settled(city)
        time.sleep(1)
        assert len(mails(folder)) == 1
    assert mail["from"] == "gerbang@kotim.test" and mail["to"] == [BOSS, CLERK] and not mail["tls"]
    parsed = mail["parsed"]
    assert parsed["To"] == f"{BOSS}, {CLERK}" and parsed["Bcc"] is None and parsed["From"] == "gerbang@kotim.test"
    assert "Dinas Kesehatan" in parsed["Subject"] and parsed["Message-ID"].endswith("@kotim.test>")
    text = parsed.get_content()
    assert "surat é漢" in text and "Kantor: Dinas Kesehatan (dinkes)" in text and "Kota Kecil" in text


def test_a_server_that_is_away_gets_it_later_under_the_same_id(city):
    happen(city)
    first = wait_for("the first try", lambda: [row for row in waiting(city) if row["tries"] == 1], 15, 0.1)[0]
    status = notices(city)
    assert status["waiting"] == 1 and f"smtp://mail.test:{PORT}: " in status["error"] and "onnect" in status["error"]
    later(city, 2)
    second = wait_for("the second try", lambda: [row for row in waiting(city) if row["tries"] == 2], 15, 0.1)[0]
    assert 200 <= second["next_wall_usec"] / 1e6 - now(city) <= 301
    city.gateway.end("daemon")
    city.gateway.start_one("daemon")
    wait_for("the daemon", city.gateway.is_ready, 15, 0.1)
    wait_for("what waits", lambda: notices(city)["waiting"] == 1, 5, 0.1)
    with mailbox(city) as folder:
        later(city, 6)
        mail = one_mail(folder)
        settled(city)
        assert len(mails(folder)) == 1
    assert str(first["created_wall_usec"]) in mail["parsed"]["Message-ID"]
    assert notices(city)["error"] is None and not waiting(city)


def test_while_the_courier_is_away_notices_wait_without_a_try(city):
    with mailbox(city) as folder:
        city.gateway.kill9("courier")
        wait_for("it to be missed", lambda: not notices(city)["courier"], 5, 0.1)
        happen(city)
        time.sleep(2.5)
        assert [row["tries"] for row in waiting(city)] == [0] and notices(city)["waiting"] == 2
        city.gateway.start_one("courier")
        assert one_mail(folder)["to"] == [BOSS, CLERK]
        settled(city)
        assert len(mails(folder)) == 1 and len(Hook.seen) == 1


def test_a_login_over_starttls_and_never_without(city):
    certificate, key = city.authority.issue("mail", "mail.test")
    made = dict(city.settings, mail=dict(city.settings["mail"], user="gerbang", password_file=city.path("etc", "mail.password")))
    plain = city.settings
    apply(city, made)
    try:
        with mailbox(city, "--login", "gerbang", PASSWORD, "--plain-login") as folder:
            happen(city)
            wait_for("a refusal", lambda: "TLS" in (notices(city)["error"] or "") or "SSL" in (notices(city)["error"] or ""), 10, 0.1)
            assert not mails(folder) and not os.path.exists(os.path.join(folder, "heard")), "no password without TLS"
        with mailbox(city, "--tls", certificate, key, "--login", "gerbang", PASSWORD) as folder:
            later(city, 2)
            mail = one_mail(folder)
            assert mail["tls"] and mail["login"]
            settled(city)
        stranger = city.authority.issue("stranger", "stranger.test")
        with mailbox(city, "--tls", *stranger, "--login", "gerbang", PASSWORD) as folder:
            happen(city)
            wait_for("another refusal", lambda: "ertificate" in (notices(city)["error"] or ""), 10, 0.1)
            assert not mails(folder) and not os.path.exists(os.path.join(folder, "heard")), "no password to a stranger"
        with mailbox(city, "--tls", certificate, key, "--login", "gerbang", "another password") as folder:
            later(city, 2)
            wait_for("a wrong password", lambda: "ogin" in (notices(city)["error"] or ""), 10, 0.1)
            assert [row["tries"] for row in waiting(city)] == [2]
        os.chmod(city.path("etc", "mail.password"), 0o644)
        later(city, 6)
        wait_for("a rule", lambda: "must not be readable to others" in (notices(city)["error"] or ""), 10, 0.1)
        assert "mail.password" in notices(city)["error"]
    finally:
        os.chmod(city.path("etc", "mail.password"), 0o640)
        with mailbox(city):
            apply(city, plain)  # another way: what waits is tried at once
            settled(city)


def test_tls_is_used_where_it_is_offered(city):
    certificate, key = city.authority.issue("stranger", "stranger.test")
    with mailbox(city, "--tls", certificate, key) as folder:
        happen(city)
        assert one_mail(folder)["tls"]
        settled(city)


def test_what_a_server_refuses_for_good_is_given_up_and_said(city):
    plain = city.settings
    apply(city, dict(plain, mail=dict(plain["mail"], to=["tiada@kotim.test"])))
    before = notices(city)["given_up"]
    try:
        with mailbox(city, "--refuse", "tiada@kotim.test") as folder:
            happen(city)
            wait_for("it to be given up", lambda: notices(city)["given_up"] == before + 1, 10, 0.1)
            assert not mails(folder)
    finally:
        apply(city, plain)
    assert "550" in rows(city, "SELECT text FROM event WHERE kind = 'notice.lost' ORDER BY id DESC")[0]["text"]
    assert rows(city, "SELECT given_up FROM notice WHERE way = 1 ORDER BY id DESC")[0]["given_up"] == 1
    assert "given up after 1 tries by mail" in city.gateway.log("daemon")


def test_a_webhook_that_fails_or_leads_elsewhere_is_tried_again(city):
    with mailbox(city):
        Hook.status = 302
        happen(city)
        wait_for("the reason", lambda: "answers 302" in (notices(city)["error"] or ""), 10, 0.1)
        assert "http://10.10.1.10:8099: " in notices(city)["error"]
        Hook.status = 503
        later(city, 2)
        wait_for("the next", lambda: "answers 503" in (notices(city)["error"] or ""), 10, 0.1)
        Hook.status = 204
        later(city, 6)
        settled(city)
    bodies = {body for _, _, body in Hook.seen}
    assert len(Hook.seen) == 3 and len(bodies) == 1, "the same each time"


def test_an_outage_is_told_when_it_is_over(city):
    """The server is beyond the uplink: what could not leave during the outage leaves after it. The webhook is on the near side."""
    with mailbox(city) as folder:
        city.internet.ip("link set eth0 down")
        try:
            kinds = lambda: [json.loads(body)["kind"] for _, _, body in Hook.seen]  # noqa: E731
            wait_for("the webhook's", lambda: kinds() == ["outage.begin"], 8, 0.1)
        finally:
            city.internet.ip("link set eth0 up", "route replace default via 192.0.2.2")
        wait_for("its end", lambda: kinds() == ["outage.begin", "outage.end"], 20, 0.1)
        later(city, 2)
        wait_for("both", lambda: len(mails(folder)) == 2, 45, 0.2)
    subjects = {mail["parsed"]["Subject"] for mail in mails(folder)}
    assert subjects == {"[Kota Kecil] Gangguan uplink", "[Kota Kecil] Uplink pulih"}
    text = next(mail["parsed"].get_content() for mail in mails(folder) if "pulih" in mail["parsed"]["Subject"])
    assert re.search(r"uplink wan0 pulih: gangguan berakhir pada 2026-11-\S+ setelah berlangsung", text)


def test_many_are_bounded_and_the_rest_is_counted(city):
    with mailbox(city) as folder:
        later(city, 61)
        for _ in range(33):
            happen(city)
        wait_for("as many as may be", lambda: len(mails(folder)) == 30, 90, 0.2)
        later(city, 61)
        wait_for("the one for the rest", lambda: len(mails(folder)) == 31, 10, 0.1)
    assert "dan 3 pemberitahuan lain" in mails(folder)[-1]["parsed"].get_content()
    assert city.gateway.status()["shaper"]


def test_no_secret_is_anywhere_but_in_its_file(city):
    """The webhook's URL is the configuration's own: so it is in what was applied, which nobody but the daemon may read."""
    logs = city.gateway.logs()
    history = city.path("state", "rehearsal", "history")
    assert os.stat(history).st_mode & 0o077 == 0
    for secret_word in (KEY, PASSWORD, "RAHASIA-DI-URL"):
        assert secret_word not in logs
        for folder, _, names in os.walk(city.path("state", "rehearsal")):
            if folder.startswith(history) and secret_word == "RAHASIA-DI-URL":
                continue
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert secret_word.encode() not in file.read(), name


def test_the_courier_holds_no_privilege(city):
    with open(f"/proc/{city.gateway.pid('courier')}/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    assert set(status["Uid"].split()) == {str(pwd.getpwnam("gerbang-courier").pw_uid)}
    assert {status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1" and status["Groups"].split() == [str(pwd.getpwnam("gerbang-courier").pw_gid)]
