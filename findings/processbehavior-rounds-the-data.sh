#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# processbehavior 0.4.0: values are rounded to three decimals before they are drawn and judged by the rules.
#
# A rate of four infections in 10,000 bed days, kept as 0.0004 a bed day, becomes 0.0: points, centre line and lower limit
# are 0, the upper limit is 0.001, and a month with twice the rate, which is far outside its limits, is no signal. The same
# series times 1,000 is charted and judged as it should be.
#
# Expected: a chart that does not depend on the unit but for its scale.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  processbehavior==0.4.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
a bed day: values 0.0 to 0.001, limits 0.0 to 0.001, no signals
for 1,000 bed days: values 0.36 to 0.9, limits 0.188 to 0.715, signals
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import warnings

import pandas as pd
import processbehavior

warnings.filterwarnings("ignore")
rates = [0.00041, 0.00038, 0.00044, 0.00036, 0.00047, 0.0004, 0.00043, 0.00039, 0.00045, 0.00037, 0.00042, 0.0009]
months = pd.date_range("2024-01-01", periods=12, freq="MS")

for unit, factor in (("a bed day", 1), ("for 1,000 bed days", 1000)):
    table = pd.DataFrame({"month": months, "y": [rate * factor for rate in rates]})
    result = processbehavior.formulate(table, response="y", time="month").execute()
    drawn = result.get_chart("X")
    signals = "signals" if result.detect_signals(chart="X").has_signals else "no signals"
    values, limits = f"{drawn.y.min()} to {drawn.y.max()}", f"{drawn.lpl[0]} to {drawn.upl[0]}"
    print(f"{unit}: values {values}, limits {limits}, {signals}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "processbehavior-rounds-the-data: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
