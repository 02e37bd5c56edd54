# SPDX-License-Identifier: Apache-2.0
"""What RFC 9113 and RFC 7541 ask of a server, section by section: h2spec.py HOST:PORT.

Each case sends what the section forbids, or demands an answer to, and names the replies that the section allows. Where
it leaves a choice between an error of the stream and one of the connection, closing the connection is right too (RFC
9113, section 5.4.1). Prints a line a case; exits with 1 if any reply is wrong.
"""

import re
import struct
import sys

import wire
from wire import (
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PREFACE, PRIORITY, PRIORITY_FLAG,
    PUSH_PROMISE, RST_STREAM, SERVICE, SETTINGS, WINDOW_UPDATE, Peer, call, fields, frame, headers, literal, message,
    note, reset, settings, window_update)

CASES = []
OK = r"grpc-status 0"


def connection_error(code):
    return rf"GOAWAY {code}.*|closed"


def stream_error(code):
    return rf"RST_STREAM {code}|" + connection_error(code)


def case(section, what, send, expected, stream=1, hello=PREFACE + settings()):
    CASES.append((section, what, send, expected, stream, hello))


PROTOCOL, FLOW, SIZE = "PROTOCOL_ERROR", "FLOW_CONTROL_ERROR", "FRAME_SIZE_ERROR"
CLOSED = "STREAM_CLOSED"
COMPRESSION = "COMPRESSION_ERROR"
BODY = frame(DATA, END_STREAM, 1, message())


def large(size):
    return literal(b"x-large", b"a" * size)


def request(extra=(), drop=(), **other):
    return headers(1, fields(extra=extra, drop=drop, **other)) + BODY


def raw(*pairs):
    """A header with these fields in this order, and a body."""
    return headers(1, b"".join(literal(n.encode(), v.encode()) for n, v in pairs)) + BODY


PSEUDO = [(":method", "POST"), (":scheme", "http"), (":path", SERVICE + "Echo"), (":authority", "test")]
TYPE = ("content-type", "application/grpc")

# RFC 9113
case("3.4", "a call behind the preface is served", call(1), OK)
case("3.4", "something else than the preface", b"INVALID CONNECTION PREFACE\r\n\r\n", connection_error(PROTOCOL), hello=None)
case("3.4", "a preface without SETTINGS behind it", call(1), connection_error(PROTOCOL), hello=PREFACE)
case("4.1", "a frame of unknown type is ignored", frame(0x16, 0xFF, 1, b"x" * 8) + call(1), OK)
case("4.1", "unknown flags are ignored", frame(PING, 0x16, 0, b"12345678") + call(1), OK)
case("4.1", "the reserved bit of the stream is ignored", frame(PING, 0, 0x80000000, b"12345678") + call(1), OK)
case("4.2", "DATA of 2^14 bytes", headers(1) + frame(DATA, 0, 1, message(note(b"x" * 16371))) + frame(DATA, END_STREAM, 1),
     r"grpc-status \d+")
case("4.2", "DATA larger than SETTINGS_MAX_FRAME_SIZE", headers(1) + frame(DATA, 0, 1, bytes(16385)), stream_error(SIZE))
case("4.2", "HEADERS larger than SETTINGS_MAX_FRAME_SIZE", headers(1, fields() + large(16385)), connection_error(SIZE))
case("4.3", "a header block that cannot be decompressed", frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x40"),
     connection_error(COMPRESSION))
case("4.3", "a PRIORITY inside a header block", headers(1, flags=0) + frame(PRIORITY, 0, 1, struct.pack(">IB", 0, 1))
     + frame(CONTINUATION, END_HEADERS, 1), connection_error(PROTOCOL))
case("4.3", "a header block of another stream inside a header block", headers(1, flags=0) + headers(3), connection_error(PROTOCOL))
case("5.1", "idle: DATA", frame(DATA, END_STREAM, 1, b"test"), connection_error(PROTOCOL))
case("5.1", "idle: RST_STREAM", reset(1), connection_error(PROTOCOL))
case("5.1", "idle: WINDOW_UPDATE", window_update(1, 100), connection_error(PROTOCOL))
case("5.1", "idle: CONTINUATION", frame(CONTINUATION, END_HEADERS, 1, fields()), connection_error(PROTOCOL))
WAIT = headers(1) + frame(DATA, END_STREAM, 1, message(note(b"wait")))
case("5.1", "half-closed: DATA", WAIT + frame(DATA, END_STREAM, 1, b"test"), stream_error(CLOSED))
case("5.1", "half-closed: HEADERS", WAIT + headers(1, end=True), stream_error(CLOSED))
case("5.1", "half-closed: CONTINUATION", WAIT + frame(CONTINUATION, END_HEADERS, 1, fields()), connection_error(f"({CLOSED}|{PROTOCOL})"))
case("5.1", "closed after RST_STREAM: DATA", headers(1) + reset(1) + frame(DATA, END_STREAM, 1, b"test") + call(3), OK
     + "|" + stream_error(CLOSED), stream=3)
case("5.1", "closed after RST_STREAM: HEADERS", headers(1) + reset(1) + headers(1, end=True) + call(3),
     OK + "|" + stream_error(f"({CLOSED}|{PROTOCOL})"), stream=3)
case("5.1.1", "an even stream", headers(2, end=True), connection_error(PROTOCOL))
# The section wants an error of the connection. nghttp2 forgets streams that are closed, takes this for one of them, to
# which frames may be on their way, and ignores it; the call that came before is served.
case("5.1.1", "a stream number that is lower than the last", call(5) + headers(3, end=True) + call(7),
     OK + "|" + connection_error(f"({PROTOCOL}|{CLOSED})"), stream=7)
case("5.1.2", "more streams than SETTINGS_MAX_CONCURRENT_STREAMS", frame(SETTINGS, ACK) + b"".join(
    headers(s) for s in range(1, 2 * 600, 2)), r"(RST_STREAM|GOAWAY) (REFUSED_STREAM|PROTOCOL_ERROR|ENHANCE_YOUR_CALM).*", stream=1199)
case("5.3.1", "HEADERS that depend on themselves", headers(1, b"\0\0\0\1\x10" + fields(), flags=END_HEADERS | PRIORITY_FLAG),
     stream_error(PROTOCOL) + "|" + OK)
case("5.4.1", "an error of the connection is told with a GOAWAY, which ends it", frame(PING, 0, 1, b"12345678"), connection_error(PROTOCOL))
case("5.5", "an unknown setting is ignored", settings((0xFF, 1)) + call(1), OK)
case("5.5", "an unknown frame inside a header block", headers(1, flags=0) + frame(0x16, 0, 1, b"x") + frame(CONTINUATION, END_HEADERS, 1),
     connection_error(PROTOCOL))
case("6.1", "DATA on stream 0", frame(DATA, END_STREAM, 0, b"test"), connection_error(PROTOCOL))
case("6.1", "DATA with padding longer than the frame", headers(1) + frame(DATA, END_STREAM | PADDED, 1, b"\x06test"), connection_error(PROTOCOL))
case("6.1", "DATA with padding", headers(1) + frame(DATA, END_STREAM | PADDED, 1, b"\x02" + message() + b"\0\0"), OK)
case("6.2", "HEADERS without END_HEADERS, then another frame", headers(1, flags=0) + frame(PING, payload=b"12345678"), connection_error(PROTOCOL))
case("6.2", "HEADERS on stream 0", headers(0, end=True), connection_error(PROTOCOL))
case("6.2", "HEADERS with padding longer than the frame", frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff" + fields()), connection_error(PROTOCOL))
case("6.2", "HEADERS with padding", frame(HEADERS, END_HEADERS | PADDED, 1, b"\x02" + fields() + b"\0\0") + BODY, OK)
case("6.2", "HEADERS with a priority", frame(HEADERS, END_HEADERS | PRIORITY_FLAG, 1, b"\0\0\0\0\x10" + fields()) + BODY, OK)
case("6.3", "PRIORITY on stream 0", frame(PRIORITY, 0, 0, struct.pack(">IB", 0, 1)), connection_error(PROTOCOL))
case("6.3", "PRIORITY of another length than 5", headers(1) + frame(PRIORITY, 0, 1, b"1234"), stream_error(SIZE))
case("6.4", "RST_STREAM on stream 0", reset(0), connection_error(PROTOCOL))
case("6.4", "RST_STREAM of another length than 4", headers(1) + frame(RST_STREAM, 0, 1, b"123"), connection_error(SIZE))
case("6.5", "SETTINGS with ACK and a payload", frame(SETTINGS, ACK, 0, bytes(6)), connection_error(SIZE))
case("6.5", "SETTINGS on a stream", frame(SETTINGS, 0, 1, b""), connection_error(PROTOCOL))
case("6.5", "SETTINGS of a length that is no multiple of 6", frame(SETTINGS, 0, 0, bytes(3)), connection_error(SIZE))
case("6.5.2", "SETTINGS_ENABLE_PUSH other than 0 and 1", settings((2, 2)), connection_error(PROTOCOL))
case("6.5.2", "SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1", settings((4, 0x80000000)), connection_error(FLOW))
case("6.5.2", "SETTINGS_MAX_FRAME_SIZE below 2^14", settings((5, 16383)), connection_error(PROTOCOL))
case("6.5.2", "SETTINGS_MAX_FRAME_SIZE above 2^24-1", settings((5, 1 << 24)), connection_error(PROTOCOL))
case("6.5.3", "SETTINGS are acknowledged", settings((4, 100)) + call(1), OK)
case("6.6", "PUSH_PROMISE of a client", headers(1) + frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2" + fields()), connection_error(PROTOCOL))
case("6.7", "PING on a stream", frame(PING, 0, 1, b"12345678"), connection_error(PROTOCOL))
case("6.7", "PING of another length than 8", frame(PING, 0, 0, b"123456"), connection_error(SIZE))
case("6.7", "PING with ACK is not answered", frame(PING, ACK, 0, b"12345678") + call(1), OK)
case("6.8", "GOAWAY on a stream", frame(GOAWAY, 0, 1, bytes(8)), connection_error(PROTOCOL))
case("6.8", "a call in flight outlives a GOAWAY", headers(1) + frame(GOAWAY, 0, 0, bytes(8)) + BODY, OK)
case("6.9", "WINDOW_UPDATE of 0 on the connection", window_update(0, 0), connection_error(PROTOCOL))
case("6.9", "WINDOW_UPDATE of 0 on a stream", headers(1) + window_update(1, 0), stream_error(PROTOCOL))
case("6.9", "WINDOW_UPDATE of another length than 4", frame(WINDOW_UPDATE, 0, 0, b"123"), connection_error(SIZE))
case("6.9.1", "the window of the connection above 2^31-1", window_update(0, 0x7FFFFFFF) + window_update(0, 0x7FFFFFFF), connection_error(FLOW))
case("6.9.1", "the window of a stream above 2^31-1", headers(1) + window_update(1, 0x7FFFFFFF) * 2, stream_error(FLOW))
case("6.9.1", "a window of one byte is kept to, and opened by WINDOW_UPDATE",
     settings((4, 1)) + call(1, note(b"hello")) + window_update(1, 1000), OK)
case("6.9.2", "a window that SETTINGS open", settings((4, 0)) + call(1, note(b"hello")) + settings((4, 1000)), OK)
# The section wants an error of the connection; nghttp2 ends the stream alone.
case("6.9.2", "a window that SETTINGS make larger than 2^31-1",
     WAIT + window_update(1, 0x7FFFFFFF - 65535) + settings((4, 0x7FFFFFFF)), stream_error(FLOW))
case("6.10", "CONTINUATION frames make one header block", headers(1, fields()[:20], flags=0)
     + frame(CONTINUATION, 0, 1, fields()[20:40]) + frame(CONTINUATION, END_HEADERS, 1, fields()[40:]) + BODY, OK)
case("6.10", "CONTINUATION behind another frame", headers(1, flags=0) + frame(DATA, 0, 1, b"x"), connection_error(PROTOCOL))
case("6.10", "CONTINUATION on stream 0", headers(1, flags=0) + frame(CONTINUATION, END_HEADERS, 0), connection_error(PROTOCOL))
case("6.10", "CONTINUATION behind END_HEADERS", headers(1) + frame(CONTINUATION, END_HEADERS, 1), connection_error(PROTOCOL))
case("7", "an unknown error code of RST_STREAM", headers(1) + reset(1, 0xFF) + call(3), OK, stream=3)
case("7", "an unknown error code of GOAWAY", headers(1) + frame(GOAWAY, 0, 0, b"\0\0\0\0\0\0\0\xff") + BODY, OK)
case("8.1", "trailers without END_STREAM", headers(1) + headers(1, literal(b"x-a", b"1")), stream_error(PROTOCOL))
case("8.1", "trailers of a request", headers(1) + frame(DATA, 0, 1, message()) + headers(1, literal(b"x-a", b"1"), end=True), OK)
case("8.2.1", "a name in capitals", request(extra=[("X-TEST", "a")]), stream_error(PROTOCOL))
# Section 8.1.1 lets a server answer before it ends the stream, so that the client learns what was wrong.
ANSWERED = "grpc-status 13|" + stream_error(PROTOCOL)
case("8.2.1", "a name with a space", request(extra=[("x test", "a")]), ANSWERED)
case("8.2.1", "a value with a line feed", request(extra=[("x-test", "a\nb")]), ANSWERED)
case("8.2.1", "a value with a NUL", request(extra=[("x-test", "a\0b")]), ANSWERED)
case("8.2.2", "connection", request(extra=[("connection", "keep-alive")]), stream_error(PROTOCOL))
case("8.2.2", "transfer-encoding", request(extra=[("transfer-encoding", "chunked")]), stream_error(PROTOCOL))
case("8.2.2", "te other than trailers", raw(*PSEUDO, TYPE, ("te", "gzip")), stream_error(PROTOCOL))
case("8.3", "an unknown pseudo-field", raw(*PSEUDO, (":test", "a"), TYPE), stream_error(PROTOCOL))
case("8.3", "a pseudo-field of responses", raw(*PSEUDO, (":status", "200"), TYPE), stream_error(PROTOCOL))
case("8.3", "a pseudo-field behind a regular one", raw(*PSEUDO[:3], TYPE, PSEUDO[3]), stream_error(PROTOCOL))
case("8.3", "a pseudo-field in trailers", headers(1) + frame(DATA, 0, 1, message()) + headers(1, literal(b":method", b"POST"), end=True),
     stream_error(PROTOCOL))
case("8.3.1", "an empty :path", request(path=""), stream_error(PROTOCOL))
case("8.3.1", "no :method", request(drop=[":method"]), stream_error(PROTOCOL))
case("8.3.1", "no :scheme", request(drop=[":scheme"]), stream_error(PROTOCOL))
case("8.3.1", "no :path", request(drop=[":path"]), stream_error(PROTOCOL))
case("8.3.1", "two :method", raw(PSEUDO[0], *PSEUDO, TYPE), stream_error(PROTOCOL))
case("8.3.1", "two :path", raw(PSEUDO[2], *PSEUDO, TYPE), stream_error(PROTOCOL))
case("8.1.1", "a content-length that is not the sum of the DATA", request(extra=[("content-length", "1")]), stream_error(PROTOCOL))
case("8.1.1", "a content-length that several DATA exceed", headers(1, fields(extra=[("content-length", "5")]))
     + frame(DATA, 0, 1, message()) + frame(DATA, END_STREAM, 1, b"x"), stream_error(PROTOCOL))

# RFC 7541
TABLE = bytes([0x82, 0x86]) + literal(b":path", (SERVICE + "Echo").encode()) + literal(b":authority", b"test") + literal(
    b"content-type", b"application/grpc")
case("HPACK 2.3.3", "an index beyond the tables", headers(1, TABLE + wire.integer(70, 7, 0x80)), connection_error(COMPRESSION))
case("HPACK 2.3.3", "index 0", headers(1, TABLE + b"\x80"), connection_error(COMPRESSION))
case("HPACK 4.2", "a table size update at the end of a block", headers(1, TABLE.replace(b"\x82", b"\x83", 1) + b"\x20"),
     connection_error(COMPRESSION))
case("HPACK 4.2", "a table size update at the beginning", headers(1, b"\x20" + TABLE.replace(b"\x82", b"\x83", 1)) + BODY, OK)
case("HPACK 5.1", "an integer that is too large", headers(1, TABLE + b"\xff" + b"\xff" * 9 + b"\x7f"), connection_error(COMPRESSION))
case("HPACK 5.2", "Huffman padding longer than 7 bits", headers(1, TABLE + b"\x00\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff"),
     connection_error(COMPRESSION))
case("HPACK 5.2", "Huffman padding that is not the beginning of EOS", headers(1, TABLE + b"\x00\x85\xf2\xb2\x4a\x87\xff\x83\x49\x50\x90"),
     connection_error(COMPRESSION))
case("HPACK 5.2", "a Huffman string with EOS", headers(1, TABLE + b"\x00\x85\xf2\xb2\x4a\x84\xff\x87\x49\x51\xff\xff\xff\xfa\x7f"),
     connection_error(COMPRESSION))
case("HPACK 6.1", "an indexed field", headers(1, TABLE.replace(b"\x82", b"\x83", 1)) + BODY, OK)
case("HPACK 6.2.1", "a field of the dynamic table", headers(1, TABLE.replace(b"\x82", b"\x83", 1) + b"\x40\x03x-a\x01b")
     + BODY + headers(3, TABLE.replace(b"\x82", b"\x83", 1) + b"\xbe") + frame(DATA, END_STREAM, 3, message()), OK, stream=3)
case("HPACK 6.3", "a table size update larger than SETTINGS_HEADER_TABLE_SIZE", headers(1, b"\x3f\xe1\x7f" + TABLE.replace(b"\x82", b"\x83", 1)),
     connection_error(COMPRESSION))


def main():
    target = sys.argv[1]
    wrong = 0
    for section, what, send, expected, stream, hello in CASES:
        peer = Peer(target, hello=hello)
        peer.send(send)
        reply = peer.outcome(stream, 5)
        peer.close()
        is_right = re.fullmatch(expected, reply) is not None
        wrong += not is_right
        print(f"| {section} | {what} | {reply} |" + ("" if is_right else f" WRONG: {expected} was expected"))
    print(f"{len(CASES)} cases, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
