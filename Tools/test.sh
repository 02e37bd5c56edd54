#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the tests that were built, one after another, and says at the end which failed and why.
#   Tools/test.sh [ARGUMENT OF swift test...]
#
# The tests of the store run on SQLite and on a PostgreSQL that is started here and ended afterwards, or on the one whose
# URL is in WAYMARK_TEST_POSTGRES: its role may make databases and end other sessions.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# The foreign clients are where `make test` put them.
if [ -z "${WAYMARK_TEST_PYTHON:-}" ] && [ -x .venv/bin/python ]; then
  export WAYMARK_TEST_PYTHON=$PWD/.venv/bin/python
fi

log=$(mktemp)
postgres=
# shellcheck disable=SC2317  # A trap calls it.
finish() {
  rm -f "$log"
  [ -z "$postgres" ] || Tools/postgres.sh stop "$postgres"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

if [ -z "${WAYMARK_TEST_POSTGRES:-}" ]; then
  postgres=$(mktemp -d)
  WAYMARK_TEST_POSTGRES=$(Tools/postgres.sh start "$postgres") || exit 1
  WAYMARK_TEST_POSTGRES_DIR=$postgres
  export WAYMARK_TEST_POSTGRES WAYMARK_TEST_POSTGRES_DIR
fi

# Many tests start processes and wait for them, and all at once would starve one another.
swift test --skip-build --no-parallel "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -eq 0 ] && [ $# -eq 0 ]; then
  echo "==> The services' tests once more, on PostgreSQL"
  WAYMARK_TEST_ENGINE=postgres swift test --skip-build --no-parallel \
    --filter '^(PeopleTests|ProjectsTests|MeasurementTests)\.' 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
fi
if [ "$status" -ne 0 ]; then
  {
    echo "==> What failed:"
    # What an issue says, with the lines behind it up to the next event.
    awk '/^✘/ { print; more = 1; next } /^[◇✔✘]/ { more = 0 } more' "$log" | head -n 200
    grep -nE 'Fatal error|Crash|unexpected signal|AddressSanitizer|ThreadSanitizer' "$log" | head -n 20
  } >&2
fi
exit "$status"
