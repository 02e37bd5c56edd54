#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clinical-qikit 0.5.0: freezing an X-bar chart freezes the centre line only; the limits go on following later subgroups.
#
# With freeze=12 the centre comes from the first twelve subgroups, as asked, but the spread within subgroups, which makes
# the width, still comes from all of them. So subgroups after the freeze that spread more widen the very limits by which
# they are judged. Phases share one spread in the same way.
#
# Expected: the same limits as the first twelve subgroups have alone. A frozen baseline exists so that later data are
# judged by lines that they did not make (Provost & Murray; qicharts2 of R does so).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  clinical-qikit==0.5.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
first twelve alone: centre 50.00, upper limit 52.53
frozen after twelve: centre 50.00, upper limit 58.86
first of two phases: centre 50.00, upper limit 58.86
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import pandas as pd
from qikit import qic

steady = [[50 + v for v in four] for four in ([-2, 1, 0, 1], [2, -1, 1, -2], [0, 1, -1, 0], [1, 2, -3, 0])] * 3
wild = [[50 + 6 * (v - 50) for v in four] for four in steady]


def chart(subgroups, **options):
    rows = [(number, v) for number, four in enumerate(subgroups, 1) for v in four]
    return qic(data=pd.DataFrame(rows, columns=["x", "y"]), x="x", y="y", chart="xbar", **options).data


for name, drawn in (("first twelve alone", chart(steady)), ("frozen after twelve", chart(steady + wild, freeze=12)),
                    ("first of two phases", chart(steady + wild, part=13))):
    print(f"{name}: centre {drawn.cl[0]:.2f}, upper limit {drawn.ucl[0]:.2f}")
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "clinical-qikit-freeze-leaves-spread-open: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
