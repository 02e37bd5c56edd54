# SPDX-License-Identifier: Apache-2.0
"""A disk that is full: writes are refused with a reason, the service stays, and goes on by itself when there is room."""

import time

import grpc

import mounts
from ledger import Ledger
from load import Load
from people import People
from service import DidNotStart, Service
from stores import SQLiteStore

# What a write may be told while the disk is full.
REFUSALS = frozenset({grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE})
# How soon readiness follows, in seconds. Generous: what counts is that it does so by itself.
LIMIT = 15
TIMES = 3


def run(program, folder, log, seed):
    with mounts.disk(folder / "disk", megabytes=24) as disk:
        store = SQLiteStore(disk.folder)
        ledger = Ledger(store)
        with Service(program, store.arguments, log).wait_until_ready() as service, \
                Load(ledger, seed, callers=8, refusals=REFUSALS) as load:
            load.prepare(service.address)
            lines = []
            while len(lines) < TIMES and not ledger.failures:
                lines.append(_fill_and_make_room(disk, service, load))
            service.kill()
            lines.append(_start_while_full(program, disk, store, log, load))
            with Service(program, store.arguments, log).wait_until_ready() as service:
                load.settle(service.address)
                _compare(ledger, service)
                if service.stop() != 0:
                    ledger.fail(f"the last stop in order ended with status {service.process.returncode}")
    for code, sentence in load.refused.items():
        lines.append(f"{code}: {sentence}")
    lines.append(f"{ledger.counts.acknowledged} writes acknowledged, {ledger.counts.doubts} refused or broken off, "
                 f"of which {ledger.counts.doubts_written} were there")
    return ledger.failures, lines


def _fill_and_make_room(disk, service, load):
    """Fills the disk under load, and empties it again; how long readiness took to follow."""
    ledger = load.ledger
    load.refused.clear()
    with load.running(service.address):
        time.sleep(0.3)
        acknowledged = ledger.counts.acknowledged
        disk.fill()
        down = service.wait_for_readiness(False, LIMIT)
        if down is None:
            ledger.fail(f"health or /readyz still said that it serves {LIMIT} s after the disk was full")
    if not load.refused:
        ledger.fail("no write was refused: the disk was never full")
    if not service.is_running:
        ledger.fail("the service ended")
    _compare(ledger, service)
    disk.make_room()
    # Nobody writes now: it has to find out by itself.
    up = service.wait_for_readiness(True, LIMIT)
    if up is None:
        ledger.fail(f"health or /readyz did not say that it serves {LIMIT} s after there was room again")
    load.settle(service.address)
    if ledger.unsettled():
        ledger.fail("writes are still refused although there is room")
    _compare(ledger, service)
    written = ledger.counts.acknowledged - acknowledged
    return (f"full after {acknowledged} writes: not ready after {_seconds(down)}; "
            f"ready {_seconds(up)} after there was room; {written} writes more")


def _start_while_full(program, disk, store, log, load):
    """Starts the service on the full disk: it says so in one sentence, runs without being ready, or has made room itself.

    What a killed service has left in its log is put into the store's file at the next start; then the log is gone.
    """
    ledger = load.ledger
    disk.fill()
    try:
        with Service(program, store.arguments, log).wait_until_ready() as service:
            down = service.wait_for_readiness(False, 2)
            if down is None:
                acknowledged = ledger.counts.acknowledged
                with load.running(service.address):
                    time.sleep(0.5)
                if ledger.counts.acknowledged == acknowledged:
                    ledger.fail("started on a full disk, it says that it serves, and takes no write")
                disk.make_room()
                load.settle(service.address)
                return ("started on a full disk: its log made room for "
                        f"{ledger.counts.acknowledged - acknowledged} writes")
            disk.make_room()
            up = service.wait_for_readiness(True, LIMIT)
            if up is None:
                ledger.fail("started on a full disk, it did not become ready when there was room")
            return f"started on a full disk: not ready after {_seconds(down)}; ready {_seconds(up)} after there was room"
    except DidNotStart as refusal:
        disk.make_room()
        if refusal.status != 1 or "\n" in refusal.sentence:
            ledger.fail(f"started on a full disk, it did not end with one sentence and status 1: {refusal}")
        return f"started on a full disk: {refusal.sentence}"


def _compare(ledger, service):
    people = People(service.address)
    ledger.compare_everything(people)
    people.close()


def _seconds(time):
    return "never" if time is None else f"{time:.1f} s"
