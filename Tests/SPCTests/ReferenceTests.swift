// SPDX-License-Identifier: Apache-2.0

import Conformance
import Foundation
import Testing

@testable import SPC

/// The engine against qicharts2 0.8.1, NHSRplotthedots 0.2.2, and rule sets worked out by hand (`Reference/README.md`).
@Suite("reference cases")
struct ReferenceTests {
  static let files: [(name: String, cases: Int)] = [
    ("constants", 1), ("plotthedots-xmr-1", 29), ("plotthedots-xmr-2", 29), ("plotthedots-xmr-3", 27),
    ("qicharts2-c", 33), ("qicharts2-g", 32), ("qicharts2-i", 39), ("qicharts2-ip", 35), ("qicharts2-mr", 33),
    ("qicharts2-p", 42), ("qicharts2-pp", 45), ("qicharts2-run", 38), ("qicharts2-s", 31), ("qicharts2-t", 36),
    ("qicharts2-u", 39), ("qicharts2-up", 42), ("qicharts2-xbar", 31), ("runs-decisions", 1), ("runs-limits", 2),
    ("waymark-rules", 78),
  ]

  static func url(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Reference"))
  }

  @Test("every case holds within 1e-9", arguments: files)
  func everyCaseHolds(name: String, cases: Int) throws {
    let report = try Suite.run(file: name, data: Data(contentsOf: Self.url(name)))
    for failure in report.failures {
      Issue.record("\(failure.id): \(failure.differences.joined(separator: "; "))")
    }
    #expect(report.passed + report.failures.count == cases)
  }

  @Test("a case that is wrong by a millionth fails, whatever the number is")
  func wrongCasesFail() throws {
    for (name, key) in [("qicharts2-i", "ucl"), ("qicharts2-p", "lcl95"), ("qicharts2-t", "cl"), ("qicharts2-s", "y")] {
      let file = try JSON(data: Data(contentsOf: Self.url(name)))
      let item = try #require(file["cases"].array?.first)
      guard case .object(var members) = item, case .object(var points) = item["points"],
        var column = points[key]?.array, let last = column.last?.number
      else {
        Issue.record("\(name) has no \(key)")
        continue
      }
      #expect(Suite.differences(of: item, package: "qicharts2").isEmpty)
      column[column.count - 1] = .number(last * (1 + 1e-6) + 1e-9)
      points[key] = .list(column)
      members["points"] = .object(points)
      let differences = Suite.differences(of: .object(members), package: "qicharts2")
      #expect(differences.count == 1 && differences.first?.hasPrefix("\(key) at ") == true)
    }
  }

  @Test("a file that is none is one failure", arguments: ["", "{}", "[1, 2", "{\"schema\": 2, \"cases\": []}"])
  func noFile(text: String) {
    let report = Suite.run(file: "x", data: Data(text.utf8))
    #expect(report.passed == 0 && report.failures.count == 1)
  }

  @Test("limits of long series follow the normal approximation")
  func longSeries() {
    for n in [2_001, 2_002, 10_000, 1_000_000, 10_000_000] {
      let trials = Double(n - 1)
      let approximate = trials / 2 - 1.6448536269514722 * trials.squareRoot() / 2
      #expect(abs(Double(RunsAnalysis.crossingsLimit(usefulPoints: n)) - approximate) <= 1)
    }
    #expect(RunsAnalysis.longestRunLimit(usefulPoints: 1 << 20) == 23)
    #expect(RunsAnalysis.longestRunLimit(usefulPoints: 1_482_910) == 23)
    #expect(RunsAnalysis.longestRunLimit(usefulPoints: 1_482_911) == 24)
  }
}
