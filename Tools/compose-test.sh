#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Proves docker-compose.yml for real: builds the image, brings the stack up, loads the demonstration data, checks the
# stack from outside, restarts it, checks that nothing was lost, and takes it down again.
#
# Needs root, docker with an engine (Debian: docker.io docker-compose iptables), and debootstrap. No image registry is
# asked: the base image is made by debootstrap from Debian's packages, and the executables come from `make dist`.
# Without an engine, `Tools/compose-test.sh config` still checks the file and what goes into the build's context.
# With BASE_IMAGE and SWIFT_IMAGE set, those images are used and everything is compiled inside.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

python=${WAYMARK_TEST_PYTHON:-.venv/bin/python}
export COMPOSE_PROJECT_NAME=waymark-test
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
export WAYMARK_IMAGE=waymark:test
compose=(docker-compose -f docker-compose.yml)
work=$(mktemp -d)
engine=

# What the file and the context say, which needs no engine.
check_configuration() {
  say "Checking docker-compose.yml and the context of the build"
  docker-compose -f docker-compose.yml --profile demo --profile backup config --quiet
  # Debian's own Python, which has what docker-compose is made of.
  /usr/bin/python3 - <<'PYTHON'
import sys
from docker.utils.build import exclude_paths

patterns = [line.strip() for line in open(".dockerignore") if line.strip() and not line.startswith("#")]
sent = exclude_paths(".", patterns, dockerfile="Dockerfile")
needed = {"Dockerfile", "Makefile", "Package.swift", "Tools/dist.sh", "Tools/setup.sh", "Tools/step.sh"}
missing = needed - sent
folders = {path.split("/")[0] for path in sent if "/" in path}
surplus = folders - {"Sources", "Tests", "Tools", ".prebuilt"}
if missing or surplus:
    sys.exit(f"FAILED: the context lacks {sorted(missing)}, and has too much: {sorted(surplus)}")
print(f"ok: {len(sent)} files are sent, from {', '.join(sorted(folders))}")
PYTHON
}

if [ "${1:-}" = config ]; then
  command -v docker-compose > /dev/null || { echo "compose-test needs docker-compose. On Debian: apt-get install docker-compose" >&2; exit 1; }
  check_configuration
  rm -rf "$work"
  exit 0
fi

finish() {
  status=$?
  trap - EXIT
  if [ "$status" -ne 0 ]; then
    "${compose[@]}" ps || true
    "${compose[@]}" logs --no-color --tail=60 || true
  fi
  "${compose[@]}" down --volumes --remove-orphans > /dev/null 2>&1 || true
  [ -z "$engine" ] || { kill "$engine" 2> /dev/null && wait "$engine" 2> /dev/null; } || true
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

for tool in docker docker-compose debootstrap "$python"; do
  command -v "$tool" > /dev/null || {
    echo "compose-test needs $tool. On Debian: apt-get install docker.io docker-compose iptables debootstrap; make setup" >&2
    exit 1
  }
done

if ! docker info > /dev/null 2>&1; then
  say "Starting a Docker engine"
  dockerd > "$work/dockerd.log" 2>&1 &
  engine=$!
  for _ in $(seq 60); do
    docker info > /dev/null 2>&1 && break
    kill -0 "$engine" 2> /dev/null || { cat "$work/dockerd.log" >&2; exit 1; }
    sleep 1
  done
fi

if [ -z "${BASE_IMAGE:-}" ]; then
  if ! docker image inspect waymark-base:bookworm > /dev/null 2>&1; then
    say "Making the base image with debootstrap"
    debootstrap --variant=minbase \
      --include=libnghttp2-14,libprotobuf-c1,libsqlite3-0,libpq5,libstdc++6,zlib1g,ca-certificates \
      bookworm "$work/root" > "$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log" >&2; exit 1; }
    tar -C "$work/root" --one-file-system -c . | docker import - waymark-base:bookworm > /dev/null
    rm -rf "$work/root"
  fi
  export BASE_IMAGE=waymark-base:bookworm SWIFT_IMAGE=waymark-base:bookworm PREBUILT=.prebuilt
  say "Building the executables"
  make dist DIST=.prebuilt
fi

check_configuration

say "Building the image"
"${compose[@]}" build --quiet people
docker image inspect --format 'image size: {{.Size}} bytes' "$WAYMARK_IMAGE"

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export WAYMARK_PUBLISH="127.0.0.1:$port"
say "Bringing the stack up on port $port"
"${compose[@]}" up -d --no-build
"$python" Tools/compose/check.py wait "http://127.0.0.1:$port"

say "Looking at what runs"
for service in people projects measurement gateway; do
  id=$("${compose[@]}" ps -q "$service")
  user=$(docker inspect --format '{{.Config.User}}' "$id")
  readonly=$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$id")
  published=$(docker inspect --format '{{range $p, $b := .HostConfig.PortBindings}}{{$p}} {{end}}' "$id")
  echo "$service: user $user, read-only root $readonly, published: ${published:-none}"
  [ "$user" = 10001:10001 ] && [ "$readonly" = true ]
  if [ "$service" = gateway ]; then [ "$published" = "8080/tcp " ]; else [ -z "$published" ]; fi
done

say "Loading the demonstration data"
"${compose[@]}" run --rm demo

say "Checking the stack from outside"
"$python" Tools/compose/check.py all "http://127.0.0.1:$port"

say "A service that is stopped leaves a hole, not an error"
"${compose[@]}" stop people
"$python" Tools/compose/check.py hole "http://127.0.0.1:$port" people
"${compose[@]}" start people

say "Restarting everything: nothing may be lost"
"${compose[@]}" restart
"$python" Tools/compose/check.py wait "http://127.0.0.1:$port"
"$python" Tools/compose/check.py kept "http://127.0.0.1:$port"

say "A backup is made while everything runs, and is sound"
"${compose[@]}" run --rm backup
# shellcheck disable=SC2016  # The shell in the container expands it.
"${compose[@]}" run --rm backup sh -c 'for set in /backups/*; do waymark backup --verify "$set"; done'

say "docker-compose.yml holds"
