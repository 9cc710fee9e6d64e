# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays the portal at the daemon's socket (lib/message.h): what a guest may ask for, without pages in between."""
import array
import contextlib
import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import time

from city import TOP
from space import wait_for


def message_numbers():
    """The version and each type's number, from the header that the programs share."""
    with open(os.path.join(TOP, "lib/message.h")) as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    names = re.findall(r"MESSAGE_\w+", re.search(r"enum message_type \{(.*?)\}", text, re.S)[1])
    return int(re.search(r"#define MESSAGE_VERSION (\d+)", text)[1]), {name: number for number, name in enumerate(names, 1)}


VERSION, TYPES = message_numbers()
PORTAL_SETTINGS, GUEST, GUEST_STATE, CONTROL = (TYPES["MESSAGE_" + name] for name in ("PORTAL_SETTINGS", "GUEST", "GUEST_STATE", "CONTROL"))
ASK, CLICK, LOGOUT, VOUCHER, ACCOUNT, RESUME = range(1, 7)
STATES = [None, "unknown", "captive", "online", "closed", "busy", "used up", "unsure"]
REFUSALS = ["", "code", "expired", "spent", "devices", "password", "patience", "way"]


class Header(ctypes.Structure):
    _fields_ = [("type", ctypes.c_uint16), ("version", ctypes.c_uint16), ("length", ctypes.c_uint32), ("id", ctypes.c_uint64)]


class Guest(ctypes.Structure):
    _fields_ = [("header", Header), ("family", ctypes.c_uint8), ("octets", ctypes.c_uint8 * 16), ("scope_id", ctypes.c_uint32),
                ("request", ctypes.c_uint8), ("zero", ctypes.c_uint8 * 3), ("name", ctypes.c_char * 65),
                ("secret", ctypes.c_char * 129), ("cookie", ctypes.c_char * 16)]


class State(ctypes.Structure):
    _fields_ = [("header", Header), ("_state", ctypes.c_uint8), ("_refusal", ctypes.c_uint8), ("logins", ctypes.c_uint8),
                ("login", ctypes.c_uint8), ("outage", ctypes.c_uint8), ("extensible", ctypes.c_uint8), ("_zone", ctypes.c_char * 33),
                ("zone_name", ctypes.c_char * 128), ("seconds_remaining", ctypes.c_int64), ("bytes_remaining", ctypes.c_int64),
                ("retry_seconds", ctypes.c_int64), ("opens", ctypes.c_int64), ("closes", ctypes.c_int64), ("outage_since", ctypes.c_int64),
                ("session_usec", ctypes.c_int64), ("down_bps", ctypes.c_uint64), ("up_bps", ctypes.c_uint64),
                ("down_bytes", ctypes.c_uint64), ("up_bytes", ctypes.c_uint64), ("opens_text", ctypes.c_char * 64),
                ("closes_text", ctypes.c_char * 64), ("outage_text", ctypes.c_char * 64), ("_code", ctypes.c_char * 16),
                ("now", ctypes.c_int64)]

    @property
    def state(self):
        return STATES[self._state]

    @property
    def refusal(self):
        return REFUSALS[self._refusal]

    @property
    def code(self):
        return self._code.decode()

    @property
    def zone(self):
        return self._zone.decode()

    def __repr__(self):
        return (f"<{self.state} {self.refusal or '-'} {self.seconds_remaining} s, {self.bytes_remaining} B left, "
                f"retry {self.retry_seconds} s, {self.code}>")


class Portal:
    def __init__(self, city):
        self.city, self.next_id = city, 1
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(10)
        self.socket.connect(city.path("run", "daemon", "portal"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, guest, request, name="", secret="", cookie="", address=None):
        """The id of the question."""
        address = address or guest.address4
        message = Guest(request=request, name=name.encode(), secret=secret.encode(), cookie=cookie.encode())
        packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
        message.family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for i, octet in enumerate(packed):
            message.octets[i] = octet
        message.header = Header(GUEST, VERSION, ctypes.sizeof(Guest), self.next_id)
        self.next_id += 1
        self.socket.send(bytes(message))
        return self.next_id - 1

    def receive(self):
        """(id, state) of the next answer."""
        while True:
            data, ancillary, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(4))
            for level, kind, body in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    for fd in array.array("i", body[:4]):
                        os.close(fd)
            assert data, "the daemon hung up"
            header = Header.from_buffer_copy(data)
            if header.type == PORTAL_SETTINGS:
                continue
            assert header.type == GUEST_STATE and len(data) == ctypes.sizeof(State), (header.type, len(data))
            return header.id, State.from_buffer_copy(data)

    def ask(self, guest, request=ASK, **more):
        wanted = self.send(guest, request, **more)
        while True:
            number, state = self.receive()
            if number == wanted:
                return state

    def login(self, guest, request=CLICK, **more):
        """Until it is neither "busy" nor "unsure"; the state that follows."""
        for _ in range(40):
            state = self.ask(guest, request, **more)
            if state.state not in ("busy", "unsure"):
                return state
            time.sleep(0.1)
        return state


def control_connect(city):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.connect(city.path("run", "daemon", "control"))
    sock.settimeout(10)
    return sock


def control_send(sock, command, **arguments):
    """A command at the control socket, whose answer somebody may read."""
    blob = os.memfd_create("request", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.write(blob, json.dumps({"command": command, **arguments}).encode())
        fcntl.fcntl(blob, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
        socket.send_fds(sock, [bytes(Header(CONTROL, VERSION, ctypes.sizeof(Header), 1))], [blob])
    finally:
        os.close(blob)


def control_says(city, command, **arguments):
    """A command at the control socket; (status, text)."""
    with control_connect(city) as sock:
        control_send(sock, command, **arguments)
        data, fds, _, _ = socket.recv_fds(sock, 4096, 1)
    with os.fdopen(fds[0]) as file:
        file.seek(0)
        text = file.read()
    return ctypes.c_int32.from_buffer_copy(data, ctypes.sizeof(Header)).value, text


def control(city, command, **arguments):
    """A command at the control socket; its JSON document."""
    status, text = control_says(city, command, **arguments)
    assert status == 0, text
    return json.loads(text)


def voucher(city, zone="taman-kota", hours=24, **limits):
    """The code of a new voucher. limits: time_usec, data_bytes, devices."""
    return control(city, "voucher-create", zone=zone, count=1, valid_usec=int(hours * 3600e6), **limits)["codes"][0]


@contextlib.contextmanager
def halted(city, name):
    """A program that does not answer for a while. It may be killed meanwhile."""
    process = city.gateway.running[name]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def known(city, *guests):
    """The gateway has seen these guests: the kernel can say whose an address is."""
    for guest in guests:
        gateway = city.zone(guest.belongs_to)["address"].split("/")[0]
        wait_for("the gateway to answer a guest", lambda: guest.ping(gateway), 5)
