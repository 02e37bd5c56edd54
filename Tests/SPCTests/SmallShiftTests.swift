// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// CUSUM and EWMA on the worked example of Montgomery's table 9.1.
///
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009: twenty values about 10 with a sigma of 1, and ten about
/// 11. The expected numbers were computed anew with another program.
@Suite("charts for small shifts")
struct SmallShiftTests {
  static let values = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62,
    10.31,
    8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
  ]
  static let reference = ProcessReference.Options(mean: 10, sigma: 1)

  static func series(_ values: [Double?]) throws -> Series {
    try Series(values.enumerated().map { .init(day: Day(daysSinceEpoch: 18_000 + $0), value: $1) })
  }

  static func expectClose(_ actual: [Double?], _ expected: [Double], _ tolerance: Double) {
    #expect(actual.count == expected.count)
    for (a, e) in zip(actual, expected) {
      #expect(a.map { abs($0 - e) <= tolerance } == true, "\(String(describing: a)) instead of \(e)")
    }
  }

  @Test("the CUSUM signals at the 29th value, and tells the shift from the 23rd on")
  func cusum() throws {
    let chart = try CUSUM(Self.series(Self.values), options: .init(reference: Self.reference, direction: .up))
    let high = [
      0, 0, 0, 1.16, 2.82, 2.5, 0.04, 1, 0, 0, 0, 0.97, 0.98, 0, 0, 0, 0.12, 0, 0, 0.34, 0.74, 0, 1.79, 2.79, 2.89,
      3.47,
      3.35, 4.47, 5.28, 5.3,
    ]
    let low = [
      0.05, 1.56, 1.77, 0, 0, 0, 1.46, 0, 0.3, 0, 0.47, 0, 0, 0.1, 0, 0.13, 0, 0, 0.98, 0, 0, 0.17, 0, 0, 0, 0, 0, 0, 0,
      0,
    ]
    Self.expectClose(chart.points.map(\.high), high, 1e-9)
    // The lower sum is told as a number below 0, or as its size.
    Self.expectClose(chart.points.map { $0.low.map(abs) }, low, 1e-9)
    let signal = try #require(chart.signals.first)
    #expect(chart.signals.count == 1 && signal.members == [28, 29] && signal.onset == 22)
    #expect(signal.side == .high && signal.meaning == .improvement)
    #expect(chart.points[28].highRun == 7)
    // The new level: 10 + 0.5 + 5.28/7 by the first signal, or with the last sum 10 + 0.5 + 5.30/8.
    #expect(abs(signal.level - (10.5 + 5.28 / 7)) < 1e-9 || abs(signal.level - (10.5 + 5.30 / 8)) < 1e-9)
  }

  @Test("the EWMA signals at the 29th value")
  func ewma() throws {
    let chart = try EWMA(
      Self.series(Self.values), options: .init(reference: Self.reference, weight: 0.1, width: 2.7, direction: .down))
    let averages = [
      9.945, 9.7495, 9.70355, 9.8992, 10.12528, 10.13075, 9.92167, 10.07551, 9.98796, 10.02316, 9.92384, 10.07846,
      10.12161, 10.04945, 10.05251, 9.98426, 10.04783, 10.07405, 9.91864, 10.01078, 10.0997, 10.02273, 10.24946,
      10.37451,
      10.39706, 10.46535, 10.45682, 10.57314, 10.64682, 10.63414,
    ]
    let widths = [
      0.27, 0.36325, 0.424, 0.46746, 0.4999, 0.52471, 0.54398, 0.55909, 0.57105, 0.58055, 0.58813, 0.5942, 0.59908,
      0.603,
      0.60615, 0.6087, 0.61075, 0.61241, 0.61374, 0.61483, 0.6157, 0.61641, 0.61698, 0.61745, 0.61782, 0.61813, 0.61837,
      0.61857, 0.61873, 0.61887,
    ]
    Self.expectClose(chart.points.map(\.average), averages, 1e-5)
    Self.expectClose(chart.points.map(\.upperLimit), widths.map { 10 + $0 }, 1e-5)
    Self.expectClose(chart.points.map(\.lowerLimit), widths.map { 10 - $0 }, 1e-5)
    #expect(chart.signals.map(\.members) == [[28, 29]])
    #expect(chart.signals.first?.meaning == .concern)
  }

  @Test("missing values are passed over, and nothing is said of no values")
  func missing() throws {
    var values: [Double?] = Self.values
    values.insert(nil, at: 10)
    let with = try CUSUM(Self.series(values), options: .init(reference: Self.reference))
    let without = try CUSUM(Self.series(Self.values), options: .init(reference: Self.reference))
    #expect(with.points.compactMap(\.high) == without.points.compactMap(\.high))
    #expect(try EWMA(Series()).points.isEmpty && CUSUM(Series()).signals.isEmpty)
    let one = try EWMA(Self.series([3]))
    #expect(one.signals.isEmpty && one.points.count == 1)
  }

  @Test("turning the values round turns the signals round")
  func symmetry() throws {
    for seed in 1...20 {
      let series = try LawTests.series(UInt64(seed), count: 60, kind: .i)
      let turned = try LawTests.changed(series) { -$1 }
      let (a, b) = (try CUSUM(series), try CUSUM(turned))
      #expect(a.signals.map(\.members) == b.signals.map(\.members))
      #expect(zip(a.signals, b.signals).allSatisfy { $0.side != $1.side })
      let (c, d) = (try EWMA(series), try EWMA(turned))
      #expect(c.signals.map(\.members) == d.signals.map(\.members))
    }
  }

  @Test("options out of range are refused by name")
  func options() throws {
    let series = try Self.series([1, 2, 3])
    #expect(throws: CompanionError.self) { try CUSUM(series, options: .init(decisionInterval: 0)) }
    #expect(throws: CompanionError.self) { try CUSUM(series, options: .init(headStart: 1)) }
    #expect(throws: CompanionError.self) { try CUSUM(series, options: .init(reference: .init(sigma: -1))) }
    for weight in [0, -0.1, 1.1, .nan] {
      #expect(throws: CompanionError.self) { try EWMA(series, options: .init(weight: weight)) }
    }
    #expect(throws: CompanionError.self) { try EWMA(series, options: .init(width: 0)) }
  }
}
