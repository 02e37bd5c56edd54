# SPDX-License-Identifier: Apache-2.0
"""Follows the events of a service with grpcio through failures of the service, knowing only what reflection tells.

usage: watch_events.py ADDRESS SERVICE LAST

Prints a line "SEQUENCE HASH" for each event, up to the one of the number LAST.
"""

import sys
import time

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICE = "waymark.events.v1.EventService"
# What a service that ends, is away or comes back says.
PASSING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN)


def main():
    address, service, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
    options = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000)]
    channel = grpc.insecure_channel(address, options)
    grpc.channel_ready_future(channel).result(timeout=20)
    pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    method = pool.FindServiceByName(SERVICE).FindMethodByName("WatchEvents")
    request_type = message_factory.GetMessageClass(method.input_type)
    response_type = message_factory.GetMessageClass(method.output_type)
    watch = channel.unary_stream(
        f"/{SERVICE}/WatchEvents",
        request_serializer=request_type.SerializeToString,
        response_deserializer=response_type.FromString,
    )
    position, position_hash = 0, ""
    deadline = time.monotonic() + 240
    while position < last:
        assert time.monotonic() < deadline, f"came to {position} of {last}"
        call = watch(request_type(service=service, after_sequence=position, after_hash=position_hash), timeout=240)
        try:
            for response in call:
                for event in response.events:
                    print(event.sequence, event.hash)
                assert response.position >= position, f"fell from {position} to {response.position}"
                position, position_hash = response.position, response.position_hash
                if position >= last:
                    call.cancel()
                    break
        except grpc.RpcError as error:
            assert error.code() in PASSING, f"{error.code()}: {error.details()}"
            time.sleep(0.05)


main()
