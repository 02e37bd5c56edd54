# SPDX-License-Identifier: Apache-2.0
"""The other side of the exchange with Python's protobuf; driven by ForeignTests.swift.

exchange.py PROTO_ROOT generate COUNT SEED FILE    writes random messages
exchange.py PROTO_ROOT verify FILE RETURNED        compares what came back with what was written, and the merge of
                                                   each message with the next with what RETURNED.merged says
exchange.py PROTO_ROOT echo FILE RETURNED          reads messages and writes them again

A file is a row of records; a record is a message in the binary format and the same in JSON, each behind its length in
four bytes, the lowest first.
"""

import importlib
import math
import os
import random
import shutil
import struct
import sys
import tempfile

import grpc_tools
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as F
from grpc_tools import protoc


def load(root):
    """The module of everything.proto, compiled now: no generated Python is kept."""
    out = tempfile.mkdtemp(prefix="waymark-exchange-")
    well_known = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
    name = "waymark/testing/v1/everything.proto"
    if protoc.main(["protoc", f"-I{root}", f"-I{well_known}", f"--python_out={out}", name]) != 0:
        sys.exit("cannot compile " + name)
    sys.path.insert(0, out)
    try:
        return importlib.import_module("waymark.testing.v1.everything_pb2")
    finally:
        shutil.rmtree(out)


STRINGS = ["", "a", "naïve", "\u2028", "😀", "\U0010ffff", '"\\/\b\f\n\r\t', "\x01\x1f\x7f", "é" * 130, "x" * 400, "\ufeff", "\ufffd"]
DOUBLES = [0.0, -0.0, 1.0, -1.5, 0.1, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308,
           math.nan, math.inf, -math.inf, 1e16, 123456789012345680.0, 1e21, 1e-7]
FLOATS = [0.0, -0.0, 1.0, -1.5, 1.401298464324817e-45, 1.1754943508222875e-38, 3.4028234663852886e38,
          -3.4028234663852886e38, math.nan, math.inf, -math.inf, 16777216.0, 0.10000000149011612]


def integer(r, low, high):
    edge = [low, high, 0, 1, max(low, -1), 127, 128, 16383, 16384, low + 1, high - 1]
    return r.choice(edge) if r.random() < 0.5 else r.randint(low, high)


def scalar(r, field):
    t = field.type
    if t == F.TYPE_DOUBLE:
        return r.choice(DOUBLES) if r.random() < 0.5 else finite(struct.unpack("<d", r.randbytes(8))[0])
    if t == F.TYPE_FLOAT:
        return r.choice(FLOATS) if r.random() < 0.5 else finite(struct.unpack("<f", r.randbytes(4))[0])
    if t in (F.TYPE_INT32, F.TYPE_SINT32, F.TYPE_SFIXED32):
        return integer(r, -(2**31), 2**31 - 1)
    if t in (F.TYPE_INT64, F.TYPE_SINT64, F.TYPE_SFIXED64):
        return integer(r, -(2**63), 2**63 - 1)
    if t in (F.TYPE_UINT32, F.TYPE_FIXED32):
        return integer(r, 0, 2**32 - 1)
    if t in (F.TYPE_UINT64, F.TYPE_FIXED64):
        return integer(r, 0, 2**64 - 1)
    if t == F.TYPE_BOOL:
        return r.random() < 0.5
    if t == F.TYPE_STRING:
        if r.random() < 0.5:
            return r.choice(STRINGS)
        return "".join(character(r) for _ in range(r.randint(0, 12)))
    if t == F.TYPE_BYTES:
        return r.randbytes(r.choice([0, 1, 2, 3, 4, 30, 400]))
    if t == F.TYPE_ENUM:
        known = [v.number for v in field.enum_type.values]
        return r.choice(known + [2, 99, -1, -(2**31)])
    raise ValueError(t)


def finite(x):
    """NaN comes in many bit patterns; JSON has only one."""
    return 1.0 if math.isnan(x) else x


def character(r):
    while True:
        c = r.randint(1, r.choice([0x7F, 0x7FF, 0xFFFF, 0x10FFFF]))
        if not 0xD800 <= c <= 0xDFFF:
            return chr(c)


def fill(r, message, most):
    name = message.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        message.seconds = integer(r, -62135596800, 253402300799)
        message.nanos = r.choice([0, 1, 999999999, 500000000, 1000, r.randint(0, 999999999)])
        return
    if name == "google.protobuf.Duration":
        sign = r.choice([-1, 1])
        message.seconds = sign * r.choice([0, 1, 315575999999, r.randint(0, 315575999999)])
        message.nanos = sign * r.choice([0, 1, 999999999, 500000000, r.randint(0, 999999999)])
        return
    if name == "google.protobuf.FieldMask":
        for _ in range(r.randint(0, 3)):
            message.paths.append(r.choice(["title", "aim.by_when", "a_b_c.d", "x1_y"]))
        return
    fields = [f for f in message.DESCRIPTOR.fields if f.name != "any"]
    for field in r.sample(fields, min(len(fields), r.randint(0, most))):
        if field.is_repeated:
            for _ in range(r.choice([1, 1, 1, 2, 3, 6])):
                if field.type == F.TYPE_MESSAGE:
                    fill(r, getattr(message, field.name).add(), 2)
                else:
                    getattr(message, field.name).append(scalar(r, field))
        elif field.type == F.TYPE_MESSAGE:
            inner = getattr(message, field.name)
            inner.SetInParent()
            fill(r, inner, 2)
        else:
            setattr(message, field.name, scalar(r, field))


def write(file, message):
    options = {"preserving_proto_field_name": message.f_bool}
    for part in (message.SerializeToString(), json_format.MessageToJson(message, indent=None, **options).encode()):
        file.write(struct.pack("<I", len(part)))
        file.write(part)


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        parts = []
        for _ in range(2):
            (size,) = struct.unpack_from("<I", data, at)
            parts.append(data[at + 4 : at + 4 + size])
            at += 4 + size
        yield parts


def canonical(message):
    return message.SerializeToString(deterministic=True)


def from_both(kind, binary, text, index):
    """The message of a record, which has to be the same in both formats."""
    message = kind.FromString(binary)
    other = json_format.Parse(text, kind())
    if canonical(message) != canonical(other):
        sys.exit(f"record {index}: binary and JSON differ:\n{message}\n---\n{text.decode()}")
    return message


def main():
    root, command = sys.argv[1:3]
    kind = load(root).Everything
    if command == "generate":
        count, seed, path = sys.argv[3:6]
        r = random.Random(int(seed))
        with open(path, "wb") as file:
            for _ in range(int(count)):
                message = kind()
                fill(r, message, 4)
                write(file, message)
    elif command == "verify":
        written, returned = list(records(sys.argv[3])), list(records(sys.argv[4]))
        if len(written) != len(returned):
            sys.exit(f"{len(written)} records went out, {len(returned)} came back")
        for index, (out, back) in enumerate(zip(written, returned)):
            message = from_both(kind, *back, index)
            if canonical(message) != canonical(kind.FromString(out[0])):
                sys.exit(f"record {index} came back different:\n{kind.FromString(out[0])}\n---\n{message}")
        for index, (merged, _) in enumerate(records(sys.argv[4] + ".merged")):
            expected = kind.FromString(written[index][0] + written[index + 1][0])
            if canonical(kind.FromString(merged)) != canonical(expected):
                sys.exit(f"records {index} and {index + 1} merge to:\n{expected}\n---\n{kind.FromString(merged)}")
    elif command == "echo":
        with open(sys.argv[4], "wb") as file:
            for index, record in enumerate(records(sys.argv[3])):
                write(file, from_both(kind, *record, index))
    else:
        sys.exit("unknown command " + command)


main()
