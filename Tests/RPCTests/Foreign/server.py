# SPDX-License-Identifier: Apache-2.0
"""Serves the echo service with grpcio on a free port, which it prints, until its standard input says a line or ends."""

import pathlib
import sys
import time
from concurrent import futures

import grpc
from grpc_status import rpc_status

import rich
from notes import SERVICE, Note


def echo(request, context):
    if request.message == "fail":
        code = next(code for code in grpc.StatusCode if code.value[0] == request.code)
        context.set_trailing_metadata((("x-why", "asked to"), ("x-bytes-bin", bytes(range(256)))))
        context.abort(code, "größer als 100 %\n")
    if request.message == "rich details":
        context.abort_with_status(rpc_status.to_status(rich.status()))
    if request.message == "metadata":
        received = dict(context.invocation_metadata())
        returned = (("x-text", received["x-text"]), ("x-bytes-bin", received["x-bytes-bin"]))
        context.send_initial_metadata(returned)
        context.set_trailing_metadata(returned)
    if request.message == "deadline":
        remaining = context.time_remaining()
        return Note(code=-1 if remaining is None or remaining > 1e9 else int(remaining))
    if request.message == "wait":
        while context.is_active():
            time.sleep(0.02)
    return request


def join(requests, context):
    joined = Note()
    for request in requests:
        if request.message == "stop":
            context.abort(grpc.StatusCode.ABORTED, "told to stop")
        joined.message += request.message
        joined.code += 1
    return joined


def split(request, context):
    context.send_initial_metadata((("x-first", "yes"),))
    for index in range(request.code):
        yield Note(code=index, message=request.message)
    context.set_trailing_metadata((("x-last", "yes"),))
    if request.message == "fail":
        context.abort(grpc.StatusCode.DATA_LOSS, "failed half-way")


def chat(requests, context):
    yield from requests


def main():
    codec = dict(request_deserializer=Note.FromString, response_serializer=Note.SerializeToString)
    handlers = {
        "Echo": grpc.unary_unary_rpc_method_handler(echo, **codec),
        "Join": grpc.stream_unary_rpc_method_handler(join, **codec),
        "Split": grpc.unary_stream_rpc_method_handler(split, **codec),
        "Chat": grpc.stream_stream_rpc_method_handler(chat, **codec),
    }
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.max_receive_message_length", 64 << 20)],
        compression=grpc.Compression.Gzip if "gzip" in sys.argv else None)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
    if "tls" in sys.argv:
        folder = pathlib.Path(sys.argv[sys.argv.index("tls") + 1])
        pair = (folder / "server-key.pem").read_bytes(), (folder / "server.pem").read_bytes()
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.readline()
    server.stop(grace=None)


main()
