#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pyshewhart 1.1.0: of its three Western Electric rules one can never be met and two ask for one point more.
#
# The rules count points of a window that are beyond a line and compare with "more than" instead of "at least": more than
# 8 of 8, more than 2 of 3, more than 4 of 5. So twenty subgroups in a row above the mean are in control, and so are two
# of three beyond two sigma.
#
# Expected: not in control in all three cases (Western Electric, Statistical Quality Control Handbook, 1956).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pyshewhart==1.1.0 numpy==2.4.6 pandas==2.3.3 matplotlib==3.11.2

cat > "$folder/expected" <<'END'
twenty in a row above the mean: in control
two of three beyond two sigma: in control
three of three beyond two sigma: not in control
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import contextlib
import io

import matplotlib

matplotlib.use("Agg")
from pyshewhart import control_charts

quiet = [0.5, -0.5, 0.4, -0.4] * 5


def verdict(means):
    pairs = [mean + half for mean in means for half in (-1, 1)]
    with contextlib.redirect_stdout(io.StringIO()):
        chart = control_charts.XbarRControlChart(pairs, sample_size=2)
    return "in control" if chart.in_control else "not in control"


# Ranges are 2 throughout: three sigma of a mean are 1.88 * 2 = 3.76.
print("twenty in a row above the mean:", verdict([0.3, 0.4] * 10 + [-0.4, -0.3] * 10))
print("two of three beyond two sigma:", verdict(quiet + [2.9, 0.2, 3.0] + quiet))
print("three of three beyond two sigma:", verdict(quiet + [2.9, 2.8, 3.0] + quiet))
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "pyshewhart-rule-of-eight-cannot-be-met: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
