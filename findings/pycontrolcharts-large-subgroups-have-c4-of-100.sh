#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pycontrolcharts 0.1.2: subgroups of more than 100 values are judged as if they had 100.
#
# The constant c4, by which standard deviations are brought to sigma, is read from a table with steps (one entry serves
# for 60 to 69) that ends at 100; its doc comment promises a formula beyond. For daily subgroups of 1,000 the limits of
# the S chart are three times as wide as they should be, and a deviation four sigma out is no signal.
#
# Expected: B4 of 1.0671 for 1,000 and 1.2134 for 100, from c4 = sqrt(2/(n-1)) Γ(n/2)/Γ((n-1)/2).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pycontrolcharts==0.1.2 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
subgroups of 10: B4 1.7160, exact 1.7163
subgroups of 64: B4 1.2791, exact 1.2678
subgroups of 100: B4 1.2125, exact 1.2135
subgroups of 1000: B4 1.2125, exact 1.0671
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
from math import exp, lgamma, sqrt

import pandas as pd
import pycontrolcharts


def exact(n):
    c4 = sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))
    return 1 + 3 * sqrt(1 - c4 * c4) / c4


def drawn(n):
    """Three subgroups whose standard deviation is 1, so that the upper limit is B4."""
    half = sqrt((n - 1) / n)
    values = [half if i % 2 == 0 else -half for i in range(n)]
    table = pd.DataFrame({"day": [d for d in "ABC" for _ in values], "y": values * 3})
    return pycontrolcharts.calc_xbar_s(table, value_column="y", subgroup="day").variation_ucl[0]


for n in (10, 64, 100, 1000):
    print(f"subgroups of {n}: B4 {drawn(n):.4f}, exact {exact(n):.4f}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "pycontrolcharts-large-subgroups-have-c4-of-100: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
