#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every interoperability case between our stack and others', and prints the matrix as Markdown.

    matrix.py FOLDER [--case NAME ...]

FOLDER holds interop-server and interop-client. Fails if any cell fails.
"""

import argparse
import contextlib
import importlib.metadata
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import grpc

import foreign_client
import foreign_server
import raw
import raw_cases
from contracts import expect, Failure

CASES = """empty_unary large_unary client_compressed_unary server_compressed_unary client_streaming
client_compressed_streaming server_streaming server_compressed_streaming ping_pong empty_stream custom_metadata
status_code_and_message special_status_message unimplemented_method unimplemented_service cancel_after_begin
cancel_after_first_response timeout_on_sleeping_server concurrent_large_unary rpc_soak cacheable_unary""".split()
# What only a foreign client can ask.
COMPANIONS = "half_duplex intervals wrong_requests server_id health reflection".split()

# Where grpcio cannot express a case, or not all of it, hyper-h2 does.
NOTES = {
    1: "a grpcio client does not show which responses came compressed: with grpcio the sizes are looked at, and in the "
       "same cell with hyper-h2 the flag of each message",
    2: "a grpcio client compresses all requests of a call or none: hyper-h2 mixes them",
    3: "a grpcio server does not show which requests came compressed: the server is one on hyper-h2",
    4: "calls made for this description of the service alone; no cases that clients have names for",
}
WITH_BOTH = {"server_compressed_unary": 1, "server_compressed_streaming": 1, "client_compressed_unary": None}
BY_HAND_TO_OURS = {"client_compressed_streaming": 2}
BY_HAND_FROM_OURS = {"client_compressed_unary": 3, "client_compressed_streaming": 3}
# The cases of our client after which a server has to have seen a cancellation.
CANCELLING = ("cancel_after_begin", "cancel_after_first_response")


class Certificates:
    """What certificates.sh has made."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        for name in "ca", "server", "client":
            setattr(self, name, str(self._folder / f"{name}.pem"))
            setattr(self, f"{name}_key", str(self._folder / f"{name}-key.pem"))

    def bytes(self, name):
        return pathlib.Path(getattr(self, name)).read_bytes()


@contextlib.contextmanager
def our_server(folder, tls):
    command = [str(folder / "interop-server"), "--port", "0"]
    if tls:
        command += ["--tls-cert", tls.server, "--tls-key", tls.server_key, "--tls-ca", tls.ca,
                    "--tls-client-certificates", "required"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line.startswith("listening on 127.0.0.1:"):
            raise SystemExit(f"matrix.py: interop-server says {line!r}; it has to say where it listens")
        yield int(line.rsplit(":", 1)[1])
        if process.poll() is not None:
            raise Failure(f"interop-server ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()


def channel(port, tls, with_certificate=True):
    if not tls:
        return grpc.insecure_channel(f"127.0.0.1:{port}")
    own = (tls.bytes("client_key"), tls.bytes("client")) if with_certificate else (None, None)
    return grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(tls.bytes("ca"), *own))


def call_ours(case, port, tls):
    """A foreign client against our server."""
    if case not in BY_HAND_TO_OURS:
        with channel(port, tls) as one:
            getattr(foreign_client.Cases(one), case)()
    if case in BY_HAND_TO_OURS or case in WITH_BOTH:
        getattr(raw_cases.Cases(port, tls), case)()


def run_our_client(folder, case, port, tls):
    command = [str(folder / "interop-client"), f"localhost:{port}" if tls else f"127.0.0.1:{port}", "--case", case]
    if tls:
        command += ["--tls-ca", tls.ca, "--tls-cert", tls.client, "--tls-key", tls.client_key]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        raise Failure("interop-client did not end within 300 s") from None
    output = (result.stdout + result.stderr).strip()
    if result.returncode != 0 or f"{case}: passed" not in output:
        raise Failure(f"exit code {result.returncode}: {output}")


def serve_ours(folder, case, tls):
    """Our client against a foreign server."""
    if case in BY_HAND_FROM_OURS:
        server = raw.Server(tls, raw_cases.answer)
        try:
            run_our_client(folder, case, server.port, tls)
        finally:
            server.stop()
        expect(server.errors, [], "what went wrong in the server")
        return
    server = foreign_server.Server(tls)
    try:
        run_our_client(folder, case, server.port, tls)
        if case in CANCELLING and not server.service.cancelled.acquire(timeout=10):
            raise Failure("the server never learned of the cancellation")
    finally:
        server.stop()


def refuse_without_certificate(port, tls):
    with channel(port, tls, with_certificate=False) as one:
        try:
            foreign_client.Cases(one).empty_unary()
        except grpc.RpcError as error:
            expect(error.code(), grpc.StatusCode.UNAVAILABLE, "the status")
            return
    raise Failure("a caller without a certificate was served")


class Matrix:
    def __init__(self):
        self.failures = []
        self.rows = []

    def cell(self, name, run, *arguments):
        start = time.monotonic()
        try:
            run(*arguments)
            outcome = "passed"
        except (Failure, grpc.RpcError, OSError, ValueError, StopIteration) as error:
            outcome = "FAILED"
            self.failures.append(f"{name}: {type(error).__name__}: {error}")
        print(f"{name}: {outcome} in {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
        return outcome


def noted(outcome, number):
    return f"{outcome} ({number})" if number else outcome


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--case", action="append", choices=CASES + COMPANIONS)
    options = parser.parse_args()
    cases = [case for case in CASES if case in (options.case or CASES)]
    companions = [case for case in COMPANIONS if case in (options.case or COMPANIONS)]
    matrix = Matrix()
    script = pathlib.Path(__file__).resolve().parents[2] / "Tests/RPCTests/Foreign/certificates.sh"
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["sh", str(script), folder], check=True, stdout=subprocess.DEVNULL)
        for security, tls in ("plaintext", None), ("TLS", Certificates(folder)):
            with our_server(options.folder, tls) as port:
                for case in cases + companions:
                    outcomes[case, "to", security] = matrix.cell(
                        f"{case}, foreign client to our server, {security}", call_ours, case, port, tls)
                if tls:
                    outcomes["no certificate"] = matrix.cell(
                        "a caller without a certificate", refuse_without_certificate, port, tls)
            for case in cases:
                outcomes[case, "from", security] = matrix.cell(
                    f"{case}, our client to foreign server, {security}", serve_ours, options.folder, case, tls)

    version = importlib.metadata.version
    print(f"grpcio {version('grpcio')}, hyper-h2 {version('h2')}, Python {platform.python_version()}; TLS is mutual.\n")
    print("| case | grpcio client, our server | the same, TLS | our client, grpcio server | the same, TLS |")
    print("|---|---|---|---|---|")
    for case in cases:
        to = WITH_BOTH.get(case) or BY_HAND_TO_OURS.get(case)
        back = BY_HAND_FROM_OURS.get(case)
        print(f"| `{case}` | " + " | ".join(
            noted(outcomes[case, direction, security], number)
            for direction, number in (("to", to), ("from", back)) for security in ("plaintext", "TLS")) + " |")
    for case in companions:
        print(f"| {case.replace('_', ' ')} (4) | {outcomes[case, 'to', 'plaintext']} | {outcomes[case, 'to', 'TLS']} | | |")
    print(f"| a caller without a certificate is refused | | {outcomes['no certificate']} | | |\n")
    for number, text in NOTES.items():
        print(f"({number}) {text}.")
    if matrix.failures:
        print("\n" + "\n".join(f"failed: {failure}" for failure in matrix.failures))
        sys.exit(1)


if __name__ == "__main__":
    main()
