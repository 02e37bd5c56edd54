// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC
import ServiceRuntime

/// What a measure is: everything that people decide about it and may change.
struct MeasureDefinition: Sendable, Hashable {
  var name: String
  var kind = MeasurementV1.MeasureKind.unspecified
  var operationalDefinition = ""
  var unit = ""
  var numeratorMeaning = ""
  var denominatorMeaning = ""
  var direction = CommonV1.Direction.unspecified
  var chartKind = ChartKind.run
  /// `name@version`, so that a later version changes no verdict unasked; one that there was when it was written.
  var ruleSet = RuleSet.anhoej.id.description
  /// Finite and greater than 0.
  var multiplier = 1.0
  /// In `unit`, after multiplication; finite.
  var targets = Targets.none
  /// How many points from the start of each phase set its lines; 0 for all.
  var baselinePoints = 0
  var method = ChartMethod()
  /// In `unit`; finite.
  var knownCentreLine: Double?

  /// Whether its values are numerators.
  var hasDenominator: Bool { chartKind.needsDenominator || chartKind == .iPrime || !denominatorMeaning.isEmpty }

  /// What its observations may say.
  var observationRules: ObservationRules { ObservationRules(kind: chartKind) }

  /// How its observations are shown, and what they are to reach.
  var observationScale: ObservationScale { ObservationScale(multiplier: multiplier, unit: unit, targets: targets) }
}

/// A measure as it is kept.
struct Measure: Sendable, Hashable {
  var id: String
  var organisationID: String
  var projectID: String
  var definition: MeasureDefinition
  var createTime: Instant
  var updateTime: Instant
  var revision = Revision.first
  /// Counts the changes to what its chart is made of: observations, specification, phases and exclusions.
  var chartVersion: Int64 = 1
}

/// Nanoseconds since the start of 1970, UTC.
struct Instant: Sendable, Hashable {
  var nanoseconds: Int64

  /// The day it is then, in UTC.
  var day: Day {
    let length: Int64 = 86_400 * 1_000_000_000
    let (days, rest) = nanoseconds.quotientAndRemainder(dividingBy: length)
    return Day(daysSinceEpoch: Int(rest < 0 ? days - 1 : days))
  }
}

extension MeasureDefinition {
  /// The definition that a message gives; fields that are not said get their defaults.
  ///
  /// Notes every field that cannot be accepted, by its path in a request, such as `measure.chart_kind`; what is returned
  /// is of use only when there is none.
  static func checked(_ message: MeasurementV1.Measure, _ checks: inout FieldChecks) -> MeasureDefinition {
    var definition = MeasureDefinition(name: checks.text(message.name, field: "measure.name", length: 1...200))
    definition.operationalDefinition = checks.text(
      message.operationalDefinition, field: "measure.operational_definition", length: 0...4000, lines: true)
    definition.unit = checks.text(message.unit, field: "measure.unit", length: 0...50)
    definition.numeratorMeaning = checks.text(
      message.numeratorMeaning, field: "measure.numerator_meaning", length: 0...500, lines: true)
    definition.denominatorMeaning = checks.text(
      message.denominatorMeaning, field: "measure.denominator_meaning", length: 0...500, lines: true)

    definition.kind = message.kind
    if case .unrecognized(let number) = message.kind {
      checks.violation("measure.kind", "has the unknown value \(number); OUTCOME, PROCESS and BALANCING are accepted")
    }
    definition.direction = message.direction
    if case .unrecognized(let number) = message.direction {
      checks.violation("measure.direction", "has the unknown value \(number); UP, DOWN and NEUTRAL are accepted")
    }
    definition.chartKind = ChartKind(message.chartKind) ?? .run
    checks.chartKind(message.chartKind, field: "measure.chart_kind")
    if definition.chartKind.needsSubgroups {
      checks.violation(
        "measure.chart_kind",
        "\(definition.chartKind.title)s need several values for every point, and observations have one; other kinds are "
          + "accepted")
    }
    let ruleSet = checks.ruleSet(message.ruleSet, field: "measure.rule_set")
    if let ruleSet { definition.ruleSet = ruleSet.id.description }
    definition.multiplier = message.multiplier == 0 ? 1 : message.multiplier
    if !(definition.multiplier.isFinite && definition.multiplier > 0) {
      checks.violation(
        "measure.multiplier", "is \(message.multiplier); a finite number greater than 0 is accepted, or 0 for 1")
    }
    if let targets = message.targets {
      definition.targets = checks.targets(targets, field: "measure.targets")
    } else {
      checks.finite(message.target, field: "measure.target")
      if let target = message.target { definition.targets = Targets(target) }
    }
    definition.baselinePoints = checks.baselinePoints(
      message.baselinePoints, field: "measure.baseline_points", ruleSet: ruleSet)
    definition.method = checks.method(message.method, field: "measure.method")
    checks.finite(message.knownCentreLine, field: "measure.known_centre_line")
    definition.knownCentreLine = message.knownCentreLine
    return definition
  }
}

extension MeasureDefinition {
  /// The fields that an update can change, as its mask names them.
  static let changeable = [
    "name", "kind", "operational_definition", "unit", "numerator_meaning", "denominator_meaning", "direction",
    "chart_kind", "rule_set", "multiplier", "target", "targets", "baseline_points", "method", "known_centre_line",
  ]

  /// What a message with the fields of `change` that the mask names, and this definition's others, would say.
  ///
  /// - Parameter day: Today, which decides what the target in force is.
  func merged(with change: MeasurementV1.Measure, mask: UpdateMask, on day: Day) -> MeasurementV1.Measure {
    var merged = message(on: day)
    if mask.covers("name") { merged.name = change.name }
    if mask.covers("kind") { merged.kind = change.kind }
    if mask.covers("operational_definition") { merged.operationalDefinition = change.operationalDefinition }
    if mask.covers("unit") { merged.unit = change.unit }
    if mask.covers("numerator_meaning") { merged.numeratorMeaning = change.numeratorMeaning }
    if mask.covers("denominator_meaning") { merged.denominatorMeaning = change.denominatorMeaning }
    if mask.covers("direction") { merged.direction = change.direction }
    if mask.covers("chart_kind") { merged.chartKind = change.chartKind }
    if mask.covers("rule_set") { merged.ruleSet = change.ruleSet }
    if mask.covers("multiplier") { merged.multiplier = change.multiplier }
    if mask.covers("baseline_points") { merged.baselinePoints = change.baselinePoints }
    if mask.covers("method") { merged.method = change.method }
    if mask.covers("known_centre_line") { merged.knownCentreLine = change.knownCentreLine }
    merged.mergeTargets(of: change, mask: mask)
    return merged
  }
}

extension MeasurementV1.Measure {
  /// Takes the targets that a change brings, in either of the two forms that they have.
  ///
  /// A client that knows the one target only leaves steps alone that it has not seen; one that knows both and changes the
  /// one target means that.
  fileprivate mutating func mergeTargets(of change: MeasurementV1.Measure, mask: UpdateMask) {
    if mask.covers("targets"), let new = change.targets, new != targets {
      targets = new
    } else if mask.covers("target"), change.target != target {
      targets = nil
      target = change.target
    } else if mask.covers("targets"), !mask.covers("target"), change.targets == nil {
      targets = nil
      target = nil
    }
  }
}
