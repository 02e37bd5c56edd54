// SPDX-License-Identifier: Apache-2.0

import SPC

/// What a chart says, for those who cannot see it.
struct ChartDescription {
  private let subject: Subject
  private let chart: Chart
  private let columns: Columns
  private let period: Period
  private let unit: String

  /// Signals beyond these are only counted.
  private static let signalsTold = 5
  /// Phases, exclusions and flags beyond these are only counted.
  private static let othersTold = 8

  private init(_ subject: Subject) {
    self.subject = subject
    chart = subject.chart
    columns = subject.columns
    period = subject.period
    unit = chart.spec.unit
  }

  /// What one chart or, one after the other, two charts with one time axis say.
  static func text(of subjects: [Subject], flags: [Flag]) -> String {
    var sentences: [String] = []
    for (index, subject) in subjects.enumerated() {
      if index > 0 { sentences.append("Below it:") }
      sentences += ChartDescription(subject).sentences(flags: index == 0 ? flags : [])
    }
    return sentences.joined(separator: " ")
  }

  private func sentences(flags: [Flag]) -> [String] {
    let days = chart.series.days
    guard let first = columns.values.firstIndex(where: { !$0.isNaN }),
      let last = columns.values.lastIndex(where: { !$0.isNaN })
    else { return [chart.spec.kind.title + ".", chart.summary] }
    let end = period.phrase(of: days[last])
    let name = chart.spec.kind.title + " of "
    var sentences = [
      columns.known == 1
        ? name + "1 value, " + end + "."
        : name + String(columns.known) + adjective + " values, from " + period.phrase(of: days[first]) + " to " + end
          + "."
    ]
    var latest = "The latest value is " + shown(columns.values[last])
    if let centre = chart.centreLine(at: last) {
      latest += ", the " + chart.spec.centreStatistic.title.lowercased() + " " + shown(centre)
    }
    sentences.append(latest + ".")
    let (lower, upper) = (columns.lowerLimits[last], columns.upperLimits[last])
    if !lower.isNaN, !upper.isNaN {
      sentences.append("The limits are now " + ChartDescription.rounded(lower) + " and " + shown(upper) + ".")
    }
    sentences.append(chart.summary)
    if !chart.signals.isEmpty {
      let count = chart.signals.count
      sentences.append(count == 1 ? "There is one signal." : "There are \(count) signals.")
      if count > Self.signalsTold { sentences.append("The last of them:") }
      sentences += subject.sentences.suffix(Self.signalsTold)
    }
    if chart.phases.count > 1 { sentences.append(phases) }
    if !chart.spec.exclusions.isEmpty { sentences.append(exclusions) }
    if !chart.spec.targets.isEmpty { sentences += targets }
    sentences += told(flags.filter { $0.row == nil }.map { Period.day.name(of: $0.day) + ", " + $0.text + "." })
    return sentences + chart.cautions
  }

  private var adjective: String {
    switch period {
    case .day: " daily"
    case .week: " weekly"
    case .month: " monthly"
    case .quarter: " quarterly"
    case .year: " yearly"
    case .irregular, .sequence: ""
    }
  }

  private var phases: String {
    let others = chart.phases.enumerated().dropFirst().map { index, phase in
      let reason = phase.reason.isEmpty ? "" : ": " + phase.reason
      let centre = phase.centreLine.map { " (\(chart.spec.centreStatistic.title.lowercased()) \(shown($0)))" } ?? ""
      return "phase \(index + 1) begins with \(period.phrase(of: chart.series.days[phase.points.lowerBound]))"
        + centre + reason
    }
    return "There are \(chart.phases.count) phases: " + told(others).joined(separator: "; ") + "."
  }

  private var exclusions: String {
    let rows = chart.spec.exclusions.reasons.sorted { $0.key < $1.key }
    let names = rows.map { row, reason in
      period.name(of: chart.series.days[row]) + (reason.isEmpty ? "" : " (\(reason))")
    }
    return "Left out of the lines: " + told(names).joined(separator: ", ") + "."
  }

  private var targets: [String] {
    let targets = chart.spec.targets
    var sentences: [String] = []
    // The summary has told of one target, where there is a value to hold against it.
    if targets.steps.count == 1, targets.steps[0].from == nil {
      if chart.targetAssessment == nil { sentences.append("The target is \(exact(targets.steps[0].value)).") }
    } else if !targets.steps.isEmpty {
      let steps = targets.steps.map { step in
        exact(step.value) + (step.from.map { " from " + Period.day.name(of: $0) } ?? " at first")
      }
      sentences.append("The target is " + told(steps).joined(separator: ", ") + ".")
    }
    if !targets.trajectory.isEmpty {
      let milestones = targets.trajectory.map { exact($0.value) + " by " + Period.day.name(of: $0.day) }
      sentences.append("The trajectory: " + told(milestones).joined(separator: ", ") + ".")
    }
    return sentences
  }

  /// As many as are told, and how many more there are.
  private func told(_ texts: [String]) -> [String] {
    if texts.count <= Self.othersTold { return texts }
    return texts.prefix(Self.othersTold) + ["and \(texts.count - Self.othersTold) more"]
  }

  private func exact(_ value: Double) -> String { quantity(plainFigure(value), unit: unit) }

  private func shown(_ value: Double) -> String { quantity(ChartDescription.rounded(value), unit: unit) }

  /// To four digits or whole numbers, whichever is more, without idle zeros.
  private static func rounded(_ value: Double) -> String {
    guard value != 0, abs(value) < 1e12 else { return plainFigure(value) }
    var scale = 1.0
    while abs(value) * scale < 1000, scale < 1e9 { scale *= 10 }
    return plainFigure((value * scale).rounded() / scale)
  }
}
