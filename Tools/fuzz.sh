#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Feeds damaged input to the decoders for a number of seconds (60 unless given):
#   Tools/fuzz.sh [SECONDS]
# Fails on a crash, a failed check, a leak, or an input that takes over 5 seconds or 1 GiB. Such an input is kept in
# Tools/fuzz/.build/findings; give its path instead of the seconds to run it again.
set -eu
cd "$(dirname "$0")/fuzz"

what=${1:-60}
swift build -c release --product FuzzMessages -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address \
  -Xswiftc -use-ld=lld
fuzzer=.build/release/FuzzMessages
mkdir -p .build/corpus .build/findings

case $what in
  *[!0-9]*) exec "$fuzzer" "$what" ;;
esac
"$fuzzer" -max_total_time="$what" -timeout=5 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1 -verbosity=1 \
  -artifact_prefix=.build/findings/ .build/corpus seeds >.build/fuzz.log 2>&1 || {
  grep -v '^#' .build/fuzz.log >&2
  echo "fuzz.sh: found something; the input is in Tools/fuzz/.build/findings" >&2
  exit 1
}
grep -E '^Done|average_exec_per_sec|peak_rss_mb' .build/fuzz.log
