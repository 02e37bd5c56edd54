# SPDX-License-Identifier: Apache-2.0
"""The code of grpc.testing for Python, generated for each run from the project's own contract."""

import atexit
import importlib
import pathlib
import shutil
import sys
import tempfile

from grpc_tools import protoc

_PROTO = pathlib.Path(__file__).parent.parent / "proto/grpc/testing/test.proto"

_folder = pathlib.Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
# Under another name: a generated package `grpc` would stand before grpcio's own.
shutil.copy(_PROTO, _folder / "interop_test.proto")
if protoc.main(["protoc", f"-I{_folder}", f"--python_out={_folder}", f"--grpc_python_out={_folder}",
                "interop_test.proto"]) != 0:
    sys.exit("contracts.py: cannot generate the Python of test.proto")
sys.path.insert(0, str(_folder))
messages = importlib.import_module("interop_test_pb2")
services = importlib.import_module("interop_test_pb2_grpc")

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


def payload(size):
    return messages.Payload(body=bytes(size))


def yes_or_no(value):
    return messages.BoolValue(value=value)


class Failure(Exception):
    """What a case found to be otherwise than it has to be."""


def expect(actual, expected, what):
    if actual != expected:
        raise Failure(f"{what} is {actual!r}; it has to be {expected!r}")


def expect_zeros(payload, size, what):
    expect(len(payload.body), size, f"the size of {what}")
    if any(payload.body):
        raise Failure(f"{what} is not all zero")
