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
    let signals = chart.labelsByNumber
    self.init(
      title: title, importPath: Paths.importing(measure: measure.id), drawing: chart.points.isEmpty ? "" : svg,
      narrowDrawing: chart.points.isEmpty ? "" : svgNarrow,
      summary: chart.summary, badges: chart.badges, signals: chart.latestSignalsFirst.map(Signal.init),
      runs: chart.runsSentence.isEmpty ? nil : chart.runsSentence, phases: chart.phaseSentences,
      suggestions: chart.phaseSuggestions.map(\.question), cautions: chart.cautions + chart.scaleCautions(measure),
      omission: chart.omission,
      tableCaption: "\(title)\(unit). \(chart.kind.words), rules \(chart.ruleSet).",
      valueHeading: chart.unit.isEmpty ? "Value" : "Value (\(chart.unit))",
      centreName: chart.centreName,
      rows: Row.all(of: chart, periods, signals))
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

extension MeasurementV1.PhaseSuggestion {
  /// The evidence, with the question that it raises.
  fileprivate var question: String {
    sentence + " Should a new phase begin there? Only if the change is understood and will last."
  }
}

extension ChartView.Row {
  /// All rows, each column with as many decimal places as its largest number deserves.
  /// - Parameter signals: What the chart's signals show, by their numbers.
  fileprivate static func all(
    of chart: MeasurementV1.Chart, _ periods: PeriodWords, _ signals: [Int32: String]
  ) -> [Self] {
    let points = chart.points
    func column(_ number: (MeasurementV1.ChartPoint) -> Double?) -> (Double?) -> String {
      let decimals = Words.decimals(of: points.compactMap(number))
      return { $0.map { Words.number($0, decimals: decimals) } ?? "" }
    }
    // Values and lines are of one unit, so that their columns have one precision.
    let shown = Words.decimals(
      of: points.lazy.flatMap { [$0.value, $0.centreLine, $0.lowerLimit, $0.upperLimit].compactMap(\.self) })
    func inUnit(_ number: Double?) -> String { number.map { Words.number($0, decimals: shown) } ?? "" }
    let numerators = column(\.numerator)
    let denominators = column(\.denominator)
    // Without denominators the numerator is the value itself, or what a range was taken of.
    let hasDenominators = points.contains { $0.denominator != nil }
    return points.enumerated().map { index, point in
      var row = Self(period: periods[index], value: point.value == nil ? "–" : inUnit(point.value))
      row.numerator = hasDenominators ? numerators(point.numerator) : ""
      row.denominator = denominators(point.denominator)
      (row.centre, row.lower, row.upper) =
        (inUnit(point.centreLine), inUnit(point.lowerLimit), inUnit(point.upperLimit))
      row.signals = point.signals.compactMap { signals[$0] }.joined(separator: ", ")
      row.note = note(of: point)
      return row
    }
  }

  private static func note(of point: MeasurementV1.ChartPoint) -> String {
    let leftOut = point.exclusionReason.isEmpty ? "Left out" : "Left out: \(point.exclusionReason)"
    let notes = [point.excluded ? leftOut : "", point.note].filter { !$0.isEmpty }
    return notes.joined(separator: ". ")
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

  /// What the signals show, in a few words, by their numbers.
  ///
  /// A signal that has no number is known by its place, and one without words by its rule.
  fileprivate var labelsByNumber: [Int32: String] {
    let numbered = signals.enumerated().map { index, signal in
      (signal.number == 0 ? Int32(clamping: index) : signal.number, signal.label.isEmpty ? signal.rule : signal.label)
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
    // The engine says so itself where it knows.
    guard targetAssessment?.basis != .scale, let target = measure.target,
      let centre = points.last(where: { $0.centreLine != nil })?.centreLine,
      MeasureScale.areFarApart(target, centre)
    else { return [] }
    let factor = Words.number((max(abs(target), abs(centre)) / min(abs(target), abs(centre))).rounded())
    let (name, shown) = (centreName.lowercased(), Words.quantity(centre, unit: unit))
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
    case .improvementHigh: badges.append(.init(.good, "Variation: improvement, high"))
    case .improvementLow: badges.append(.init(.good, "Variation: improvement, low"))
    case .concernHigh: badges.append(.init(.bad, "Variation: concern, high"))
    case .concernLow: badges.append(.init(.bad, "Variation: concern, low"))
    case .neutralHigh: badges.append(.init(.plain, "Variation: special cause, high"))
    case .neutralLow: badges.append(.init(.plain, "Variation: special cause, low"))
    case .unspecified, .unrecognized: break
    }
    if let target = targetAssessment {
      if let badge = target.badge { badges.append(badge) }
      return badges
    }
    // A measurement service of before says no more than this.
    switch assurance {
    case .pass: badges.append(.init(.good, "Assurance: should meet the target every time", shape: "✓"))
    case .fail: badges.append(.init(.bad, "Assurance: will not meet the target as it is", shape: "✕"))
    case .hitOrMiss: badges.append(.init(.plain, "Assurance: may or may not meet the target", shape: "?"))
    case .unspecified, .unrecognized: break
    }
    return badges
  }
}

extension MeasurementV1.TargetAssessment {
  /// What it says in a few words; nil where it says nothing of meeting the target.
  fileprivate var badge: ChartView.Badge? {
    let text = "Target: \(label)"
    switch (basis, verdict) {
    case (.unspecified, _), (.direction, _), (.unrecognized, _): return nil
    case (_, .pass): return .init(.good, text, shape: "✓")
    case (_, .fail): return .init(.bad, text, shape: "✕")
    default: return .init(.plain, text, shape: "?")
    }
  }
}
