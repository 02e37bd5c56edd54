# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL killed under a load of writes, and started again, again and again, while the service goes on."""

import random
import time

from ledger import Ledger
from load import Load
from people import People
from postgres import Doorkeeper, most_in_a_second
from service import Service
from watchers import Watchers

# How soon readiness follows, in seconds. Generous: what counts is that it does so by itself.
LIMIT = 30
# Attempts to connect that a service may make within a second. Its callers alone ask several hundred times.
MOST_ATTEMPTS = 40


class Tally:
    def __init__(self):
        self.ways = {"closed": 0, "turned away": 0, "silent": 0}
        self.slowest_down = self.slowest_up = 0.0
        self.most_attempts = 0


def run(program, postgres, store, log, seed, rounds):
    chance = random.Random(seed)
    ledger, tally = Ledger(store), Tally()
    with (Service(program, store.arguments, log).wait_until_ready() as service, Load(ledger, seed) as load,
          Watchers(ledger) as watchers):
        load.prepare(service.address)
        watchers.follow(service.address)
        for number in range(1, rounds + 1):
            _kill_and_resume(postgres, service, load, chance, tally)
            people = People(service.address)
            (ledger.compare_everything if number % 5 == 0 else ledger.compare)(people)
            people.close()
            if ledger.failures:
                ledger.fail(f"(that was after kill {number})")
                break
        load.settle(service.address)
        people = People(service.address)
        ledger.compare_everything(people)
        people.close()
        watchers.compare(store)
        breaks = watchers.breaks
        if ledger.unsettled():
            ledger.fail(f"{len(ledger.unsettled())} writes found no end in a minute")
        if service.stop() != 0:
            ledger.fail(f"the stop in order ended with status {service.process.returncode}")
    if tally.most_attempts > MOST_ATTEMPTS:
        ledger.fail(f"{tally.most_attempts} attempts to connect within a second; at most {MOST_ATTEMPTS} are accepted")
    counts = ledger.counts
    lines = [
        f"{sum(tally.ways.values())} kills of PostgreSQL; its port then " + ", ".join(
            f"{way} {count} times" for way, count in tally.ways.items()),
        f"not ready after {tally.slowest_down:.1f} s at most; ready {tally.slowest_up:.1f} s at most after PostgreSQL was",
        f"{tally.most_attempts} attempts to connect within a second at most",
        f"{counts.acknowledged} writes acknowledged, {ledger.objects} objects, {ledger.events} events",
        f"{breaks} watches broken off and gone on with, every event told once",
        f"{counts.doubts} writes in doubt, of which {counts.doubts_written} were there; {counts.retries} retries; "
        f"{counts.contended} refused because another caller was first",
    ]
    return ledger.failures, lines + [f"{code}: {sentence}" for code, sentence in load.refused.items()]


def _kill_and_resume(postgres, service, load, chance, tally):
    ledger = load.ledger
    way = chance.choice(list(tally.ways))
    tally.ways[way] += 1
    with load.running(service.address):
        time.sleep(0.1 + 0.5 * chance.random())
        log = postgres.log_end()
        postgres.kill()
        doorkeeper = None
        if way != "closed":
            doorkeeper = Doorkeeper(postgres.port, is_silent=way == "silent")
            doorkeeper.start()
        down = service.wait_for_readiness(False, LIMIT)
        time.sleep(chance.random())
        if doorkeeper:
            doorkeeper.leave()
            tally.most_attempts = max(tally.most_attempts, most_in_a_second(doorkeeper.arrivals))
        postgres.resume()
        up = service.wait_for_readiness(True, LIMIT)
        time.sleep(0.2 * chance.random())
    tally.most_attempts = max(tally.most_attempts, most_in_a_second(postgres.arrivals(log)))
    if not service.is_running:
        ledger.fail("the service ended")
    if down is None:
        ledger.fail(f"health or /readyz still said that it serves {LIMIT} s after PostgreSQL was killed ({way})")
    if up is None:
        ledger.fail(f"health or /readyz did not say that it serves {LIMIT} s after PostgreSQL was back ({way})")
    tally.slowest_down = max(tally.slowest_down, down or LIMIT)
    tally.slowest_up = max(tally.slowest_up, up or LIMIT)
