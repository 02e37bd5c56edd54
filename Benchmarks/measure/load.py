# SPDX-License-Identifier: Apache-2.0
"""Load: h2load, which can send gRPC's frames as they are."""

import os
import re
import subprocess
import tempfile

from .server import LOAD_CORES, executable, pinned

SERVICE = "waymark.bench.v1.EchoService"


def varint(number):
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def framed(message):
    """A message behind gRPC's five bytes."""
    return b"\0" + len(message).to_bytes(4, "big") + message


TEXT = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
ECHO_MESSAGE = b"\x0a\x40" + TEXT + b"\x10" + varint(1234567890123)
REPEATED = 1000
LARGE = 1 << 20


class Call:
    """What is sent, and how many bytes of DATA have to come back, up to `slack` more or less in each answer."""

    slack = 0

    def __init__(self, method, message, answer):
        self.path, self.body, self.answer = f"/{SERVICE}/{method}", framed(message), answer


UNARY = Call("Echo", ECHO_MESSAGE, 5 + len(ECHO_MESSAGE))
STREAM = Call(
    "Repeat", b"\x08" + varint(REPEATED) + b"\x12" + varint(len(ECHO_MESSAGE)) + ECHO_MESSAGE,
    REPEATED * (5 + len(ECHO_MESSAGE)))
DATA = Call("EchoData", b"\x0a" + varint(LARGE) + b"x" * LARGE, 5 + 1 + len(varint(LARGE)) + LARGE)


class WrongAnswer(Exception):
    """A server that did not answer every call as it should."""


def h2load(server, call, calls, connections=4, streams=32, cores=LOAD_CORES, threads=1, log=None, first=False):
    """Makes the calls, and returns the seconds that they took.

    h2load looks at the HTTP status alone, so the bytes of DATA are counted as well. A server of files is asked for one
    as large as the body of the request.
    """
    with tempfile.NamedTemporaryFile() as body:
        body.write(call.body)
        body.flush()
        url = f"{server.scheme}://{server.address}"
        arguments = ["-n", str(calls), "-c", str(connections), "-m", str(streams), "-t", str(threads)]
        if server.name == "nghttpd":
            arguments += [f"{url}/echo"]
        else:
            arguments += [
                "-d", body.name, "-H", "content-type: application/grpc", "-H", "te: trailers", f"{url}{call.path}"]
        if log:
            arguments += [f"--log-file={log}"]
        output = subprocess.run(
            [executable("h2load"), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
            preexec_fn=pinned(cores, first)).stdout
    done = re.search(r"(\d+) succeeded, 0 failed, 0 errored, 0 timeout", output)
    data = re.search(r"\((\d+)\) data", output)
    took = re.search(r"finished in ([\d.]+)(us|ms|s)", output)
    if not (done and data and took) or int(done[1]) != calls or abs(int(data[1]) - calls * call.answer) > calls * call.slack:
        raise WrongAnswer(
            f"{server.name}, {calls} calls of {call.path}, {calls * call.answer} bytes expected: {output}")
    return float(took[1]) * {"s": 1, "ms": 1e-3, "us": 1e-6}[took[2]]


def latencies(server, call, calls):
    """Microseconds of each of the calls, which are made one after another, sorted."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        h2load(server, call, calls, connections=1, streams=1, log=log, first=True)
        with open(log) as lines:
            return sorted(int(line.split("\t")[2]) for line in lines)
