# SPDX-License-Identifier: Apache-2.0
"""The cases as a client on grpcio runs them, and beyond them what a server of the test service has to do."""

import queue
import time

import grpc
from google.protobuf import descriptor_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

import contracts
from contracts import expect, expect_zeros, Failure, messages, payload, yes_or_no

LIMIT = 60
INITIAL_VALUE = "test_initial_metadata_value"
TRAILING_VALUE = b"\xab\xab\xab"
LARGE = dict(response_size=314159, payload=payload(271828))


def expect_status(code, call, message=None):
    """Has a call fail with a code, and with a message if one is given."""
    try:
        call()
    except grpc.RpcError as error:
        expect(error.code(), code, "the status")
        if message is not None:
            expect(error.details(), message, "the message of the status")
        return
    raise Failure(f"the status is OK; it has to be {code}")


class Requests:
    """Requests that are written one after another, as an iterator that grpcio reads."""

    _END = object()

    def __init__(self):
        self._queue = queue.Queue()

    def write(self, request):
        self._queue.put(request)

    def finish(self):
        self._queue.put(self._END)

    def __iter__(self):
        return iter(self._queue.get, self._END)


def wants(*sizes, ballast=0, **more):
    return messages.StreamingOutputCallRequest(
        response_parameters=[messages.ResponseParameters(size=size, **more) for size in sizes],
        payload=payload(ballast) if ballast else None)


class Cases:
    """Each method that is named as a case runs it over a channel."""

    def __init__(self, channel):
        self.channel = channel
        self.test = contracts.services.TestServiceStub(channel)

    # The cases that everybody has.

    def empty_unary(self):
        expect(self.test.EmptyCall(messages.Empty(), timeout=LIMIT), messages.Empty(), "the response")

    def large_unary(self):
        response = self.test.UnaryCall(messages.SimpleRequest(**LARGE), timeout=LIMIT)
        expect_zeros(response.payload, 314159, "the payload")

    def client_compressed_unary(self):
        announced = messages.SimpleRequest(**LARGE, expect_compressed=yes_or_no(True))
        expect_status(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.test.UnaryCall(announced, timeout=LIMIT))
        response = self.test.UnaryCall(announced, timeout=LIMIT, compression=grpc.Compression.Gzip)
        expect_zeros(response.payload, 314159, "the payload")
        plain = messages.SimpleRequest(**LARGE, expect_compressed=yes_or_no(False))
        expect_zeros(self.test.UnaryCall(plain, timeout=LIMIT).payload, 314159, "the payload")
        # Deflate, which the cases leave out.
        response = self.test.UnaryCall(announced, timeout=LIMIT, compression=grpc.Compression.Deflate)
        expect_zeros(response.payload, 314159, "the payload")

    def server_compressed_unary(self):
        for wanted in True, False:
            request = messages.SimpleRequest(**LARGE, response_compressed=yes_or_no(wanted))
            expect_zeros(self.test.UnaryCall(request, timeout=LIMIT).payload, 314159, "the payload")

    def client_streaming(self):
        requests = [messages.StreamingInputCallRequest(payload=payload(size)) for size in (27182, 8, 1828, 45904)]
        response = self.test.StreamingInputCall(iter(requests), timeout=LIMIT)
        expect(response.aggregated_payload_size, 74922, "the sum")
        response = self.test.StreamingInputCall(iter([]), timeout=LIMIT)
        expect(response.aggregated_payload_size, 0, "the sum of nothing")

    def server_streaming(self):
        sizes = [31415, 9, 2653, 58979]
        responses = list(self.test.StreamingOutputCall(wants(*sizes), timeout=LIMIT))
        expect([len(response.payload.body) for response in responses], sizes, "the sizes")
        expect(list(self.test.StreamingOutputCall(wants(), timeout=LIMIT)), [], "the responses to a wish for none")

    def server_compressed_streaming(self):
        request = messages.StreamingOutputCallRequest(response_parameters=[
            messages.ResponseParameters(size=31415, compressed=yes_or_no(True)),
            messages.ResponseParameters(size=92653, compressed=yes_or_no(False))])
        responses = list(self.test.StreamingOutputCall(request, timeout=LIMIT))
        expect([len(response.payload.body) for response in responses], [31415, 92653], "the sizes")

    def ping_pong(self):
        requests = Requests()
        responses = self.test.FullDuplexCall(iter(requests), timeout=LIMIT)
        for ballast, size in zip((27182, 8, 1828, 45904), (31415, 9, 2653, 58979)):
            requests.write(wants(size, ballast=ballast))
            expect_zeros(next(responses).payload, size, "a response")
        requests.finish()
        expect(list(responses), [], "what comes after the last answer")
        expect(responses.code(), grpc.StatusCode.OK, "the status")

    def empty_stream(self):
        responses = self.test.FullDuplexCall(iter([]), timeout=LIMIT)
        expect(list(responses), [], "the responses")
        expect(responses.code(), grpc.StatusCode.OK, "the status")

    def custom_metadata(self):
        metadata = ((contracts.INITIAL, INITIAL_VALUE), (contracts.TRAILING, TRAILING_VALUE))
        _, call = self.test.UnaryCall.with_call(messages.SimpleRequest(**LARGE), metadata=metadata, timeout=LIMIT)
        self._expect_echo(call)
        responses = self.test.FullDuplexCall(iter([wants(314159, ballast=271828)]), metadata=metadata, timeout=LIMIT)
        expect([len(response.payload.body) for response in responses], [314159], "the sizes")
        self._expect_echo(responses)
        # In every method, says the specification.
        for call in (
                self.test.EmptyCall.with_call(messages.Empty(), metadata=metadata)[1],
                self.test.CacheableUnaryCall.with_call(messages.SimpleRequest(), metadata=metadata)[1],
                self.test.StreamingInputCall.with_call(iter([]), metadata=metadata)[1]):
            self._expect_echo(call)
        for call in (
                self.test.StreamingOutputCall(wants(1), metadata=metadata),
                self.test.HalfDuplexCall(iter([wants(1)]), metadata=metadata)):
            list(call)
            self._expect_echo(call)

    @staticmethod
    def _expect_echo(call):
        expect([value for key, value in call.initial_metadata() if key == contracts.INITIAL], [INITIAL_VALUE],
               contracts.INITIAL)
        expect([value for key, value in call.trailing_metadata() if key == contracts.TRAILING], [TRAILING_VALUE],
               contracts.TRAILING)

    def status_code_and_message(self):
        status = messages.EchoStatus(code=2, message="test status message")
        unary = messages.SimpleRequest(response_status=status)
        expect_status(grpc.StatusCode.UNKNOWN, lambda: self.test.UnaryCall(unary, timeout=LIMIT), status.message)
        stream = messages.StreamingOutputCallRequest(response_status=status)
        expect_status(grpc.StatusCode.UNKNOWN, lambda: list(self.test.FullDuplexCall(iter([stream]), timeout=LIMIT)),
                      status.message)
        # And every other code, in every method that echoes them.
        for code in grpc.StatusCode:
            number = code.value[0]
            if number == 0:
                continue
            status = messages.EchoStatus(code=number, message=f"number {number}")
            unary = messages.SimpleRequest(response_status=status)
            stream = messages.StreamingOutputCallRequest(response_status=status)
            for call in (
                    lambda: self.test.UnaryCall(unary, timeout=LIMIT),
                    lambda: list(self.test.StreamingOutputCall(stream, timeout=LIMIT)),
                    lambda: list(self.test.FullDuplexCall(iter([wants(1), stream]), timeout=LIMIT)),
                    lambda: list(self.test.HalfDuplexCall(iter([wants(1), stream]), timeout=LIMIT))):
                expect_status(code, call, status.message)

    def special_status_message(self):
        message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
        request = messages.SimpleRequest(response_status=messages.EchoStatus(code=2, message=message))
        expect_status(grpc.StatusCode.UNKNOWN, lambda: self.test.UnaryCall(request, timeout=LIMIT), message)

    def unimplemented_method(self):
        expect_status(grpc.StatusCode.UNIMPLEMENTED,
                      lambda: self.test.UnimplementedCall(messages.Empty(), timeout=LIMIT))

    def unimplemented_service(self):
        stub = contracts.services.UnimplementedServiceStub(self.channel)
        expect_status(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.UnimplementedCall(messages.Empty(), timeout=LIMIT))

    def cancel_after_begin(self):
        requests = Requests()
        call = self.test.StreamingInputCall.future(iter(requests), timeout=LIMIT)
        call.cancel()
        requests.finish()
        expect(call.code(), grpc.StatusCode.CANCELLED, "the status")
        self.empty_unary()

    def cancel_after_first_response(self):
        requests = Requests()
        responses = self.test.FullDuplexCall(iter(requests), timeout=LIMIT)
        requests.write(wants(31415, ballast=27182))
        expect_zeros(next(responses).payload, 31415, "the response")
        responses.cancel()
        expect_status(grpc.StatusCode.CANCELLED, lambda: next(responses))
        requests.finish()
        self.empty_unary()

    def timeout_on_sleeping_server(self):
        requests = Requests()
        requests.write(wants(ballast=27182))
        responses = self.test.FullDuplexCall(iter(requests), timeout=0.001)
        expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(responses))
        requests.finish()
        # Once more with time enough for the request to arrive, so that the server has a call to end.
        requests = Requests()
        requests.write(wants(1, ballast=27182))
        responses = self.test.FullDuplexCall(iter(requests), timeout=0.5)
        expect_zeros(next(responses).payload, 1, "the response")
        expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(responses))
        requests.finish()
        self.empty_unary()

    def concurrent_large_unary(self):
        request = messages.SimpleRequest(**LARGE)
        for call in [self.test.UnaryCall.future(request, timeout=240) for _ in range(1000)]:
            expect_zeros(call.result().payload, 314159, "the payload")

    def rpc_soak(self):
        for number in range(100):
            start = time.monotonic()
            self.large_unary()
            taken = time.monotonic() - start
            if taken > 5:
                raise Failure(f"call {number + 1} took {taken:.1f} s; it has to take less than 5 s")

    def cacheable_unary(self):
        response, call = self.test.CacheableUnaryCall.with_call(messages.SimpleRequest(), timeout=LIMIT)
        if not response.payload.body.isdigit() or abs(int(response.payload.body) / 1e9 - time.time()) > 60:
            raise Failure(f"the payload is {response.payload.body!r}; it has to be the time in nanoseconds")
        expect(dict(call.initial_metadata()).get("cache-control"), "max-age=60, public", "cache-control")

    # What the description of the service demands beyond the cases.

    def half_duplex(self):
        requests = Requests()
        responses = self.test.HalfDuplexCall(iter(requests), timeout=LIMIT)
        sizes = [31415, 9, 2653, 58979]
        for size in sizes:
            requests.write(wants(size, ballast=27182))
        requests.finish()
        expect([len(response.payload.body) for response in responses], sizes, "the sizes")
        # Nothing comes before the half-close.
        requests = Requests()
        requests.write(wants(1))
        responses = self.test.HalfDuplexCall(iter(requests), timeout=0.3)
        expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(responses))
        requests.finish()

    def intervals(self):
        start = time.monotonic()
        responses = list(self.test.StreamingOutputCall(wants(1, 1, 1, interval_us=50_000), timeout=LIMIT))
        expect(len(responses), 3, "the number of responses")
        if time.monotonic() - start < 0.15:
            raise Failure("three intervals of 50 ms took less than 150 ms")
        call = self.test.StreamingOutputCall(wants(1, interval_us=2_000_000_000), timeout=0.2)
        expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(call))

    def wrong_requests(self):
        wrong = grpc.StatusCode.INVALID_ARGUMENT
        for request in (messages.SimpleRequest(response_type=7), messages.SimpleRequest(response_size=-1)):
            expect_status(wrong, lambda: self.test.UnaryCall(request, timeout=LIMIT))
        for request in (wants(-1), wants(1, interval_us=-1)):
            expect_status(wrong, lambda: list(self.test.StreamingOutputCall(request, timeout=LIMIT)))
        expect_status(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.test.UnaryCall(
            messages.SimpleRequest(response_size=2**31 - 1), timeout=LIMIT))
        expect_status(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.test.UnaryCall(
            messages.SimpleRequest(payload=payload((4 << 20) + 1)), timeout=LIMIT))

    def server_id(self):
        ids = {self.test.UnaryCall(messages.SimpleRequest(fill_server_id=True), timeout=LIMIT).server_id
               for _ in range(3)}
        if len(ids) != 1 or "" in ids:
            raise Failure(f"the server calls itself {ids}; it has to have one name")

    def health(self):
        health = health_pb2_grpc.HealthStub(self.channel)
        for service in "", "grpc.testing.TestService":
            response = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=LIMIT)
            expect(response.status, health_pb2.HealthCheckResponse.SERVING, f"the health of {service!r}")
        nobody = health_pb2.HealthCheckRequest(service="nobody")
        expect_status(grpc.StatusCode.NOT_FOUND, lambda: health.Check(nobody, timeout=LIMIT))
        for service, status in ("", "SERVING"), ("grpc.testing.TestService", "SERVING"), ("nobody", "SERVICE_UNKNOWN"):
            watch = health.Watch(health_pb2.HealthCheckRequest(service=service), timeout=0.5)
            expect(next(watch).status, health_pb2.HealthCheckResponse.ServingStatus.Value(status),
                   f"the health of {service!r}, watched")
            # It stays open, and nothing changes.
            expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(watch))

    def reflection(self):
        for version in "v1", "v1alpha":
            ask = self.channel.stream_stream(
                f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
                response_deserializer=reflection_pb2.ServerReflectionResponse.FromString)
            questions = [dict(list_services="")]
            questions += [dict(file_by_filename="grpc/testing/test.proto")]
            questions += [dict(file_containing_symbol=f"grpc.testing.{name}")
                          for name in ("TestService", "TestService.UnaryCall", "SimpleRequest")]
            questions += [dict(file_containing_symbol="nobody.knows.It"), dict(file_by_filename="no.proto")]
            answers = list(ask(iter([reflection_pb2.ServerReflectionRequest(**one) for one in questions]),
                               timeout=LIMIT))
            expect(len(answers), len(questions), "the number of answers")
            names = {service.name for service in answers[0].list_services_response.service}
            missing = {"grpc.testing.TestService", "grpc.health.v1.Health",
                       f"grpc.reflection.{version}.ServerReflection"} - names
            if missing:
                raise Failure(f"the list of services lacks {missing}")
            for answer in answers[1:5]:
                files = [descriptor_pb2.FileDescriptorProto.FromString(file)
                         for file in answer.file_descriptor_response.file_descriptor_proto]
                expect([file.name for file in files], ["grpc/testing/test.proto"], "the files")
                expect([service.name for service in files[0].service], ["TestService", "UnimplementedService"],
                       "its services")
            for answer in answers[5:]:
                expect(answer.error_response.error_code, 5, "the error code of what is not there")
