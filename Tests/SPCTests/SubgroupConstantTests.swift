// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SPC

/// c₄, A₃, B₃ and B₄ against 40 digits for 91 sizes of samples from 2 to 1,000,000 (`Tools/subgroup_constants.py`).
@Suite("constants of subgroups")
struct SubgroupConstantTests {
  struct Row: Sendable {
    let size: Double
    let c4: Double
    let a3: Double
    let b3: Double
    let b4: Double
  }

  static func table() throws -> [Row] {
    let url = try #require(
      Bundle.module.url(forResource: "subgroup-constants", withExtension: "csv", subdirectory: "Exact"))
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let cells = try line.split(separator: ",").map { try #require(Double($0)) }
      return Row(size: cells[0], c4: cells[1], a3: cells[2], b3: cells[3], b4: cells[4])
    }
  }

  private func differs(_ value: Double, _ exact: Double) -> Double { exact == 0 ? abs(value) : abs(value / exact - 1) }

  @Test("each is right to a part in 10¹², at all sizes")
  func constants() throws {
    let table = try Self.table()
    #expect(table.count == 91 && table.first?.size == 2 && table.last?.size == 1_000_000)
    for row in table {
      let c4 = SubgroupConstants.c4(row.size)
      let reach = 3 * SubgroupConstants.relativeDeviation(row.size)
      #expect(differs(c4, row.c4) < 1e-12, "c4 of \(row.size)")
      #expect(differs(3 / (c4 * row.size.squareRoot()), row.a3) < 1e-12, "A3 of \(row.size)")
      #expect(differs(max(0, 1 - reach), row.b3) < 1e-12, "B3 of \(row.size)")
      #expect(differs(1 + reach, row.b4) < 1e-12, "B4 of \(row.size)")
      // What B₃ and B₄ are made of keeps its digits too, where both are close to 1.
      #expect(differs(reach, row.b4 - 1) < 1e-9, "√(1 − c4²)/c4 of \(row.size)")
    }
    #expect(SubgroupConstants.c4(1).isNaN && SubgroupConstants.relativeDeviation(0).isNaN)
  }

  @Test("√(1 − c₄²)/c₄ is as exact as c₄, by n(c₄(n)c₄(n + 1))² = n − 1 and 1/c₄² − 1")
  func recurrence() {
    for size in stride(from: 2.0, to: 60, by: 1) {
      let product = SubgroupConstants.c4(size) * SubgroupConstants.c4(size + 1)
      #expect(differs(size * product * product, size - 1) < 1e-14, "n = \(size)")
    }
    // 1/c₄² − 1 ≈ 1/(2(n − 1)) + 1/(8(n − 1)²) far out, to many digits.
    for size in [1e6, 1e9, 1e12, 1e15] {
      let x = 1 / (2 * (size - 1))
      #expect(differs(SubgroupConstants.relativeDeviation(size), (x + x * x / 2).squareRoot()) < 1e-12)
    }
  }

  @Test("limits of S and X̄ charts of large and unequal subgroups hang on them")
  func charts() throws {
    let table = Dictionary(uniqueKeysWithValues: try Self.table().map { ($0.size, $0) })
    let sizes: [Double] = [2, 3, 25, 2000, 20_000, 300_000, 1_000_000]
    let days = sizes.indices.map { Day(daysSinceEpoch: 18_000 + $0) }
    let series = Series(
      days: days, values: sizes.map { _ in 10 }, denominators: nil,
      subgroups: SubgroupColumns(counts: sizes, deviations: sizes.map { _ in 2 }))
    let deviations = try Chart(series, spec: ChartSpec(kind: .s))
    let means = try Chart(series, spec: ChartSpec(kind: .xBar))
    for (index, size) in sizes.enumerated() {
      let row = try #require(table[size])
      let (s, x) = (deviations.points[index], means.points[index])
      #expect(differs(s.lowerLimit ?? .nan, 2 * row.b3) < 1e-12)
      #expect(differs(s.upperLimit ?? .nan, 2 * row.b4) < 1e-12)
      #expect(differs(x.upperLimit ?? .nan, 10 + 2 * row.a3) < 1e-12)
      #expect(differs(x.lowerLimit ?? .nan, 10 - 2 * row.a3) < 1e-12)
    }
  }
}
