# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that was taken over: each, under its own lists, tries what an intruder would (captive.c) and gets nowhere; none leaves a
core; and what is secret is in no log, even with GERBANG_DEBUG."""
import errno
import os
import re
import resource
import signal
import subprocess
import tempfile
import time

import pytest

from asking import ACCOUNT, ASK, RESUME, VOUCHER, Portal, known
from fixtures import open_city
from gateway import ALL
from settings import small
from space import wait_for

pytestmark = pytest.mark.plain  # a build with sanitizers is not confined: their runtime makes calls of its own

EVENING = "2026-11-23 17:00:00"
DEADLY = ["execve", "ptrace", "mount", "bpf", "unshare", "io_uring_setup", "keyctl", "process_vm_readv"]
LINE = re.compile(r"^captive: (\S+) (\d+)$", re.M)
REFUSED = {errno.ENOSYS, errno.EACCES, errno.EPERM}
FAMILY = {errno.EAFNOSUPPORT}
DONE = {0}

# What each try comes to, in every program; then where a program differs, which is what its lists are for.
EVERYWHERE = {
    "read-secret": {errno.EACCES}, "read-shadow": {errno.EACCES}, "read-memory": {errno.EACCES}, "write-etc": {errno.EACCES},
    "create-etc": {errno.EACCES}, "create-tmp": {errno.EACCES}, "write-pattern": {errno.EACCES}, "link-etc": REFUSED, "mknod": REFUSED,
    "chown": REFUSED, "inet": DONE, "inet6": DONE, "netlink": DONE, "packet": FAMILY, "raw": {errno.EPERM}, "alg": FAMILY, "vsock": FAMILY,
    "bluetooth": FAMILY, "can": FAMILY, "kill": {errno.ENOSYS, errno.EPERM}, "user-namespace": {errno.ENOSYS},
    "net-namespace": {errno.ENOSYS}, "clone3": {errno.ENOSYS}, "root": REFUSED, "clock": {errno.ENOSYS}, "host-name": {errno.ENOSYS},
    "pidfd": {errno.ENOSYS}, "dumpable": DONE, "end": DONE}
DIFFERENT = {
    "daemon": {"inet6": FAMILY},
    "portal": {"netlink": FAMILY},
    # Of all users' files it may read what everybody may: where its secrets lie is the configuration's to say.
    "courier": {"read-secret": DONE}}


def settings():
    conf = small()
    conf["zones"][0]["login"] = ["click", "voucher", "account"]
    return conf


@pytest.fixture(scope="module")
def city():
    with open_city(settings=settings(), guests={"taman-kota": 3}, hosts=[]) as city:
        city.gateway.env["GERBANG_DEBUG"] = "1"
        city.gateway.start(rehearse=EVENING, names=ALL)
        yield city


@pytest.fixture
def elsewhere():
    """A file that everybody may read, and that is nobody's business."""
    with tempfile.NamedTemporaryFile(dir="/var/tmp", prefix="gerbang-lab-") as file:
        os.chmod(file.name, 0o644)
        yield file.name


@pytest.fixture
def victim():
    """Another's process, to be killed."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        assert process.poll() is None, "it was killed"
        process.kill()


class Captive:
    """One program, started anew with an intruder in it, and as it was afterwards."""

    def __init__(self, city, name, what, **more):
        self.city, self.name = city, name
        self.env = {"LD_PRELOAD": os.path.join(city.gateway.build, "tests/netns/captive.so"), "GERBANG_CAPTIVE": what, **more}

    def __enter__(self):
        gateway = self.city.gateway
        gateway.end(self.name)
        self.since, before = len(gateway.log(self.name)), dict(gateway.env)
        gateway.env.update(self.env)
        try:
            self.process = gateway.start_one(self.name)
        finally:
            gateway.env.clear()
            gateway.env.update(before)
        return self

    def __exit__(self, *_):
        gateway = self.city.gateway
        if self.process.poll() is None:
            gateway.end(self.name, check=False)
        gateway.running.pop(self.name, None)
        gateway.start_one(self.name)

    def tries(self):
        return dict((name, int(number)) for name, number in LINE.findall(self.city.gateway.log(self.name)[self.since:]))


@pytest.mark.parametrize("name", ALL)
def test_an_intruder_is_refused(city, name, victim, elsewhere):
    with Captive(city, name, "all", GERBANG_CAPTIVE_SECRET=elsewhere, GERBANG_CAPTIVE_VICTIM=str(victim.pid)) as captive:
        tries = wait_for("the tries", lambda: (lambda made: made if "end" in made else None)(captive.tries()), 15, 0.05)
    expected = {**EVERYWHERE, **DIFFERENT.get(name, {})}
    if name == "watch":  # its process that reads frames has captures already, and gave up the right to new ones
        expected["packet"] = expected["raw"] = {errno.EPERM}
    wrong = {key: tries.get(key) for key, values in expected.items() if tries.get(key) not in values}
    assert not wrong, {key: value and errno.errorcode.get(value, value) for key, value in wrong.items()}
    assert not os.path.exists("/etc/gerbang-captive") and not os.path.lexists("/var/tmp/gerbang-captive")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("call", DEADLY)
def test_what_nobody_needs_ends_the_program(city, name, call):
    with Captive(city, name, call) as captive:
        wait_for("the try", lambda: "tries" in captive.tries(), 15, 0.02)
        if name == "watch":  # the parent stays, and has another in its place
            wait_for("its end", lambda: f"ended by signal {int(signal.SIGSYS)}" in city.gateway.log(name)[captive.since:], 10, 0.02)
        else:
            assert captive.process.wait(10) == -signal.SIGSYS
        assert "survived" not in captive.tries()


# --- cores

def dumps(process):
    """Whether a process that aborts leaves a core, in its parent's account of it."""
    os.kill(process.pid, signal.SIGABRT)
    status = os.waitpid(process.pid, 0)[1]
    process.returncode = -os.WTERMSIG(status)
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status)


def test_no_program_leaves_a_core(city, tmp_path):
    """With every limit lifted, where an ordinary program does leave one."""
    def unlimited():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    ordinary = subprocess.Popen(["sleep", "60"], preexec_fn=unlimited, cwd=tmp_path)
    time.sleep(0.2)
    control = dumps(ordinary)
    gateway = city.gateway
    gateway.wrapper = ["prlimit", "--core=unlimited", "--"]
    try:
        for name in ALL:
            gateway.end(name)
            gateway.start_one(name)
        gateway.wait_ready()
        wait_for("the courier", lambda: gateway.status()["notices"]["courier"], 10, 0.1)
        for name in ALL:
            with open(f"/proc/{gateway.pid(name)}/limits") as file:
                limit = next(line.split()[4:6] for line in file if line.startswith("Max core file size"))
            assert limit == ["0", "0"], name
            assert os.stat(f"/proc/{gateway.pid(name)}/environ").st_uid == 0, f"{name}: its own user may look into it"
    finally:
        gateway.wrapper = []
    for name in ALL:
        assert not dumps(gateway.running.pop(name)), name
    assert control or not os.listdir(tmp_path)
    if not control:
        pytest.skip("no program leaves a core on this machine")
    gateway.start(names=ALL)


# --- secrets

def test_secrets_are_in_no_log(city):
    """Guests log in by each way, right and wrong, with all that a program can be made to say."""
    gateway, guests = city.gateway, city.guests["taman-kota"]
    wait_for("the gateway", gateway.is_ready, 20, 0.2)
    known(city, *guests)
    secrets = ["Sandi-Rahasia-Tamu", "Sandi-Yang-Salah", "Kode-Yang-Salah"]
    subprocess.run([os.path.join(gateway.build, "ctl/gerbang"), "-c", city.conf, "account", "add", "siti"], input=secrets[0] + "\n", text=True,
                   check=True, capture_output=True)
    codes = gateway.gerbang("voucher", "create", "--zone", "taman-kota", "--count", "3", "--valid", "2 d")["codes"]
    with Portal(city) as portal:
        states = [portal.ask(guests[0], ACCOUNT, name="siti", secret=secrets[1]), portal.ask(guests[0], VOUCHER, secret=secrets[2]),
                  portal.login(guests[0], ACCOUNT, name="siti", secret=secrets[0]), portal.login(guests[1], VOUCHER, secret=codes[0]),
                  portal.ask(guests[2], RESUME, secret="AAAAA-BBBBB"), portal.ask(guests[0], ASK), portal.ask(guests[1], ASK)]
        cookies = {state.code for state in states if state.code}
    gateway.gerbang("voucher", "revoke", codes[1], json_out=False)
    gateway.gerbang("voucher", "list")
    for name in ALL:  # what they say at their end, and at the start that finds all of it again
        gateway.end(name)
    gateway.start(names=ALL)
    assert len(gateway.sessions()) == 2, "both are in"
    text = gateway.logs()
    assert "debug" in text.lower() or len(text) > 1000
    found = [secret for secret in [*secrets, *codes, *cookies, *(code.replace("-", "") for code in codes)] if secret.lower() in text.lower()]
    assert not found, found
