# SPDX-License-Identifier: Apache-2.0
"""kill -9 of a service, again and again: under a load of writes, while it starts, and while it stops."""

import random
import time

from ledger import Ledger
from load import Load
from people import People
from service import Service
from watchers import Watchers

# How often everything is compared, and not only what came since the last time.
EVERYTHING = 25


def run(program, store, log, seed, rounds):
    """Kills the service `rounds` times; what was found and counted."""
    chance = random.Random(seed)
    ledger = Ledger(store)
    moments = {"load": 0, "start": 0, "stop": 0}
    service = Service(program, store.arguments, log).wait_until_ready()
    with Load(ledger, seed) as load, Watchers(ledger) as watchers:
        load.prepare(service.address)
        watchers.follow(service.address)
        for number in range(1, rounds + 1):
            moment = chance.choices(list(moments), weights=[8, 1, 1])[0]
            moments[moment] += 1
            load.open(service.address)
            # Mostly soon: the first writes after a start are where something may not be in place yet.
            time.sleep(chance.choice([0.02, 0.1, 0.3, 0.6]) * chance.random())
            if moment == "stop":
                service.ask_to_stop()
                time.sleep(0.05 * chance.random())
            service.kill()
            load.close()
            if moment == "start":
                service = Service(program, store.arguments, log)
                time.sleep(0.25 * chance.random())
                service.kill()
            service = Service(program, store.arguments, log).wait_until_ready()
            watchers.follow(service.address)
            people = People(service.address)
            (ledger.compare_everything if number % EVERYTHING == 0 else ledger.compare)(people)
            people.close()
            if ledger.failures:
                ledger.fail(f"(that was after kill {number}, in the {moment})")
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
        ledger.fail(f"the last stop in order ended with status {service.process.returncode}")
    counts = ledger.counts
    return ledger.failures, [
        f"{sum(moments.values())} kills: {moments['load']} under load, {moments['start']} while it started, "
        f"{moments['stop']} while it stopped",
        f"{counts.acknowledged} writes acknowledged, {ledger.objects} objects, {ledger.events} events",
        f"{breaks} watches broken off and gone on with, every event told once",
        f"{counts.doubts} writes in doubt, of which {counts.doubts_written} were there; {counts.retries} retries; "
        f"{counts.contended} refused because another caller was first",
    ]
