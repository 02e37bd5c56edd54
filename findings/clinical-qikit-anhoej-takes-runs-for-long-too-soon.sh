#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clinical-qikit 0.5.0: its default rule for long runs, named Anhøj's, signals two points sooner than the published one.
#
# The published rule signals when the longest run is longer than log2(n), rounded, + 3: from 9 on for 24 points. The
# package rounds down and signals when the run is as long as that: from 7 on. What that means is counted over all ways in
# which 24 points can lie about their median, half above and half below, each as likely as the next when nothing happens.
#
# Expected: a signal from 9 on, and so fourteen times fewer false alarms (J. Anhøj, A. V. Olesen, Run charts revisited,
# PLoS ONE 2014;9:e113825, which the package cites).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  clinical-qikit==0.5.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
24 points: signals from a run of 7 on; by chance in 5.5% of charts
as published: from 9 on; by chance in 0.4%
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
from functools import cache
from math import comb

from qikit import qic


def series(length):
    sides = [1] * length + [-1] * length + [1 if i % 2 == 0 else -1 for i in range(24 - 2 * length)]
    return [50 + side * (3 + (i * 7) % 5) for i, side in enumerate(sides)]


@cache
def quiet(above, below, side, run, longest):
    """Ways to go on without a run longer than the longest allowed."""
    if run > longest:
        return 0
    if above == below == 0:
        return 1
    ways = quiet(above - 1, below, 1, run + 1 if side == 1 else 1, longest) if above else 0
    return ways + (quiet(above, below - 1, -1, run + 1 if side == -1 else 1, longest) if below else 0)


def by_chance(least):
    return 1 - quiet(12, 12, 0, 0, least - 1) / comb(24, 12)


least = next(n for n in range(4, 12) if qic(y=series(n), chart="run").summary["run_signal"])
print(f"24 points: signals from a run of {least} on; by chance in {by_chance(least):.1%} of charts")
print(f"as published: from 9 on; by chance in {by_chance(9):.1%}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "clinical-qikit-anhoej-takes-runs-for-long-too-soon: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
