#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs gRPC's interoperability cases between our stack and others', in both directions, plaintext and TLS, and prints
# the matrix as Markdown; fails if any cell fails:
#   Tools/interop.sh [--skip-build] [--case NAME ...]
#
# Needs a Python with grpcio, grpcio-tools, grpcio-health-checking, grpcio-reflection and h2: $WAYMARK_TEST_PYTHON or
# .venv/bin/python; and openssl.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${WAYMARK_TEST_PYTHON:-.venv/bin/python}
if [ "${1:-}" = --skip-build ]; then
  shift
else
  for product in interop-server interop-client; do
    swift build --package-path Benchmarks --product "$product" >&2
  done
fi
exec "$python" Benchmarks/interop/matrix.py "$(swift build --package-path Benchmarks --show-bin-path)" "$@"
