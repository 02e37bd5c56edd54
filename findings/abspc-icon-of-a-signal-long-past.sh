#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# abspc 1.1.0: the variation icon goes on showing a special cause for as long as it is anywhere in the series.
#
# Making Data Count's variation icon says what the process does now: it is judged at the latest point. abspc takes the
# last special cause that it finds, however long ago, so that one bad month three years back keeps the icon at "concern"
# although every month since is common cause.
#
# Expected: common cause at the end of thirty-five quiet months (NHS England, Making Data Count, "Making sense of SPC
# icons"; the R package NHSRplotthedots reads the icon off the last point).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  abspc==1.1.0 numpy==2.4.6 pandas==2.3.3

cat > "$folder/expected" <<'END'
special causes at months [4] of 39
icon: concern_high
END
"$folder/venv/bin/python" - > "$folder/seen" <<'END'
import abspc
import pandas as pd

waits = [30, 31, 29, 90] + [30, 31, 29, 32, 30, 28, 31] * 5
table = abspc.calculate_control_limits(pd.DataFrame({"value": waits}), "XmR")
found = abspc.detect_special_causes(table)
signals = [i + 1 for i, is_special in enumerate(found["special_cause"]) if is_special]
print(f"special causes at months {signals} of {len(waits)}")
print("icon:", abspc.determine_variation_type(found, improvement_direction="low"))
END

if ! diff "$folder/expected" "$folder/seen"; then
  echo "abspc-icon-of-a-signal-long-past: no longer as described" >&2
  exit 1
fi
cat "$folder/seen"
