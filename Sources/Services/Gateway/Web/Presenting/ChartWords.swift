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
    let rules = chart.rulesByNumber
    self.init(
      title: title, importPath: Paths.importing(measure: measure.id), drawing: chart.points.isEmpty ? "" : svg,
      narrowDrawing: chart.points.isEmpty ? "" : svgNarrow,
      summary: chart.summary, badges: chart.badges, signals: chart.latestSignalsFirst.map(Signal.init),
      runs: chart.runsSentence, phases: chart.phaseSentences, cautions: chart.cautions + chart.scaleCautions(measure),
      omission: chart.omission,
      tableCaption: "\(title)\(unit). \(chart.kind.words), rules \(chart.ruleSet).",
      valueHeading: chart.unit.isEmpty ? "Value" : "Value (\(chart.unit))",
      centreName: chart.centreName,
      rows: chart.points.enumerated().map { Row($0.element, periods[$0.offset], rules) })
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
  /// - Parameter rules: The rules of the chart's signals, by their numbers.
  init(_ point: MeasurementV1.ChartPoint, _ period: String, _ rules: [Int32: String]) {
    let leftOut = point.exclusionReason.isEmpty ? "Left out" : "Left out: \(point.exclusionReason)"
    let notes = [point.excluded ? leftOut : "", point.note].filter { !$0.isEmpty }
    self.init(
      period: period, value: point.value.map(Words.number) ?? "–",
      denominator: point.denominator.map(Words.number) ?? "", centre: point.centreLine.map(Words.number) ?? "",
      lower: point.lowerLimit.map(Words.number) ?? "", upper: point.upperLimit.map(Words.number) ?? "",
      signals: point.signals.compactMap { rules[$0] }.joined(separator: ", "), note: notes.joined(separator: ". "))
  }
}

extension MeasurementV1.Chart {
  /// What its centre lines are.
  var centreName: String {
    switch centreStatistic {
    case .mean: "Mean"
    case .median: "Median"
    case .given: "Given centre"
    case .transformedMean, .unspecified, .unrecognized: "Centre line"
    }
  }

  /// The signals by the last point that is a member, latest first.
  var latestSignalsFirst: [MeasurementV1.Signal] {
    signals.enumerated().sorted {
      ($1.element.members.last ?? -1, $0.offset) < ($0.element.members.last ?? -1, $1.offset)
    }.map(\.element)
  }

  /// The rules of the signals, by their numbers.
  ///
  /// A signal that has none is known by its place.
  fileprivate var rulesByNumber: [Int32: String] {
    let numbered = signals.enumerated().map { index, signal in
      (signal.number == 0 ? Int32(clamping: index) : signal.number, signal.rule)
    }
    return Dictionary(numbered, uniquingKeysWith: { first, _ in first })
  }

  /// What each phase is about, in order of time; none for a chart of one phase.
  fileprivate var phaseSentences: [String] {
    guard phases.count > 1 else { return [] }
    return phases.enumerated().map { index, phase in
      let start = index == 0 ? "At first" : phase.start.map { "From \($0.words)" } ?? "Then"
      let reason = phase.reason.isEmpty ? "" : " (\(phase.reason))"
      let centre = phase.centreLine.map { "\(centreName.lowercased()) \(Words.quantity($0, unit: unit))" }
      let lines =
        centre.map { "\($0), set by \(Words.count(phase.baselineValues, "value"))" } ?? "no value sets its lines"
      return "\(start)\(reason): \(lines)\(phase.trial && phase.centreLine != nil ? ", trial lines" : "")."
    }
  }

  /// That the target and the values are a hundredfold apart, as when a factor was forgotten.
  fileprivate func scaleCautions(_ measure: MeasurementV1.Measure) -> [String] {
    guard let target = measure.target, let centre = points.last(where: { $0.centreLine != nil })?.centreLine,
      MeasureScale.areFarApart(target, centre)
    else { return [] }
    let factor = Words.number((max(abs(target), abs(centre)) / min(abs(target), abs(centre))).rounded())
    let (name, shown) = (kind.centreName.lowercased(), Words.quantity(centre, unit: unit))
    let goal = Words.quantity(target, unit: unit)
    return [
      abs(target) > abs(centre)
        ? "The target, \(goal), is \(factor) times the \(name), \(shown). Are the target and the factor that values are multiplied by right?"
        : "The \(name), \(shown), is \(factor) times the target, \(goal). Are the target and the factor that values are multiplied by right?"
    ]
  }

  /// That the points are only some of those there are; nil when they are all.
  fileprivate var omission: String? {
    guard Int(pointCount) > points.count else { return nil }
    return "The table has the first \(points.count) of \(Words.count(pointCount, "point")); the drawing has them all."
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
