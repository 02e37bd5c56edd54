# SPDX-License-Identifier: Apache-2.0
"""A measure and its chart of 20 points, from Swift's structs to bytes and back."""

import json
import os
import subprocess

from . import server
from .report import Target, spread
from .rounds import ratio, say
from .server import Unavailable, executable, pinned


def codec(rounds):
    programs = {
        "Waymark": f"{server.BUILT}/release/measure-codec",
        "SwiftProtobuf": f"{server.HERE}/peers/swift-protobuf-codec/.build/release/swift-protobuf-codec",
    }
    samples = [f"{server.PEERS}/measure.bin", f"{server.PEERS}/chart.bin"]
    size = sum(os.path.getsize(sample) for sample in samples)
    built = []
    for name, path in programs.items():
        try:
            executable(path)
            built.append(name)
        except Unavailable as why:
            say(f"skipped: {name}: {why}")

    def run(name):
        done = subprocess.run(
            [programs[name], *samples, "30000"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
            preexec_fn=pinned(server.SERVER_CORES))
        said = json.loads(done.stdout)
        if said["bytes"] != size:
            raise Unavailable(f"{name} encoded {said['bytes']} bytes, not {size}")
        return said["cpu_ns"] / said["rounds"]

    found = rounds.turns(built, run)
    spread(f"a measure and its chart of 20 points, {size} bytes", found, "CPU µs to encode and decode", 1000)
    return [Target("encode + decode: × SwiftProtobuf", ratio(found, "Waymark", "SwiftProtobuf"), 1 / 2)]
