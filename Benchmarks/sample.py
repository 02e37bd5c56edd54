# SPDX-License-Identifier: Apache-2.0
"""Prints a measure, or its chart of 20 points, in protobuf's text format: sample.py Measure|Chart."""

import sys

MEASURE = """
id: "01939d2e-6a80-7c3e-9d4f-3a5b6c7d8e9f"
organisation_id: "01939d2e-6a80-7c3e-9d4f-3a5b6c7d8e90"
project_id: "01939d2e-6a80-7c3e-9d4f-3a5b6c7d8e91"
name: "Falls with harm"
kind: MEASURE_KIND_OUTCOME
operational_definition: "Falls on the ward that a nurse records with any harm, counted once for each patient and day."
unit: "per 1,000 bed days"
numerator_meaning: "Falls with harm"
denominator_meaning: "Occupied bed days"
direction: DIRECTION_DOWN
chart_kind: CHART_KIND_U
rule_set: "anhoej@1"
multiplier: 1000
target: 2.5
create_time { seconds: 1767225600 nanos: 250000000 }
update_time { seconds: 1769904000 }
etag: "7f3a9c"
"""

CHART = """
measure_id: "01939d2e-6a80-7c3e-9d4f-3a5b6c7d8e9f"
kind: CHART_KIND_U
rule_set: "anhoej@1"
signals {
  rule: "shift"
  members: [11, 12, 13, 14, 15, 16, 17, 18, 19]
  meaning: SIGNAL_MEANING_IMPROVEMENT
  sentence: "Nine points in a row lie below the centre line."
}
target: 2.5
useful_points: 20
longest_run: 9
longest_run_limit: 7
crossings: 5
crossings_limit: 6
summary: "Fewer falls with harm since June: the last nine points lie below the centre line."
cautions: "Limits rest on fewer than 24 points."
title: "Falls with harm"
unit: "per 1,000 bed days"
"""


def point(index):
    value = (31 + 17 * index % 23) / 7
    note = '  note: "Hourly rounds began"\n' if index == 9 else ""
    signals = "  signals: 0\n" if index > 10 else ""
    return (
        f"points {{\n  period {{ year: {2024 + index // 12} month: {1 + index % 12} day: 1 }}\n  value: {value!r}\n"
        f"  denominator: {1400 + 13 * index}\n  centre_line: 3.25\n  lower_limit: {3.25 - value / 5!r}\n"
        f"  upper_limit: {3.25 + value / 5!r}\n{signals}{note}}}\n")


print(MEASURE if sys.argv[1] == "Measure" else CHART + "".join(map(point, range(20))))
