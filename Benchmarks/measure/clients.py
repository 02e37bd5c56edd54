# SPDX-License-Identifier: Apache-2.0
"""Clients: what a call costs them, and how long it takes."""

import json
import subprocess

from . import load, server
from .report import Target, spread
from .rounds import ratio, say
from .server import Unavailable, executable, pinned
from .servers import running

OURS, POOL, CPP, SWIFT = "Waymark", "Waymark, called from Swift's pool", "gRPC C++", "grpc-swift-2"


def client(name, target, calls, concurrency, first=False):
    """What a client says of its calls, after as many to warm up as are half of them."""
    numbers = [str(calls // 2), str(calls), str(concurrency)]
    command = {
        OURS: [f"{server.BUILT}/release/echo-client", target.address, *numbers],
        POOL: [f"{server.BUILT}/release/echo-client", "--from-pool", target.address, *numbers],
        CPP: [f"{server.PEERS}/grpc_echo", "client", target.address, *numbers],
        SWIFT: [f"{server.HERE}/peers/grpc-swift/.build/release/grpc-swift-echo", "client", str(target.port), *numbers],
    }[name]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        preexec_fn=pinned(server.LOAD_CORES, first))
    if done.returncode != 0:
        raise load.WrongAnswer(f"{name}: {done.stdout} {done.stderr}")
    return json.loads(done.stdout)


def there(*names):
    """Those of the clients that were built."""
    built = []
    for name in names:
        try:
            executable(f"{server.HERE}/peers/grpc-swift/.build/release/grpc-swift-echo" if name == SWIFT
                       else f"{server.PEERS}/grpc_echo" if name == CPP else f"{server.BUILT}/release/echo-client")
            built.append(name)
        except Unavailable as why:
            say(f"skipped: {name}: {why}")
    return built


def cpu(rounds):
    """CPU time of the client per unary call, 32 at a time, to one server (ours)."""
    with running(server.ours()) as (echo,):
        found = rounds.turns(
            there(OURS, POOL, CPP, SWIFT),
            lambda name: (lambda said: said["cpu_ns"] / said["calls"])(
                client(name, echo, 10_000 if name == SWIFT else 40_000, 32)))
    spread("client, unary echo, 32 at a time", found, "CPU µs per call", 1000)
    return [
        Target("client CPU per unary call: × grpc-swift-2", ratio(found, OURS, SWIFT), 1 / 8, 1 / 12),
        Target("client CPU per unary call: × gRPC C++", ratio(found, OURS, CPP), None),
    ]


def latency(rounds):
    """One connection, one call at a time: how long it takes.

    With each stack's own client at its own server, and with h2load at both, which shows the server's part. Clients and
    servers come before what else the machine does, where we may say so: else the 99th percentile is the scheduler's.
    """
    calls = 4000
    candidates = [server.ours(), server.grpc_cpp(), server.bare(), server.grpc_swift()]
    for each in candidates:
        each.first = True
    with running(*candidates) as servers:
        by_name = {each.name: each for each in servers}
        own = rounds.turns(
            there(*[name for name in (OURS, CPP, SWIFT) if name in by_name]),
            lambda name: client(name, by_name[name], calls, 1, first=True))
        neutral = rounds.turns(list(by_name), lambda name: load.latencies(by_name[name], load.UNARY, calls))
    targets = []
    for share, key in ((50, "p50_ns"), (99, "p99_ns")):
        found = {name: [said[key] / 1000 for said in values] for name, values in own.items()}
        spread(f"own client and server, one call at a time, p{share}", found, "µs", 1, 1)
        targets.append(Target(f"latency with own clients, p{share}: × gRPC C++", ratio(found, OURS, CPP), 1.0))
        found = {name: [times[len(times) * share // 100] for times in values] for name, values in neutral.items()}
        spread(f"h2load, one call at a time, p{share}", found, "µs", 1, 1)
        targets.append(Target(f"latency with h2load, p{share}: × gRPC C++", ratio(found, OURS, CPP), 1.0))
    return targets
