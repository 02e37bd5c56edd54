# SPDX-License-Identifier: Apache-2.0
"""Loads and exports observations with grpcio, knowing only what reflection tells.

usage: move_observations.py ADDRESS

ADDRESS is the gateway's. Exits with 0 when what comes out is what went in, through a chunk that is refused.
"""

import math
import sys

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

MEASUREMENT = "waymark.measurement.v1"


class Gateway:
    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        grpc.channel_ready_future(self.channel).result(timeout=20)
        self.pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))

    def types(self, path):
        service, name = path.split("/")
        method = self.pool.FindServiceByName(service).FindMethodByName(name)
        return message_factory.GetMessageClass(method.input_type), message_factory.GetMessageClass(method.output_type)

    def stub(self, kind, path):
        request, response = self.types(path)
        return getattr(self.channel, kind)(
            f"/{path}", request_serializer=request.SerializeToString, response_deserializer=response.FromString)

    def call(self, path, **fields):
        return self.stub("unary_unary", path)(self.types(path)[0](**fields), timeout=20)

    def load(self, chunks, replace=False):
        """The answers, and the error that ended the call."""
        path = f"{MEASUREMENT}.ObservationService/LoadObservations"
        request = self.types(path)[0]
        messages = [request(options={"replace": replace})] + [request(chunk=chunk) for chunk in chunks]
        answers = []
        try:
            for answer in self.stub("stream_stream", path)(iter(messages), timeout=60):
                answers.append(answer)
        except grpc.RpcError as error:
            return answers, error
        return answers, None

    def export(self, **fields):
        path = f"{MEASUREMENT}.ObservationService/ExportObservations"
        found = {}
        for answer in self.stub("unary_stream", path)(self.types(path)[0](**fields), timeout=60):
            chunk = answer.chunk
            for place, day in enumerate(chunk.period_days):
                note = chunk.notes[place] if chunk.notes else ""
                found.setdefault(chunk.measure_id, {})[day] = (chunk.values[place], note)
        return found


def main():
    gateway = Gateway(sys.argv[1])
    organisation = gateway.call(
        "waymark.people.v1.OrganisationService/CreateOrganisation", organisation={"name": "Movers"}).organisation.id
    project = gateway.call(
        "waymark.projects.v1.ProjectService/CreateProject",
        project={"organisation_id": organisation, "title": "Moving values"}).project.id
    measures = [
        gateway.call(
            f"{MEASUREMENT}.MeasureService/CreateMeasure",
            measure={"project_id": project, "name": name, "chart_kind": "CHART_KIND_I"}).measure.id
        for name in ("One", "Other")]

    wanted, chunks = {measure: {} for measure in measures}, []
    for number in range(60):
        measure, days = measures[number % 2], range(number // 2 * 500, number // 2 * 500 + 500)
        values = [math.sin(day) for day in days]
        notes = ["é" if day % 7 == 0 else "" for day in days] if number % 3 == 0 else []
        chunks.append({"measure_id": measure, "period_days": days, "values": values, "notes": notes})
        wanted[measure].update({day: (value, notes[place] if notes else "") for place, (day, value) in enumerate(zip(days, values))})

    spoiled = [dict(chunk) for chunk in chunks]
    spoiled[40]["values"] = [math.nan] * 500
    answers, error = gateway.load(spoiled)
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT and "Chunk 41" in error.details(), error
    assert [answer.chunk for answer in answers] == list(range(1, 41)), answers
    answers, error = gateway.load(chunks)
    assert error is None, error
    assert [answer.rows_unchanged for answer in answers] == [500] * 40 + [0] * 20, answers
    assert [answer.rows_added for answer in answers] == [0] * 40 + [500] * 20, answers

    assert gateway.export(project_id=project) == wanted
    assert gateway.export(measure_ids=[measures[1]]) == {measures[1]: wanted[measures[1]]}

    # Many small answers, each of which a client acknowledges by itself.
    small = [{"measure_id": measures[0], "period_days": [day], "values": [math.sin(day)]} for day in range(10_000)]
    answers, error = gateway.load(small)
    assert error is None and len(answers) == 10_000, error

    other = [{"measure_id": measures[0], "period_days": [0], "values": [9.5]}]
    _, error = gateway.load(other)
    assert error.code() == grpc.StatusCode.ALREADY_EXISTS, error
    answers, error = gateway.load(other, replace=True)
    assert error is None and [answer.rows_replaced for answer in answers] == [1], (answers, error)
    assert gateway.export(organisation_id=organisation)[measures[0]][0][0] == 9.5


main()
