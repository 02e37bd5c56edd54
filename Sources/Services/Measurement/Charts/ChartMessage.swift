// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

// The chart as it travels: what SPC computed, field by field.

extension MeasurementV1.Chart {
  init(_ chart: Chart, of measure: Measure) {
    // One phase for now: the runs analysis of the chart is that of its last phase.
    let runs = chart.phases.last?.runs
    self.init(
      measureID: measure.id,
      kind: MeasurementV1.ChartKind(chart.spec.kind),
      ruleSet: chart.spec.ruleSet.id.description,
      points: chart.points.map { MeasurementV1.ChartPoint($0) },
      signals: zip(chart.signals, chart.sentences).map { MeasurementV1.Signal($0, sentence: $1) },
      target: chart.targetInForce,
      variation: chart.variation.map { MeasurementV1.Variation($0) } ?? .unspecified,
      assurance: chart.assurance.map { MeasurementV1.Assurance($0) } ?? .unspecified,
      usefulPoints: Int32(clamping: runs?.usefulPoints ?? 0),
      longestRun: Int32(clamping: runs?.longestRun ?? 0),
      longestRunLimit: Int32(clamping: runs?.longestRunLimit ?? 0),
      crossings: Int32(clamping: runs?.crossings ?? 0),
      crossingsLimit: Int32(clamping: runs?.crossingsLimit ?? 0),
      summary: chart.summary,
      cautions: chart.cautions,
      title: measure.definition.name,
      unit: measure.definition.unit)
  }
}

extension MeasurementV1.ChartPoint {
  init(_ point: ChartPoint) {
    self.init(
      period: CommonV1.Date(point.day), value: point.value, denominator: point.denominator,
      centreLine: point.centreLine, lowerLimit: point.lowerLimit, upperLimit: point.upperLimit,
      signals: point.signals.map { Int32(clamping: $0) }, note: point.note)
  }
}

extension MeasurementV1.Signal {
  init(_ signal: Signal, sentence: String) {
    let meaning: MeasurementV1.SignalMeaning =
      switch signal.meaning {
      case .improvement: .improvement
      case .concern: .concern
      case .neutral: .neutral
      }
    self.init(
      rule: signal.rule.id, members: signal.members.map { Int32(clamping: $0) }, meaning: meaning,
      sentence: sentence)
  }
}

extension MeasurementV1.Variation {
  init(_ variation: Variation) {
    switch variation {
    case .commonCause: self = .commonCause
    case .improvementHigh: self = .improvementHigh
    case .improvementLow: self = .improvementLow
    case .concernHigh: self = .concernHigh
    case .concernLow: self = .concernLow
    case .neutralHigh: self = .neutralHigh
    case .neutralLow: self = .neutralLow
    }
  }
}

extension MeasurementV1.Assurance {
  init(_ assurance: Assurance) {
    switch assurance {
    case .pass: self = .pass
    case .fail: self = .fail
    case .hitOrMiss: self = .hitOrMiss
    }
  }
}
