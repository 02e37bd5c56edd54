# SPDX-License-Identifier: Apache-2.0
"""gRPC by hand on hyper-h2: for what grpcio does not let one choose or see, the compressed flag of each message."""

import collections
import gzip
import socket
import ssl
import struct
import threading
import zlib

import h2.config
import h2.connection
import h2.events

from contracts import Failure

Reply = collections.namedtuple("Reply", "head messages trailers")
"""What came back: header fields, (flag, message as it was before compression) pairs, trailer fields."""


def frame(message, compressed=False):
    """A message behind its prefix."""
    data = message.SerializeToString()
    if compressed:
        data = gzip.compress(data)
    return struct.pack(">BI", compressed, len(data)) + data


def unframe(data, encoding):
    """(flag, message) pairs."""
    found = []
    while data:
        if len(data) < 5:
            raise Failure(f"{len(data)} bytes are left over behind the last message")
        flag, length = struct.unpack(">BI", data[:5])
        message, data = data[5:5 + length], data[5 + length:]
        if len(message) < length:
            raise Failure(f"a message of {length} bytes is cut off after {len(message)}")
        if flag == 1:
            if encoding not in ("gzip", "deflate"):
                raise Failure(f"a message is compressed, and grpc-encoding is {encoding}")
            message = gzip.decompress(message) if encoding == "gzip" else zlib.decompress(message)
        elif flag != 0:
            raise Failure(f"a message has the flag {flag}")
        found.append((flag, message))
    return found


class Wire:
    """A connection with what is still to be sent on its streams."""

    def __init__(self, sock, client_side):
        self.sock = sock
        self.http2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=client_side, header_encoding="utf-8"))
        self.http2.initiate_connection()
        self.unsent = {}
        self.flush()

    def send(self, stream, data, trailers=None):
        """Sends data, as the windows allow, and then trailers or the end of the stream."""
        self.unsent[stream] = (data, trailers)
        self.advance()

    def advance(self):
        for stream, (data, trailers) in list(self.unsent.items()):
            while data:
                room = min(self.http2.local_flow_control_window(stream), self.http2.max_outbound_frame_size)
                if room == 0:
                    break
                self.http2.send_data(stream, data[:room])
                data = data[room:]
            self.unsent[stream] = (data, trailers)
            if not data:
                del self.unsent[stream]
                if trailers:
                    self.http2.send_headers(stream, trailers, end_stream=True)
                else:
                    self.http2.end_stream(stream)
        self.flush()

    def flush(self):
        self.sock.sendall(self.http2.data_to_send())

    def events(self):
        """What comes next; nothing at the end of the connection."""
        data = self.sock.recv(65536)
        if not data:
            return None
        events = self.http2.receive_data(data)
        for event in events:
            if isinstance(event, h2.events.DataReceived):
                self.http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        self.advance()
        return events


def call(port, tls, path, data, encoding=None, accept="gzip"):
    """Makes one call on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
        sock = plain
        if tls:
            context = ssl.create_default_context(cafile=tls.ca)
            context.load_cert_chain(tls.client, tls.client_key)
            context.set_alpn_protocols(["h2"])
            sock = context.wrap_socket(plain, server_hostname="localhost")
            if sock.selected_alpn_protocol() != "h2":
                raise Failure("the server does not choose h2 by ALPN")
        wire = Wire(sock, client_side=True)
        stream = wire.http2.get_next_available_stream_id()
        fields = [(":method", "POST"), (":scheme", "https" if tls else "http"), (":path", path),
                  (":authority", f"localhost:{port}"), ("te", "trailers"), ("content-type", "application/grpc"),
                  ("grpc-accept-encoding", accept)]
        if encoding:
            fields.append(("grpc-encoding", encoding))
        wire.http2.send_headers(stream, fields)
        wire.send(stream, data)
        head, trailers, received = None, None, b""
        while True:
            events = wire.events()
            if events is None:
                raise Failure("the connection ended before the call did")
            for event in events:
                if isinstance(event, h2.events.ResponseReceived):
                    head = dict(event.headers)
                elif isinstance(event, h2.events.TrailersReceived):
                    trailers = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    received += event.data
                elif isinstance(event, h2.events.StreamReset):
                    raise Failure(f"the stream was reset: {event.error_code}")
                elif isinstance(event, h2.events.StreamEnded):
                    return Reply(head, unframe(received, head.get("grpc-encoding")), trailers or head)


class Server:
    """Serves calls, each in full once its request has ended.

    `answer(path, [(flag, message), ...])` gives a pair: the bytes of the responses, and the fields of the status.
    """

    def __init__(self, tls, answer):
        self._answer = answer
        self._context = None
        if tls:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tls.ca)
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_cert_chain(tls.server, tls.server_key)
            self._context.set_alpn_protocols(["h2"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.errors = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            with sock:
                sock.settimeout(60)
                if self._context:
                    sock = self._context.wrap_socket(sock, server_side=True)
                wire = Wire(sock, client_side=False)
                calls = {}
                while (events := wire.events()) is not None:
                    for event in events:
                        self._serve_event(wire, calls, event)
        except (OSError, Failure) as error:
            self.errors.append(error)

    def _serve_event(self, wire, calls, event):
        if isinstance(event, h2.events.RequestReceived):
            calls[event.stream_id] = (dict(event.headers), bytearray())
        elif isinstance(event, h2.events.DataReceived):
            calls[event.stream_id][1].extend(event.data)
        elif isinstance(event, h2.events.StreamEnded) and event.stream_id in calls:
            fields, data = calls.pop(event.stream_id)
            responses, status = self._answer(fields[":path"], unframe(bytes(data), fields.get("grpc-encoding")))
            head = [(":status", "200"), ("content-type", "application/grpc")]
            if responses:
                wire.http2.send_headers(event.stream_id, head)
                wire.send(event.stream_id, responses, status)
            else:
                wire.http2.send_headers(event.stream_id, head + status, end_stream=True)
                wire.flush()
