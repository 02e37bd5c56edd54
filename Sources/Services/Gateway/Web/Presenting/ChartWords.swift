// SPDX-License-Identifier: Apache-2.0

import Contracts

extension ChartView {
  /// A chart with all that it says in words.
  /// - Parameters:
  ///   - svg: The drawing, or empty.
  ///   - svgNarrow: The drawing for a phone, or empty.
  init(_ chart: MeasurementV1.Chart, svg: String, svgNarrow: String = "", measure: MeasurementV1.Measure) {
    let periods = PeriodWords(chart)
    let title = chart.title.isEmpty ? measure.name : chart.title
    let unit = chart.unit.isEmpty ? "" : ", \(chart.unit)"
    self.init(
      title: title, importPath: Paths.importing(measure: measure.id), drawing: chart.points.isEmpty ? "" : svg,
      narrowDrawing: chart.points.isEmpty ? "" : svgNarrow,
      summary: chart.summary, badges: chart.badges, signals: chart.latestSignalsFirst.map(Signal.init),
      runs: chart.runsSentence, cautions: chart.cautions,
      tableCaption: "\(title)\(unit). \(chart.kind.words), rules \(chart.ruleSet).",
      valueHeading: chart.unit.isEmpty ? "Value" : "Value (\(chart.unit))",
      centreName: chart.kind == .run ? "Median" : "Mean",
      rows: chart.points.enumerated().map { Row($0.element, periods[$0.offset], chart) })
  }
}

/// What the periods of a chart are called: months when all begin with one, days otherwise.
struct PeriodWords: Sendable {
  private let names: [String]

  init(_ chart: MeasurementV1.Chart) {
    let days = chart.points.map { $0.period ?? .init() }
    let areMonths = days.count > 1 && days.allSatisfy { $0.day == 1 }
    names = days.map { areMonths ? $0.monthWords : $0.words }
  }

  /// The name, or an empty text for an index that the chart does not have.
  subscript(_ index: Int) -> String {
    names.indices.contains(index) ? names[index] : ""
  }
}

extension ChartView.Signal {
  init(_ signal: MeasurementV1.Signal) {
    let (tone, meaning): (ChartView.Tone, String) =
      switch signal.meaning {
      case .improvement: (.good, "Improvement")
      case .concern: (.bad, "Concern")
      case .neutral, .unspecified, .unrecognized: (.plain, "Signal")
      }
    self.init(tone, meaning: meaning, sentence: signal.sentence)
  }
}

extension ChartView.Row {
  init(_ point: MeasurementV1.ChartPoint, _ period: String, _ chart: MeasurementV1.Chart) {
    let rules = point.signals.compactMap { index in
      chart.signals.indices.contains(Int(index)) ? chart.signals[Int(index)].rule : nil
    }
    self.init(
      period: period, value: point.value.map(Words.number) ?? "–",
      denominator: point.denominator.map(Words.number) ?? "", centre: point.centreLine.map(Words.number) ?? "",
      lower: point.lowerLimit.map(Words.number) ?? "", upper: point.upperLimit.map(Words.number) ?? "",
      signals: rules.joined(separator: ", "), note: point.note)
  }
}

extension MeasurementV1.Chart {
  /// The signals by the last point that is a member, latest first.
  var latestSignalsFirst: [MeasurementV1.Signal] {
    signals.enumerated().sorted {
      ($1.element.members.last ?? -1, $0.offset) < ($0.element.members.last ?? -1, $1.offset)
    }.map(\.element)
  }

  /// Findings about the chart as a whole, as Making Data Count's icons or in plain words.
  var badges: [ChartView.Badge] {
    var badges: [ChartView.Badge] = []
    switch variation {
    case .commonCause: badges.append(.init(.plain, "Variation: common cause", shape: "●"))
    case .improvementHigh: badges.append(.init(.good, "Variation: improvement, high", shape: "▲"))
    case .improvementLow: badges.append(.init(.good, "Variation: improvement, low", shape: "▼"))
    case .concernHigh: badges.append(.init(.bad, "Variation: concern, high", shape: "▲"))
    case .concernLow: badges.append(.init(.bad, "Variation: concern, low", shape: "▼"))
    case .neutralHigh: badges.append(.init(.plain, "Variation: special cause, high", shape: "▲"))
    case .neutralLow: badges.append(.init(.plain, "Variation: special cause, low", shape: "▼"))
    case .unspecified, .unrecognized: break
    }
    switch assurance {
    case .pass: badges.append(.init(.good, "Assurance: will meet the target", shape: "✓"))
    case .fail: badges.append(.init(.bad, "Assurance: will not meet the target as it is", shape: "✕"))
    case .hitOrMiss: badges.append(.init(.plain, "Assurance: may or may not meet the target", shape: "?"))
    case .unspecified, .unrecognized: break
    }
    return badges
  }

  /// The runs analysis with what chance allows; `nil` when there was none.
  var runsSentence: String? {
    guard usefulPoints > 0, longestRunLimit > 0 else { return nil }
    return "Runs analysis of \(Words.count(usefulPoints, "useful point")): longest run \(longestRun), chance allows"
      + " \(longestRunLimit); \(Words.count(crossings, "crossing")), chance makes at least \(crossingsLimit) likely."
  }
}
