# SPDX-License-Identifier: Apache-2.0
"""Streams of small messages, and large messages."""

from . import load, server
from .report import Target, spread
from .rounds import ratio
from .servers import running


def streaming(rounds):
    """Server streaming, 1,000 messages a call: CPU time of the server per message."""
    with running(server.ours(), server.grpc_cpp(), server.grpc_swift()) as servers:
        found = rounds.cpu(
            servers, lambda each, calls: load.h2load(each, load.STREAM, calls, connections=4, streams=4), 40,
            unit=load.REPEATED)
    spread(f"server, {load.REPEATED} messages a call", found, "CPU ns per message", digits=0)
    return [
        Target("server streaming, CPU per message: × grpc-swift-2", ratio(found, "Waymark", "grpc-swift-2"), 1 / 8,
               1 / 15),
        Target("server streaming, CPU per message: × gRPC C++", ratio(found, "Waymark", "gRPC C++"), 1 / 2),
    ]


def large(rounds):
    """Unary calls with 1 MiB there and 1 MiB back: bytes that the server echoes per second of its CPU time."""
    with running(server.ours(), server.bare(), server.grpc_cpp(), server.grpc_swift()) as servers:
        found = rounds.cpu(
            servers, lambda each, calls: load.h2load(each, load.DATA, calls, connections=4, streams=2), 40)
    speeds = {name: [load.LARGE / cost for cost in costs] for name, costs in found.items()}
    spread("server, 1 MiB there and back", speeds, "GB echoed per CPU second")
    cost = ratio(speeds, "Waymark", "gRPC C++")
    floor = ratio(speeds, "Waymark", "bare C echo")
    return [
        Target("1 MiB messages, bytes per CPU second: × gRPC C++", cost, 1.0, 1.5, least=True),
        Target("1 MiB messages, bytes per CPU second: × the bare C echo", floor, None, least=True),
    ]
