#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Looks, before anything is built, whether `make run` will get its port and its data folder:
#   Tools/check-run.sh PORT DATA_DIR
# If not, says who has them and what to type instead.
set -euo pipefail

port=$1 data=$2

fail() {
  echo "run: $*" >&2
  exit 1
}

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first free port of the hundred behind one.
free_after() {
  local next
  for ((next = $1 + 1; next <= $1 + 100 && next <= 65535; next++)); do
    is_taken "$next" || { echo "$next"; return; }
  done
  echo 0
}

# The program that listens on a port, as far as one may see it.
owner() {
  local found=
  if command -v ss >/dev/null; then
    found=$(ss -ltnpH "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1, process \2/p' | head -n 1)
  fi
  echo "${found:-another program}"
}

# The data folder of a stack that runs is locked by it.
is_in_use() { [ -e "$1/waymark.lock" ] && command -v flock >/dev/null && ! flock -n "$1/waymark.lock" true; }

if ! [[ $port =~ ^[0-9]{1,5}$ ]] || [ "$((10#$port))" -gt 65535 ]; then
  fail "PORT is '$port'; a port is a number from 0 to 65535, such as make run PORT=8080"
fi
if [ -e "$data" ] && [ ! -d "$data" ]; then
  fail "DATA_DIR is '$data', which is a file; name a folder, or one that is not there yet"
fi

other=()
if [ "$port" -ne 0 ] && is_taken "$port"; then
  who=$(owner "$port")
  free=$(free_after "$port")
  other=("PORT=$free")
  if is_in_use "$data"; then other+=("DATA_DIR=var/waymark-$free"); fi
  hint=
  case $who in gateway*) hint=" (Is it Waymark already? Look at http://127.0.0.1:$port.)" ;; esac
  fail "port $port is in use by $who.$hint Stop that program, or take another port: make run ${other[*]}"
fi
if is_in_use "$data"; then
  fail "the data folder $data is in use by a Waymark that runs already. Stop that one, or take another folder:" \
    "make run DATA_DIR=var/waymark-2"
fi
