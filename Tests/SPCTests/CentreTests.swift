// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SPC

@Suite("what centre lines are, and are called")
struct CentreTests {
  static let values: [Double?] = [9, 11, 10, 9, 14, 10, 9, 11, 40, 11, 9, 10, 12]

  @Test("the label follows the line that was drawn, in every kind and method")
  func labels() throws {
    let median = ChartMethod(individualsCentre: .median)
    let mean = ChartMethod(geometricCentre: .mean)
    let cases: [(ChartKind, ChartMethod, Double?, CentreStatistic)] = [
      (.run, .init(), nil, .median), (.run, .init(), 10, .given), (.i, .init(), nil, .mean), (.i, median, nil, .median),
      (.i, median, 10, .given), (.i, .init(), 10, .given), (.mr, .init(), nil, .mean), (.mr, median, nil, .median),
      (.g, .init(), nil, .median), (.g, .init(), 10, .median), (.g, mean, nil, .mean), (.g, mean, 10, .given),
      (.t, .init(), nil, .transformedMean), (.t, .init(), 10, .given), (.c, .init(), nil, .mean),
      (.c, .init(), 5, .given),
      (.p, .init(), 0.2, .given), (.u, .init(), nil, .mean), (.xBar, .init(), nil, .mean),
      (.iPrime, median, nil, .mean),
    ]
    for (kind, method, known, expected) in cases {
      let spec = ChartSpec(kind: kind, method: method, knownCentreLine: known)
      #expect(spec.centreStatistic == expected, "\(kind), \(String(describing: known))")
    }
  }

  @Test("a G chart about its mean has it as its line, and says mean")
  func geometric() throws {
    let series = try RuleTests.months(Self.values)
    let chart = try Chart(series, spec: ChartSpec(kind: .g, method: .init(geometricCentre: .mean)))
    #expect(abs((chart.centreLine(at: 0) ?? 0) - 165.0 / 13) < 1e-12)
    #expect(chart.spec.centreStatistic.title == "Mean")
    #expect(try Chart(series, spec: ChartSpec(kind: .g)).centreLine(at: 0) == 10)
  }

  @Test("an I chart about its median has limits from the median moving range, or from the mean one")
  func individuals() throws {
    let series = try RuleTests.months(Self.values)
    // Ranges 2, 1, 1, 5, 4, 1, 2, 29, 29, 2, 1, 2: their median is 2, their mean 79/12.
    let median = try Chart(series, spec: ChartSpec(kind: .i, method: .init(individualsCentre: .median)))
    #expect(median.centreLine(at: 0) == 10)
    #expect(abs((median.limit(3, at: 0) ?? 0) - (10 + 3.145 * 2)) < 1e-12)
    #expect(abs((median.limit(-3, at: 0) ?? 0) - (10 - 3.145 * 2)) < 1e-12)
    let mixed = try Chart(
      series,
      spec: ChartSpec(
        kind: .i, ruleSet: .makingDataCount2, method: .init(individualsCentre: .median, rangeAverage: .mean)))
    #expect(mixed.centreLine(at: 0) == 10)
    #expect(abs((mixed.limit(3, at: 0) ?? 0) - (10 + 2.66 * 79 / 12)) < 1e-12)
    let byMean = try Chart(series, spec: ChartSpec(kind: .i, method: .init(rangeAverage: .median)))
    #expect(abs((byMean.centreLine(at: 0) ?? 0) - 165.0 / 13) < 1e-12)
    #expect(abs((byMean.limit(3, at: 0) ?? 0) - (165.0 / 13 + 6.29)) < 1e-12)
    let ranges = try Chart(series, spec: ChartSpec(kind: .mr, method: .init(individualsCentre: .median)))
    #expect(ranges.centreLine(at: 0) == 2 && abs((ranges.limit(3, at: 0) ?? 0) - 3.865 * 2) < 1e-12)
    #expect(ranges.limit(-3, at: 0) == 0)
    // The one wild value is outside, which it is not where it stretches the limits itself.
    #expect(median.signals.contains { $0.rule.pattern == .outside && $0.members == [8] })
  }

  @Test("a document of before, which names none of the newer choices, reads as it was")
  func olderDocuments() throws {
    let text =
      #"{"cutsLimitsAtZero":true,"geometricCentre":"mean","keepsSigmaZAtLeastOne":false,"countsEmptySubgroups":false}"#
    let method = try JSONDecoder().decode(ChartMethod.self, from: Data(text.utf8))
    #expect(method == ChartMethod(cutsLimitsAtZero: true, geometricCentre: .mean))
    let full = ChartMethod(individualsCentre: .median, rangeAverage: .mean, gaps: .bridges)
    #expect(try JSONDecoder().decode(ChartMethod.self, from: JSONEncoder().encode(full)) == full)
  }

  @Test("numbered cases have no days, and are called by their numbers")
  func sequence() throws {
    let numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 47]
    let lengths: [Double?] = [210, 180, 95, 0, 240, 130, 310, 160, 88, 140, 2, 330, 170]
    let series = try Series(sequence: zip(numbers, lengths).map { (number: $0, value: $1) })
    let chart = try Chart(series, spec: ChartSpec(kind: .g))
    #expect(chart.period == .sequence && chart.period.name(of: series.days[12]) == "case 47")
    #expect(chart.centreLine(at: 0) == 160)
    let mean = 2055.0 / 13
    #expect(abs((chart.limit(3, at: 0) ?? 0) - (mean + 3 * (mean * (mean + 1)).squareRoot())) < 1e-9)
    #expect(!chart.cautions.contains { $0.contains("no value") })
    let document = try JSONEncoder().encode(chart)
    #expect(!String(decoding: document, as: UTF8.self).contains("1970-"))
    #expect(try JSONDecoder().decode(Chart.self, from: document) == chart)
  }
}
