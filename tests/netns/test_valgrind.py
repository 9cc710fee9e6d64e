# SPDX-License-Identifier: GPL-2.0-or-later
"""No leak and no undefined behaviour in a full run under valgrind: start, login, schedule, apply, kick, stop."""
import os

import pytest

from city import INTERNET4
from space import wait_for
from telephone import login, logout, page

pytestmark = pytest.mark.valgrind


def test_start_login_schedule_stop_is_clean(make_city):
    city = make_city(guests={"taman-kota": 2})
    gateway = city.gateway
    gateway.wrapper = ["valgrind", "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible",
                       "--show-leak-kinds=definite,indirect,possible", "--error-exitcode=99", "--num-callers=25",
                       "--track-fds=no", f"--log-file={city.path('NAME.valgrind')}"]
    gateway.start(rehearse="2026-11-23 15:58:00", wait=False)
    gateway.wait_ready(90)
    first, second = city.guests["taman-kota"]
    assert "16.00" in page(first)[1]
    gateway.clock_to("2026-11-23 15:59:58")
    wait_for("the park to open", lambda: gateway.zone("taman-kota")["open"], 20)
    url, html = login(first)
    login(second)
    wait_for("both online", lambda: first.ping(INTERNET4) and second.ping(INTERNET4), 5)
    gateway.gerbang("sessions", json_out=False)
    gateway.gerbang("plan")
    gateway.gerbang("apply", json_out=False)
    logout(first, url, html)
    gateway.gerbang("kick", second.mac, json_out=False)
    login(second)
    gateway.clock_to("2026-11-23 21:59:59")
    wait_for("the park to close", lambda: not gateway.zone("taman-kota")["open"], 20)
    gateway.stop()  # asserts exit status 0, which valgrind would have made 99
    for name in ("shaper", "daemon", "portal"):
        path = city.path(f"{name}.valgrind")
        text = open(path).read() if os.path.exists(path) else "no valgrind log"
        assert not text.strip(), f"{name}:\n{text}"


@pytest.mark.parametrize("words", [("check",), ("plan", "--at", "2026-11-23 17:00"), ("schedule", "--days", "3")], ids=lambda w: w[0])
def test_the_command_line_is_clean(make_city, words):
    import subprocess
    city = make_city(hosts=[])
    done = subprocess.run(["valgrind", "--quiet", "--leak-check=full", "--error-exitcode=99",
                           os.path.join(city.gateway.build, "ctl/gerbang"), "-c", city.conf, *words], text=True, capture_output=True)
    assert done.returncode in (0, 4), done.stderr
