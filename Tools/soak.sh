#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Has clients and servers of ours do everything that calls can do, first under AddressSanitizer, with a look for leaks at
# the end, then under ThreadSanitizer, for a number of seconds each (60 unless given):
#   Tools/soak.sh [SECONDS] [address|thread]
# Fails if a sanitizer reports anything, or if any call went otherwise than it should.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
sanitizers=(address thread)
[ $# -lt 2 ] || sanitizers=("$2")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
Tests/RPCTests/Foreign/certificates.sh "$work" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

# A loop that is used after its end is an error, not a line in the log.
export SWIFTNIO_STRICT=1
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=66:detect_stack_use_after_return=0
export TSAN_OPTIONS=halt_on_error=0:exitcode=66:suppressions=$PWD/Benchmarks/soak/thread.txt
export LSAN_OPTIONS=suppressions=$PWD/Benchmarks/soak/leaks.txt:print_suppressions=0

# The sanitizer's account of calls does not know async functions, and now and then it crashes in its own code. That says
# nothing about ours: such a run is repeated. A report, or a crash anywhere else, is not.
crashed_by_itself() {
  grep -q 'ThreadSanitizer:DEADLYSIGNAL' "$1" && grep -m 1 '#0 ' "$1" | grep -q 'compiler-rt/lib/tsan'
}

for sanitizer in "${sanitizers[@]}"; do
  build=(swift build --package-path Benchmarks --scratch-path "Benchmarks/.build-$sanitizer" --sanitize "$sanitizer")
  "${build[@]}" --product soak >&2
  echo "==> $seconds seconds under the $sanitizer sanitizer"
  soak=$("${build[@]}" --show-bin-path)/soak
  for attempt in 1 2 3 4; do
    status=0
    "$soak" --seconds "$seconds" --tls-cert "$work/server.pem" --tls-key "$work/server-key.pem" \
      --tls-ca "$work/ca.pem" 2>&1 | tee "$work/log" || status=$?
    if [ "$status" -eq 0 ]; then break; fi
    if [ "$attempt" -lt 4 ] && crashed_by_itself "$work/log"; then
      echo "==> the sanitizer crashed in its own code; once more"
      continue
    fi
    exit "$status"
  done
done
