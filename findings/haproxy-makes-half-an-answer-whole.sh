#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# HAProxy 2.6.12: an HTTP/2 answer that breaks off half-way reaches an HTTP/2 client as one that ended as it should.
#
# The server behind sends a header and half of the body, without a content-length, and then closes the connection, resets
# the stream, or says no more until `timeout server` is over. HAProxy ends the client's stream with END_STREAM each time,
# so that the client takes half of a file for all of it. With the same server an HTTP/1.1 client is cut off in the middle
# of the chunks, as it should be, and a client without HAProxy sees the error in both protocols' terms.
#
# Expected: RST_STREAM to the client, since the answer is incomplete (RFC 9113, 8.1; RFC 9110, 6.1 and 8.6; RFC 9112, 8).
#
# Needs curl with HTTP/2, and Debian 12 on amd64 after `apt-get update`.
set -euo pipefail

folder=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check h2==4.3.0 hpack==4.1.0 hyperframe==6.1.0
apt-get download -q haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing1=1.6.0-4 \
  libopentracing-c-wrapper0=1.1.3-3+b1 > /dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done

cat > server.py <<'END'
import contextlib
import socket
import sys
import threading
import time

import h2.config
import h2.connection
import h2.events

how = sys.argv[1]
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def serve(client):
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    client.sendall(connection.data_to_send())
    while data := client.recv(65535):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                connection.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/csv")])
                connection.send_data(event.stream_id, b"half of the rows\n")
                client.sendall(connection.data_to_send())
                time.sleep(0.3)
                if how == "closes":
                    client.shutdown(socket.SHUT_RDWR)
                    return
                if how == "resets":
                    connection.reset_stream(event.stream_id, 2)
        client.sendall(connection.data_to_send())


def guarded(client):
    with contextlib.suppress(OSError):
        serve(client)
    client.close()


while True:
    threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()
END

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Asks for the answer until something listens, and says whether curl takes it for whole.
outcome() {
  local code=0
  curl --silent --max-time 10 --retry 20 --retry-delay 1 --retry-connrefused --output body "$@" || code=$?
  [ "$(cat body)" = "half of the rows" ] || echo -n "unlike itself, "
  if [ "$code" = 0 ]; then echo "whole"; else echo "an error"; fi
}

: > seen
for how in closes resets "stays silent"; do
  venv/bin/python server.py "$how" > port &
  started+=($!)
  until [ -s port ]; do sleep 0.1; done
  behind=$(cat port) two=$(free_port) one=$(free_port)
  cat > haproxy.cfg <<END
defaults
  mode http
  timeout connect 2s
  timeout client 20s
  timeout server 2s
listen two
  bind 127.0.0.1:$two proto h2
  server a 127.0.0.1:$behind proto h2
listen one
  bind 127.0.0.1:$one
  server a 127.0.0.1:$behind proto h2
END
  LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/sbin/haproxy -f haproxy.cfg -db > haproxy.log 2>&1 &
  started+=($!)
  {
    echo "server $how: HTTP/2 through HAProxy: $(outcome --http2-prior-knowledge "http://127.0.0.1:$two/")"
    echo "server $how: HTTP/1.1 through HAProxy: $(outcome "http://127.0.0.1:$one/")"
    [ "$how" = "stays silent" ] \
      || echo "server $how: HTTP/2 without HAProxy: $(outcome --http2-prior-knowledge "http://127.0.0.1:$behind/")"
  } >> seen
  : > port
done

cat > expected <<'END'
server closes: HTTP/2 through HAProxy: whole
server closes: HTTP/1.1 through HAProxy: an error
server closes: HTTP/2 without HAProxy: an error
server resets: HTTP/2 through HAProxy: whole
server resets: HTTP/1.1 through HAProxy: an error
server resets: HTTP/2 without HAProxy: an error
server stays silent: HTTP/2 through HAProxy: whole
server stays silent: HTTP/1.1 through HAProxy: an error
END
if ! diff expected seen; then
  echo "haproxy-makes-half-an-answer-whole: no longer as described" >&2
  exit 1
fi
cat seen
