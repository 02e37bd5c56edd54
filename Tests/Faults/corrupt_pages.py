# SPDX-License-Identifier: Apache-2.0
"""Pages of the SQLite file overwritten with noise: the service refuses the file at each start, by its name."""

import random
import shutil
import time

from ledger import Ledger
from load import Load
from service import DidNotStart, Service
from stores import SQLiteStore

WRITES = 1500
# Larger than any file that might be checked in part only.
LARGE = 80 << 20


def run(program, folder, log, seed, rounds):
    chance = random.Random(seed)
    store = SQLiteStore(folder / "sound")
    ledger = Ledger(store)
    with Service(program, store.arguments, log).wait_until_ready() as service:
        with Load(ledger, seed, callers=8) as load:
            load.prepare(service.address)
            with load.running(service.address):
                while ledger.counts.acknowledged < WRITES and not ledger.failures:
                    time.sleep(0.02)
        service.stop()
    failures = ledger.failures
    size = store.file.stat().st_size
    for number in range(rounds):
        _try(program, folder / f"damaged-{number}", store, log, chance, failures)
    _enlarge(store)
    _try(program, folder / "damaged-large", store, log, chance, failures)
    # The sound one still starts: what was refused was the noise.
    with Service(program, store.arguments, log).wait_until_ready() as service:
        service.stop()
    return failures, [
        f"{rounds} copies of a store of {size >> 10} KiB, 3 to 8 pages of noise in each, and one of {LARGE >> 20} MiB"]


def _try(program, folder, sound, log, chance, failures):
    folder.mkdir(mode=0o700)
    store = SQLiteStore(folder)
    shutil.copy(sound.file, store.file)
    pages = _spoil(sound, store.file, chance)
    what = f"{folder.name} with noise in the pages {', '.join(map(str, pages))}"
    for attempt in ("first", "second"):
        try:
            with Service(program, store.arguments, log).wait_until_ready():
                failures.append(f"{what} is served at the {attempt} start")
        except DidNotStart as refusal:
            if refusal.status != 1 or "\n" in refusal.sentence or str(store.file) not in refusal.sentence:
                failures.append(f"{what}: not one sentence that names the file, and status 1: {refusal}")
    shutil.rmtree(folder)


def _spoil(sound, file, chance):
    """Overwrites pages of a copy; their numbers.

    Pages that hold no rows by themselves are left: free ones, and the continuations of long rows, whose content means
    nothing to SQLite.
    """
    page_size = sound.rows("PRAGMA page_size")[0][0]
    with open(file, "r+b") as damaged:
        count = file.stat().st_size // page_size
        # The first byte of a page of a tree tells its kind; page 1 has the header of the file before it.
        trees = [number for number in range(2, count + 1)
                 if _byte(damaged, (number - 1) * page_size) in (0x02, 0x05, 0x0A, 0x0D)]
        pages = sorted(chance.sample(trees, chance.randint(3, 8)))
        for number in pages:
            damaged.seek((number - 1) * page_size)
            damaged.write(chance.randbytes(page_size))
    return pages


def _byte(file, offset):
    file.seek(offset)
    return file.read(1)[0]


def _enlarge(store):
    """Adds organisations until the file is large."""
    row = store.rows("SELECT organisation_id FROM organisations LIMIT 1")[0][0]
    store.write(
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?) "
        "INSERT INTO organisations (organisation_id, parent_id, name, name_key, kind, revision, created_at, updated_at) "
        "SELECT printf('%036d', number), ?, hex(randomblob(400)), 'x', 1, 1, 0, 0 FROM numbers",
        [LARGE // 900, row])
