# SPDX-License-Identifier: Apache-2.0
"""Calls the relay at HOST:PORT with a trace context, with none and with a broken one, and looks at what came of it."""

import re
import sys

import grpc

from notes import Note, path

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


def relayed(stub, *metadata):
    """What the relay's handler was under, and what the service behind it was sent and under."""
    answer = stub(Note(message="relay"), metadata=metadata, timeout=20).message.split(" ")
    assert len(answer) == 5, answer
    for text in answer[:3]:
        assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", text), answer
    return answer


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        codec = dict(request_serializer=Note.SerializeToString, response_deserializer=Note.FromString)
        stub = channel.unary_unary(path("Echo"), **codec)

        # One trace from end to end, a span of its own for each side of each call, and the vendor's words unchanged.
        for flags in ("00", "01"):
            here, sent, there, state, _ = relayed(
                stub, ("traceparent", f"00-{TRACE}-{PARENT}-{flags}"), ("tracestate", "rojo=1,congo=t61rcWkgMzE"))
            assert [text[3:35] for text in (here, sent, there)] == [TRACE] * 3
            assert [text[-2:] for text in (here, sent, there)] == [flags] * 3
            spans = {PARENT} | {text[36:52] for text in (here, sent, there)}
            assert len(spans) == 4, spans
            assert state == "rojo=1,congo=t61rcWkgMzE", state

        # Two headers are one list (RFC 9110).
        state = relayed(
            stub, ("traceparent", f"00-{TRACE}-{PARENT}-01"), ("tracestate", "a=1"), ("tracestate", "b=2"))[3]
        assert state == "a=1,b=2", state

        # Without a valid context a trace begins here, and nobody's vendor words are taken over.
        made = set()
        for metadata in (
                (), (("traceparent", f"00-{'0' * 32}-{PARENT}-01"), ("tracestate", "rojo=1")),
                (("tracestate", "rojo=1"),)):
            here, sent, there, state, _ = relayed(stub, *metadata)
            assert here[3:35] == sent[3:35] == there[3:35] != TRACE
            assert state == "-", state
            made.add(here[3:35])
        assert len(made) == 3, made


main()
