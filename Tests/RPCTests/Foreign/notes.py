# SPDX-License-Identifier: Apache-2.0
"""The message and the methods of the test services, without generated code."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "waymark.test.v1.EchoService"


def _note():
    file = descriptor_pb2.FileDescriptorProto(name="note.proto", package="waymark.test.v1", syntax="proto3")
    message = file.message_type.add(name="Note")
    field = descriptor_pb2.FieldDescriptorProto
    message.field.add(name="code", number=1, type=field.TYPE_INT32, label=field.LABEL_OPTIONAL)
    message.field.add(name="message", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("waymark.test.v1.Note"))


Note = _note()


def path(method):
    return f"/{SERVICE}/{method}"
