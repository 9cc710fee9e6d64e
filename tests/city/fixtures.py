# SPDX-License-Identifier: GPL-2.0-or-later
"""What the pytest tiers share: cities that are closed whatever happens, and the programs' logs beside a failure."""
import contextlib

import pytest

from city import City

_open = []


@contextlib.contextmanager
def open_city(check=True, **options):
    """A city; at its end the programs are asked to stop, and a complaint of theirs fails the test (unless told)."""
    with City(**options) as city:
        _open.append(city)
        try:
            yield city
            city.gateway.stop(check=check)
        finally:
            _open.remove(city)


@pytest.fixture
def make_city():
    """A function that opens cities for one test."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(open_city(**options))


def logs_on_failure(report):
    if report.failed:
        for city in _open:
            report.sections.append((f"programs of {city.stem}", city.gateway.logs()[-12000:]))
