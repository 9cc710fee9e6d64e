# SPDX-License-Identifier: GPL-2.0-or-later
"""No leak and no undefined behaviour in a full run under valgrind: start, login, schedule, apply, kick, stop."""
import os

import pytest

from city import INTERNET4
from space import wait_for
from telephone import logout, page, press

pytestmark = pytest.mark.valgrind


@pytest.fixture
def city(make_city):
    city = make_city(guests={"taman-kota": 2}, check=False)  # valgrind's own log says more than the exit status
    city.gateway.wrapper = ["valgrind", "--quiet", "--vgdb=no", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible",
                            "--show-leak-kinds=definite,indirect,possible", "--error-exitcode=99", "--num-callers=25",
                            f"--log-file={city.path('NAME.valgrind')}"]
    city.gateway.start(rehearse="2026-11-23 15:58:00", wait=False)
    city.gateway.wait_ready(90)
    return city


def test_start_login_schedule_stop_is_clean(city):
    gateway, (first, second) = city.gateway, city.guests["taman-kota"]
    assert "16.00" in page(first)[1]
    gateway.clock_to("2026-11-23 15:59:58")
    wait_for("the park to open", lambda: gateway.zone("taman-kota")["open"], 20)
    url, html = patient_login(first)
    patient_login(second)
    wait_for("both online", lambda: first.ping(INTERNET4) and second.ping(INTERNET4), 5)
    gateway.gerbang("sessions", json_out=False)
    gateway.gerbang("plan", check=False)
    gateway.gerbang("apply", json_out=False)
    logout(first, url, html)
    gateway.gerbang("kick", second.mac, json_out=False)
    patient_login(second)
    gateway.clock_to("2026-11-23 21:59:59")
    wait_for("the park to close", lambda: not gateway.zone("taman-kota")["open"], 20)
    gateway.settle(1)
    ended = {name: gateway.end(name, seconds=60, check=False) for name in ("portal", "watch", "daemon", "shaper")}
    for name, status in ended.items():
        with open(city.path(f"{name}.valgrind")) as file:
            text = file.read()
        assert not text.strip() and status == 0, f"{name} ended with {status}\n{text}"


def patient_login(guest):
    """Valgrind makes the shaper some thirty times slower: guests' classes may not be there when the park opens."""
    url, html = page(guest)
    return wait_for("a login", lambda: next(((where, answer) for status, where, answer in [press(guest, url, html)]
                                             if status == 200), None), 20, 0.5)


@pytest.mark.parametrize("words", [("check",), ("plan", "--at", "2026-11-23 17:00"), ("schedule", "--days", "3")], ids=lambda w: w[0])
def test_the_command_line_is_clean(make_city, words):
    import subprocess
    city = make_city(hosts=[])
    done = subprocess.run(["valgrind", "--quiet", "--vgdb=no", "--leak-check=full", "--error-exitcode=99",
                           os.path.join(city.gateway.build, "ctl/gerbang"), "-c", city.conf, *words], text=True, capture_output=True)
    assert done.returncode in (0, 4), done.stderr
