// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

extension MeasurementV1.Signal {
  /// The signals of a chart that have a member among these points, each with those members.
  static func all(of chart: Chart, on points: Range<Int>, _ words: ChartWords) -> [Self] {
    if chart.signals.isEmpty || points.isEmpty { return [] }
    return chart.signals.indices.compactMap { number in
      let signal = chart.signals[number]
      let members = signal.members.filter(points.contains)
      guard !members.isEmpty else { return nil }
      var message = Self(signal, number: number, of: chart, sentence: words.sentences[number])
      message.label = words.labels[number]
      message.members = members.map { Int32(clamping: $0) }
      message.limits = members.map { MeasurementV1.LimitsUsed(at: $0, of: chart) }
      return message
    }
  }

  /// A signal without its members and the limits used there.
  init(_ signal: Signal, number: Int, of chart: Chart, sentence: String) {
    let days = chart.series.days
    self.init(
      rule: signal.rule.id, meaning: MeasurementV1.SignalMeaning(signal.meaning), sentence: sentence,
      number: Int32(clamping: number), ruleSet: signal.ruleSet.description, side: MeasurementV1.Side(signal.side),
      phase: Int32(clamping: signal.phase), memberCount: Int32(clamping: signal.members.count),
      firstDay: signal.members.first.map { CommonV1.Date(days[$0]) },
      lastDay: signal.members.last.map { CommonV1.Date(days[$0]) })
  }
}

extension MeasurementV1.LimitsUsed {
  fileprivate init(at index: Int, of chart: Chart) {
    self.init(
      centreLine: chart.centreLine(at: index), lowerLimit: chart.limit(-3, at: index),
      upperLimit: chart.limit(3, at: index), nearLowerLimit: chart.limit(-2, at: index),
      nearUpperLimit: chart.limit(2, at: index))
  }
}

extension MeasurementV1.SignalMeaning {
  init(_ meaning: Meaning) {
    switch meaning {
    case .improvement: self = .improvement
    case .concern: self = .concern
    case .neutral: self = .neutral
    }
  }
}

extension MeasurementV1.Side {
  init(_ side: Side) {
    switch side {
    case .high: self = .high
    case .low: self = .low
    case .neither: self = .neither
    }
  }
}
