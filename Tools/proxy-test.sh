#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Restarts gateways behind real proxies while callers call, and counts what is lost (docs/proxies.md).
#   Tools/proxy-test.sh [--calls 5000] [envoy haproxy nginx caddy traefik]
# With the executables in WAYMARK_TEST_BIN, or the debug build, which is made.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${WAYMARK_TEST_BIN:-}" ]; then
  Tools/step.sh "Building the executables (debug)" swift build
  WAYMARK_TEST_BIN=$(swift build --show-bin-path)
fi
exec .venv/bin/python Tools/proxies/run.py "$WAYMARK_TEST_BIN" "$@"
