# SPDX-License-Identifier: GPL-2.0-or-later
"""Port 443 of the gateway itself is the portal's where there is a certificate, for everybody in a zone and nobody else; any
other port 443 stays what it is: refused before login, the internet's own afterwards."""
import pytest

from city import GATEWAY4, INTERNET4, INTERNET6, WEB
from fixtures import open_city
from space import wait_for
from telephone import connects, login

EVENING = "2026-11-23 17:00:00"
HERE, HERE6, NAME = "10.200.0.1", "2001:db8:200::1", "wifi.kotimkab.test"


@pytest.fixture(scope="module")
def city():
    with open_city(tls=True) as city:
        city.gateway.start(rehearse=EVENING)
        yield city


@pytest.fixture
def guest(city):
    guest = city.add_guest("taman-kota")
    # the neighbour table is the machine's: after a flood of stations the kernel needs a while to forget them
    wait_for("the guest's link", lambda: guest.ping(HERE) and guest.ping(HERE6), 60)
    return guest


def secure(city, guest, address=HERE):
    """The status that the portal answers with over HTTPS, its certificate verified; 0: no answer, or somebody else's."""
    there = f"[{address}]" if ":" in address else address
    return guest.http(f"https://{NAME}/", "--cacert", city.authority.certificate, "--connect-to", f"{NAME}:443:{there}:443")[0]


@pytest.mark.parametrize("address", [HERE, HERE6], ids=["ipv4", "ipv6"])
def test_the_gateways_own_443_is_the_portals_before_and_after_login(city, guest, address):
    assert secure(city, guest, address)
    login(guest)
    assert secure(city, guest, address)


def test_443_elsewhere_is_never_the_portals(city, guest):
    for address in (INTERNET4, INTERNET6, WEB):
        assert connects(guest, address, 443) == "refused", address
    login(guest)
    assert secure(city, guest, INTERNET4) == 0, "somebody else's HTTPS was answered by the portal"


def test_neither_offices_nor_the_internet_reach_it(city):
    office = city.hosts["dinkes"]
    for port in (443, 8443):
        assert connects(office, "10.10.1.1", port) == "refused"
        assert connects(office, HERE, port) == "refused"
        assert connects(city.internet, GATEWAY4, port, 0.5) != "open"
        assert connects(city.internet, "2001:db8:ffff::2", port, 0.5) != "open"


def test_a_closed_zone_still_has_it(make_city):
    city = make_city(tls=True, guests={"taman-kota": 1})
    city.gateway.start(rehearse="2026-11-23 10:00:00")
    guest = city.guests["taman-kota"][0]
    assert secure(city, guest) and secure(city, guest, HERE6)
    assert connects(guest, INTERNET4, 443) == "refused"


def test_without_a_certificate_it_is_reset(make_city):
    city = make_city(guests={"taman-kota": 1})
    city.gateway.start(rehearse=EVENING)
    guest = city.guests["taman-kota"][0]
    for address in (HERE, HERE6):
        for port in (443, 8443):
            assert connects(guest, address, port) == "refused"
