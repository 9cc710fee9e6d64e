# SPDX-License-Identifier: GPL-2.0-or-later
"""The internet's web server: one page for every path, both families, every address. `web.py PORT [TLS_PORT CERTIFICATE KEY]`

Two of its paths are what telephones ask for: /generate_204 and, as NetworkManager does, /check_network_status.txt.
Not `python3 -m http.server`: that asks the resolver for its own name before it listens, and there is none here.
"""
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingMixIn, TCPServer

PAGE = b"<!DOCTYPE html><title>Internet</title><h1>This is the internet</h1>\n"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/generate_204":
            self.send_response(204)
            self.end_headers()
            return
        body, kind = PAGE, "text/html"
        if self.path == "/check_network_status.txt":
            body, kind = b"NetworkManager is online\n", "text/plain"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *words):
        sys.stderr.write(f"{self.headers.get('Host')} {text % words}\n")


class Server(ThreadingMixIn, TCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = daemon_threads = True
    request_queue_size = 512
    context = None

    def finish_request(self, request, client_address):
        if self.context:
            request.settimeout(10)
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass  # a client that went away


def main(port, tls_port=None, certificate=None, key=None):
    if tls_port:
        secure = Server(("::", int(tls_port)), Page)
        secure.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.context.load_cert_chain(certificate, key)
        threading.Thread(target=secure.serve_forever, daemon=True).start()
    Server(("::", int(port)), Page).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
