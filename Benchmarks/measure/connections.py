# SPDX-License-Identifier: Apache-2.0
"""Connections that do nothing: the memory that each takes in the server."""

import errno
import resource
import select
import socket
import time

from . import load, server
from .report import Target, spread
from .server import Unavailable
from .servers import files, running

COUNT = 10_000
# How many connections are being made at a time; a server's backlog holds them.
AT_ONCE = 100


def field(name, value):
    """A header field without a place in HPACK's table, in plain letters."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


HEADER = b"".join([
    field(b":method", b"POST"), field(b":scheme", b"http"), field(b":path", load.UNARY.path.encode()),
    field(b":authority", b"127.0.0.1"), field(b"content-type", b"application/grpc"), field(b"te", b"trailers")])
FILE_HEADER = b"".join([
    field(b":method", b"GET"), field(b":scheme", b"http"), field(b":path", b"/echo"),
    field(b":authority", b"127.0.0.1")])
# The preface, our settings (none), the agreement to theirs, and one unary call: how any client's connection begins.
BEGINNING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(4, 1, 0, b"")
CALL = BEGINNING + frame(1, 4, 1, HEADER) + frame(0, 1, 1, load.UNARY.body)
FETCH = BEGINNING + frame(1, 5, 1, FILE_HEADER)


class Connection:
    """A connection that makes one call, waits for its end, and then stays."""

    def __init__(self, index, target):
        self.socket = socket.socket()
        # Every address of the loopback has its own ports, so there are enough of them for any number of runs.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((f"127.0.0.{2 + index % 200}", 0))
        self.socket.connect(("127.0.0.1", target.port))
        self.socket.sendall(FETCH if target.name == "nghttpd" else CALL)
        self.received = b""
        self.answered = False

    def read(self):
        """Takes what has come; notes the frame that ends stream 1."""
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "the server closed an idle connection")
        self.received += data
        while len(self.received) >= 9:
            length = int.from_bytes(self.received[:3], "big")
            if len(self.received) < 9 + length:
                break
            kind, flags = self.received[3], self.received[4]
            if self.received[5:9] == b"\0\0\0\1" and kind in (0, 1) and flags & 1:
                self.answered = True
            self.received = self.received[9 + length:]


def hold(target, count):
    """So many connections, each after its call has been answered."""
    held = []
    while len(held) < count:
        fresh = [Connection(len(held) + i, target) for i in range(min(AT_ONCE, count - len(held)))]
        waiting = {each.socket.fileno(): each for each in fresh}
        poll = select.poll()
        for number in waiting:
            poll.register(number, select.POLLIN)
        while waiting:
            ready = poll.poll(20_000)
            if not ready:
                raise Unavailable(f"{target.name} left {len(waiting)} connections unanswered")
            for number, _ in ready:
                waiting[number].read()
                if waiting[number].answered:
                    poll.unregister(number)
                    del waiting[number]
        held += fresh
    return held


def idle(_):
    """10,000 connections that have made a call each, and make no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(COUNT, hard - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    found = {}
    try:
        with files(load.UNARY) as folder:
            for each in (server.ours(), server.bare(), server.nghttpd(folder), server.grpc_cpp(), server.grpc_swift()):
                with running(each) as there:
                    if there:
                        found[each.name] = [per_connection(each, count)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    spread(f"server, {count:,} idle connections", found, "KiB resident per connection", 1, 1)
    memory = found["Waymark"][0] if "Waymark" in found else None
    return [Target("10,000 idle connections: KiB each", memory, 16, 10)]


def per_connection(each, count):
    # What the first connections bring about, such as buffers of the loop, is not theirs.
    for first in hold(each, 200):
        first.socket.close()
    time.sleep(0.5)
    before = each.resident()
    held = hold(each, count)
    # For as long nobody says anything.
    time.sleep(3)
    after = each.resident()
    for connection in held:
        connection.socket.close()
    return (after - before) / count
