#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Kills services and what they stand on, under a load of writes, and compares what was acknowledged with what is there:
#   Tools/fault-test.sh [--engine sqlite|postgres|both] [--rounds N] [--seed N] [--case NAME ...]
#
# Needs a Python with grpcio, grpcio-tools and grpcio-health-checking: $WAYMARK_TEST_PYTHON or .venv/bin/python. As root
# it also mounts small file systems, to fill one and to lock one.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --product people >&2
exec "${WAYMARK_TEST_PYTHON:-.venv/bin/python}" Tests/Faults/run.py "$(swift build --show-bin-path)" "$@"
