#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Generates the code of all contracts:
#   Tools/proto.sh            writes it: Sources/Contracts from proto/, and those of tests and benchmarks
#   Tools/proto.sh --check    fails when that would change anything
#
# For one set of contracts beside those of proto/:
#   Tools/proto.sh [--check] --from DIR --c DIR --swift DIR --module NAME [--imports SWIFT_MODULES]
#     [--registry ENUM --registry-swift DIR]
# where --from is the root of the .proto files, --c and --swift are directories that hold generated code only,
# --module names the C target, --imports the Swift modules (joined by +) that hold the messages of imported files, and
# --registry the enum that knows all files, for reflection, whose Swift goes into --registry-swift.
#
# Needs protoc and protoc-c (Debian: protobuf-compiler, protobuf-c-compiler, libprotobuf-dev). The plugin is built from
# Tools/protoc-gen-waymark when it is not newer than its sources.
set -eu
cd "$(dirname "$0")/.."
root=$PWD

# The contracts of tests and benchmarks.
others() {
  "$root/Tools/proto.sh" "$@" --from Tests/TestContracts/proto --c Tests/TestContracts/CTestContracts \
    --swift Tests/TestContracts/Generated --module CTestContracts --imports Contracts
  if [ -d Benchmarks/proto ]; then
    "$root/Tools/proto.sh" "$@" --from Benchmarks/proto --c Benchmarks/Sources/CBenchContracts \
      --swift Benchmarks/Sources/BenchContracts/Generated --module CBenchContracts --registry BenchRegistry \
      --imports BenchContracts+Contracts --registry-swift Benchmarks/Sources/Interoperability/Generated
  fi
}

all=yes check=no from=proto c=Sources/Contracts/CContracts swift=Sources/Contracts/Contracts/Generated module=CContracts
imports="" registry=ContractRegistry registry_swift=""
well_known="google/protobuf/any.proto google/protobuf/duration.proto google/protobuf/field_mask.proto google/protobuf/timestamp.proto"
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=yes; shift ;;
    --from) from=$2 all=no registry="" well_known=""; shift 2 ;;
    --c) c=$2; shift 2 ;;
    --swift) swift=$2; shift 2 ;;
    --module) module=$2; shift 2 ;;
    --imports) imports=$2; shift 2 ;;
    --registry) registry=$2; shift 2 ;;
    --registry-swift) registry_swift=$2; shift 2 ;;
    *) echo "proto.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

plugin_package=Tools/protoc-gen-waymark
plugin=$root/$plugin_package/.build/debug/protoc-gen-waymark
if [ ! -x "$plugin" ] || [ -n "$(find $plugin_package/Sources $plugin_package/Package.swift -newer "$plugin")" ]; then
  echo "proto.sh: building protoc-gen-waymark" >&2
  swift build --package-path $plugin_package --product protoc-gen-waymark >&2
  touch "$plugin"
fi

# The well-known types come with protoc.
for system in /usr/include /usr/local/include /opt/homebrew/include; do
  [ -f $system/google/protobuf/timestamp.proto ] && break
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir -p "$work/c" "$work/out"
files=$( (cd "$from" && find . -name '*.proto') | sed 's|^\./||' | LC_ALL=C sort)

options=c_module=$module
[ -z "$imports" ] || options=$options,imports=$imports
[ -z "$registry" ] || options=$options,registry=$registry
# shellcheck disable=SC2086
set -- -I"$from" -I"$system"
# By way of descriptors, which have no comments: those belong into the Swift.
# shellcheck disable=SC2086
protoc "$@" --include_imports --descriptor_set_out="$work/set" $files $well_known
# shellcheck disable=SC2086
protoc-c --descriptor_set_in="$work/set" --c_out="$work/c" $files $well_known
# shellcheck disable=SC2086
protoc "$@" --plugin=protoc-gen-waymark="$plugin" --waymark_out="$work/out" --waymark_opt="$options" $files $well_known

# Headers lie in include/, as SwiftPM wants them.
(cd "$work/c" && find . -name '*.h') | while read -r header; do
  mkdir -p "$work/out/c/include/$(dirname "$header")"
  mv "$work/c/$header" "$work/out/c/include/$header"
done
cp -R "$work/c/." "$work/out/c/"

if [ -n "$registry_swift" ]; then
  mkdir "$work/out/registry"
  mv "$work/out/swift/$registry+Contents.swift" "$work/out/registry/"
fi

if [ $check = yes ]; then
  status=0
  diff -r -q "$work/out/c" "$c" >&2 || status=1
  diff -r -q "$work/out/swift" "$swift" >&2 || status=1
  if [ -n "$registry_swift" ]; then diff -r -q "$work/out/registry" "$registry_swift" >&2 || status=1; fi
  [ $status = 0 ] || echo "proto.sh: generated code is not up to date; run make proto and commit the result" >&2
  [ $all = no ] || others --check || status=1
  exit $status
fi
rm -rf "$c" "$swift"
mkdir -p "$c" "$swift"
cp -R "$work/out/c/." "$c/"
cp -R "$work/out/swift/." "$swift/"
if [ -n "$registry_swift" ]; then
  rm -rf "$registry_swift"
  cp -R "$work/out/registry" "$registry_swift"
fi
[ $all = no ] || others
