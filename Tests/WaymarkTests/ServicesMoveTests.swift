// SPDX-License-Identifier: Apache-2.0

import Foundation
import Identity
import Measurement
import People
import Projects
import Storage
import StorageTesting
import Testing

@Suite("Moving the stores of services", .enabled(if: ScratchStore.hasPostgres))
struct ServicesMoveTests {
  private struct Service: Sendable, CustomStringConvertible {
    let description: String
    let migrations: [Migration]
    let rows: [(sql: SQL, values: [SQLValue])]
  }

  /// Rows of every type in every table, with what is easily lost: many columns of the same number, numbers to the last
  /// digit, absent values, texts of several scripts.
  private static let services = [
    Service(
      description: PeopleService.name, migrations: PeopleService.migrations,
      rows: [
        ("INSERT INTO organisations VALUES ('o', '', 'Østlund', 'østlund', NULL, 2, 1, 1, 2)", []),
        ("INSERT INTO people VALUES ('o', 'p', 'Ann 李', 'ann 李', 'a@example.org', 'a@example.org', 1, 1, 2)", []),
        ("INSERT INTO teams VALUES ('o', 't', 'Ward 4', 'ward 4', 3, 1, 2)", []),
        ("INSERT INTO team_members VALUES ('o', 't', 0, 'p', 1)", []),
      ]),
    Service(
      description: ProjectsService.name, migrations: ProjectsService.migrations,
      rows: [
        (
          """
          INSERT INTO projects VALUES
            ('o', 'p', 'T', 't', 't', 1, 'w', 'f', $1, NULL, '%', '2027-01-31', 1, NULL, NULL, '', 1, 1, 2)
          """, [.real(0.1 + 0.2)]
        ), ("INSERT INTO project_measures VALUES ('o', 'p', 0, 'm')", []),
      ]),
    Service(
      description: MeasurementService.name, migrations: MeasurementService.migrations,
      rows: [
        (
          """
          INSERT INTO measures (organisation_id, id, project_id, name, kind, operational_definition, unit,
            numerator_meaning, denominator_meaning, direction, chart_kind, rule_set, multiplier, target, create_time,
            update_time, revision)
          VALUES ('o', 'm', 'p', 'Falls', 1, '', '', '', '', 2, 'u', 'anhoej@1', 1000, $1, 1, 2, 3)
          """, [.real(-1e-300)]
        ),
        ("INSERT INTO observations VALUES ('o', 'm', 19000, $1, NULL, 'new\nfloor', 5)", [.real(1.0 / 3)]),
        ("INSERT INTO observations VALUES ('o', 'm', 19001, 2, $1, '', 6)", [.real(7)]),
        (
          """
          INSERT INTO judgements (organisation_id, measure_id, id, kind, day, text, annotation_kind, reference,
            create_time, create_actor)
          VALUES ('o', 'm', 'j', 'phase', 19001, 'new floor', 0, '', 1, 'anonymous')
          """, []
        ),
      ]),
  ]

  @Test("a store of each service goes to PostgreSQL and back, and is the same", arguments: services.indices)
  func thereAndBack(index: Int) async throws {
    let service = Self.services[index]
    try await ScratchStore.on(.sqlite) { from in
      let store = try from.open(service.migrations, service: service.description)
      try await store.write { transaction in
        for row in service.rows { try transaction.execute(row.sql, row.values) }
        transaction.append(
          Event(kind: "thing.created", object: "x", organisation: "o", actor: .anonymous, after: "{}"))
        let key = RequestKey(organisation: "o", method: "CreateThing", id: "r", fingerprint: [0, 255])
        try transaction.keep(Array(repeating: 9, count: 300), for: key, object: "x")
      }
      try store.close()
      try await ScratchStore.on(.postgres) { there in
        func move(_ from: ScratchStore, _ to: ScratchStore) throws -> StoreMove.Report {
          try StoreMove(
            from: from.location(of: service.description), to: to.location(of: service.description),
            service: service.description, migrations: service.migrations
          ).run()
        }
        let first = try move(from, there)
        let second = try await ScratchStore.on(.sqlite) { back in try move(there, back) }
        #expect(first == second)
        #expect(first.events == 1)
        let empty = first.tables.filter { $0.rows == 0 }.map(\.name)
        #expect(empty.isEmpty, "each table has a row")
      }
    }
  }
}
