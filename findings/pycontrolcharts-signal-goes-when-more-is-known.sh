#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pycontrolcharts 0.1.2: a signal of four out of five points beyond one sigma goes away when the next point arrives.
#
# Four points in a row beyond one sigma are signalled while they are the last of the series, as they should be. With one
# more point on the other side of the centre the same four are no signal any longer, so that a chart which alarmed in
# April is quiet in May, about April. Likewise two points beyond two sigma with one on the other side between them are
# no signal.
#
# Expected: a signal in all three: four of five (two of three) consecutive points on one side, the others anywhere
# (Western Electric, Statistical Quality Control Handbook, 1956; Nelson 1984, tests 5 and 6).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  pycontrolcharts==0.1.2 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
until April: ['4 of 5 points beyond +1 sigma']
until May: none
two of three: none
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import pycontrolcharts

limits = pycontrolcharts.CustomLimits(center_line=0, ucl=3, lcl=-3, sigma_1_upper=1, sigma_1_lower=-1,
                                      sigma_2_upper=2, sigma_2_lower=-2)


def signals(values):
    found = pycontrolcharts.run_tests_with_custom_limits(values, limits=limits).violations
    return sorted({v["description"] for here in found for v in here}) or "none"


print("until April:", signals([1.5, 1.4, 1.6, 1.5]))
print("until May:", signals([1.5, 1.4, 1.6, 1.5, -0.2]))
print("two of three:", signals([0.1, 2.5, -0.5, 2.6]))
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "pycontrolcharts-signal-goes-when-more-is-known: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
