# SPDX-License-Identifier: Apache-2.0
"""Calls the gateway with connectrpc, Connect's own client for Python, with its defaults: it sends gzip and asks for it.

usage: connect_calls.py GATEWAY     (address HOST:PORT)

Exits with 0 when each answer is right. Messages are what reflection tells of them.
"""

import sys

import grpc
from connectrpc.client import ConnectClientSync
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.errors import ConnectError
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.protocol import ProtocolType
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

address = sys.argv[1]
database = ProtoReflectionDescriptorDatabase(grpc.insecure_channel(address))
pool = descriptor_pool.DescriptorPool(database)


def info(path):
    service, name = path.split("/")
    method = pool.FindServiceByName(service).FindMethodByName(name)
    types = [message_factory.GetMessageClass(t) for t in (method.input_type, method.output_type)]
    return MethodInfo(
        name=name, service_name=service, input=types[0], output=types[1], idempotency_level=IdempotencyLevel.UNKNOWN,
        stream_type=StreamType.SERVER_STREAM if method.server_streaming else StreamType.UNARY)


def call(client, path, **fields):
    method = info(path)
    return client.execute_unary(request=method.input(**fields), method=method)


def check(condition, *said):
    if not condition:
        sys.exit(f"wrong: {said}")


projects = "waymark.projects.v1.ProjectService"
binary = google_protobuf_binary_codec()
for options in ({}, {"codec": google_protobuf_json_codec()}, {"send_compression": None}, {"accept_compression": []}):
    client = ConnectClientSync(f"http://{address}", **{"codec": binary, **options})
    answer = call(client, f"{projects}/ListProjects", page_size=50)
    check(len(answer.projects) >= 20, options, len(answer.projects))
    check(call(client, f"{projects}/ListProjects").total_size == answer.total_size, options)
    try:
        call(client, f"{projects}/GetProject", id="no id")
        check(False, "no error")
    except ConnectError as error:
        check(error.code.name == "INVALID_ARGUMENT" and error.details, error)

# What is not served says so in a sentence, whatever it came by.
for protocol, words in [(ProtocolType.GRPC_WEB, "gRPC-Web"), (ProtocolType.GRPC, "has to speak HTTP/2")]:
    client = ConnectClientSync(f"http://{address}", codec=binary, protocol=protocol)
    try:
        call(client, f"{projects}/ListProjects")
        check(protocol == ProtocolType.GRPC, "no error", protocol)
    except ConnectError as error:
        check(words in error.message, protocol, error.code, error.message)
method = info("waymark.measurement.v1.ObservationService/ExportObservations")
try:
    for _ in ConnectClientSync(f"http://{address}", codec=binary).execute_server_stream(
            request=method.input(), method=method):
        pass
    check(False, "no error")
except ConnectError as error:
    check(error.code.name == "UNIMPLEMENTED" and "Streams by Connect" in error.message, error.code, error.message)
print("all answers right")
