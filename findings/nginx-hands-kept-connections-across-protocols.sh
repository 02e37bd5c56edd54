#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# nginx 1.22.1: kept connections of one upstream block are handed from grpc_pass to proxy_pass and back, whatever
# protocol they speak.
#
# A server that takes HTTP/1.1 and HTTP/2 on one port is named in one upstream block with `keepalive`, and used by
# proxy_pass for pages and by grpc_pass for calls. nginx keeps a connection after a page and gives it to the next call,
# which needs HTTP/2 on it: "no connection data found for keepalive http2 connection", and the call fails. With the same
# server in a block of its own for each protocol, or without keepalive, everything is answered.
#
# Expected: connections kept apart by protocol, or an error when the configuration is read; `nginx -t` is content.
#
# Needs curl with HTTP/2, and Debian 12 on amd64 after `apt-get update`.
set -euo pipefail

folder=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check h2==4.3.0 hpack==4.1.0 hyperframe==6.1.0
apt-get download -q nginx=1.22.1-9+deb12u11 > /dev/null 2>&1
dpkg -x nginx_*.deb root

cat > server.py <<'END'
import contextlib
import socket
import threading

import h2.config
import h2.connection
import h2.events

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def pages(client, data):
    while data:
        while b"\r\n\r\n" not in data:
            data += client.recv(65535)
        head, data = data.split(b"\r\n\r\n", 1)
        if not head.startswith(b"GET /page HTTP/1."):
            return
        client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\npage\n")
        data = data or client.recv(65535)


def calls(client, data):
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    while data:
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.StreamEnded):
                connection.send_headers(event.stream_id, [(":status", "200"), ("content-type", "application/grpc")])
                connection.send_data(event.stream_id, bytes(5))
                connection.send_headers(event.stream_id, [("grpc-status", "0")], end_stream=True)
        client.sendall(connection.data_to_send())
        data = client.recv(65535)


def serve(client):
    with contextlib.suppress(Exception):
        data = client.recv(65535)
        (calls if data.startswith(b"PRI * HTTP/2.0") else pages)(client, data)
    client.close()


while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
END
venv/bin/python server.py > port &
started+=($!)
until [ -s port ]; do sleep 0.1; done
behind=$(cat port)

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Four pages and four calls in turn through nginx with these upstream blocks; says how many of each were answered.
through() {
  local name=$1 blocks=$2 for_calls=$3 at page call got
  local -i pages=0 calls=0
  page=$(free_port) call=$(free_port)
  at=$(mktemp -d -p "$folder")
  cat > "$at/nginx.conf" <<END
daemon off;
master_process off;
pid $at/pid;
events {}
http {
  access_log off;
  client_body_temp_path $at/body;
  proxy_temp_path $at/proxy;
  fastcgi_temp_path $at/fastcgi;
  uwsgi_temp_path $at/uwsgi;
  scgi_temp_path $at/scgi;
  $blocks
  server {
    listen 127.0.0.1:$page;
    location / { proxy_pass http://one; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
  server {
    listen 127.0.0.1:$call http2;
    location / { grpc_pass grpc://$for_calls; }
  }
}
END
  root/usr/sbin/nginx -p "$at" -c "$at/nginx.conf" -e "$at/error.log" -t -q
  root/usr/sbin/nginx -p "$at" -c "$at/nginx.conf" -e "$at/error.log" &
  started+=($!)
  for _ in 1 2 3 4; do
    got=$(curl --silent --max-time 5 --retry 20 --retry-delay 1 --retry-connrefused --output /dev/null \
      --write-out '%{http_code}' "http://127.0.0.1:$page/page" || true)
    [ "$got" != 200 ] || pages+=1
    got=$(head -c 5 /dev/zero | curl --silent --max-time 5 --http2-prior-knowledge --output /dev/null \
      --write-out '%{http_code}' -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- \
      "http://127.0.0.1:$call/a.Service/Method" || true)
    [ "$got" != 200 ] || calls+=1
  done
  echo "$name: pages $pages of 4, calls $calls of 4"
  { grep -o 'no connection data found for keepalive http2 connection' "$at/error.log" || true; } | sort -u
}

server="server 127.0.0.1:$behind;"
{
  through "one block with keepalive" "upstream one { $server keepalive 8; }" one
  through "a block for each" "upstream one { $server keepalive 8; } upstream two { $server keepalive 8; }" two
  through "one block without keepalive" "upstream one { $server }" one
} > seen

cat > expected <<'END'
one block with keepalive: pages 4 of 4, calls 0 of 4
no connection data found for keepalive http2 connection
a block for each: pages 4 of 4, calls 4 of 4
one block without keepalive: pages 4 of 4, calls 4 of 4
END
if ! diff expected seen; then
  echo "nginx-hands-kept-connections-across-protocols: no longer as described" >&2
  exit 1
fi
cat seen
