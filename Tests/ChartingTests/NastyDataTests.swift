// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Charting

@Suite("drawings of nasty data")
struct NastyDataTests {
  private static let nasty =
    "</title><script>alert('x')</script>&amp; \" onload=\"x \u{0}\u{8}\u{FFFE}]]> \u{202E}ünï 測量"

  /// Columns that charts of some kind refuse, and that others must draw.
  private static let columns: [[Double?]] = [
    [], [nil], [0], [nil, nil, nil], [5, nil, 5, nil, 5], [0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
    [-1, 2, -3, 4], [1e-300, 2e-300, 1e-300], [1e280, 2e280], [1e12, 1, 1e-12], [0.1, 0.2, 0.30000000000000004],
    (0..<40).map { Double($0 * $0) }, (0..<300).map { $0 % 7 == 0 ? nil : Double($0 % 13) },
  ]

  /// Days close together, far apart, and at the ends of the calendar.
  private static let days: [@Sendable (Int) -> Day] = [
    { Day(daysSinceEpoch: $0) }, { Day(daysSinceEpoch: $0 * 9000 - 700_000) }, { Day.earliest.advanced(by: $0 * 31) },
    { Day.latest.advanced(by: ($0 - 300) * 7) },
  ]

  private func series(_ values: [Double?], day: (Int) -> Day, for kind: ChartKind) throws -> Series {
    if kind.needsSubgroups {
      return try Series(
        subgroups: values.enumerated().map { index, value in
          let members = value.map { value in [value, value * 1.5, value * 0.5].prefix(1 + index % 3) } ?? []
          return Series.Subgroup(day: day(index), values: Array(members), note: index == 1 ? Self.nasty : "")
        })
    }
    return try Series(
      values.enumerated().map { index, value in
        Series.Point(
          day: day(index), value: value, denominator: kind.needsDenominator ? Double(index % 4) * 1e6 : nil,
          note: index == 1 ? Self.nasty : "")
      })
  }

  @Test("every kind draws whatever it accepts, as well-formed text with numbers only", arguments: ChartKind.allCases)
  func everyKind(kind: ChartKind) throws {
    var drawn = 0
    for values in Self.columns {
      for day in Self.days {
        let series = try series(values, day: day, for: kind)
        var spec = ChartSpec(
          kind: kind, ruleSet: drawn % 2 == 0 ? .nelson : .anhoejBestBox, direction: .down,
          unit: drawn % 3 == 0 ? Self.nasty : "%")
        if values.count > 3 {
          spec.phases = [PhaseStart(index: 2, reason: Self.nasty)]
          spec.exclusions = [1: Self.nasty]
          spec.targets = Targets(
            steps: [.init(value: 3), .init(from: day(2), value: -1e9)],
            trajectory: [.init(day: day(0), value: 1), .init(day: .latest, value: 1e9)])
        }
        guard let chart = try? Chart(series, spec: spec) else { continue }
        drawn += 1
        let annotations = ChartAnnotation.Kind.allCases.flatMap { kind in
          [Day.earliest, day(1), .latest].map {
            ChartAnnotation(day: $0, kind: kind, text: Self.nasty, reference: "<1>")
          }
        }
        for (width, appearance) in [(200, ChartDrawing.Appearance.print), (720, .automatic)] {
          let drawing = ChartDrawing(
            title: Self.nasty, width: width, height: 360, appearance: appearance, annotations: annotations)
          let svg = drawing.svg(of: chart)
          #expect(svg == drawing.svg(of: chart))
          #expect(svg.hasNumbersOnly)
          let reader = try DrawingReader(svg)
          #expect(!reader.attributes.contains { $0.hasPrefix("on") })
          #expect(reader.elements["script"] == nil)
        }
        let multiples = SmallMultiples(title: Self.nasty, width: 400)
        let panels = [SmallMultiples.Panel(title: Self.nasty, chart: chart)]
        #expect(try DrawingReader(multiples.svg(of: panels)).elements["script"] == nil)
        #expect(multiples.svg(of: panels).hasNumbersOnly)
      }
    }
    #expect(drawn >= 20)
  }

  @Test("pairs draw whatever they accept", arguments: [ChartKind.i, .xBar])
  func pairs(kind: ChartKind) throws {
    for values in Self.columns {
      let series = try series(values, day: Self.days[0], for: kind)
      guard let pair = try? ChartPair(series, spec: ChartSpec(kind: kind, unit: "%")) else { continue }
      for height in [200, 400] {
        let svg = ChartDrawing(title: "Pair", width: 300, height: height).svg(of: pair)
        #expect(svg.hasNumbersOnly)
        #expect(try DrawingReader(svg).root["role"] == "img")
      }
    }
    #expect(try ChartPair(Series(), spec: ChartSpec(kind: .run)) == nil)
  }
}
