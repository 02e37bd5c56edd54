// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC

/// Everything that a chart is made of.
struct ChartInputs: Sendable {
  var measure: Measure
  var kind: ChartKind
  /// `name` or `name@version`.
  var ruleSet: String
  /// In order of periods.
  var observations: [Observation]

  /// Computes the chart.
  /// - Throws: ``RPCError`` `FAILED_PRECONDITION` when the observations cannot be on a chart of this kind.
  func chart() throws -> Chart {
    let definition = measure.definition
    do {
      let series = try Series(
        observations.map {
          Series.Point(day: $0.day, value: $0.value, denominator: $0.denominator, note: $0.note)
        })
      let spec = ChartSpec(
        kind: kind, ruleSet: try RuleSet.named(ruleSet), direction: Direction(definition.direction),
        targets: definition.target.map { Targets($0) } ?? .none, multiplier: definition.multiplier, unit: definition.unit)
      // A measure that has no observations yet lacks nothing but them.
      return try Chart(series, spec: spec)
    } catch let error as ChartError {
      throw RPCError.failure(.failedPrecondition, reason: "CHART_NOT_POSSIBLE", message: error.description)
    } catch let error as SeriesError {
      throw RPCError.failure(.failedPrecondition, reason: "CHART_NOT_POSSIBLE", message: error.description)
    }
  }
}
