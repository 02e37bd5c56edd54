// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import SPC
import ServiceRuntime

/// What a request asks for in place of what is stored, for one look at a chart.
struct ChartLook: Sendable, Hashable {
  /// A phase of one look.
  struct PhaseStart: Sendable, Hashable {
    var day: Day
    var reason: String
    var baseline: PhaseBaseline
  }

  /// A point left out for one look.
  struct Exclusion: Sendable, Hashable {
    var day: Day
    var reason: String
  }

  /// Each nil for what is stored.
  var kind: ChartKind?
  var ruleSet: RuleSet?
  var direction: Direction?
  var targets: Targets?
  var baselinePoints: Int?
  var method: ChartMethod?
  var phases: [PhaseStart]?
  var exclusions: [Exclusion]?
  /// What tells this look at this measure from others, for page tokens.
  private(set) var fingerprint = ""

  /// A look at what is stored.
  init() {}

  /// Checks what all requests for a chart have in common; what is made is of use only when there is no violation.
  init(
    of measure: String, kind: MeasurementV1.ChartKind, ruleSet: String, overrides: MeasurementV1.ChartOverrides?,
    _ checks: inout FieldChecks
  ) {
    checks.measureID(measure, field: "measure_id")
    checks.chartKind(kind, field: "kind")
    self.kind = ChartKind(kind)
    self.ruleSet = checks.ruleSet(ruleSet, field: "rule_set")
    if let overrides { take(overrides, &checks) }

    var hash = ContentHash()
    let json = (try? overrides?.json()) ?? ""
    for part in [measure, String(kind.rawValue), ruleSet, json] { hash.update("\(part.utf8.count):\(part)".utf8) }
    fingerprint = String(hash.digest().prefix(16))
  }

  private mutating func take(_ overrides: MeasurementV1.ChartOverrides, _ checks: inout FieldChecks) {
    if case .unrecognized(let number) = overrides.direction {
      checks.violation("overrides.direction", "has the unknown value \(number); UP, DOWN and NEUTRAL are accepted")
    }
    direction = overrides.direction == .unspecified ? nil : Direction(overrides.direction)
    targets = overrides.targets.map { checks.targets($0, field: "overrides.targets") }
    baselinePoints = overrides.baselinePoints.map {
      checks.baselinePoints($0, field: "overrides.baseline_points", ruleSet: ruleSet)
    }
    if let message = overrides.method { method = checks.method(message, field: "overrides.method") }
    if let message = overrides.phases {
      checks.count(message.phases.count, field: "overrides.phases.phases", atMost: 1000)
      phases = message.phases.enumerated().map { index, phase in
        let field = "overrides.phases.phases[\(index)]"
        let points = checks.baselinePoints(phase.baselinePoints, field: "\(field).baseline_points", ruleSet: ruleSet)
        return PhaseStart(
          day: checks.day(phase.start, field: "\(field).start"),
          reason: checks.text(phase.reason, field: "\(field).reason", length: 0...500),
          baseline: PhaseBaseline(allPoints: phase.allPoints, points: points))
      }
    }
    if let message = overrides.exclusions {
      checks.count(message.exclusions.count, field: "overrides.exclusions.exclusions", atMost: 1000)
      exclusions = message.exclusions.enumerated().map { index, exclusion in
        let field = "overrides.exclusions.exclusions[\(index)]"
        return Exclusion(
          day: checks.day(exclusion.period, field: "\(field).period"),
          reason: checks.text(exclusion.reason, field: "\(field).reason", length: 0...500))
      }
    }
  }
}
