#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one step of a build: says what begins, lets its progress through, says how long it took.
#   Tools/step.sh "What it does" COMMAND [ARGUMENT...]
set -euo pipefail

name=$1
shift
echo "==> $name"
start=$SECONDS
if "$@"; then
  echo "==> $name: done in $((SECONDS - start)) s"
else
  status=$?
  echo "==> $name: failed after $((SECONDS - start)) s" >&2
  exit "$status"
fi
