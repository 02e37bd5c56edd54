#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# controlchartspy 0.1.3: months given as text are charted in the order of the alphabet.
#
# Keys may be dates or texts. Texts such as "Jan 2024" are neither read as months nor kept in the order in which they
# come: they are sorted, so that the year goes April, August, December, February. All that depends on the order is that of
# another series: here a rise by one every month is no trend, and the limits are more than three times as wide.
#
# Expected: the order of the rows, as categories have, or an error; there is no warning.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  controlchartspy==0.1.3 quickjs-ng==0.17.0.2

cat > "$folder/expected" <<'END'
dates: 01/01/2024, 01/02/2024, 01/03/2024 ...; a trend; limits 12.84 to 18.16
texts: Apr 2024, Aug 2024, Dec 2024 ...; no trend; limits 6.07 to 24.93
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
from datetime import date

from controlchartspy import spc

months = [date(2024, m, 1) for m in range(1, 13)]
values = list(range(10, 22))

for name, keys in (("dates", months), ("texts", [m.strftime("%b %Y") for m in months])):
    rows = spc({"month": keys, "value": values}, "month", "value", return_objs="limits",
               outlier_settings={"trend": True}).limits
    trend = "a trend" if any(row["trend"] != "none" for row in rows) else "no trend"
    print(f"{name}: {rows[0]['date']}, {rows[1]['date']}, {rows[2]['date']} ...; {trend}; "
          f"limits {rows[0]['ll99']:.2f} to {rows[0]['ul99']:.2f}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "controlchartspy-year-begins-in-april: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
