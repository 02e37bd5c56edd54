# SPDX-License-Identifier: Apache-2.0
"""grpc.testing.TestService on grpcio, for our client."""

import concurrent.futures
import threading
import time

import grpc

import contracts
from contracts import messages, payload


class Service(contracts.services.TestServiceServicer):
    def __init__(self):
        self.cancelled = threading.Semaphore(0)
        """Counts the calls whose cancellation arrived here."""

    @staticmethod
    def _echo(context):
        for key, value in context.invocation_metadata():
            if key == contracts.INITIAL:
                context.send_initial_metadata(((key, value),))
            elif key == contracts.TRAILING:
                context.set_trailing_metadata(((key, value),))

    @staticmethod
    def _end_if_told(request, context):
        if request.HasField("response_status"):
            status = request.response_status
            code, = (code for code in grpc.StatusCode if code.value[0] == status.code)
            context.abort(code, status.message)

    def EmptyCall(self, request, context):
        self._echo(context)
        return messages.Empty()

    def UnaryCall(self, request, context):
        self._end_if_told(request, context)
        if request.HasField("response_compressed"):
            # Before the header goes out, which the echo may send.
            context.set_compression(
                grpc.Compression.Gzip if request.response_compressed.value else grpc.Compression.NoCompression)
        self._echo(context)
        return messages.SimpleResponse(payload=payload(request.response_size))

    def CacheableUnaryCall(self, request, context):
        context.send_initial_metadata((("cache-control", "max-age=60, public"),))
        return messages.SimpleResponse(payload=messages.Payload(body=str(time.time_ns()).encode()))

    def _answers(self, request, context):
        self._end_if_told(request, context)
        for wanted in request.response_parameters:
            time.sleep(wanted.interval_us / 1e6)
            if not wanted.compressed.value:
                context.disable_next_message_compression()
            yield messages.StreamingOutputCallResponse(payload=payload(wanted.size))

    def StreamingOutputCall(self, request, context):
        context.set_compression(grpc.Compression.Gzip)
        self._echo(context)
        yield from self._answers(request, context)

    def _watch(self, context):
        """Counts the call as cancelled if it ends before the function that this returns was called."""
        done = threading.Event()
        if not context.add_callback(lambda: None if done.is_set() else self.cancelled.release()):
            self.cancelled.release()
        return done.set

    @staticmethod
    def _settle(context, done):
        """Calls `done` unless the call was cancelled; grpcio may end the requests before it says that it was."""
        time.sleep(0.3)
        if context.is_active():
            done()

    def StreamingInputCall(self, request_iterator, context):
        self._echo(context)
        done = self._watch(context)
        total = sum(len(request.payload.body) for request in request_iterator)
        self._settle(context, done)
        return messages.StreamingInputCallResponse(aggregated_payload_size=total)

    def FullDuplexCall(self, request_iterator, context):
        self._echo(context)
        done = self._watch(context)
        for request in request_iterator:
            yield from self._answers(request, context)
        self._settle(context, done)

    def HalfDuplexCall(self, request_iterator, context):
        self._echo(context)
        for request in list(request_iterator):
            yield from self._answers(request, context)


class Server:
    """A running server."""

    def __init__(self, tls):
        self.service = Service()
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(32))
        contracts.services.add_TestServiceServicer_to_server(self.service, self._server)
        if tls:
            credentials = grpc.ssl_server_credentials(
                [(tls.bytes("server_key"), tls.bytes("server"))], root_certificates=tls.bytes("ca"),
                require_client_auth=True)
            self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        else:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def stop(self):
        self._server.stop(None).wait()
