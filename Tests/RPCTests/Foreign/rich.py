# SPDX-License-Identifier: Apache-2.0
"""A failure with every standard detail; EchoService.swift has the same."""

from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2


def _details():
    rpc = error_details_pb2
    yield rpc.ErrorInfo(reason="TOO_MUCH", domain="test", metadata={"größe": "7"})
    yield rpc.RetryInfo(retry_delay=duration_pb2.Duration(seconds=1, nanos=500_000_000))
    yield rpc.DebugInfo(stack_entries=["inner", "outer"], detail="deep")
    yield rpc.QuotaFailure(violations=[rpc.QuotaFailure.Violation(
        subject="project:7", description="full")])
    yield rpc.PreconditionFailure(violations=[
        rpc.PreconditionFailure.Violation(type="TERMS", subject="person:7", description="sign")])
    yield rpc.BadRequest(field_violations=[rpc.BadRequest.FieldViolation(
        field="project.aim", description="is empty")])
    yield rpc.RequestInfo(request_id="r-1", serving_data="s")
    yield rpc.ResourceInfo(resource_type="project", resource_name="7", owner="person:7", description="locked")
    yield rpc.Help(links=[rpc.Help.Link(description="limits", url="https://example.org/limits")])
    yield rpc.LocalizedMessage(locale="de-DE", message="zu groß")


def status():
    status = status_pb2.Status(code=code_pb2.RESOURCE_EXHAUSTED, message="größer als 100 % \U0001f600\n")
    for detail in _details():
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status
