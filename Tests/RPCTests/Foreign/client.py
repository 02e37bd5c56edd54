# SPDX-License-Identifier: Apache-2.0
"""Drives the echo service with grpcio: client.py HOST:PORT CASE. Exits with 0 if the case holds."""

import sys
import threading
import time

import grpc
from grpc_status import rpc_status

import rich
from notes import Note, path

OPTIONS = [
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.max_send_message_length", 64 << 20),
    ("grpc.enable_retries", 0),
]


class Stub:
    def __init__(self, channel):
        codec = dict(request_serializer=Note.SerializeToString, response_deserializer=Note.FromString)
        self.echo = channel.unary_unary(path("Echo"), **codec)
        self.join = channel.stream_unary(path("Join"), **codec)
        self.split = channel.unary_stream(path("Split"), **codec)
        self.chat = channel.stream_stream(path("Chat"), **codec)
        self.missing = channel.unary_unary(path("Missing"), **codec)
        self.echo_stream = channel.stream_stream(path("Echo"), **codec)


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call went well and should not have")


def unary(stub, channel):
    note = Note(code=-7, message="größer als \U0001f600")
    assert stub.echo(note, timeout=10) == note
    assert stub.echo(Note(), timeout=10) == Note()


def errors(stub, channel):
    for code in grpc.StatusCode:
        if code is grpc.StatusCode.OK:
            continue
        error = failure(lambda: stub.echo(Note(code=code.value[0], message="fail"), timeout=10))
        assert error.code() is code, (error.code(), code)
        assert error.details() == "größer als 100 %\n", error.details()
        assert ("x-why", "asked to") in [tuple(pair) for pair in error.trailing_metadata()]


def details(stub, channel):
    error = failure(lambda: stub.echo(Note(message="details"), timeout=10))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    assert b"google.rpc.BadRequest" in details and b"project.aim" in details, details


def rich_details(stub, channel):
    error = failure(lambda: stub.echo(Note(message="rich details"), timeout=10))
    # Raises ValueError when code or message differ between the status and its details.
    status = rpc_status.from_call(error)
    assert status == rich.status(), status


def unexpected(stub, channel):
    error = failure(lambda: stub.echo(Note(message="unexpected"), timeout=10))
    assert error.code() is grpc.StatusCode.UNKNOWN
    assert "hunter2" not in error.details(), error.details()


def metadata(stub, channel):
    every_byte = bytes(range(256))
    for size in range(5):
        sent = (("x-text", "a b"), ("x-bytes-bin", every_byte[:size]), ("x-many", "1"), ("x-many", "2"))
        response, call = stub.echo.with_call(Note(message="metadata"), metadata=sent, timeout=10)
        assert response.message == "1|2", response
        for received in (call.initial_metadata(), call.trailing_metadata()):
            received = dict(received)
            assert received["x-text"] == "a b" and received["x-bytes-bin"] == every_byte[:size], received
    response, call = stub.echo.with_call(
        Note(message="metadata"), metadata=(("x-bytes-bin", every_byte),), timeout=10)
    assert dict(call.trailing_metadata())["x-bytes-bin"] == every_byte


def deadline(stub, channel):
    assert 3500 <= stub.echo(Note(message="deadline"), timeout=3600).code <= 3600
    assert stub.echo(Note(message="deadline")).code == -1
    error = failure(lambda: stub.echo(Note(message="wait"), timeout=0.2))
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED, error
    assert stub.echo(Note(code=1), timeout=10).code == 1


def cancel(stub, channel):
    call = stub.echo.future(Note(message="wait"))
    # The handler has begun once a later call on the same connection is answered.
    stub.echo(Note(), timeout=10)
    call.cancel()
    assert stub.echo(Note(code=1), timeout=10).code == 1


def large(stub, channel):
    for size in (1, 65_535, 65_536, 1_000_000, 4_194_000):
        note = Note(message="x" * size)
        assert stub.echo(note, timeout=30) == note
    error = failure(lambda: stub.echo(Note(message="x" * (4 << 20)), timeout=30))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED, error
    assert "4194304" in error.details(), error.details()


def concurrent(stub, channel):
    calls = [stub.echo.future(Note(code=index, message="wait a little"), timeout=30) for index in range(600)]
    assert [call.result().code for call in calls] == list(range(600))


def unimplemented(stub, channel):
    error = failure(lambda: stub.missing(Note(), timeout=10))
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED and "Missing" in error.details(), error


def cardinality(stub, channel):
    for count in (0, 2):
        requests = iter([Note()] * count)
        error = failure(lambda: list(stub.echo_stream(requests, timeout=10)))
        assert error.code() is grpc.StatusCode.UNIMPLEMENTED, error


def compressed(stub, channel):
    for compression in (grpc.Compression.Gzip, grpc.Compression.Deflate, grpc.Compression.NoCompression):
        note = Note(message="x" * 100_000)
        assert stub.echo(note, compression=compression, timeout=10) == note
        notes = [Note(code=index, message="y" * index) for index in range(500)]
        assert list(stub.chat(iter(notes), compression=compression, timeout=30)) == notes
    # It inflates to 100 MB, which are not to be had from 100 KB.
    error = failure(lambda: stub.echo(Note(message="x" * 100_000_000), compression=grpc.Compression.Gzip, timeout=30))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED, error


def streams(stub, channel):
    joined = stub.join(iter([Note(message=str(index)) for index in range(2000)]), timeout=30)
    assert joined.code == 2000 and joined.message == "".join(map(str, range(2000)))
    assert stub.join(iter([]), timeout=10) == Note()
    error = failure(lambda: stub.join(iter([Note(), Note(message="stop")] + [Note()] * 1000), timeout=10))
    assert error.code() is grpc.StatusCode.ABORTED, error
    parts = list(stub.split(Note(code=3000, message="part"), timeout=30))
    assert [part.code for part in parts] == list(range(3000))
    responses = stub.split(Note(code=3, message="fail"), timeout=10)
    received = []
    error = failure(lambda: received.extend(response.code for response in responses))
    assert error.code() is grpc.StatusCode.DATA_LOSS and received == [] or received == [0, 1, 2], (error, received)

    answered = threading.Semaphore(0)

    def turns():
        for index in range(50):
            yield Note(code=index)
            answered.acquire()  # the next only when this one is answered

    echoes = []
    for response in stub.chat(turns(), timeout=30):
        echoes.append(response.code)
        answered.release()
    assert echoes == list(range(50))


def slow_reader(stub, channel):
    # 64 MiB wait for a reader who takes a nap: the server has to hold back, and nothing may get lost.
    responses = stub.split(Note(code=1024, message="x" * 65536), timeout=60)
    first = next(responses)
    time.sleep(0.3)
    assert [first.code] + [response.code for response in responses] == list(range(1024))


def health(stub, channel):
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    client = health_pb2_grpc.HealthStub(channel)
    serving = health_pb2.HealthCheckResponse.SERVING
    assert client.Check(health_pb2.HealthCheckRequest(), timeout=10).status == serving
    assert client.Check(health_pb2.HealthCheckRequest(service="grpc.health.v1.Health"), timeout=10).status == serving
    error = failure(lambda: client.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=10))
    assert error.code() is grpc.StatusCode.NOT_FOUND
    watch = client.Watch(health_pb2.HealthCheckRequest())
    assert next(watch).status == serving
    watch.cancel()


def reflection(stub, channel):
    from google.protobuf import descriptor_pool
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    database = ProtoReflectionDescriptorDatabase(channel)
    assert "grpc.health.v1.Health" in database.get_services(), database.get_services()
    pool = descriptor_pool.DescriptorPool(database)
    service = pool.FindServiceByName("waymark.projects.v1.ProjectService")
    assert "GetProject" in [method.name for method in service.methods]
    assert pool.FindMessageTypeByName("google.protobuf.Timestamp").fields_by_name["seconds"].number == 1


if __name__ == "__main__":
    with grpc.insecure_channel(sys.argv[1], options=OPTIONS) as channel:
        globals()[sys.argv[2]](Stub(channel), channel)
