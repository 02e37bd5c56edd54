#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures the CPU time that servers spend on a unary echo call, and prints a Markdown table with ratios:
#   Benchmarks/run.sh [--rounds N] [--calls N] [--skip-build]
# Ours, nghttpd with a small file, and gRPC C++ take turns in one run, so that a noisy machine is unfair to none.
# Fails when ours is over 2.5 times nghttpd or over 1/2.5 of gRPC C++.
#
# Needs h2load and nghttpd (nghttp2-client, nghttp2-server), g++ and gRPC C++ (libgrpc++-dev,
# protobuf-compiler-grpc), and a Python with grpcio: $WAYMARK_TEST_PYTHON or .venv/bin/python.
set -euo pipefail
cd "$(dirname "$0")"

rounds=7 calls=200000 build=yes
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --calls) calls=$2; shift 2 ;;
    --skip-build) build=no; shift ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
python=${WAYMARK_TEST_PYTHON:-../.venv/bin/python}
connections=4 streams=32

say() { echo "==> $*" >&2; }

if [ $build = yes ]; then
  say "Building echo-server (release; the first time takes some minutes)"
  swift build -c release --product echo-server >&2
fi
peers=.build/peers
mkdir -p $peers
if [ ! -x $peers/grpc_echo ] || [ peers/grpc_echo.cc -nt $peers/grpc_echo ]; then
  say "Building the echo server on gRPC C++"
  protoc -Iproto --cpp_out=$peers --grpc_out=$peers --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
    waymark/bench/v1/echo.proto
  # shellcheck disable=SC2046
  g++ -O2 -std=c++17 -I$peers peers/grpc_echo.cc $peers/waymark/bench/v1/echo.pb.cc \
    $peers/waymark/bench/v1/echo.grpc.pb.cc -o $peers/grpc_echo $(pkg-config --cflags --libs grpc++ protobuf)
fi

work=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

# The request: 5 bytes of gRPC framing, then {text: 64 bytes, number: 1234567890123}.
{
  printf '\0\0\0\0\111\012\100'
  printf 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/'
  printf '\020\313\211\366\373\366\043'
} > "$work/request"
[ "$(stat -c %s "$work/request")" = 78 ] || { echo "run.sh: the request is not 78 bytes" >&2; exit 1; }
mkdir "$work/www"
cp "$work/request" "$work/www/echo"

# One core for the servers and another for the load, where there are two.
server_core=() load_core=()
if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
  server_core=(taskset -c 1) load_core=(taskset -c 0)
fi

# wait_for FILE: the port in the line `listening on 127.0.0.1:PORT`.
wait_for() {
  local tries=0
  until grep -q listening "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "run.sh: a server did not start: $(cat "$1")" >&2; exit 1; }
    sleep 0.1
  done
  sed -n 's/^listening on 127.0.0.1://p' "$1"
}

declare -A pid port
"${server_core[@]}" .build/release/echo-server --port 0 --loops 1 > "$work/ours" 2>&1 &
pid[waymark]=$!
"${server_core[@]}" $peers/grpc_echo > "$work/grpc" 2>&1 &
pid[grpc]=$!
port[nghttpd]=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${server_core[@]}" nghttpd --no-tls -n1 -a 127.0.0.1 -d "$work/www" "${port[nghttpd]}" > "$work/nghttpd" 2>&1 &
pid[nghttpd]=$!
pids=("${pid[@]}")
port[waymark]=$(wait_for "$work/ours")
port[grpc]=$(wait_for "$work/grpc")
until curl -s --http2-prior-knowledge -o /dev/null "http://127.0.0.1:${port[nghttpd]}/echo"; do sleep 0.1; done

# Nanoseconds of CPU time that the process has used.
cpu() { cat /proc/"$1"/task/*/schedstat | awk '{ total += $1 } END { printf "%.0f", total }'; }
resident() { awk '/VmRSS/ { printf "%.1f", $2 / 1024 }' /proc/"$1"/status; }

# load SERVER CALLS
load() {
  local url=http://127.0.0.1:${port[$1]} output
  local arguments=(-n "$2" -c "$connections" -m "$streams")
  case $1 in
    nghttpd) arguments+=("$url/echo") ;;
    *)
      arguments+=(-d "$work/request" -H 'content-type: application/grpc' -H 'te: trailers'
        "$url/waymark.bench.v1.EchoService/Echo")
      ;;
  esac
  output=$("${load_core[@]}" h2load "${arguments[@]}")
  if ! grep -q " $2 succeeded, 0 failed, 0 errored, 0 timeout" <<< "$output"; then
    echo "run.sh: $1 failed calls: $output" >&2
    exit 1
  fi
}

servers=(waymark nghttpd grpc)
declare -A idle
for server in "${servers[@]}"; do idle[$server]=$(resident "${pid[$server]}"); done

say "Warming up, with a real client beside the load that compares each answer"
for server in "${servers[@]}"; do
  if [ "$server" != nghttpd ]; then "$python" verify.py "127.0.0.1:${port[$server]}" 2000 & check=$!; fi
  load "$server" "$calls"
  if [ "$server" != nghttpd ]; then
    wait "$check" || { echo "run.sh: $server gave a wrong answer" >&2; exit 1; }
  fi
done

for round in $(seq "$rounds"); do
  say "Round $round of $rounds"
  for server in $(printf '%s\n' "${servers[@]}" | shuf); do
    before=$(cpu "${pid[$server]}")
    load "$server" "$calls"
    after=$(cpu "${pid[$server]}")
    awk -v ns=$((after - before)) -v calls="$calls" 'BEGIN { printf "%.3f\n", ns / calls / 1000 }' >> "$work/$server.us"
  done
done

# of FILE FUNCTION: the median, least or largest line.
of() {
  sort -n "$1" | awk -v what="$2" '{ v[NR] = $1 } END {
    if (what == "least") print v[1]; else if (what == "largest") print v[NR];
    else print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
ours=$(of "$work/waymark.us" median)
nghttpd=$(of "$work/nghttpd.us" median)
grpc=$(of "$work/grpc.us" median)

declare -A name=(
  [waymark]="Waymark \`RPC\` (nghttp2 $(pkg-config --modversion libnghttp2), protobuf-c $(pkg-config --modversion libprotobuf-c))"
  [nghttpd]="nghttpd, a file of 78 bytes" [grpc]="gRPC C++ $(pkg-config --modversion grpc++), callback API")
echo "| server | CPU µs per call, median of $rounds | least to largest | × nghttpd | resident MB, idle | after the load |"
echo "|---|---|---|---|---|---|"
for server in "${servers[@]}"; do
  median=$(of "$work/$server.us" median)
  printf '| %s | %.2f | %.2f to %.2f | %.2f | %s | %s |\n' "${name[$server]}" "$median" "$(of "$work/$server.us" least)" \
    "$(of "$work/$server.us" largest)" "$(awk -v a="$median" -v b="$nghttpd" 'BEGIN { print a / b }')" \
    "${idle[$server]}" "$(resident "${pid[$server]}")"
done
echo
awk -v ours="$ours" -v nghttpd="$nghttpd" -v grpc="$grpc" 'BEGIN {
  printf "Ours is %.2f × nghttpd (may be 2.5) and 1/%.2f of gRPC C++ (must be 1/2.5 or less).\n", ours / nghttpd, grpc / ours
  exit !(ours <= 2.5 * nghttpd && ours * 2.5 <= grpc) }'
