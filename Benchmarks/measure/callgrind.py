# SPDX-License-Identifier: Apache-2.0
"""Reads what callgrind wrote: how many instructions each function ran, by the part that it belongs to."""

import collections
import re

# The first that fits the library or the function's mangled name.
PARTS = [
    ("nghttp2", r"libnghttp2", ""),
    ("protobuf-c", r"libprotobuf-c", ""),
    ("malloc and free", r"libc\.|jemalloc", r"^_*(malloc|free|realloc|calloc)|_int_|tcache|unlink_chunk"),
    ("libc", r"libc\.|ld-linux", ""),
    ("our HTTP2", "", r"^\$s5HTTP2"),
    ("our RPC", "", r"^\$s3RPC"),
    ("our ProtobufC and generated messages", "", r"^\$s(9ProtobufC|14BenchContracts|10EchoServer)"),
    ("NIO", "", r"^\$s(3NIO|7NIO|8NIO|14NIO|24NIO|15NIO)|_NIO|^(C?NIO|CNIO)"),
    ("Swift runtime: exclusive access", "", r"swift_(begin|end)Access|AccessSet|SwiftTLSContext"),
    ("Swift runtime: reference counts", "", r"retain|release|RefCount|swift_(weak|unowned)|swift_isUniquely"),
    ("Swift runtime: tasks", "", r"swift_(task|job|continuation)|AsyncTask|TaskAllocator|StatusRecord|Executor"),
    ("Swift runtime: the rest", "", r"^swift|^_?_?swift|^_ZN5swift|^_ZNK?5swift|^_ZL.*swift|swift"),
    ("Swift's standard library", "", r"^\$s"),
    ("other code", "", ""),
]


def by_part(path):
    """Instructions of each part in a file of callgrind's."""
    functions, objects, cost = {}, {}, collections.Counter()
    function, home, library, of_call = None, {}, None, False
    with open(path, errors="replace") as lines:
        for line in lines:
            if line.startswith("fn="):
                function = named(functions, line[3:])
                home[function] = library
            elif line.startswith("ob="):
                library = named(objects, line[3:])
            elif line.startswith("cfn="):
                named(functions, line[4:])
            elif line.startswith("cob="):
                named(objects, line[4:])
            elif line.startswith("calls="):
                of_call = True
            elif line[:1] in "0123456789+-*" and line.strip():
                # The line behind `calls=` is what the call cost: it is counted where it was spent.
                if not of_call:
                    cost[function] += int(line.split()[1])
                of_call = False
    parts = collections.Counter()
    for key, count in cost.items():
        parts[part(objects.get(home[key], ""), functions[key])] += count
    return parts


def named(names, text):
    """The number that stands for a name, which is told the first time only."""
    number, name = re.match(r"\((\d+)\)(?: (.*))?", text).groups()
    if name:
        names[number] = name
    return number


def part(library, function):
    return next(
        name for name, of, like in PARTS if re.search(of, library) and re.search(like, function))
