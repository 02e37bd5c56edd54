# SPDX-License-Identifier: Apache-2.0
"""A clock that was set back: ids still ascend, events keep their order, and nothing is refused."""

import glob
import os
import time

from ledger import Ledger
from load import Load
from mounts import Skipped
from people import People
from service import Service

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def run(program, store, folder, log, seed):
    library = next(iter(glob.glob(LIBRARY)), None)
    if library is None:
        raise Skipped("there is no libfaketime; on Debian: apt-get install faketime")
    clock = folder / "clock"
    environment = {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        # What measures spans of time is the machine's other clock, which nobody sets.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    # The library adds to the environment before the program begins, which then stands elsewhere than where Swift looks
    # for its arguments. `env` has it added before.
    through = ["env"]
    ledger = Ledger(store)
    written = []
    with Load(ledger, seed, callers=8) as load:
        # The clock is right; it is set back an hour while the service runs; it is a day behind at the next start, and
        # a year behind at the one after that.
        for offsets in (["+0", "-1h"], ["-1d"], ["-365d"]):
            clock.write_text(offsets[0])
            with Service(program, store.arguments, log, environment, through).wait_until_ready() as service:
                if not load.shared:
                    load.prepare(service.address)
                for offset in offsets:
                    clock.write_text(offset)
                    with load.running(service.address):
                        time.sleep(0.7)
                    written.append((offset, _events(store)))
                load.settle(service.address)
                people = People(service.address)
                ledger.compare_everything(people)
                people.close()
                if service.stop() != 0:
                    ledger.fail(f"at {offset} the stop in order ended with status {service.process.returncode}")
            _clean_up(service.process.pid)
    lines = [f"{ledger.counts.acknowledged} writes acknowledged, {len(load.refused)} kinds of refusal"]
    lines += _compare(written, ledger)
    return ledger.failures, lines


def _clean_up(process):
    """Removes what the library leaves behind of a process that `env` began."""
    for file in glob.glob(f"/dev/shm/*faketime_*_{process}"):
        os.unlink(file)


def _events(store):
    """Sequence, kind, object and time of each event, in microseconds."""
    return store.rows("SELECT sequence, kind, object_id, happened_at FROM events ORDER BY sequence")


def _compare(written, ledger):
    """What was written under each offset, held against what was written before it."""
    lines, seen, newest = [], 0, ""
    for offset, events in written:
        fresh = events[seen:]
        created = [identifier for _, kind, identifier, _ in fresh if kind.endswith(".created")]
        if not created:
            ledger.fail(f"nothing was created with the clock at {offset}")
            continue
        early = sum(identifier <= newest for identifier in created)
        if early:
            ledger.fail(f"{early} of {len(created)} ids that were made with the clock at {offset} "
                        f"sort before an id that was made earlier, such as {min(created)} before {newest}")
        if seen and fresh[0][0] <= events[seen - 1][0]:
            ledger.fail(f"event {fresh[0][0]} was appended after event {events[seen - 1][0]}")
        behind = (time.time() - fresh[-1][3] / 1e6) / 3600
        lines.append(f"clock at {offset}: {len(fresh)} events, the last one {behind:.1f} h behind; "
                     f"{len(created)} new ids, {early} of them before older ones")
        seen, newest = len(events), max([newest, *created])
    return lines
