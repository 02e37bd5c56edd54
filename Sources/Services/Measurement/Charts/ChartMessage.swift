// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

// The chart as it travels: what SPC computed, field by field.

extension MeasurementV1.Chart {
  /// - Parameters:
  ///   - points: Which points of the chart the message carries.
  ///   - annotations: Those in force, by day.
  init(
    _ chart: Chart, of measure: Measure, points: Range<Int>, annotations: [MeasurementV1.Annotation] = []
  ) {
    let runs = chart.phases.last?.runs
    let words = chart.words
    self.init(
      measureID: measure.id,
      kind: MeasurementV1.ChartKind(chart.spec.kind),
      ruleSet: chart.spec.ruleSet.id.description,
      points: points.map { MeasurementV1.ChartPoint(chart.points[$0]) },
      signals: MeasurementV1.Signal.all(of: chart, on: points, words),
      target: chart.targetInForce,
      variation: chart.variation.map { MeasurementV1.Variation($0) } ?? .unspecified,
      assurance: chart.assurance.map { MeasurementV1.Assurance($0) } ?? .unspecified,
      usefulPoints: Int32(clamping: runs?.usefulPoints ?? 0),
      longestRun: Int32(clamping: runs?.longestRun ?? 0),
      longestRunLimit: Int32(clamping: runs?.longestRunLimit ?? 0),
      crossings: Int32(clamping: runs?.crossings ?? 0),
      crossingsLimit: Int32(clamping: runs?.crossingsLimit ?? 0),
      summary: words.summary,
      cautions: words.cautions,
      title: measure.definition.name,
      unit: measure.definition.unit,
      phases: chart.phases.map { MeasurementV1.ChartPhase($0, of: chart) },
      firstPoint: Int32(clamping: points.lowerBound),
      pointCount: Int32(clamping: chart.points.count),
      signalCount: Int32(clamping: chart.signals.count),
      targets: chart.spec.targets.isEmpty ? nil : MeasurementV1.Targets(chart.spec.targets),
      direction: CommonV1.Direction(chart.spec.direction),
      annotations: MeasurementV1.Annotation.shown(annotations, on: chart),
      targetAssessment: words.targetAssessment.map { MeasurementV1.TargetAssessment($0) },
      runsSentence: words.runs ?? "",
      phaseSuggestions: words.suggestions.map {
        MeasurementV1.PhaseSuggestion($0, of: chart, tellsEvidence: false)
      },
      centreStatistic: MeasurementV1.CentreStatistic(chart.spec.centreStatistic))
  }
}

extension MeasurementV1.TargetAssessment {
  init(_ assessment: TargetAssessment) {
    self.init(
      target: assessment.target, basis: MeasurementV1.TargetBasis(assessment.basis),
      verdict: assessment.verdict.map { MeasurementV1.Assurance($0) } ?? .unspecified,
      met: Int32(clamping: assessment.met), counted: Int32(clamping: assessment.counted),
      sentence: assessment.sentence, label: assessment.label)
  }
}

extension MeasurementV1.TargetBasis {
  init(_ basis: TargetAssessment.Basis) {
    switch basis {
    case .limits: self = .limits
    case .values: self = .values
    case .latest: self = .latest
    case .direction: self = .direction
    case .scale: self = .scale
    }
  }
}

extension MeasurementV1.Annotation {
  /// What annotations may take of a message.
  private static let mostBytes = 700_000
  private static let most = 1000

  /// Those within the days of the chart: the latest of them, as many as a message has room for, by day.
  fileprivate static func shown(_ annotations: [Self], on chart: Chart) -> [Self] {
    guard let first = chart.series.days.first, let last = chart.series.days.last else { return [] }
    var bytes = 0
    let latest = annotations.reversed().lazy
      .filter { annotation in
        annotation.day.flatMap { Day($0) }.map { (first...last).contains($0) } ?? false
      }
      .prefix(most)
      .prefix { annotation in
        bytes += 200 + annotation.text.utf8.count + annotation.reference.utf8.count
        return bytes <= mostBytes
      }
    return latest.reversed()
  }
}

extension MeasurementV1.ChartPhase {
  fileprivate init(_ phase: Phase, of chart: Chart) {
    self.init(
      firstPoint: Int32(clamping: phase.points.lowerBound), pointCount: Int32(clamping: phase.points.count),
      reason: phase.reason, centreLine: phase.centreLine, baselineValues: Int32(clamping: phase.baselineValues),
      trial: phase.isTrial,
      runs: phase.runs.map {
        MeasurementV1.RunsAnalysis(
          usefulPoints: Int32(clamping: $0.usefulPoints), longestRun: Int32(clamping: $0.longestRun),
          longestRunLimit: Int32(clamping: $0.longestRunLimit), crossings: Int32(clamping: $0.crossings),
          crossingsLimit: Int32(clamping: $0.crossingsLimit))
      },
      start: phase.points.isEmpty ? nil : CommonV1.Date(chart.series.days[phase.points.lowerBound]))
  }
}

extension MeasurementV1.ChartPoint {
  init(_ point: ChartPoint) {
    self.init(
      period: CommonV1.Date(point.day), value: point.value, denominator: point.denominator,
      centreLine: point.centreLine, lowerLimit: point.lowerLimit, upperLimit: point.upperLimit,
      signals: point.signals.map { Int32(clamping: $0) }, note: point.note, nearLowerLimit: point.nearLowerLimit,
      nearUpperLimit: point.nearUpperLimit, uncutLowerLimit: point.uncutLowerLimit,
      uncutUpperLimit: point.uncutUpperLimit, target: point.target, phase: Int32(clamping: point.phase),
      baseline: point.isBaseline, excluded: point.isExcluded, exclusionReason: point.exclusionReason,
      mark: point.mark.map {
        MeasurementV1.Mark(
          rule: $0.rule.id, side: MeasurementV1.Side($0.side), meaning: MeasurementV1.SignalMeaning($0.meaning))
      },
      numerator: point.numerator)
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
