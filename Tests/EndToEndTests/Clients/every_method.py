# SPDX-License-Identifier: Apache-2.0
"""Calls every unary method of every service with grpcio, knowing nothing but what reflection tells.

usage: every_method.py PEOPLE PROJECTS MEASUREMENT GATEWAY     (addresses HOST:PORT)

Exits with 0 when each answer is right and no method was left out.
"""

import sys

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


class Server:
    """One server, its methods found by reflection."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        grpc.channel_ready_future(self.channel).result(timeout=20)
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(database)
        self.services = [name for name in database.get_services() if not name.startswith("grpc.reflection.")]
        self.called = set()

    def unary_methods(self):
        for service in self.services:
            for method in self.pool.FindServiceByName(service).methods:
                if not method.client_streaming and not method.server_streaming:
                    yield f"{service}/{method.name}"

    def message(self, name, **fields):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))(**fields)

    def _method(self, path):
        service, name = path.split("/")
        return self.pool.FindServiceByName(service).FindMethodByName(name)

    def call(self, path, **fields):
        method = self._method(path)
        request_type = message_factory.GetMessageClass(method.input_type)
        response_type = message_factory.GetMessageClass(method.output_type)
        stub = self.channel.unary_unary(
            f"/{path}", request_serializer=request_type.SerializeToString, response_deserializer=response_type.FromString
        )
        self.called.add(path)
        return stub(request_type(**fields), timeout=20)

    def stream(self, path, requests):
        method = self._method(path)
        request_type = message_factory.GetMessageClass(method.input_type)
        response_type = message_factory.GetMessageClass(method.output_type)
        stub = self.channel.stream_unary(
            f"/{path}", request_serializer=request_type.SerializeToString, response_deserializer=response_type.FromString
        )
        return stub((request_type(**fields) for fields in requests), timeout=20)

    def refused(self, path, code, **fields):
        """The details of the error that this call must end with."""
        try:
            answer = self.call(path, **fields)
        except grpc.RpcError as error:
            assert error.code() == code, f"{path}: {error.code()} {error.details()}, not {code}"
            assert error.details(), f"{path}: an error without a message"
            return self._violations(error)
        raise AssertionError(f"{path}: answered {answer}, not {code}")

    def _violations(self, error):
        """The field paths of google.rpc.BadRequest in the rich error details."""
        packed = dict(error.trailing_metadata()).get("grpc-status-details-bin")
        if packed is None:
            return []
        status = self.message("google.rpc.Status")
        status.ParseFromString(packed)
        fields = []
        for detail in status.details:
            if detail.type_url.endswith("/google.rpc.BadRequest"):
                bad = self.message("google.rpc.BadRequest")
                bad.ParseFromString(detail.value)
                fields += [violation.field for violation in bad.field_violations]
        return fields


def same(one, other):
    """Compares by value: two messages of one type may come from two classes."""
    assert one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True), f"{one}\n{other}"


def check_people(people):
    org = "waymark.people.v1.OrganisationService/"
    root = people.call(org + "CreateOrganisation", organisation={"name": "Shire", "kind": 1}).organisation
    ward = people.call(
        org + "CreateOrganisation",
        organisation={"name": "Ward 7", "parent_id": root.id, "code": "W7", "kind": 3},
        request_id="ward-7",
    ).organisation
    again = people.call(
        org + "CreateOrganisation",
        organisation={"name": "Ward 7", "parent_id": root.id, "code": "W7", "kind": 3},
        request_id="ward-7",
    ).organisation
    assert again.id == ward.id, "a repeated create made a second organisation"
    same(people.call(org + "GetOrganisation", id=ward.id).organisation, ward)
    assert [o.id for o in people.call(org + "ListOrganisations", parent_id=root.id).organisations] == [ward.id]
    changed = people.call(
        org + "UpdateOrganisation",
        organisation={"id": ward.id, "name": "Ward 8", "etag": ward.etag},
        update_mask={"paths": ["name"]},
    ).organisation
    assert (changed.name, changed.code) == ("Ward 8", "W7"), changed
    people.refused(
        org + "UpdateOrganisation",
        grpc.StatusCode.ABORTED,
        organisation={"id": ward.id, "name": "Ward 9", "etag": ward.etag},
        update_mask={"paths": ["name"]},
    )
    people.refused(org + "GetOrganisation", grpc.StatusCode.NOT_FOUND, id=UNKNOWN)
    people.refused(
        org + "CreateOrganisation", grpc.StatusCode.ALREADY_EXISTS, organisation={"name": "X", "code": "W7", "kind": 3}
    )
    fields = people.refused(
        org + "CreateOrganisation", grpc.StatusCode.INVALID_ARGUMENT, organisation={"parent_id": UNKNOWN, "kind": 2}
    )
    assert "organisation.name" in fields, fields

    person = "waymark.people.v1.PersonService/"
    someone = people.call(
        person + "CreatePerson", person={"organisation_id": ward.id, "display_name": "Test Person One"}
    ).person
    same(people.call(person + "GetPerson", id=someone.id).person, someone)
    assert [p.id for p in people.call(person + "ListPeople", organisation_id=ward.id).people] == [someone.id]
    renamed = people.call(
        person + "UpdatePerson",
        person={"id": someone.id, "display_name": "Test Person Two", "etag": someone.etag},
        update_mask={"paths": ["display_name"]},
    ).person
    assert renamed.display_name == "Test Person Two"
    people.refused(person + "GetPerson", grpc.StatusCode.NOT_FOUND, id=UNKNOWN)
    fields = people.refused(
        person + "CreatePerson", grpc.StatusCode.INVALID_ARGUMENT, person={"organisation_id": ward.id}
    )
    assert "person.display_name" in fields, fields

    team = "waymark.people.v1.TeamService/"
    made = people.call(
        team + "CreateTeam",
        team={
            "organisation_id": ward.id,
            "name": "Team Test",
            "members": [{"person_id": someone.id, "function": 2}],
        },
    ).team
    same(people.call(team + "GetTeam", id=made.id).team, made)
    assert [t.id for t in people.call(team + "ListTeams", organisation_id=ward.id).teams] == [made.id]
    emptied = people.call(
        team + "UpdateTeam", team={"id": made.id, "etag": made.etag}, update_mask={"paths": ["members"]}
    ).team
    assert not emptied.members and emptied.name == "Team Test"
    people.refused(team + "GetTeam", grpc.StatusCode.NOT_FOUND, id=UNKNOWN)
    return ward, made


def check_projects(projects, organisation, team):
    service = "waymark.projects.v1.ProjectService/"
    made = projects.call(
        service + "CreateProject",
        project={
            "organisation_id": organisation.id,
            "team_id": team.id,
            "title": "Clean hands, zebra crossing",
            "aim": {"what": "Hands are clean", "from_value": 60, "to_value": 95, "unit": "%"},
        },
    ).project
    assert made.status == 1, "a new project is a draft"
    same(projects.call(service + "GetProject", id=made.id).project, made)
    found = projects.call(service + "ListProjects", query="ZEBRA hands")
    assert [p.id for p in found.projects] == [made.id] and found.total_size == 1, found
    active = projects.call(
        service + "UpdateProject",
        project={"id": made.id, "status": 2, "etag": made.etag},
        update_mask={"paths": ["status"]},
    ).project
    assert active.status == 2 and active.title == made.title
    projects.refused(service + "GetProject", grpc.StatusCode.NOT_FOUND, id=UNKNOWN)
    fields = projects.refused(
        service + "CreateProject",
        grpc.StatusCode.INVALID_ARGUMENT,
        project={
            "organisation_id": organisation.id,
            "title": "",
            "aim": {"what": "x", "by_when": {"year": 2026, "month": 2, "day": 30}},
        },
    )
    assert "project.title" in fields and "project.aim.by_when" in fields, fields
    fields = projects.refused(
        service + "CreateProject",
        grpc.StatusCode.INVALID_ARGUMENT,
        project={"organisation_id": UNKNOWN, "title": "Nobody's"},
    )
    assert "project.organisation_id" in fields, fields
    return active


def check_measurement(measurement, project):
    service = "waymark.measurement.v1.MeasureService/"
    made = measurement.call(
        service + "CreateMeasure",
        measure={
            "project_id": project.id,
            "name": "Hands washed",
            "kind": 2,
            "unit": "%",
            "direction": 1,
            "chart_kind": 3,
            "multiplier": 100,
            "target": 95,
        },
    ).measure
    assert made.organisation_id == project.organisation_id
    same(measurement.call(service + "GetMeasure", id=made.id).measure, made)
    assert [m.id for m in measurement.call(service + "ListMeasures", project_id=project.id).measures] == [made.id]
    renamed = measurement.call(
        service + "UpdateMeasure",
        measure={"id": made.id, "name": "Hands cleaned", "etag": made.etag},
        update_mask={"paths": ["name"]},
    ).measure
    assert renamed.name == "Hands cleaned" and renamed.target == 95
    measurement.refused(service + "GetMeasure", grpc.StatusCode.NOT_FOUND, id=UNKNOWN)
    fields = measurement.refused(
        service + "CreateMeasure",
        grpc.StatusCode.INVALID_ARGUMENT,
        measure={"project_id": UNKNOWN, "name": "Of nothing", "kind": 1, "direction": 1},
    )
    assert "measure.project_id" in fields, fields

    rows = "".join(f"2025-{month:02}-01,{60 + month},100\n" for month in range(1, 13))
    service = "waymark.measurement.v1.ObservationService/"
    report = measurement.stream(
        service + "ImportObservations",
        [{"options": {"measure_id": made.id}}]
        + [{"chunk": bytes([byte])} for byte in b"period,numerator,denominator\n"]
        + [{"chunk": rows.encode()}],
    )
    assert report.accepted and report.rows_added == 12, report
    stored = measurement.call(service + "ListObservations", measure_id=made.id, page_size=5)
    assert len(stored.observations) == 5 and stored.next_page_token
    rest = measurement.call(
        service + "ListObservations", measure_id=made.id, page_size=100, page_token=stored.next_page_token
    )
    assert len(rest.observations) == 7 and not rest.next_page_token

    service = "waymark.measurement.v1.ChartService/"
    chart = measurement.call(service + "GetChart", measure_id=made.id).chart
    assert [point.value for point in chart.points] == [60.0 + month for month in range(1, 13)], chart
    assert abs(chart.points[0].centre_line - 66.5) < 1e-9, chart.points[0]
    drawn = measurement.call(service + "RenderChart", measure_id=made.id, rule_set="making-data-count")
    assert drawn.svg.startswith("<svg") and drawn.chart.rule_set.startswith("making-data-count")
    measurement.refused(service + "GetChart", grpc.StatusCode.NOT_FOUND, measure_id=UNKNOWN)
    suggested = measurement.call(service + "SuggestPhases", measure_id=made.id)
    assert not suggested.suggestions, suggested
    advice = measurement.call(service + "RecommendChart", measure_id=made.id)
    assert advice.kind == 3 and advice.reasons, advice
    rule_sets = measurement.call(service + "ListRuleSets").rule_sets
    assert "anhoej@1" in [found.id for found in rule_sets], rule_sets
    listed = measurement.call(
        service + "ListSignals", organisation_id=renamed.organisation_id, since={"year": 2025, "month": 1, "day": 1}
    )
    assert [found.measure_id for found in listed.measures] == [made.id], listed
    assert {signal.rule for signal in listed.measures[0].signals} and listed.measures[0].latest_value == 72, listed
    later = measurement.call(
        service + "ListSignals", organisation_id=renamed.organisation_id, since={"year": 2026, "month": 1, "day": 1}
    )
    assert not later.measures, later
    check_judgements(measurement, made, service)
    return renamed


def check_judgements(measurement, measure, charts):
    service = "waymark.measurement.v1.JudgementService/"

    def day(month):
        return {"year": 2025, "month": month, "day": 1}

    phase = measurement.call(
        service + "CreatePhase", measure_id=measure.id, start=day(7), reason="new desk", request_id="phase-1"
    ).phase
    exclusion = measurement.call(
        service + "CreateExclusion", measure_id=measure.id, period=day(3), reason="strike"
    ).exclusion
    note = measurement.call(
        service + "CreateAnnotation", measure_id=measure.id, day=day(5), kind=4, text="Cycle 2"
    ).annotation
    assert phase.created.actor == "anonymous" and phase.created.reason == "new desk", phase
    chart = measurement.call(charts + "GetChart", measure_id=measure.id).chart
    assert [(part.first_point, part.reason) for part in chart.phases] == [(0, ""), (6, "new desk")], chart.phases
    assert chart.points[2].excluded and chart.points[2].exclusion_reason == "strike", chart.points[2]
    assert [found.text for found in chart.annotations] == ["Cycle 2"], chart.annotations
    fields = measurement.refused(
        service + "CreatePhase",
        grpc.StatusCode.FAILED_PRECONDITION,
        measure_id=measure.id,
        start=day(1),
        reason="too early",
    )
    assert "start" in fields, fields
    for name, field, found in (
        ("Phase", "phase", phase),
        ("Exclusion", "exclusion", exclusion),
        ("Annotation", "annotation", note),
    ):
        removed = measurement.call(service + f"Delete{name}", id=found.id, reason="not so")
        assert getattr(removed, field).deleted.reason == "not so", removed
        left = measurement.call(service + f"List{name}s", measure_id=measure.id)
        assert not getattr(left, field + "s"), left
        history = measurement.call(service + f"List{name}s", measure_id=measure.id, show_deleted=True)
        assert [item.id for item in getattr(history, field + "s")] == [found.id], history


def check_gateway(gateway, project, measure):
    service = "waymark.gateway.v1.ProjectPageService/"
    page = gateway.call(service + "GetProjectPage", project_id=project.id, render=True).page
    assert page.project.id == project.id and not page.missing, page.missing
    assert page.organisation.name == "Ward 8" and page.team.name == "Team Test"
    assert [panel.measure.id for panel in page.measures] == [measure.id]
    assert page.measures[0].svg.startswith("<svg") and len(page.measures[0].chart.points) == 12
    gateway.refused(service + "GetProjectPage", grpc.StatusCode.NOT_FOUND, project_id=UNKNOWN)


def check_events(name, server, object_id, gateway):
    """The trail of a store, asked of its service and of the gateway."""
    service = "waymark.events.v1.EventService/"
    head = server.call(service + "GetAuditHead").head
    assert head.service == name and head.sequence > 0 and len(head.hash) == 64, head
    listed = server.call(service + "ListEvents", object_id=object_id)
    assert listed.events and {event.object_id for event in listed.events} == {object_id}, listed
    assert listed.events[0].after_json and not listed.events[0].before_json, listed
    for asked in (server, gateway):
        same(asked.call(service + "GetAuditHead", service=name).head, head)
        same(asked.call(service + "ListEvents", service=name, object_id=object_id), listed)
        fields = asked.refused(service + "GetAuditHead", grpc.StatusCode.INVALID_ARGUMENT, service="gateway")
        assert fields == ["service"], fields
    assert gateway.refused(service + "ListEvents", grpc.StatusCode.INVALID_ARGUMENT) == ["service"]


def check_health(server):
    path = "grpc.health.v1.Health/Check"
    assert server.call(path).status == 1, "not SERVING"
    for service in server.services:
        if service != "grpc.health.v1.Health":
            assert server.call(path, service=service).status == 1, service
    server.refused(path, grpc.StatusCode.NOT_FOUND, service="no.such.Service")


def main():
    people, projects, measurement, gateway = (Server(address) for address in sys.argv[1:5])
    organisation, team = check_people(people)
    project = check_projects(projects, organisation, team)
    measure = check_measurement(measurement, project)
    check_gateway(gateway, project, measure)

    # The gateway is a door to all of them.
    same(gateway.call("waymark.projects.v1.ProjectService/GetProject", id=project.id).project, project)
    gateway.refused("waymark.people.v1.TeamService/GetTeam", grpc.StatusCode.NOT_FOUND, id=UNKNOWN)

    check_events("people", people, team.id, gateway)
    check_events("projects", projects, project.id, gateway)
    check_events("measurement", measurement, measure.id, gateway)

    count = 0
    for name, server in (("people", people), ("projects", projects), ("measurement", measurement)):
        check_health(server)
        left_out = set(server.unary_methods()) - server.called
        assert not left_out, f"{name} has methods that were not called: {sorted(left_out)}"
        count += len(server.called)
    check_health(gateway)
    own = {method for method in gateway.unary_methods() if method.startswith("waymark.gateway.")}
    assert own and own <= gateway.called, own - gateway.called
    print(f"all {count + len(own)} methods answered as they should")


main()
