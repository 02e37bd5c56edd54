#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clinical-qikit 0.5.0 with pandas: a month whose numerator is not known is drawn at 0 % and signalled as a special cause.
#
# Rows of a data frame are brought together by month with pandas' sum, and the sum of nothing is 0. So a month that was
# not reported has no events among its 200 patients; it is drawn at 0, lies outside the limits, and pulls the centre down.
# The same numbers given as arrays, without a data frame, leave the month out of the drawing but its patients in the
# denominator.
#
# Expected: no point for that month, and a centre of 225/2200 = 0.1023 in both cases (L. P. Provost, S. K. Murray, The
# Health Care Data Guide: a missing value is not a zero).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  clinical-qikit==0.5.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
data frame: May is drawn at 0%, special cause: yes, centre 0.0938
arrays: May is not drawn, special cause: no, centre 0.0938
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import numpy as np
import pandas as pd
from qikit import qic

events = [20, 22, 19, 21, np.nan, 20, 23, 18, 21, 20, 22, 19]
patients = [200] * 12
months = pd.date_range("2024-01-01", periods=12, freq="MS")


def say(how, chart):
    may = chart.data.iloc[4]
    drawn = "not drawn" if np.isnan(may.y) else f"drawn at {may.y:.0%}"
    print(f"{how}: May is {drawn}, special cause: {'yes' if may.sigma_signal else 'no'}, centre {may.cl:.4f}")


say("data frame", qic(data=pd.DataFrame({"x": months, "y": events, "n": patients}), x="x", y="y", n="n", chart="p"))
say("arrays", qic(x=months, y=events, n=patients, chart="p"))
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "clinical-qikit-month-not-reported-is-zero-per-cent: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
