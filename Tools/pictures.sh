#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Draws the pictures of docs/charts.md with the command line, from the real A&E figures of the demonstration, and takes
# that of the README with a browser (chromium):
#   Tools/pictures.sh [WAYMARK [charts|page]]
# where WAYMARK is the program to draw with, .dist/bin/waymark unless given. The same program draws the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

waymark=${1:-.dist/bin/waymark}
figures=Sources/Executables/CDemoData/ae_attendances.csv
images=docs/images
work=$(mktemp -d)
stack=
finish() {
  if [ -n "$stack" ]; then
    kill "$stack" 2>/dev/null || true
    wait "$stack" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

[ -x "$waymark" ] || {
  echo "pictures.sh: there is no $waymark; make build makes it, or name another program" >&2
  exit 1
}

# A project's page as a browser shows it: the project of one trust of the demonstration.
page() {
  "$waymark" up --demo --data-dir "$work/data" --gateway-port 0 >"$work/ready" 2>"$work/log" &
  stack=$!
  local address
  until address=$(sed -n 's/^gateway ready: //p' "$work/ready") && [ -n "$address" ]; do
    kill -0 "$stack" 2>/dev/null || { tail -n 3 "$work/log" >&2; exit 1; }
    sleep 0.2
  done
  local id
  id=$(curl -sS -H 'content-type: application/json' -d '{"query": "Oxford"}' \
    "$address/waymark.projects.v1.ProjectService/ListProjects" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" \
    --window-size=1080,1240 --screenshot="$PWD/$images/project-page.png" "$address/projects/$id" >/dev/null 2>&1
  echo "made $images/project-page.png"
}
if [ "${2:-page}" = page ]; then page; fi
if [ "${2:-charts}" != charts ]; then exit 0; fi

chart() {
  local name=$1
  shift
  "$waymark" chart "$@" --output "$images/chart-$name.svg" 2>/dev/null
}
waits=("$figures" --y breaches --n attendances --filter type=1 --direction down)

chart run "${waits[@]}" --filter org_code=RXP --kind run --multiply 100 --unit % --title "Waits over four hours: run chart"
chart xmr "$figures" --y attendances --filter type=1 --filter org_code=R1H --kind xmr --unit attendances \
  --title "Attendances a month: I chart and moving ranges"
chart p "${waits[@]}" --filter org_code=RTF --kind p --title "Waits over four hours: P chart"
chart p-prime "${waits[@]}" --filter org_code=RTF --kind p-prime --title "The same: P′ chart"
chart phases "${waits[@]}" --filter org_code=RRK --rules making-data-count --target 15 --target 8@2018-04 \
  --trajectory 2016-04=20 --trajectory 2018-04=8 --phase 2017-04="a new phase begins" --exclude 2018-01="left out" \
  --annotate change:2017-06="a change" --annotate pdsa:2018-06="a PDSA cycle" \
  --title "Phases, targets, a trajectory and flags"

# Breaches at a minor unit are few: counts, and rates of a thousand attendances.
minor=("$figures" --y breaches --filter type=other --filter org_code=RD1 --direction down)
chart c "${minor[@]}" --kind c --unit breaches --title "Long waits at a minor unit: C chart"
chart u "${minor[@]}" --n attendances --kind u --multiply 1000 --unit "per 1,000" --title "The same of 1,000: U chart"
chart u-prime "$figures" --y admissions --n attendances --filter type=1 --filter org_code=RRK --kind u-prime --multiply 1000 \
  --unit "per 1,000" --title "Admissions of 1,000 attendances: U′ chart"
chart i-prime "$figures" --y admissions --n attendances --filter type=1 --filter org_code=RRK --kind i-prime --multiply 1000 \
  --unit "per 1,000" --title "The same: I′ chart"

# Several values a month: the shares of ten departments.
awk -F, -v OFS=, 'NR == 1 { print "period", "value" }
  $3 == "1" && $2 ~ /^(RAE|RCB|RCD|RCF|RFF|RFR|RHQ|RJL|RR8|RWY)$/ { print $1, 100 * $5 / $4 }' "$figures" >"$work/ten.csv"
chart x-bar-s "$work/ten.csv" --kind x-bar-s --unit % --direction down \
  --title "Waits over four hours at ten departments: X̄ and S chart"

# Months in which a department kept nine of ten waits within four hours are rare at this one: days from one to the next.
awk -F, '$3 == "1" && $2 == "RNL" && $5 / $4 <= 0.1 { print $1 }' "$figures" | sort | awk '
  BEGIN { print "period,value" }
  { split($1, part, "-"); now = int(mktime(part[1] " " part[2] " " part[3] " 12 0 0") / 86400) }
  last { print $1 "," now - last }
  { last = now }' >"$work/days.csv"
chart t "$work/days.csv" --kind t --unit days --title "Days between months within the standard: T chart"

# Of all departments, in order of months: how many missed 99 % between those that did not.
awk -F, -v OFS=, 'NR > 1 && $3 == "1" && $4 > 0 { print $1, $2, $5 / $4 }' "$figures" | sort -t, -k1,2 | awk -F, -v OFS=, '
  BEGIN { print "period", "value" }
  $3 <= 0.02 { print $1, count; count = 0; next }
  { count++ }' >"$work/cases.csv"
chart g "$work/cases.csv" --kind g --unit departments --title "Departments between those with hardly a long wait: G chart"

awk -F, 'NR == 1 || ($3 == "1" && $2 ~ /^R[AB]/)' "$figures" >"$work/some.csv"
chart multiples "$work/some.csv" --y breaches --n attendances --direction down --by org_code --kind p-prime \
  --rules making-data-count --width 960 --title "Waits over four hours: small multiples"

# Beside run and control charts: all major departments in one month, and one of them over time.
month=("$figures" --filter type=1 --filter period=2019-03-01)
chart funnel "${month[@]}" --kind funnel --y breaches --n attendances --by org_code --direction down --widened \
  --title "Waits over four hours, March 2019: funnel plot"
chart pareto "${month[@]}" --kind pareto --y breaches --by org_code --keep 20 --title "Where the long waits are: Pareto chart"
chart histogram "${month[@]}" --kind histogram --y attendances --title "Attendances at major departments: histogram"
chart scatter "${month[@]}" --kind scatter --x attendances --y admissions --by org_code \
  --title "Admissions by attendances: scatter plot"
chart cusum "${waits[@]}" --filter org_code=RAX --kind cusum --freeze 12 --title "Waits over four hours: CUSUM"
chart ewma "${waits[@]}" --filter org_code=RAX --kind ewma --freeze 12 --title "The same: EWMA"
echo "made the pictures in $images"
