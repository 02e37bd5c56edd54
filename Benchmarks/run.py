#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what build.sh built, and compares it with its peers and with what is wanted (docs/performance.md).

usage: Benchmarks/run.py [--rounds N] [--seconds N] [CASE...]

Prints Markdown. Exits with 1 when something that must be reached is missed, with 2 when a case could not run.
"""

import argparse
import sys

from measure import charts, clients, codec, connections, portfolio, report, stack, store, streams, unary
from measure.load import WrongAnswer
from measure.rounds import Rounds, say
from measure.server import Unavailable

CASES = {
    "unary": unary.plain,
    "tls": unary.tls,
    "observed": unary.observed,
    "client": clients.cpu,
    "streaming": streams.streaming,
    "large": streams.large,
    "latency": clients.latency,
    "idle": connections.idle,
    "codec": codec.codec,
    "charts": charts.engine,
    "command": charts.command,
    "reading": charts.reading,
    "signals": portfolio.signals,
    "scaling": unary.scaling,
    "instructions": unary.instructions,
    "stack": stack.stack,
    "writes": store.writes,
    "lookup": store.lookup,
    "bulk": store.bulk,
    "points": store.points,
}


def main():
    parser = argparse.ArgumentParser(description="Measures Waymark's RPC stack and its peers.")
    parser.add_argument("--rounds", type=int, default=7, help="how often each takes its turn")
    parser.add_argument("--seconds", type=float, default=0.6, help="CPU time of a turn")
    parser.add_argument("case", nargs="*", help=f"any of {', '.join(CASES)}; all when none is named")
    options = parser.parse_args()
    if unknown := [name for name in options.case if name not in CASES]:
        parser.error(f"there is no case {unknown[0]}; there are {', '.join(CASES)}")
    targets, broken = [], []
    for name in options.case or CASES:
        say(f"case {name}")
        try:
            targets += CASES[name](Rounds(options.rounds, options.seconds))
        except (Unavailable, WrongAnswer) as why:
            say(f"{name} could not be measured: {why}")
            broken.append(name)
    report.summary(targets)
    if broken:
        sys.exit(2)
    sys.exit(1 if any(target.verdict == "missed" for target in targets) else 0)


if __name__ == "__main__":
    main()
