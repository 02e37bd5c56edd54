#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pycontrolcharts 0.1.2: next to a missing value the mark of a point beyond the limits lands on the missing value.
#
# Points outside are counted, and the mark is set so many places back from the first point inside. Missing values are
# passed over without being counted, so that the mark of an outlier moves on to the missing month after it: the month
# that nobody measured is "beyond the upper limit", and the month that was is not. An XmR chart of the same values has
# limits that are not numbers, and no signals at all, without an error.
#
# Expected: the mark on February; and limits from the values that are there.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pycontrolcharts==0.1.2 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
Mar, value nan: Point beyond upper control limit
XmR: upper limit nan, signals 0
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import pycontrolcharts

values = [50, 75, float("nan"), 51, 49, 50]
limits = pycontrolcharts.CustomLimits(center_line=50, ucl=60, lcl=40)
names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
drawn = pycontrolcharts.run_tests_with_custom_limits(values, limits=limits, label=names)
for _, row in drawn.iterrows():
    if row.violations:
        print(f"{row.label}, value {row.value}: {row.violations[0]['description']}")
chart = pycontrolcharts.calc_xmr(values)
print(f"XmR: upper limit {chart.ucl[0]}, signals {sum(map(len, chart.violations))}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "pycontrolcharts-missing-month-takes-the-blame: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
