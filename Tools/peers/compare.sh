#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Asks eight packages of the field, and Waymark if its executable is named, about the same series, and prints what they
# answer as Markdown: the table "Where tools differ" of docs/charts.md. Not part of CI.
#   Tools/peers/compare.sh [PATH-OF-WAYMARK]
#   Tools/peers/compare.sh --check PATH-OF-WAYMARK     compares with docs/charts.md instead, and fails if they differ
#   Tools/peers/compare.sh --write PATH-OF-WAYMARK     writes it into docs/charts.md
#
# Needs python3 (3.10 or later) with venv; the packages are installed in a temporary folder, pinned.
set -euo pipefail
cd "$(dirname "$0")/../.."

do=print
case ${1:-} in
  --check | --write)
    do=${1#--}
    shift
    ;;
esac
waymark=${1:-}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check -r Tools/peers/requirements.txt

export MPLBACKEND=Agg PYTHONDONTWRITEBYTECODE=1
"$folder/venv/bin/python" Tools/peers/compare.py ${waymark:+"$waymark"} > "$folder/table.md"
case $do in
  print) cat "$folder/table.md" ;;
  check)
    sed -n '/<!-- peers: begin -->/,/<!-- peers: end -->/p' docs/charts.md | sed '1d;$d' | diff - "$folder/table.md"
    echo "docs/charts.md has the table as the packages answer today"
    ;;
  write)
    sed -e "/<!-- peers: begin -->/r $folder/table.md" -e '/<!-- peers: begin -->/,/<!-- peers: end -->/{/<!-- peers/!d}' \
      docs/charts.md > "$folder/charts.md"
    cat "$folder/charts.md" > docs/charts.md
    ;;
esac
