// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC

/// Everything that a chart is made of.
struct ChartInputs: Sendable {
  var measure: Measure
  /// What counts in place of what is stored.
  var look: ChartLook
  /// In order of periods.
  var observations: [Observation]
  /// What is in force, in order of days.
  var judgements: [Judgement]

  /// Computes the chart.
  /// - Throws: ``RPCError`` `FAILED_PRECONDITION` when the observations cannot be on a chart of this kind, or a phase or an
  ///   exclusion asked for fits none of them.
  func chart() throws -> Chart {
    do {
      let series = try series()
      var spec = try ChartSpec(measure.definition)
      if let kind = look.kind { spec.kind = kind }
      if let ruleSet = look.ruleSet { spec.ruleSet = ruleSet }
      if let direction = look.direction { spec.direction = direction }
      if let targets = look.targets { spec.targets = targets }
      if let points = look.baselinePoints { spec.baseline = points > 0 ? .first(points) : .all }
      if let method = look.method { spec.method = method }
      spec.phases = try look.phases.map { try series.starts(of: $0) } ?? series.starts(of: judgements)
      spec.exclusions = try look.exclusions.map { try series.exclusions($0) } ?? series.exclusions(judgements)
      return try Chart(series, spec: spec)
    } catch let error as ChartError {
      throw RPCError.failure(.failedPrecondition, reason: "CHART_NOT_POSSIBLE", message: error.description)
    } catch let error as SeriesError {
      throw RPCError.failure(.failedPrecondition, reason: "CHART_NOT_POSSIBLE", message: error.description)
    }
  }

  /// What the chart is computed from.
  func series() throws(SeriesError) -> Series {
    try Series(
      observations.map {
        Series.Point(day: $0.day, value: $0.value, denominator: $0.denominator, note: $0.note)
      })
  }

  /// The annotations in force, by day.
  var annotations: [MeasurementV1.Annotation] { judgements.compactMap(\.annotation) }
}

extension ChartSpec {
  /// The stored specification of a measure, without phases and exclusions.
  init(_ definition: MeasureDefinition) throws(ChartError) {
    self.init(
      kind: definition.chartKind, ruleSet: try RuleSet.named(definition.ruleSet),
      direction: Direction(definition.direction), targets: definition.targets, multiplier: definition.multiplier,
      unit: definition.unit, baseline: definition.baselinePoints > 0 ? .first(definition.baselinePoints) : .all,
      method: definition.method, knownCentreLine: definition.knownCentreLine)
  }
}

extension Series {
  /// Where the stored phases among these judgements begin.
  ///
  /// They fitted when they were made, and observations are never removed; should two meet all the same, the later counts.
  func starts(of judgements: [Judgement]) -> [PhaseStart] {
    var starts: [PhaseStart] = []
    for judgement in judgements {
      guard case .phase(let baseline) = judgement.content, let index = firstIndex(onOrAfter: judgement.day), index > 0
      else { continue }
      if starts.last?.index == index { starts.removeLast() }
      starts.append(PhaseStart(index: index, reason: judgement.text, baseline: baseline.baseline))
    }
    return starts
  }

  /// The stored exclusions among these judgements.
  func exclusions(_ judgements: [Judgement]) -> Exclusions {
    var reasons: [Int: String] = [:]
    for judgement in judgements where judgement.content == .exclusion {
      for index in indices(on: judgement.day) { reasons[index] = judgement.text }
    }
    return Exclusions(reasons)
  }

  /// Where phases asked for begin.
  /// - Throws: ``RPCError`` `FAILED_PRECONDITION` naming the first that would be empty or begins before the second point.
  func starts(of phases: [ChartLook.PhaseStart]) throws(RPCError) -> [PhaseStart] {
    var starts: [PhaseStart] = []
    for (number, phase) in phases.enumerated().sorted(by: { $0.element.day < $1.element.day }) {
      let field = "overrides.phases.phases[\(number)].start"
      guard let index = firstIndex(onOrAfter: phase.day) else {
        throw RPCError.judgement(field, "\(phase.day) has no point on or after it, so that the phase would be empty")
      }
      guard index > 0 else {
        throw RPCError.judgement(field, "\(phase.day) is not after the first point; the first phase begins by itself")
      }
      guard starts.last?.index != index else {
        throw RPCError.judgement(field, "\(phase.day) begins at the same point as another phase, which would be empty")
      }
      starts.append(PhaseStart(index: index, reason: phase.reason, baseline: phase.baseline.baseline))
    }
    return starts
  }

  /// Points left out as asked for.
  /// - Throws: ``RPCError`` `FAILED_PRECONDITION` naming the first period without a point.
  func exclusions(_ exclusions: [ChartLook.Exclusion]) throws(RPCError) -> Exclusions {
    var reasons: [Int: String] = [:]
    for (number, exclusion) in exclusions.enumerated() {
      guard let index = indices(on: exclusion.day).first else {
        throw RPCError.judgement(
          "overrides.exclusions.exclusions[\(number)].period",
          "\(exclusion.day) has no observation; the period of one that is stored is accepted")
      }
      reasons[index] = exclusion.reason
    }
    return Exclusions(reasons)
  }
}
