# SPDX-License-Identifier: Apache-2.0
"""Charts computed and drawn, and the command line on real data."""

import datetime
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time

from . import server
from .report import Target, spread
from .rounds import say
from .server import executable, pinned

ATTENDANCES = f"{server.HERE}/../Sources/Executables/CDemoData/ae_attendances.csv"


def engine(rounds):
    """A chart of 36 points, its drawing, and charts of a thousand to ten million points."""
    program = f"{server.BUILT}/release/measure-charts"
    executable(program)
    cases = {
        "P chart of 36 points": ("calm", 36, 20000),
        "the same with a shift, 4 signals": ("p", 36, 20000),
        "drawing of it as SVG": ("svg", 36, 500),
        **{f"I chart of {points:,} points": ("i", points, max(1, 1000000 // points))
           for points in (1000, 10000, 100000, 1000000, 10000000)},
    }

    def run(name):
        what, points, times = cases[name]
        done = subprocess.run(
            [program, what, str(points), str(times)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=True, preexec_fn=pinned(server.SERVER_CORES))
        return json.loads(done.stdout)["cpu_ns"]

    found = rounds.turns(list(cases), run)
    spread("charts, Making Data Count rules", found, "CPU µs", 1000)
    least = {name: min(values) for name, values in found.items()}
    million = least["I chart of 1,000,000 points"]
    return [
        Target("P chart of 36 points: × 2 µs", least["P chart of 36 points"] / 2000, 1),
        Target("with a shift, 4 signals: × 2 µs", least["the same with a shift, 4 signals"] / 2000, 1),
        Target("SVG of 36 points: × 60 µs", least["drawing of it as SVG"] / 60000, 1),
        Target("I chart of 1,000,000 points: × 25 ms", million / 25e6, 1),
        Target("time for a point at 10,000,000 points: × that at 1,000", least["I chart of 10,000,000 points"] / 10000
               / least["I chart of 1,000 points"], 2),
    ]


def command(rounds):
    """`waymark chart` on the real attendances: a P chart for each provider, as small multiples."""
    program = os.path.join(os.path.dirname(server.HERE), os.environ.get("DIST", ".dist"), "bin", "waymark")
    executable(program)
    with tempfile.TemporaryDirectory() as folder:
        def run(_):
            begin = time.monotonic()
            subprocess.run(
                [program, "chart", ATTENDANCES, "--y", "breaches", "--n", "attendances", "--filter", "type=1", "--by",
                 "org_code", "--kind", "p", "--direction", "down", "--output", f"{folder}/all.svg"],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
            return (time.monotonic() - begin) * 1e9

        found = rounds.turns(["waymark chart, all providers"], run)
        size = os.path.getsize(f"{folder}/all.svg")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    spread(f"from start to SVG of {size / 1e6:.1f} MB", found, "ms", 1e6)
    say(f"largest child so far: {memory:.0f} MB")
    return [Target("waymark chart on all providers: × 0.5 s",
                   statistics.median(found["waymark chart, all providers"]) / 5e8, 1)]


# Days that are all different, so that each has to be read and none can be brought together with another.
FIRST = datetime.date(1000, 1, 1).toordinal()
ROWS = 1_000_000
FORMS = {
    "2020-01-31": lambda day: day.isoformat(),
    "31/01/2020": lambda day: f"{day.day:02}/{day.month:02}/{day.year:04}",
}


def reading(rounds):
    """`waymark chart` on files of a million rows: read, judged, made into a run chart and written as a table."""
    program = os.path.join(os.path.dirname(server.HERE), os.environ.get("DIST", ".dist"), "bin", "waymark")
    executable(program)
    with tempfile.TemporaryDirectory() as folder:
        for number, form in enumerate(FORMS.values()):
            with open(f"{folder}/{number}.csv", "w") as file:
                file.write("period,value\n")
                file.writelines(
                    f"{form(datetime.date.fromordinal(FIRST + row))},{row * 7919 % 5000 / 10}\n" for row in range(ROWS))
        numbers = {name: number for number, name in enumerate(FORMS)}

        def run(name):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [program, "chart", f"{folder}/{numbers[name]}.csv", "--kind", "run", "--output", f"{folder}/out.csv"],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e9

        found = rounds.turns(list(FORMS), run)
    spread(f"a file of {ROWS:,} rows to a run chart", found, "CPU s", 1e9)
    return [Target(f"a million rows like {name}: × 5 s", statistics.median(values) / 5e9, 1)
            for name, values in found.items()]
