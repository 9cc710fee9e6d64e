# SPDX-License-Identifier: GPL-2.0-or-later
"""A mail server of the internet (aiosmtpd): `mailbox.py ADDRESS PORT FOLDER [--tls CERTIFICATE KEY] [--login USER PASSWORD] [--refuse ADDRESS]`

Each mail becomes a file of FOLDER, as JSON: {"from", "to", "tls", "login", "message"}. With --login nobody is served without, and a login only
over TLS; with --plain-login also without TLS. FOLDER/heard has a line for each password that was said, and whether TLS was there.
"""
import argparse
import json
import os
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Box:
    def __init__(self, options):
        self.options = options

    async def handle_RCPT(self, server, session, envelope, address, _options):
        if address == self.options.refuse:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        row = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
               "login": session.authenticated, "message": envelope.content.decode("utf-8", "replace")}
        name = os.path.join(self.options.folder, f"{time.time_ns()}.mail")
        with open(name + ".new", "w") as file:
            json.dump(row, file)
        os.rename(name + ".new", name)
        return "250 accepted"


def login(options):
    def judge(server, session, envelope, mechanism, data):
        with open(os.path.join(options.folder, "heard"), "a") as file:
            file.write(f"{'tls' if session.ssl else 'plain'} {data.login.decode()}\n")
        right = data.login.decode() == options.login[0] and data.password.decode() == options.login[1]
        return AuthResult(success=right, handled=right)  # else it answers 535 itself
    return judge


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("folder")
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--login", nargs=2)
    parser.add_argument("--plain-login", action="store_true")
    parser.add_argument("--refuse")
    options = parser.parse_args()
    more = {}
    if options.tls:
        more["tls_context"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        more["tls_context"].load_cert_chain(*options.tls)
    if options.login:
        more.update(authenticator=login(options), auth_required=True, auth_require_tls=not options.plain_login)
    controller = Controller(Box(options), hostname=options.address, port=options.port, server_hostname="mail.test", **more)
    controller.start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
