# SPDX-License-Identifier: Apache-2.0
"""Breaks what a service stands on, under a load of writes, and compares what was acknowledged with what is there.

usage: run.py BIN [--engine sqlite|postgres|both] [--rounds N] [--seed N] [--case NAME ...]

BIN is the folder of the executables. Ends with status 1 when anything is not as it has to be.
"""

import argparse
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import traceback

import clock_back
import corrupt_pages
import database_down
import full_disk
import kill
import read_only
from mounts import Skipped
from postgres import PrivatePostgres
from stores import PostgresStore, SQLiteStore

SHOWN = 12


class Run:
    """All cases of one run."""

    def __init__(self, arguments):
        self.program = pathlib.Path(arguments.bin) / "people"
        self.arguments = arguments
        self.failed, self.skipped = [], []
        self.count = 0

    def case(self, name, engine, body):
        """Runs `body` with a folder and a log of its own."""
        if self.arguments.case and name not in self.arguments.case:
            return
        title = f"{name} ({engine})"
        print(f"== {title}", flush=True)
        self.count += 1
        start = time.monotonic()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="waymark-fault-"))
        log = folder / "log"
        try:
            failures, lines = body(folder, log)
        except Skipped as reason:
            print(f"   skipped: {reason}", flush=True)
            self.skipped.append(title)
            return
        except Exception:
            failures, lines = [traceback.format_exc()], []
        finally:
            tail = log.read_text(errors="replace").splitlines()[-6:] if log.exists() else []
            shutil.rmtree(folder)
        for line in lines:
            print(f"   {line}")
        for failure in failures[:SHOWN]:
            print(f"   FAILED: {failure}")
        if failures:
            if len(failures) > SHOWN:
                print(f"   and {len(failures) - SHOWN} failures more")
            print("   The service's log ends with:", *tail, sep="\n     ")
            self.failed.append(title)
        print(f"   {'failed' if failures else 'passed'} in {time.monotonic() - start:.0f} s", flush=True)

    def on_sqlite(self):
        program, seed, rounds = self.program, self.arguments.seed, self.arguments.rounds
        self.case("kill", "SQLite", lambda folder, log: kill.run(
            program, SQLiteStore(folder / "data"), log, seed, rounds))
        self.case("full-disk", "SQLite", lambda folder, log: full_disk.run(program, folder, log, seed))
        self.case("read-only", "SQLite", lambda folder, log: read_only.run(program, folder, log))
        self.case("corrupt-pages", "SQLite", lambda folder, log: corrupt_pages.run(
            program, folder, log, seed, fraction(rounds)))
        self.case("clock-back", "SQLite", lambda folder, log: clock_back.run(
            program, SQLiteStore(folder / "data"), folder, log, seed))

    def on_postgres(self, postgres):
        program, seed, rounds = self.program, self.arguments.seed, self.arguments.rounds

        def store(folder):
            return PostgresStore(postgres.database(folder.name), folder / "data")

        self.case("kill", "PostgreSQL", lambda folder, log: kill.run(program, store(folder), log, seed, rounds))
        self.case("database-down", "PostgreSQL", lambda folder, log: database_down.run(
            program, postgres, store(folder), log, seed, fraction(rounds)))
        self.case("clock-back", "PostgreSQL", lambda folder, log: clock_back.run(
            program, store(folder), folder, log, seed))


def fraction(rounds):
    """Rounds of the cases that take long for each."""
    return max(2, rounds // 10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--rounds", type=int, default=200, help="how often a service is killed; other cases a tenth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", action="append", default=[])
    run = Run(parser.parse_args())
    # So that what was mounted and started is undone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{run.arguments.rounds} rounds, seed {run.arguments.seed}", flush=True)
    if run.arguments.engine in ("sqlite", "both"):
        run.on_sqlite()
    if run.arguments.engine in ("postgres", "both"):
        with PrivatePostgres() as postgres:
            run.on_postgres(postgres)
    print(f"{run.count} cases, {len(run.failed)} failed, {len(run.skipped)} skipped")
    for title in run.failed:
        print(f"FAILED: {title}")
    if run.count == 0:
        sys.exit(f"there is no case {' or '.join(run.arguments.case)}")
    return 1 if run.failed else 0


sys.exit(main())
