#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pyqicharts 2.0.0: a run chart with a frozen median never signals anything that happens after the freeze.
#
# With baseline_points=12 the median comes from the first twelve points, as asked, but the tests for long runs and few
# crossings are made on these twelve points as well. Twelve values in a row far above the frozen median, the very thing
# that a baseline is frozen for, are no signal; without the freeze the same series is one.
#
# Expected: a signal in both cases; the frozen one has a run of at least 12 where 8 is allowed for 24 points (Anhøj &
# Olesen 2014; R. J. Perla, L. P. Provost, S. K. Murray, The run chart, BMJ Qual Saf 2011;20:46-51).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pyqicharts==2.0.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
frozen after 12: median 50.5, signals: none
not frozen: median 62.0, signals: unusually long run; unusually few crossings
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import pandas as pd
from pyqicharts import qic_table

values = [50, 53, 47, 55, 49, 52, 48, 54, 46, 51, 50, 53] + [70, 72, 71, 69, 73, 70, 72, 71, 74, 70, 72, 71]
table = pd.DataFrame({"month": range(1, 25), "value": values})

for name, options in (("frozen after 12", {"baseline_points": 12}), ("not frozen", {})):
    drawn = qic_table(table, "month", "value", "run", **options)
    rules = "; ".join(sorted(set(drawn["signal_rule"]) - {""})) or "none"
    print(f"{name}: median {drawn['centre'][0]}, signals: {rules}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "pyqicharts-frozen-run-chart-is-blind: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
