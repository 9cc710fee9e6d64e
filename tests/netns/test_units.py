# SPDX-License-Identifier: GPL-2.0-or-later
"""The systemd units: well-formed, as tight as they claim, and (booted in namespaces over a throw-away copy of this system) each
program really runs as its user with its capabilities, reads what it must and no more, and comes back when it is killed.
"""
import contextlib
import datetime
import glob
import json
import os
import re
import shutil
import subprocess

import pytest

from city import TOP
from gateway import PROGRAMS, build_directory
from settings import small, write
from space import run, wait_for
from tls import Authority

EXPOSURE_MOST = {"gerbang-shaper.service": 3.0, "gerbang-watch.service": 2.5}  # the portal, the daemon and all others: 2.0
WATCHDOG = 6  # seconds
pytestmark = [pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"), pytest.mark.plain]


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """The units as built, with the programs where the build has them."""
    folder = tmp_path_factory.mktemp("units")
    for path in [path for kind in ("service", "path", "timer") for path in glob.glob(os.path.join(build_directory(), "etc", "*." + kind))]:
        with open(path) as file:
            text = file.read()
        for program in ["ctl/gerbang", *(program for program, _ in PROGRAMS.values())]:
            text = re.sub(rf"ExecStart=\S*/{os.path.basename(program)}(?=\s|$)", f"ExecStart={os.path.join(build_directory(), program)}", text)
        (folder / os.path.basename(path)).write_text(text)
    return folder


def test_every_unit_is_sound(units):
    names = sorted(map(str, units.iterdir()))
    assert len(names) == 10, names
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], text=True, capture_output=True)
    complaints = [line for line in done.stderr.splitlines() if "gerbang" in line]
    assert not complaints and done.returncode == 0, done.stderr


def test_exposure(units):
    """systemd's own judgement, 0 (nothing) to 10 (all)."""
    figures = {}
    for unit in sorted(units.glob("*.service")):
        text = run("systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit), check=False)
        figures[unit.name] = float(re.search(r"exposure level for \S+: ([\d.]+)", text).group(1))
    print("exposure:", figures)
    assert figures and all(figure <= EXPOSURE_MOST.get(name, 2.0) for name, figure in figures.items()), figures


def test_nobody_but_the_shaper_may_change_the_network(units):
    for unit in units.glob("*.service"):
        text = unit.read_text()
        assert ("CAP_NET_ADMIN" in re.sub(r"^#.*$", "", text, flags=re.M)) == (unit.name == "gerbang-shaper.service"), unit.name
        assert re.search(r"^CapabilityBoundingSet=", text, re.M) and "NoNewPrivileges=yes" in text and "ProtectSystem=strict" in text


# --- booted

BOOT = r"""
set -e
ip link set lo up
for pair in wan0:internet lan0:office zone0:park; do
	ip link add "${pair%%:*}" type veth peer name "${pair#*:}"; ip link set "${pair%%:*}" up; ip link set "${pair#*:}" up
done
ip address add 192.0.2.2/24 dev wan0
mkdir -p "$D/root" "$D/over"
mount -t tmpfs tmpfs "$D/over"
mkdir "$D/over/upper" "$D/over/work"
R=$D/root
mount -t overlay -o "lowerdir=/,upperdir=$D/over/upper,workdir=$D/over/work" overlay "$R" || exit 77
for tree in $TREES; do mkdir -p "$R$tree"; mount --bind "$tree" "$R$tree"; done
mount -t proc proc "$R/proc"
mount -t sysfs -o ro sysfs "$R/sys"
mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup" || exit 77
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for node in null zero full random urandom tty; do touch "$R/dev/$node"; mount --bind "/dev/$node" "$R/dev/$node"; done
mkdir "$R/dev/shm" "$R/dev/pts"; ln -s pts/ptmx "$R/dev/ptmx"
: >"$R/etc/fstab"
DESTDIR=$R meson install -C "$BUILD" --no-rebuild --quiet
sed -i "/^gerbang/d" "$R/etc/passwd" "$R/etc/group" "$R/etc/shadow" "$R/etc/gshadow"
chroot "$R" systemd-sysusers /usr/local/lib/sysusers.d/gerbang.conf
chroot "$R" systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/gerbang.conf
rm -rf "$R/etc/gerbang"; mkdir "$R/etc/gerbang"; cp "$CONF" "$R/etc/gerbang/gerbang.conf"
chroot "$R" chgrp gerbang /etc/gerbang /etc/gerbang/gerbang.conf; chmod 750 "$R/etc/gerbang"; chmod 640 "$R/etc/gerbang/gerbang.conf"
cp "$CERTIFICATE" "$R/etc/gerbang-portal/site.pem"; cp "$KEY" "$R/etc/gerbang-portal/site.key"
chroot "$R" chgrp -R gerbang-portal /etc/gerbang-portal; chmod 640 "$R/etc/gerbang-portal/"*
cat >"$R/etc/systemd/system/lab.target" <<END
[Unit]
Requires=basic.target
Wants=gerbang-shaper.service gerbangd.service gerbang-portal.service gerbang-watch.service gerbang-courier.service gerbang-dnsmasq.service gerbang-dnsmasq.path
END
for unit in systemd-networkd systemd-timesyncd systemd-resolved networking systemd-modules-load systemd-sysctl; do
	ln -sf /dev/null "$R/etc/systemd/system/$unit.service"
done
for unit in gerbang- gerbangd; do  # a minute is long for a test
	mkdir "$R/etc/systemd/system/$unit.service.d"; printf '[Service]\nWatchdogSec=%s\n' "$WATCHDOG" >"$R/etc/systemd/system/$unit.service.d/lab.conf"
done
echo "booting"
cd "$R"
mkdir .old
pivot_root . .old  # not chroot: a unit's own mount namespace needs a root that is one
exec setpriv --bounding-set -sys_module,-sys_boot,-sys_time,-syslog,-mac_admin sh -c 'umount -l /.old; exec env -i container=lab \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --system --unit=lab.target --show-status=false'
"""


ENTER = """echo $$ >"$CGROUP/cgroup.procs" || exit 77
exec unshare --pid --fork --kill-child --mount --net --uts --ipc --cgroup --propagation private sh -c "$1"
"""


def cgroup():
    """A control group of its own below this process's: the booted systemd takes it for the root of all, and must not have ours."""
    with open("/proc/self/mountinfo") as mounts, open("/proc/self/cgroup") as groups:
        top = next((line.split()[4] for line in mounts if " - cgroup2 " in line), None)
        here = next((line.strip()[3:] for line in groups if line.startswith("0::")), "/")
    if not top or not os.access(top, os.W_OK):
        pytest.skip("no cgroup2 file system that can be written to")
    path = os.path.join(top + here, f"gerbang-lab-{os.getpid()}")
    os.makedirs(path, exist_ok=True)
    return path


class Machine:
    """This system's systemd, booted over a throw-away copy of its root, with the units as `meson install` leaves them."""

    def __init__(self, directory):
        self.directory = str(directory)
        portal = {"hostname": "wifi.kotimkab.test", "certificate": "/etc/gerbang-portal/site.pem", "key": "/etc/gerbang-portal/site.key"}
        conf = write(small(portal=portal), self.directory)
        certificate, key = Authority(os.path.join(self.directory, "tls")).issue("site", portal["hostname"])
        # What lies on other file systems than the root has to be seen there, too.
        trees = [tree for tree in (build_directory(), TOP) if os.stat(tree).st_dev != os.stat("/").st_dev]
        self.cgroup = cgroup()
        env = dict(os.environ, CGROUP=self.cgroup, D=self.directory, BUILD=build_directory(), CONF=conf, CERTIFICATE=certificate, WATCHDOG=str(WATCHDOG), KEY=key, TREES=" ".join(trees))
        self.log = os.path.join(self.directory, "boot.log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(["sh", "-c", ENTER, "sh", BOOT], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        try:
            self.inside = wait_for("PID 1", self.first, 20)
        except BaseException:
            self.stop()
            raise

    def first(self):
        if self.process.poll() is not None:
            if self.process.returncode == 77:
                pytest.skip("no overlay of the root file system, or no cgroup file system, can be mounted here")
            raise AssertionError(self.text())
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            pids = file.read().split()
        return pids and open(f"/proc/{pids[0]}/comm").read().strip() == "systemd" and pids[0]

    def text(self):
        with open(self.log, errors="replace") as file:
            return file.read()[-6000:]

    def run(self, *command, check=True):
        return run("nsenter", "-t", self.inside, "-a", "--", "env", "-i",
                   "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *command, check=check)

    def show(self, unit, *names):
        text = self.run("systemctl", "show", unit, "-p", ",".join(names), check=False)
        return dict(line.split("=", 1) for line in text.splitlines())

    def active(self, *units):
        return all(self.show(unit, "ActiveState").get("ActiveState") == "active" for unit in units)

    def pid(self, unit):
        return int(self.show(unit, "MainPID").get("MainPID", 0))

    def status(self, unit):
        """/proc's status of a unit's main process."""
        text = self.run("cat", f"/proc/{self.pid(unit)}/status")
        return dict(line.split(":\t", 1) for line in text.splitlines())

    def stop(self):
        self.process.kill()  # and with it PID 1 and all of its namespace
        self.process.wait(10)
        wait_for("the control groups to go", self.gone, 10, 0.1)

    def gone(self):
        for folder, _, _ in os.walk(self.cgroup, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        return not os.path.exists(self.cgroup)


SERVICES = ("gerbang-shaper.service", "gerbangd.service", "gerbang-portal.service", "gerbang-watch.service", "gerbang-courier.service",
            "gerbang-dnsmasq.service")
OURS = SERVICES[:-1]  # dnsmasq knows of no watchdog
BIND, ADMIN, RAW = 1 << 10, 1 << 12, 1 << 13


def still(rules):
    """Rules without what counts or runs out by itself."""
    return re.sub(r"packets \d+ bytes \d+|expires \S+", "", rules)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    machine = Machine(tmp_path_factory.mktemp("machine"))
    try:
        try:
            wait_for("all units", lambda: machine.active(*SERVICES, "gerbang-dnsmasq.path"), 20, 0.3)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{machine.text()}\n" + machine.run("systemctl", "list-jobs", "--no-pager", check=False)
                                 + machine.run("journalctl", "--no-pager", "-n", "60", check=False)) from None
        yield machine
    finally:
        machine.stop()


@pytest.mark.measure  # a sanitizer's program needs more than these units allow
@pytest.mark.parametrize("unit, user, capabilities", [
    ("gerbang-shaper.service", "gerbang-shaper", ADMIN), ("gerbangd.service", "gerbang", 0), ("gerbang-portal.service", "gerbang-portal", 0),
    ("gerbang-watch.service", "gerbang-watch", RAW), ("gerbang-courier.service", "gerbang-courier", 0),
    ("gerbang-dnsmasq.service", "gerbang-dnsmasq", BIND | RAW)])
def test_booted_each_runs_as_itself_with_no_more_than_it_needs(machine, unit, user, capabilities):
    status = machine.status(unit)
    assert status["Uid"].split()[0] == machine.run("id", "-u", user).strip()
    assert {name: int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")} == dict.fromkeys(("CapPrm", "CapEff", "CapBnd"), capabilities)
    assert status["NoNewPrivs"].strip() == "1" and status["Seccomp"].strip() == "2"


@pytest.mark.measure
def test_booted_the_gateway_works(machine):
    wait_for("the kernel's rules", lambda: "guest_up4" in machine.run("nft", "list", "ruleset"), 10, 0.2)
    listening = wait_for("HTTPS", lambda: ":8443" in (text := machine.run("ss", "-lntu")) and text, 10, 0.2)
    assert "10.200.0.1:53" in listening and ":8080" in listening
    status = json.loads(machine.run("gerbang", "status", "--json"))
    assert status["uplink"]["leaf"]
    assert machine.run("ls", "/var/lib/gerbang").split().count("ledger.db") == 1


@pytest.mark.measure
def test_booted_another_configuration_restarts_dnsmasq(machine):
    before = machine.pid("gerbang-dnsmasq.service")
    machine.run("sed", "-i", "s/192.0.2.53/192.0.2.54/", "/etc/gerbang/gerbang.conf")
    machine.run("gerbang", "apply")
    wait_for("dnsmasq to start anew", lambda: machine.pid("gerbang-dnsmasq.service") not in (0, before), 10, 0.2)
    assert "192.0.2.54" in machine.run("cat", "/run/gerbang/daemon/dnsmasq.conf")


@pytest.mark.measure
@pytest.mark.parametrize("unit", SERVICES)
def test_booted_a_killed_program_comes_back(machine, unit):
    before = wait_for(f"{unit} to run", lambda: machine.active(unit) and machine.pid(unit), 10, 0.2)
    machine.run("kill", "-9", str(before))
    wait_for(f"{unit} again", lambda: machine.active(unit) and machine.pid(unit) not in (0, before), 10, 0.2)
    assert machine.run("cat", "/run/gerbang/daemon/dnsmasq.conf"), "dnsmasq could not start while gerbangd is away"


@pytest.mark.measure
def test_booted_a_program_that_hangs_is_ended_and_started_again(machine):
    """All of them at once: the watchdog's patience is the same. The one that reads strangers' frames is gerbang-watch's child."""
    rules = machine.run("nft", "list", "ruleset")
    began = {unit: machine.pid(unit) for unit in OURS}
    hung = dict(began)
    hung["gerbang-watch.service"] = int(machine.run("cat", f"/proc/{began['gerbang-watch.service']}/task/{began['gerbang-watch.service']}/children").split()[0])
    for pid in hung.values():
        machine.run("kill", "-STOP", str(pid))
    try:
        wait_for("others in their places", lambda: all(machine.pid(unit) not in (0, began[unit]) for unit in OURS) and machine.active(*OURS),
                 4 * WATCHDOG + 10, 0.5)
    finally:
        for pid in hung.values():
            machine.run("kill", "-KILL", str(pid), check=False)
    journal = machine.run("journalctl", "--no-pager", "-b", "-g", "Watchdog timeout")
    assert all(unit in journal for unit in OURS), journal
    assert still(rules) == still(machine.run("nft", "list", "ruleset")), "the kernel's rules are another's business"
    wait_for("the gateway", lambda: json.loads(machine.run("gerbang", "status", "--json"))["shaper"], 20, 0.5)


@pytest.mark.measure
def test_booted_the_monthly_report_is_written_in_its_sandbox(machine, tmp_path):
    """A ledger with all of last month in it, and a site where each day is a working day. Twice: the second time there is nothing to do."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date().replace(day=1)
    month = (today - datetime.timedelta(days=1)).replace(day=1)
    days = [str((day - datetime.date(1970, 1, 1)).days) for day in (month, today + datetime.timedelta(days=1))]
    machine.run("systemctl", "stop", "gerbangd")
    machine.run("sh", "-c", "rm -f /var/lib/gerbang/ledger.*")
    run(os.path.join(build_directory(), "tests/unit/month-city"), str(tmp_path), *days)
    for path in tmp_path.iterdir():
        shutil.copy(path, f"/proc/{machine.inside}/root/var/lib/gerbang/")
    machine.run("sh", "-c", "chown gerbang:gerbang /var/lib/gerbang/ledger.*; sed -i '0,/schedule = \"kantor\"/s//schedule = \"24-jam\"/' /etc/gerbang/gerbang.conf")
    machine.run("systemctl", "start", "gerbangd")
    for _ in range(2):
        machine.run("systemctl", "start", "gerbang-report", check=False)
        log = machine.run("journalctl", "--no-pager", "-o", "cat", "-u", "gerbang-report")
        assert machine.show("gerbang-report.service", "Result", "ExecMainStatus") == {"Result": "success", "ExecMainStatus": "0"}, log
    assert "was written to" in log and "is done" in log, log
    folder = f"/var/lib/gerbang/reports/{month:%Y-%m}"
    names = machine.run("stat", "-c", "%n %U %a", f"{folder}/gerbang-{month:%Y-%m}.pdf", f"{folder}/gerbang-{month:%Y-%m}.xlsx").splitlines()
    assert all(name.endswith(" gerbang 644") for name in names), names
    assert "PDF document" in machine.run("sh", "-c", f"head -c 5 {folder}/*.pdf | sed 's/%PDF-/PDF document/'")
