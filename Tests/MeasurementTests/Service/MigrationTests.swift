// SPDX-License-Identifier: Apache-2.0

import Foundation
import SPC
import ServiceRuntime
import Storage
import Testing

@testable import Measurement

@Suite("Stores of earlier versions")
struct MigrationTests {
  private struct Old: Sendable {
    var ruleSet: String
    var target: Double?
    var kept: String
  }

  @Test("measures keep the rule sets that they had, and their targets to the last digit")
  func specification() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("measurement-\(UUIDv7.next())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("measurement.sqlite").path
    let old = [
      Old(ruleSet: "anhoej", target: 0.1 + 0.2, kept: "anhoej@1"), Old(ruleSet: "anhoej@1", kept: "anhoej@1"),
      Old(ruleSet: "making-data-count", target: -95, kept: "making-data-count@1"),
      Old(ruleSet: "making-data-count@1", target: 0, kept: "making-data-count@1"),
    ]
    let before = try Database.open(
      path: path, migrations: Array(MeasurementService.migrations.prefix(1)), service: "measurement")
    try await before.write { transaction in
      for (index, measure) in old.enumerated() {
        try transaction.execute(
          """
          INSERT INTO measures (
            organisation_id, id, project_id, name, kind, operational_definition, unit, numerator_meaning,
            denominator_meaning, direction, chart_kind, rule_set, multiplier, target, create_time, update_time, revision)
          VALUES ('o', $1, 'p', 'Waits', 1, '', '%', '', '', 2, 'p-prime', $2, 100, $3, 1, 1, 3)
          """,
          [.text("m\(index)"), .text(measure.ruleSet), measure.target.map { .real($0) } ?? .null])
      }
    }
    try before.close()

    let now = try Database.open(path: path, migrations: MeasurementService.migrations, service: "measurement")
    defer { try? now.close() }
    let measures = try await MeasureStore(database: now).measures(MeasureStore.Filter(), after: "", limit: 10)
    #expect(measures.map(\.definition.ruleSet) == old.map(\.kept))
    #expect(measures.map(\.definition.targets) == old.map { $0.target.map { Targets($0) } ?? .none })
    #expect(measures.allSatisfy { $0.definition.chartKind == .pPrime && $0.definition.baselinePoints == 0 })
    #expect(measures.allSatisfy { $0.definition.method == ChartMethod() && $0.definition.knownCentreLine == nil })
    #expect(measures.allSatisfy { $0.revision.number == 3 && $0.chartVersion == 1 })
  }
}
