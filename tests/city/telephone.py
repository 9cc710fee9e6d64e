# SPDX-License-Identifier: GPL-2.0-or-later
"""What a guest's telephone does with the captive portal, over curl: follow the redirect, read the page, press its button.

It knows no address of the portal's pages: only what the pages themselves say.
"""
import itertools
import socket
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from city import WEB
from space import wait_for

ANYWHERE = f"http://{WEB}/some/page?q=1"


class Forms(HTMLParser):
    """Every form of a page: (method, action, {input name: value})."""

    def __init__(self, html):
        super().__init__()
        self.forms = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.forms.append((a.get("method", "get").lower(), a.get("action", ""), {}))
        elif tag in ("input", "button") and self.forms and a.get("name"):
            self.forms[-1][2][a["name"]] = a.get("value", "on")


def redirect(guest, url=ANYWHERE, *options):
    """Where the portal sends a captive guest."""
    status, headers, _ = guest.http(url, *options)
    assert status == 302, f"wanted a redirect from {url}, got {status} {headers}"
    return headers["location"]


def page(guest, *options, url=None):
    """(url, html) of the portal's page."""
    url = url or redirect(guest, ANYWHERE, *options)
    status, headers, html = guest.http(url, *options)
    if status in (302, 303):
        url = urljoin(url, headers["location"])
        status, headers, html = guest.http(url, *options)
    assert status == 200, f"{url}: {status}"
    return url, html


def is_served(guest, url=ANYWHERE):
    """Whether the portal answers at all, and not with "come back later"."""
    return guest.http(url)[0] in (200, 302)


def press(guest, url, html, number=0, **options):
    """Sends the number-th POST form of a page; (status, url, html) of what follows."""
    forms = [form for form in Forms(html).forms if form[0] == "post"]
    assert len(forms) > number, f"no button on {url}:\n{html}"
    _, action, fields = forms[number]
    target = urljoin(url, action)
    status, headers, body = guest.http(target, "--data", urlencode(fields), **options)
    if status in (302, 303):
        target = urljoin(target, headers["location"])
        status, headers, body = guest.http(target)
    return status, target, body


def login(guest):
    """Through the portal, by its own page; the page that follows."""
    url, html = page(guest)
    status, url, html = press(guest, url, html)
    assert status == 200, f"login answered {status}:\n{html}"
    return url, html


def logout(guest, url, html):
    status, _, html = press(guest, url, html)
    assert status == 200, f"logout answered {status}:\n{html}"
    return html


_ports = itertools.count(20000)


def reaches(city, guest, source=None, v6=False, packets=5, port=None):
    """Whether a datagram from `source` (any address, its own or not) arrives in the internet: seen there, not here."""
    port = port or next(_ports)
    family, level, option = (socket.AF_INET6, socket.IPPROTO_IPV6, 75) if v6 else (socket.AF_INET, socket.IPPROTO_IP, 19)
    with guest.enter(), socket.socket(family, socket.SOCK_DGRAM) as sock:
        if source:
            sock.setsockopt(level, option, 1)  # IP_TRANSPARENT: any source address
            sock.bind((source, 0))
        for _ in range(packets):
            try:
                sock.sendto(b"x" * 100, ("2001:db8:ffff::1" if v6 else "192.0.2.1", port))
            except OSError:
                pass
            try:
                wait_for("arrival", lambda: arrived(city, port), 0.1, 0.03)
                return True
            except AssertionError:
                pass
    return False


def arrived(city, port):
    """Packets of the port that reached the internet."""
    text = city.internet.run("nft", "list", "set", "inet", "lab", "up")
    for word in text.replace("{", ",").split(","):
        fields = word.split()
        if fields and fields[0] == str(port):
            return int(fields[fields.index("packets") + 1])
    return 0


def connects(guest, address, port, seconds=1.0):
    """ "open", "refused" (an answer said no) or "silent"."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with guest.enter(), socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(seconds)
        try:
            sock.connect((address, port))
            return "open"
        except TimeoutError:
            return "silent"
        except OSError:
            return "refused"
