#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds what the benchmarks measure, as Tools/dist.sh builds what is delivered, and the peers to compare with:
#   Benchmarks/build.sh
# A peer that cannot be built is named in a line `skipped: ...`; the cases that need it say so too.
#
# Needs a C and a C++ compiler, libnghttp2-dev, gRPC C++ (libgrpc++-dev, protobuf-compiler-grpc) and openssl.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C

release=(swift build -c release --static-swift-stdlib)
out=.build/peers
mkdir -p $out

# peer NAME COMMAND...: a failure costs the peer only.
#
# Its steps are joined by &&, as `set -e` does not hold in a condition.
peer() {
  local name=$1
  shift
  if ! "$@" >"$out/build.log" 2>&1; then
    echo "skipped: $name cannot be built: $(grep -m1 -i error "$out/build.log" || tail -n1 "$out/build.log")" >&2
  fi
}

# newer FILE SOURCE...: whether FILE is there, and no SOURCE is newer.
newer() {
  local file=$1 source
  shift
  [ -e "$file" ] || return 1
  for source; do [ ! "$source" -nt "$file" ] || return 1; done
}

bare() {
  newer $out/bare_echo peers/bare_echo.c && return
  # shellcheck disable=SC2046
  cc -O2 peers/bare_echo.c -o $out/bare_echo $(pkg-config --cflags --libs libnghttp2)
}

grpc_cpp() {
  local proto=waymark/bench/v1/echo
  newer $out/grpc_echo peers/grpc_echo.cc proto/$proto.proto && return
  # shellcheck disable=SC2046
  protoc -Iproto --cpp_out=$out --grpc_out=$out --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" $proto.proto &&
    c++ -O2 -std=c++17 -I$out peers/grpc_echo.cc $out/$proto.pb.cc $out/$proto.grpc.pb.cc -o $out/grpc_echo \
      $(pkg-config --cflags --libs grpc++ protobuf)
}

grpc_swift() { "${release[@]}" --package-path peers/grpc-swift; }

swift_protobuf() {
  local package=peers/swift-protobuf-codec
  local generated=$package/Sources/SwiftProtobufCodec/Generated plugin=$package/.build/debug/protoc-gen-swift
  local protos=(waymark/common/v1/common.proto waymark/measurement/v1/measure.proto waymark/measurement/v1/chart.proto)
  newer $out/swift-protobuf.stamp "${protos[@]/#/../proto/}" || {
    # The plugin runs once, so it is not worth optimising.
    swift build --package-path $package --product protoc-gen-swift &&
      mkdir -p $generated &&
      protoc -I../proto --plugin=protoc-gen-swift=$plugin --swift_out=$generated \
        --swift_opt=FileNaming=PathToUnderscores "${protos[@]}" &&
      touch $out/swift-protobuf.stamp
  } && "${release[@]}" --package-path $package --product swift-protobuf-codec
}

certificate() {
  [ -e $out/key.pem ] && openssl x509 -in $out/certificate.pem -checkend 86400 -noout && return
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout $out/key.pem -out $out/certificate.pem
}

# The measure that is encoded and decoded.
sample() {
  local kind
  newer $out/chart.bin sample.py && return
  for kind in Measure Chart; do
    python3 sample.py $kind | protoc -I../proto --encode=waymark.measurement.v1.$kind \
      waymark/measurement/v1/chart.proto > $out/${kind,,}.bin
  done
}

for product in echo-server echo-client measure-codec measure-charts; do
  ../Tools/step.sh "Building $product (release; the first time takes some minutes)" \
    "${release[@]}" --product $product >&2
done
sample
certificate
peer "the bare C echo" bare
peer "gRPC C++" grpc_cpp
peer "SwiftProtobuf" swift_protobuf
peer "grpc-swift-2" grpc_swift
