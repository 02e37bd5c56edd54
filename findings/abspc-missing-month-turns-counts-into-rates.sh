#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# abspc 1.1.0 with pandas 2.3.3: in a U chart one month without a value turns all counts into rates, without a word.
#
# abspc takes a column of whole numbers for counts, which it divides by the exposure, and any other column for rates.
# pandas can hold a missing value only in a column of floats. So as soon as one month of a column of counts is missing,
# the column is one of "rates": the centre line here goes from 0.102 falls a bed day to 18.75, the counts are drawn as
# they are, and every month is inside limits that have nothing to do with the data.
#
# Expected: the same centre line within a hair, as one month less is known; u = Σ counts / Σ exposure (D. C. Montgomery,
# Introduction to Statistical Quality Control, chapter on charts for nonconformities per unit).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  abspc==1.1.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
all twelve months: 0.1 in January, centre 0.1021, upper limit 0.1699
May not known: 20 in January, centre 18.7500, upper limit 19.6686
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import abspc
import pandas as pd

falls = [20, 22, 19, 21, 20, 20, 23, 18, 21, 20, 22, 19]


def lines(counts):
    table = pd.DataFrame({"value": counts, "subgroup_size": [200] * 12})
    drawn = abspc.calculate_control_limits(table, "u")
    return f"{drawn['value'][0]:.4g} in January, centre {drawn['mean'][0]:.4f}, upper limit {drawn['ucl'][0]:.4f}"


print("all twelve months:", lines(falls))
print("May not known:", lines(falls[:4] + [None] + falls[5:]))
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "abspc-missing-month-turns-counts-into-rates: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
