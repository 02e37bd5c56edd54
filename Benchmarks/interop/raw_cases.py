# SPDX-License-Identifier: Apache-2.0
"""The compression cases by hand, with the compressed flag of each message as it has to be."""

import raw
from contracts import expect, expect_zeros, Failure, messages, payload, yes_or_no

SERVICE = "/grpc.testing.TestService/"
LARGE = dict(response_size=314159, payload=payload(271828))
INVALID, OK = "3", "0"


class Cases:
    """As a client, against our server."""

    def __init__(self, port, tls):
        self.port, self.tls = port, tls

    def _call(self, method, data, status, response_type=None, **options):
        reply = raw.call(self.port, self.tls, SERVICE + method, data, **options)
        expect(reply.trailers.get("grpc-status"), status, "grpc-status")
        return reply, [(flag, response_type.FromString(message)) for flag, message in reply.messages]

    def client_compressed_unary(self):
        for flag, expected, status in (False, True, INVALID), (True, True, OK), (False, False, OK), \
                (True, False, INVALID), (True, None, OK), (False, None, OK):
            request = messages.SimpleRequest(
                **LARGE, expect_compressed=None if expected is None else yes_or_no(expected))
            _, responses = self._call("UnaryCall", raw.frame(request, flag), status, messages.SimpleResponse,
                                      encoding="gzip")
            expect(len(responses), 1 if status == OK else 0, "the number of responses")
            for _, response in responses:
                expect_zeros(response.payload, 314159, "the payload")

    def server_compressed_unary(self):
        # The large case, and a response that compression makes larger.
        for size in 314159, 1, 0:
            for wanted in True, False:
                for accept in "gzip", "deflate", "identity,deflate,gzip", "identity":
                    request = messages.SimpleRequest(response_size=size, response_compressed=yes_or_no(wanted))
                    reply, responses = self._call("UnaryCall", raw.frame(request), OK, messages.SimpleResponse,
                                                  accept=accept)
                    expected = wanted and accept != "identity"
                    expect([flag for flag, _ in responses], [int(expected)], f"the flag with {accept}")
                    if expected and reply.head.get("grpc-encoding") not in accept.split(","):
                        raise Failure(f"grpc-encoding is {reply.head.get('grpc-encoding')}; {accept} is taken")
                    expect_zeros(responses[0][1].payload, size, "the payload")

    def client_compressed_streaming(self):
        def request(size, compressed, expected):
            return raw.frame(messages.StreamingInputCallRequest(
                payload=payload(size), expect_compressed=yes_or_no(expected)), compressed)

        self._call("StreamingInputCall", request(27182, False, True), INVALID, messages.StreamingInputCallResponse,
                   encoding="gzip")
        mixed = request(27182, True, True) + request(45904, False, False)
        _, responses = self._call("StreamingInputCall", mixed, OK, messages.StreamingInputCallResponse,
                                  encoding="gzip")
        expect([response.aggregated_payload_size for _, response in responses], [73086], "the sums")

    def server_compressed_streaming(self):
        wanted = [(31415, True), (92653, False), (1, True), (0, True), (5, False)]
        request = messages.StreamingOutputCallRequest(response_parameters=[
            messages.ResponseParameters(size=size, compressed=yes_or_no(flag)) for size, flag in wanted])
        for method in "StreamingOutputCall", "FullDuplexCall", "HalfDuplexCall":
            _, responses = self._call(method, raw.frame(request), OK, messages.StreamingOutputCallResponse)
            expect([(len(response.payload.body), bool(flag)) for flag, response in responses], wanted,
                   f"the sizes and flags of {method}")


def answer(path, requests):
    """As a server, for our client: what the test service does where flags matter."""
    failed = [("grpc-status", INVALID), ("grpc-message", "a message is not compressed as announced")]

    def is_wrong(flag, request):
        return request.HasField("expect_compressed") and request.expect_compressed.value != bool(flag)

    if path == SERVICE + "UnaryCall":
        (flag, data), = requests
        request = messages.SimpleRequest.FromString(data)
        if is_wrong(flag, request):
            return b"", failed
        response = messages.SimpleResponse(payload=payload(request.response_size))
    elif path == SERVICE + "StreamingInputCall":
        total = 0
        for flag, data in requests:
            request = messages.StreamingInputCallRequest.FromString(data)
            if is_wrong(flag, request):
                return b"", failed
            total += len(request.payload.body)
        response = messages.StreamingInputCallResponse(aggregated_payload_size=total)
    else:
        return b"", [("grpc-status", "12")]
    return raw.frame(response), [("grpc-status", OK)]
