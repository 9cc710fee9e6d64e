# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts the lab (tests/city) within reach, and keeps what is for the Debian lane's virtual machine inside it."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "city"))
sys.dont_write_bytecode = True

import claims  # noqa: E402
from fixtures import logs_on_failure, make_city  # noqa: E402,F401


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    logs_on_failure(outcome.get_result())


def pytest_collection_modifyitems(items):
    if os.environ.get("GERBANG_LANE") != "debian":
        for item in items:
            if item.get_closest_marker("debian"):
                item.add_marker(pytest.mark.skip(reason="for the Debian lane: scripts/vm-test"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Nothing of ours unless machines share the work; errors of collection are pytest's to report."""
    if not os.environ.get("GERBANG_CLAIMS") or session.config.option.collectonly or session.testsfailed:
        return None
    claims.run(session)
    return True
