#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Feeds damaged input to what reads the outside world, half of a number of seconds (60 unless given) to each of two
# targets: the decoders of messages, and a server's session with its messages and header fields.
#   Tools/fuzz.sh [SECONDS]
#   Tools/fuzz.sh FuzzMessages|FuzzWire FILE      runs one input again
# Fails on a crash, a failed check, a leak, or an input that takes over 5 seconds or 1 GiB. Such an input is kept in
# Tools/fuzz/.build/findings.
set -eu
cd "$(dirname "$0")/fuzz"

targets='FuzzMessages FuzzWire'
for target in $targets; do
  swift build -c release --product "$target" -Xswiftc -sanitize=fuzzer,address \
    -Xcc -fsanitize=fuzzer-no-link,address -Xswiftc -use-ld=lld
done
mkdir -p .build/findings

case ${1:-60} in
  *[!0-9]*) exec ".build/release/$1" "$2" ;;
esac
for target in $targets; do
  mkdir -p ".build/corpus/$target"
  echo "$target:"
  ".build/release/$target" -max_total_time="$((${1:-60} / 2))" -timeout=5 -rss_limit_mb=1024 -max_len=4096 \
    -print_final_stats=1 -verbosity=1 -artifact_prefix=.build/findings/ ".build/corpus/$target" "seeds/$target" \
    >.build/fuzz.log 2>&1 || {
    grep -v '^#' .build/fuzz.log >&2
    echo "fuzz.sh: found something; the input is in Tools/fuzz/.build/findings" >&2
    exit 1
  }
  grep -E '^Done|average_exec_per_sec|peak_rss_mb' .build/fuzz.log
done
