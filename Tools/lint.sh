#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# All linters, each to its end, so that one run shows everything; fails when any of them found something.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=()
check() {
  local name=$1
  shift
  echo "==> $name"
  "$@" || failed+=("$name")
}

# Code that people write; what is generated keeps its generator's form.
swift_sources() {
  find Package.swift Sources Tests Tools Benchmarks \
    -name '.build*' -prune -o -name Generated -prune -o -name '*.swift' -print0
}

swift_format() { swift_sources | xargs -0 swift format lint --strict --parallel; }

scripts() {
  find Tools Benchmarks findings .ci \( -name '.build*' -prune \) -o -type f -print0 \
    | xargs -0 grep -lZE '^#!.*\b(ba)?sh$' | xargs -0 shellcheck -x
}

contracts() { (cd proto && ../.venv/bin/buf lint); }

# What the next release must not break, once there is a release to compare with.
contracts_keep_their_promises() {
  local tag
  tag=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || {
    echo "no release yet: nothing to compare with"
    return 0
  }
  (cd proto && ../.venv/bin/buf breaking --against "../.git#tag=$tag,subdir=proto")
}

check "swift format" swift_format
check "shellcheck" scripts
check "buf lint" contracts
check "buf breaking" contracts_keep_their_promises
check "generated code is current" Tools/proto.sh --check

if [ ${#failed[@]} -gt 0 ]; then
  printf 'lint: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "lint: all clean"
