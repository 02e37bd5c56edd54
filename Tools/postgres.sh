#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A private PostgreSQL for tests, from Debian's package: on 127.0.0.1 at a free port, with a password and TLS.
#   Tools/postgres.sh start DIR [--durable]   makes it in DIR, or starts the one that is there; prints its URL
#   Tools/postgres.sh restart DIR             stops it in order and starts it again at the same port
#   Tools/postgres.sh kill DIR                kills it with all its processes, as a crash does
#   Tools/postgres.sh resume DIR              starts it again at the same port
#   Tools/postgres.sh stop DIR                ends it and removes DIR
#
# The URL's role is a superuser. DIR/server.crt is the certificate, for localhost and 127.0.0.1; DIR/log the log, with
# every attempt to connect. Without --durable, which a new one only is asked for, nothing is synchronised to the disk:
# twice as fast, and what was committed last is lost in a crash.
#
# PostgreSQL does not run as root; it is then the system's user `postgres`, who must be able to reach DIR.
set -euo pipefail

fail() {
  echo "postgres.sh: $*" >&2
  exit 1
}

usage() {
  sed -n '5,9s/^# *//p' "$0" >&2
  exit 2
}

[ $# -ge 2 ] || usage
action=$1
mkdir -p "$2" || fail "cannot make $2"
directory=$(cd "$2" && pwd)
cluster=$directory/cluster
shift 2
case $action:$* in start: | start:--durable | restart: | kill: | resume: | stop:) ;; *) usage ;; esac
durable=${1:-}

owner=$(id -un)
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
  owner=postgres
  as_owner=(setpriv --reuid postgres --regid postgres --init-groups env HOME=/)
fi

# Debian keeps each version's programs in a folder of their own; the newest is taken.
programs=$(find /usr/lib/postgresql/*/bin -maxdepth 1 -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb || echo missing/initdb)")
[ -x "$programs/initdb" ] || fail "there is no initdb; on Debian: apt-get install postgresql"

# Runs one of PostgreSQL's programs as the owner, from a folder that the owner may be in.
run() { (cd "$directory" && exec "${as_owner[@]}" "$programs/$1" "${@:2}"); }

is_made() { [ -e "$directory/url" ]; }

# Whether a process runs; one that ended and was not collected does not, although it can be signalled.
is_alive() { [ -r "/proc/$1/stat" ] && ! grep -qs '^[0-9]* (.*) [ZX] ' "/proc/$1/stat"; }

is_running() { [ -e "$cluster/postmaster.pid" ] && is_alive "$(head -n 1 "$cluster/postmaster.pid")"; }

# Making it -----------------------------------------------------------------------------------------------------------

# Below the ports that the system gives to connections and to whoever asks for any port, so that nobody is given this
# one while PostgreSQL is down for a test.
choose_port() {
  local port
  while true; do
    port=$((RANDOM % 12000 + 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "port = $port" >"$cluster/port.conf"
  echo "postgres://waymark:$(cat "$directory/password")@127.0.0.1:$port/waymark" >"$directory/url"
}

make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout "$directory/server.key" -out "$directory/server.crt" 2>"$directory/openssl.log" \
    || fail "openssl made no certificate: $(tail -n 1 "$directory/openssl.log")"
  rm "$directory/openssl.log"
}

settings() {
  cat <<SETTINGS
listen_addresses = '127.0.0.1'
include 'port.conf'
unix_socket_directories = '$directory'
max_connections = 200
ssl = on
ssl_cert_file = '$directory/server.crt'
ssl_key_file = '$directory/server.key'
password_encryption = 'scram-sha-256'
# Nothing that a kill leaves behind outside of the folder.
dynamic_shared_memory_type = mmap
log_connections = on
log_line_prefix = '%m [%p] %q%u@%d '
log_timezone = 'UTC'
timezone = 'UTC'
SETTINGS
  [ "$durable" = --durable ] || printf '%s = off\n' fsync synchronous_commit full_page_writes
}

make() {
  # The path of a socket has room for 107 bytes.
  [ ${#directory} -le 80 ] || fail "$directory is too long a path for a socket in it; at most 80 characters are accepted"
  [ -z "$(ls -A "$directory")" ] || fail "$directory holds something else; a new or empty folder is accepted"
  chmod 0700 "$directory"
  chown "$owner" "$directory"
  "${as_owner[@]}" test -w "$directory" || fail "the user $owner cannot reach $directory; choose a folder below /tmp"
  (umask 077 && openssl rand -hex 16 >"$directory/password")
  make_certificate
  chown "$owner" "$directory"/*
  chmod 0600 "$directory/server.key"
  # A collation as people choose it, so that who relies on the order of bytes without saying so is found out.
  run initdb -D "$cluster" --username=waymark --pwfile="$directory/password" --auth=scram-sha-256 --encoding=UTF8 \
    --locale=C.UTF-8 --locale-provider=icu --icu-locale=en --no-sync >"$directory/initdb.log" 2>&1 \
    || fail "initdb failed: $(tail -n 5 "$directory/initdb.log")"
  rm "$directory/initdb.log"
  settings >>"$cluster/postgresql.conf"
  choose_port
  local attempt
  for ((attempt = 1; ; attempt++)); do
    if launch; then break; fi
    if [ "$attempt" -eq 20 ] || ! grep -q 'could not bind IPv4 address' "$directory/log"; then show_log_and_fail; fi
    choose_port
  done
  PGPASSWORD=$(cat "$directory/password") run psql -q -h "$directory" -U waymark -d postgres \
    -p "$(sed -n 's/^port = //p' "$cluster/port.conf")" -c 'CREATE DATABASE waymark' \
    || fail "the database waymark could not be made"
}

# Starting and ending -------------------------------------------------------------------------------------------------

# Starts the server and waits until it takes connections.
launch() { run pg_ctl start -D "$cluster" -w -t 120 -l "$directory/log" >/dev/null 2>&1 </dev/null; }

show_log_and_fail() {
  tail -n 6 "$directory/log" >&2 || true
  fail "PostgreSQL did not start in $directory"
}

resume() {
  is_made || fail "there is no PostgreSQL in $directory; start makes one"
  is_running || launch || show_log_and_fail
}

# The processes whose parent is $1.
children() { awk -v parent="$1" '{ pid = $1; sub(/^.*\) /, ""); if ($2 == parent) print pid }' /proc/[0-9]*/stat 2>/dev/null || true; }

kill_all() {
  is_running || return 0
  local server process processes
  server=$(head -n 1 "$cluster/postmaster.pid")
  # It starts no other process while it is stopped.
  kill -STOP "$server" 2>/dev/null || return 0
  mapfile -t processes < <(children "$server")
  kill -KILL "${processes[@]}" "$server" 2>/dev/null || true
  for process in "${processes[@]}" "$server"; do
    while is_alive "$process"; do sleep 0.01; done
  done
  forget_process
}

# What a killed server leaves beside its data: its process's id in two files, which the next one would believe to run as
# long as nobody has collected that process, and a few bytes of shared memory.
forget_process() {
  [ -e "$cluster/postmaster.pid" ] || return 0
  local segment
  segment=$(awk 'NR == 7 { print $2 }' "$cluster/postmaster.pid")
  [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null || true
  rm -f "$cluster/postmaster.pid" "$directory"/.s.PGSQL.*
}

case $action in
  start)
    if is_made; then resume; else make; fi
    cat "$directory/url"
    ;;
  resume) resume ;;
  restart)
    is_made || fail "there is no PostgreSQL in $directory; start makes one"
    if is_running; then run pg_ctl stop -D "$cluster" -m fast -w >/dev/null; fi
    launch || show_log_and_fail
    ;;
  kill) kill_all ;;
  stop)
    # Never a folder of something else.
    is_made || [ -e "$directory/password" ] || [ -z "$(ls -A "$directory")" ] || fail "$directory holds no PostgreSQL"
    if is_running; then run pg_ctl stop -D "$cluster" -m immediate -w >/dev/null; fi
    forget_process
    rm -rf "$directory"
    ;;
esac
