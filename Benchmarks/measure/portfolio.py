# SPDX-License-Identifier: Apache-2.0
"""The signals of a whole organisation: 10,000 measures of 36 months each."""

import datetime
import glob
import os
import random
import sqlite3
import statistics
import time

from .report import Target, spread
from .rounds import say
from .server import HERE
from .stack import Stack

MEASURES, MONTHS = 10_000, 36
METHOD = "waymark.measurement.v1.ChartService/ListSignals"


def fill(path):
    """Puts measures with P charts and their observations into the store, beside the service that has it open."""
    chance = random.Random(1)
    epoch = datetime.date(1970, 1, 1)
    days = [(datetime.date(2023 + month // 12, month % 12 + 1, 1) - epoch).days for month in range(MONTHS)]
    measures, observations = [], []
    for number in range(MEASURES):
        name = f"01890a5d-ac96-774b-bcce-{number:012x}"
        measures.append((
            "bench", name, "project", f"Measure {number}", 1, "", "%", "", "", 2, "p", "making-data-count@2", 100.0, 1, 1, 1))
        # One in ten gets better in its last year.
        for month, day in enumerate(days):
            share = 0.15 if number % 10 == 0 and month >= 24 else 0.2
            size = chance.randrange(200, 400)
            events = round(size * share + chance.gauss(0, 1) * (size * share * (1 - share)) ** 0.5)
            observations.append(("bench", name, day, max(events, 0), size, "", 1))
    store = sqlite3.connect(path, timeout=30)
    with store:
        store.executemany(
            "INSERT INTO measures (organisation_id, id, project_id, name, kind, operational_definition, unit,"
            " numerator_meaning, denominator_meaning, direction, chart_kind, rule_set, multiplier, create_time, update_time,"
            " revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", measures)
        store.executemany(
            "INSERT INTO observations (organisation_id, measure_id, period_day, value, denominator, note, update_time)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)", observations)
    return store


def signals(rounds):
    directory = os.path.join(os.path.dirname(HERE), os.environ.get("DIST", ".dist"), "bin")
    with Stack(directory) as running:
        (path,) = glob.glob(f"{running.data.name}/**/measurement.sqlite", recursive=True)
        store = fill(path)
        asked = {"organisationId": "bench", "since": {"year": 2025, "month": 12, "day": 1}}
        before = running.memory("measurement")

        def call():
            cpu, begin = running.cpu("measurement"), time.monotonic()
            found = running.call(METHOD, asked)
            return (time.monotonic() - begin) * 1e9, running.cpu("measurement") - cpu, len(found["measures"])

        found = {"first look, or all changed": [], "nothing changed": [], "one measure changed": []}
        used = 0
        for turn in range(5):
            took, used, count = call()
            found["first look, or all changed"].append(took)
            found["nothing changed"] += [call()[0] for _ in range(5)]
            with store:
                store.execute(
                    "UPDATE measures SET chart_version = chart_version + 1 WHERE id = ?",
                    (f"01890a5d-ac96-774b-bcce-{turn:012x}",))
            found["one measure changed"].append(call()[0])
            with store:
                store.execute("UPDATE measures SET chart_version = chart_version + 1")
        peak = running.memory("measurement", "VmHWM")
    spread(f"ListSignals, {MEASURES:,} measures × {MONTHS}, a page of {count}, through the gateway as JSON", found, "ms", 1e6, 1)
    print(f"\nmeasurement: {before:.0f} MB before, {peak:.0f} MB at most; {used:.2f} s CPU for the last look at all.")
    say("from SQLite, which the operating system may have in memory")
    cold, warm = (statistics.median(found[name]) for name in ("first look, or all changed", "nothing changed"))
    return [
        Target("ListSignals, all changed: × 1 s", cold / 1e9, 1),
        Target("ListSignals, nothing changed: × 50 ms", warm / 50e6, 1),
    ]
