#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Asks eight packages of the field, and Waymark if its executable is named, about the same series, and prints what they
# answer as Markdown: the table "Where tools differ" of docs/charts.md. Not part of CI.
#   Tools/peers/compare.sh [PATH-OF-WAYMARK]
#   Tools/peers/compare.sh --check PATH-OF-WAYMARK     compares with docs/charts.md instead, and fails if they differ
#
# Needs python3 (3.10 or later) with venv; the packages are installed in a temporary folder, pinned.
set -euo pipefail
cd "$(dirname "$0")/../.."

check=no
if [ "${1:-}" = --check ]; then
  check=yes
  shift
fi
waymark=${1:-}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check -r Tools/peers/requirements.txt

export MPLBACKEND=Agg PYTHONDONTWRITEBYTECODE=1
"$folder/venv/bin/python" Tools/peers/compare.py ${waymark:+"$waymark"} > "$folder/table.md"
if [ "$check" = yes ]; then
  sed -n '/<!-- peers: begin -->/,/<!-- peers: end -->/p' docs/charts.md | sed '1d;$d' | diff - "$folder/table.md"
  echo "docs/charts.md has the table as the packages answer today"
else
  cat "$folder/table.md"
fi
