# SPDX-License-Identifier: Apache-2.0
"""Turns: what is compared takes turns in short rounds, so that a noisy machine is unfair to none."""

import random
import statistics
import sys


class Rounds:
    """How often and how long is measured."""

    def __init__(self, count=7, seconds=0.6):
        self.count, self.seconds = count, seconds

    def cpu(self, servers, load, warm_up, unit=1):
        """Nanoseconds of CPU time per call (or per `unit` of a call) of each server, a list of one value a round.

        `load` gets a server and a number of calls. Each server gets as many calls as keep it busy for the seconds of a
        round; `warm_up` calls before that find out how many those are.
        """
        calls = {}
        for server in servers:
            load(server, warm_up)
            before = server.cpu()
            load(server, warm_up)
            cost = (server.cpu() - before) / warm_up
            calls[server.name] = max(warm_up, int(self.seconds * 1e9 / cost))
        found = {server.name: [] for server in servers}
        for turn in range(self.count):
            say(f"round {turn + 1} of {self.count}")
            for server in random.sample(servers, len(servers)):
                before = server.cpu()
                load(server, calls[server.name])
                found[server.name].append((server.cpu() - before) / calls[server.name] / unit)
        return found

    def turns(self, names, measure):
        """What `measure` returns for each name, a list of one value a round."""
        found = {name: [] for name in names}
        for turn in range(self.count):
            say(f"round {turn + 1} of {self.count}")
            for name in random.sample(names, len(names)):
                found[name].append(measure(name))
        return found


def ratio(found, one, other):
    """The median of the ratios of two that took turns, each round's by itself; `None` where either was not measured."""
    if not (found.get(one) and found.get(other)):
        return None
    return statistics.median(a / b for a, b in zip(found[one], found[other]))


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)
