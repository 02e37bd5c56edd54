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
  /// As its owner wrote it, `name` or `name@version`; always one that there is.
  var ruleSet = RuleSet.anhoej.id.name
  /// Finite and greater than 0.
  var multiplier = 1.0
  /// In `unit`, after multiplication; finite.
  var target: Double?

  /// Whether its values are numerators.
  var hasDenominator: Bool { chartKind.needsDenominator || !denominatorMeaning.isEmpty }

  /// What its observations may say.
  var observationRules: ObservationRules { ObservationRules(kind: chartKind) }
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
    if !message.ruleSet.isEmpty { definition.ruleSet = message.ruleSet }
    checks.ruleSet(message.ruleSet, field: "measure.rule_set")
    definition.multiplier = message.multiplier == 0 ? 1 : message.multiplier
    if !(definition.multiplier.isFinite && definition.multiplier > 0) {
      checks.violation(
        "measure.multiplier", "is \(message.multiplier); a finite number greater than 0 is accepted, or 0 for 1")
    }
    definition.target = message.target
    checks.finite(message.target, field: "measure.target")
    return definition
  }
}

extension FieldChecks {
  /// Checks a kind of chart; one that is not said is accepted.
  mutating func chartKind(_ kind: MeasurementV1.ChartKind, field: String) {
    guard case .unrecognized(let number) = kind else { return }
    violation(field, "has the unknown value \(number); RUN, I, P, P_PRIME, U and U_PRIME are accepted")
  }

  /// Checks the name of a rule set; none is accepted.
  mutating func ruleSet(_ name: String, field: String) {
    guard !name.isEmpty, (try? RuleSet.named(name)) == nil else { return }
    let known = RuleSet.available.flatMap { [$0.id.name, $0.id.description] }.joined(separator: ", ")
    violation(field, "\"\(name.shortened)\" is not known; accepted are \(known)")
  }

  /// Checks that a request says which measure it means.
  ///
  /// Which ids there are is for the store to say.
  mutating func measureID(_ id: String, field: String) {
    if id.isEmpty { violation(field, "is empty; the id of a measure is needed") }
  }
}

extension MeasureDefinition {
  /// The fields that an update can change, as its mask names them.
  static let changeable = [
    "name", "kind", "operational_definition", "unit", "numerator_meaning", "denominator_meaning", "direction",
    "chart_kind", "rule_set", "multiplier", "target",
  ]

  /// What a message with the fields of `change` that the mask names, and this definition's others, would say.
  func merged(with change: MeasurementV1.Measure, mask: UpdateMask) -> MeasurementV1.Measure {
    var merged = self.message
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
    if mask.covers("target") { merged.target = change.target }
    return merged
  }
}
