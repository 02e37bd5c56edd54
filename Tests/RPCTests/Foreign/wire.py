# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by hand: frames that no library would send, and what comes back."""

import socket
import struct
import time

import hpack

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED, PRIORITY_FLAG, ACK = 1, 4, 8, 32, 1
CODES = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
]
SERVICE = "/waymark.test.v1.EchoService/"


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(*pairs):
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", *pair) for pair in pairs))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, stream=stream, payload=struct.pack(">I", increment))


def reset(stream, code=8):
    return frame(RST_STREAM, stream=stream, payload=struct.pack(">I", code))


def literal(name, value):
    """A field without indexing, so that any number of connections may send the same bytes."""

    def text(value):
        return integer(len(value), 7) + value

    return b"\0" + text(name) + text(value)


def integer(value, bits, first=0):
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = [first | most], value - most
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + [value])


def fields(path=SERVICE + "Echo", extra=(), drop=(), method="POST", content_type="application/grpc"):
    head = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "test"), ("te", "trailers"),
            ("content-type", content_type), *extra]
    return b"".join(
        literal(name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in head if name not in drop)


def headers(stream, block=None, end=False, flags=END_HEADERS):
    return frame(HEADERS, flags | (END_STREAM if end else 0), stream, fields() if block is None else block)


def note(text=b"", code=0):
    body = (b"\x08" + integer(code, 7) if code < 128 else b"\x08" + varint(code)) if code else b""
    return body + (b"\x12" + varint(len(text)) + text if text else b"")


def varint(value):
    out = []
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + [value])


def message(payload=b"", flag=0, length=None):
    return struct.pack(">BI", flag, len(payload) if length is None else length) + payload


def call(stream, payload=b"", block=None):
    """A whole unary call."""
    return headers(stream, block) + frame(DATA, END_STREAM, stream, message(payload))


class Peer:
    """One connection, and what it was told."""

    def __init__(self, target, hello=PREFACE + settings(), answers=True):
        host, port = target.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.decoder = hpack.Decoder()
        self.decoder.max_header_list_size = 1 << 20
        self.buffer = b""
        self.goaway = None
        self.debug = b""
        self.resets = {}
        self.heads = {}
        self.ended = set()
        self.data = {}
        self.closed = False
        self.frames = []
        self.answers = answers
        if hello:
            self.send(hello)

    def send(self, data):
        """Sends; false when the connection is gone."""
        try:
            self.socket.settimeout(10)
            self.socket.sendall(data)
            return True
        except (OSError, socket.timeout):
            return False

    def poll(self, seconds=0.0):
        """Reads what is there; waits for something for at most so long."""
        self.socket.settimeout(max(seconds, 0.000001))
        try:
            data = self.socket.recv(1 << 18)
        except (socket.timeout, BlockingIOError):
            return False
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return False
        self.buffer += data
        while len(self.buffer) >= 9:
            length = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + length:
                break
            kind, flags = self.buffer[3], self.buffer[4]
            stream = int.from_bytes(self.buffer[5:9], "big") & 0x7FFFFFFF
            payload, self.buffer = self.buffer[9:9 + length], self.buffer[9 + length:]
            self.take(kind, flags, stream, payload)
        return True

    def take(self, kind, flags, stream, payload):
        self.frames.append((kind, flags, stream, payload))
        if kind == HEADERS:
            head = self.decoder.decode(payload, raw=True)
            self.heads.setdefault(stream, {}).update({n.decode(): v.decode("latin-1") for n, v in head})
        elif kind == DATA:
            self.data[stream] = self.data.get(stream, b"") + payload
        elif kind == RST_STREAM:
            self.resets[stream] = CODES[int.from_bytes(payload, "big")]
        elif kind == GOAWAY:
            code = CODES[int.from_bytes(payload[4:8], "big")]
            if self.goaway in (None, "NO_ERROR"):
                self.goaway, self.debug = code, payload[8:]
        elif kind == SETTINGS and not flags & ACK and self.answers:
            self.send(frame(SETTINGS, ACK))
        elif kind == PING and not flags & ACK and self.answers:
            self.send(frame(PING, ACK, payload=payload))
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended.add(stream)

    def wait(self, condition, seconds=10):
        """Reads until the condition holds or the connection is gone."""
        end = time.monotonic() + seconds
        while not condition() and not self.closed and time.monotonic() < end:
            self.poll(end - time.monotonic())
        return condition()

    def finish(self, seconds=10):
        """Reads to the end of the connection, and says how it ended."""
        self.wait(lambda: False, seconds)
        return self.farewell()

    def farewell(self):
        if self.goaway:
            return "GOAWAY " + self.goaway + (f" ({self.debug.decode()})" if self.debug else "")
        return "closed" if self.closed else "open"

    def outcome(self, stream, seconds=10):
        """How one stream ended."""
        self.wait(lambda: stream in self.ended or stream in self.resets or self.goaway, seconds)
        if stream in self.heads and stream in self.ended:
            head = self.heads[stream]
            return f"grpc-status {head['grpc-status']}" if "grpc-status" in head else f"HTTP {head[':status']}"
        if stream in self.resets:
            return "RST_STREAM " + self.resets[stream]
        return self.farewell()

    def close(self):
        self.socket.close()
