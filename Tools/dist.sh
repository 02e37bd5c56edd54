#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the five executables, optimised and with Swift's libraries inside, and puts them, stripped, into DIR/bin. They
# run on any machine of the same distribution that has libnghttp2, libprotobuf-c, libsqlite3 and libpq.
#   Tools/dist.sh [DIR]     (.dist when not given)
set -euo pipefail
cd "$(dirname "$0")/.."

directory=${1:-.dist}
build=(swift build -c release --static-swift-stdlib)

Tools/step.sh "Building the executables (release)" "${build[@]}"

mkdir -p "$directory/bin"
binaries=$("${build[@]}" --show-bin-path)
for name in people projects measurement gateway waymark; do
  # Into place by renaming, so that a running executable is never written to.
  strip -o "$directory/bin/.$name.new" "$binaries/$name"
  mv -f "$directory/bin/.$name.new" "$directory/bin/$name"
done
echo "==> $directory/bin: $(cd "$directory/bin" && echo *)"
