# SPDX-License-Identifier: Apache-2.0
"""Unary calls over 4 connections with 32 streams each: CPU time of the server per call."""

import collections
import os
import re
import subprocess
import sys

from . import callgrind, load, server
from .report import Target, spread
from .rounds import ratio, say
from .server import executable
from .servers import echoes, files, running


CERTIFICATE, KEY = f"{server.PEERS}/certificate.pem", f"{server.PEERS}/key.pem"


def encrypted():
    return server.ours("--tls-cert", CERTIFICATE, "--tls-key", KEY, name="Waymark, TLS", scheme="https")


def verified(servers):
    """Has a real client compare answers while the load is on; h2load looks at the size of the answers alone."""
    for each in servers:
        if each.name == "nghttpd":
            continue
        check = subprocess.Popen(
            [sys.executable, os.path.join(server.HERE, "verify.py"), each.address, "500"], stdin=subprocess.DEVNULL)
        while check.poll() is None:
            echoes(each, 5000)
        if check.returncode != 0:
            raise load.WrongAnswer(f"{each.name} gave a wrong answer")


def plain(rounds):
    """Unary echo."""
    with files(load.UNARY) as folder, running(
            server.ours(), server.bare(), server.nghttpd(folder), server.grpc_cpp(), server.grpc_swift()) as servers:
        verified(servers)
        found = rounds.cpu(servers, echoes, 5000)
        spread("server, unary echo", found, "CPU µs per call", 1000)
        print("\n| server | resident MB after it |\n|---|---|")
        for each in servers:
            print(f"| {each.name} | {each.resident() / 1024:.1f} |")
    return [
        Target("unary echo, server CPU: × nghttpd", ratio(found, "Waymark", "nghttpd"), 2.0),
        Target("unary echo, server CPU: × the bare C echo", ratio(found, "Waymark", "bare C echo"), None, 2.0),
        Target("unary echo, server CPU: × gRPC C++", ratio(found, "Waymark", "gRPC C++"), 1 / 3),
        Target("unary echo, server CPU: × grpc-swift-2", ratio(found, "Waymark", "grpc-swift-2"), 1 / 12),
    ]


def observed(rounds):
    """What hooks cost that are in use: metrics of every call (to nowhere) and one interceptor."""
    with running(server.ours(), server.ours("--observed", name="Waymark, observed")) as servers:
        found = rounds.cpu(servers, echoes, 5000)
        spread("server, unary echo", found, "CPU µs per call", 1000)
    return [Target("unary echo with metrics and an interceptor: × without",
                   ratio(found, "Waymark, observed", "Waymark"), None)]


def tls(rounds):
    """Unary echo over TLS."""
    with running(
            server.ours(),
            encrypted(),
            server.grpc_cpp(CERTIFICATE, KEY, scheme="https", name="gRPC C++, TLS")) as servers:
        found = rounds.cpu(servers, echoes, 5000)
    spread("server, unary echo", found, "CPU µs per call", 1000)
    return [
        Target("unary echo over TLS: × our plaintext", ratio(found, "Waymark, TLS", "Waymark"), 1.3, 1.15),
        Target("unary echo over TLS: × gRPC C++ over TLS", ratio(found, "Waymark, TLS", "gRPC C++, TLS"), None),
    ]


def scaling(rounds):
    """From one event loop to two.

    Two loops can be twice as fast where a call costs no more with two than with one, as nothing waits for anything but
    the processor. On a machine with two cores, which the load needs too, that is what can be measured: twice the CPU
    time of a call with one loop, divided by that with two loops that run at once. What the clock says is printed with
    it: the load and the servers share all cores then.
    """
    every = set(server.CORES)
    with running(
            server.ours("--loops", "1", name="1 loop", cores=every),
            server.ours("--loops", "2", name="2 loops", cores=every)) as servers:
        walls = {each.name: [] for each in servers}

        def burst(each, calls):
            took = load.h2load(each, load.UNARY, calls, connections=8, cores=every, threads=len(every))
            walls[each.name].append(calls / took)

        found = rounds.cpu(servers, burst, 20000)
        spread("server, unary echo, load and servers on all cores", found, "CPU µs per call", 1000)
        spread("the same", {name: values[2:] for name, values in walls.items()}, "calls per second", 1, 0)
    cost = ratio(found, "2 loops", "1 loop")
    return [Target("2 event loops: × the calls per CPU second and core of 1", cost and 2 / cost, 1.7, least=True)]


def instructions(_):
    """Instructions that a server runs for a call, counted by callgrind, which noise does not move; not the kernel's."""
    found, parts = {}, {}
    with files(load.UNARY) as folder:
        for each in [encrypted(), server.ours(), server.bare(), server.nghttpd(folder), server.grpc_cpp()]:
            output = f"{server.PEERS}/callgrind.{re.sub('[^a-z0-9]+', '-', each.name.lower())}"
            for old in [name for name in os.listdir(server.PEERS) if name.startswith(os.path.basename(output))]:
                os.remove(os.path.join(server.PEERS, old))
            program = stripped(executable(each.command[0]))
            counting = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
            each.command = [*counting, program, *each.command[1:]]
            each.patience = 120
            say(f"{each.name} under callgrind")
            with running(each) as there:
                if there:
                    parts[each.name] = counted(each, output)
                    found[each.name] = sum(parts[each.name].values())
    print("\n| server, unary echo | instructions per call |\n|---|---|")
    for name, count in found.items():
        print(f"| {name} | {count:,.0f} |")
    if "Waymark" in found:
        print("\n| part of Waymark's | instructions per call | share |\n|---|---|---|")
        for part, count in parts["Waymark"].most_common():
            print(f"| {part} | {count:,.0f} | {100 * count / found['Waymark']:.0f} % |")
    return [
        Target(f"unary echo, instructions: × {peer}", quotient(found, "Waymark", peer), None, aim)
        for peer, aim in [("nghttpd", None), ("bare C echo", 2.0), ("gRPC C++", None)]
    ] + [Target("unary echo over TLS, instructions: × plaintext", quotient(found, "Waymark, TLS", "Waymark"), None)]


def quotient(found, one, other):
    return found[one] / found[other] if one in found and other in found else None


def stripped(program):
    """A copy that has its functions' names but no debugging information, which valgrind cannot always read."""
    copy = f"{server.PEERS}/stripped-{os.path.basename(program)}"
    subprocess.run(["objcopy", "--strip-debug", program, copy], check=True, stdin=subprocess.DEVNULL)
    return copy


def counted(each, output, calls=10_000):
    """Instructions per call once warm, by part."""
    echoes(each, calls // 2)
    control(each, "--zero")
    echoes(each, calls)
    control(each, "--dump")
    parts = callgrind.by_part(f"{output}.1")
    return collections.Counter({part: count / calls for part, count in parts.items()})


def control(each, what):
    subprocess.run(
        ["callgrind_control", what, str(each.pid)], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
