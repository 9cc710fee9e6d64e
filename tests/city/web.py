# SPDX-License-Identifier: GPL-2.0-or-later
"""The internet's web server: one page for every path, both families. `web.py PORT`

Not `python3 -m http.server`: that asks the resolver for its own name before it listens, and there is none here.
"""
import socket
import sys
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingMixIn, TCPServer

PAGE = b"<!DOCTYPE html><title>Internet</title><h1>This is the internet</h1>\n"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)


class Server(ThreadingMixIn, TCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = daemon_threads = True


if __name__ == "__main__":
    Server(("::", int(sys.argv[1])), Page).serve_forever()
