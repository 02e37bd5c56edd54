#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pycontrolcharts 0.1.2: whether six rising values are a trend depends on where they stand and on their sign.
#
# The rule is six points in a row that rise or fall. What is counted are steps, of which six values have five; but the
# first value of a series counts as a step up if it is above 0 and as a step down if it is below. So six rising values
# are a trend at the very start of a series of positive numbers; the same values later, lower by a constant, or the
# other way round are none.
#
# Expected: a trend in all four, or in none: the rule does not know of zero, and an individuals chart does not change when
# a constant is added (L. S. Nelson, J Qual Technol 1984;16:237-239, test 3).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pycontrolcharts==0.1.2 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
as they are: trend at points [1, 2, 3, 4, 5, 6]
with 60 before: no trend
lower by 100: no trend
falling: no trend
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import pycontrolcharts

rising = [50, 51, 52, 53, 54, 55]
rest = [50, 56, 49, 57, 51, 48]


def trend(values):
    found = pycontrolcharts.calc_xmr(values).violations
    points = [i + 1 for i, here in enumerate(found) if any(v["type"] in (5, 6) for v in here)]
    return f"trend at points {points}" if points else "no trend"


print("as they are:", trend(rising + rest))
print("with 60 before:", trend([60] + rising + rest))
print("lower by 100:", trend([v - 100 for v in rising + rest]))
print("falling:", trend([100 - v for v in rising + rest]))
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "pycontrolcharts-trend-depends-on-sign: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
