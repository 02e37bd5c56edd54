# SPDX-License-Identifier: Apache-2.0
"""Calls an echo server with grpcio and compares the answers: verify.py HOST:PORT COUNT.

h2load looks at the HTTP status only; this looks at what comes back, while the load is on.
"""

import sys

import grpc


def message(index):
    text = b"%064d" % index
    number, encoded = index, bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return b"\x0a\x40" + text + b"\x10" + bytes(encoded)


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        echo = channel.unary_unary("/waymark.bench.v1.EchoService/Echo")
        for index in range(1, int(sys.argv[2]) + 1):
            answer = echo(message(index), timeout=30)
            if answer != message(index):
                sys.exit(f"{sys.argv[1]} answered call {index} with {answer!r}, not with {message(index)!r}")


main()
