// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC
import ServiceRuntime

// What is accepted of a chart's specification, stored or for one look.

extension FieldChecks {
  /// Checks a kind of chart; one that is not said is accepted.
  mutating func chartKind(_ kind: MeasurementV1.ChartKind, field: String) {
    guard case .unrecognized(let number) = kind else { return }
    violation(
      field,
      "has the unknown value \(number); RUN, I, MR, P, P_PRIME, U, U_PRIME, C, G, T, I_PRIME, X_BAR and S are accepted")
  }

  /// Checks the name of a rule set and returns the rule set; none is accepted.
  @discardableResult
  mutating func ruleSet(_ name: String, field: String) -> RuleSet? {
    if name.isEmpty { return nil }
    if let found = try? RuleSet.named(name) { return found }
    let known = RuleSet.available.flatMap { [$0.id.name, $0.id.description] }
    let names = Set(known).sorted().joined(separator: ", ")
    violation(field, "\"\(name.shortened)\" is not known; accepted are \(names)")
    return nil
  }

  /// Checks that a request says which measure it means.
  ///
  /// Which ids there are is for the store to say.
  mutating func measureID(_ id: String, field: String) {
    if id.isEmpty { violation(field, "is empty; the id of a measure is needed") }
  }

  /// Checks a day that has to be given; what is returned is of use only when there is no violation.
  mutating func day(_ date: CommonV1.Date?, field: String) -> Day {
    guard let date else {
      violation(field, "is missing; a date is needed")
      return .earliest
    }
    self.date(date, field: field)
    return Day(date) ?? .earliest
  }

  /// Checks how many points set the lines; 0 is accepted.
  /// - Parameter ruleSet: The rule set that goes with it, which may ask for more points than one; nil for none.
  mutating func baselinePoints(_ points: Int32, field: String, ruleSet: RuleSet?) -> Int {
    let least = max(1, ruleSet?.minimumFreeze ?? 1)
    if points != 0, !(least...100_000).contains(Int(points)) {
      violation(field, "is \(points); \(least) to 100000 are accepted, or 0 for all points")
    }
    return Int(points)
  }

  /// Checks targets by date and the way to them.
  mutating func targets(_ message: MeasurementV1.Targets, field: String) -> Targets {
    count(message.steps.count, field: "\(field).steps", atMost: 100)
    count(message.trajectory.count, field: "\(field).trajectory", atMost: 100)
    var steps: [Targets.Step] = []
    for (index, step) in message.steps.enumerated() {
      date(step.from, field: "\(field).steps[\(index)].from")
      finite(step.value, field: "\(field).steps[\(index)].value")
      steps.append(Targets.Step(from: step.from.flatMap { Day($0) }, value: step.value))
    }
    var trajectory: [Targets.Milestone] = []
    for (index, milestone) in message.trajectory.enumerated() {
      let day = day(milestone.day, field: "\(field).trajectory[\(index)].day")
      finite(milestone.value, field: "\(field).trajectory[\(index)].value")
      trajectory.append(Targets.Milestone(day: day, value: milestone.value))
    }
    return Targets(steps: steps, trajectory: trajectory)
  }

  /// Checks the choices between methods; none said is accepted.
  mutating func method(_ message: MeasurementV1.ChartMethod?, field: String) -> ChartMethod {
    guard let message else { return ChartMethod() }
    if let width = message.individualsWidth, !(width.isFinite && width > 0) {
      violation("\(field).individuals_width", "is \(width); a finite number greater than 0 is accepted, or none")
    }
    if case .unrecognized(let number) = message.geometricCentre {
      violation("\(field).geometric_centre", "has the unknown value \(number); MEDIAN and MEAN are accepted")
    }
    if case .unrecognized(let number) = message.individualsCentre {
      violation("\(field).individuals_centre", "has the unknown value \(number); MEAN and MEDIAN are accepted")
    }
    if case .unrecognized(let number) = message.rangeAverage {
      violation("\(field).range_average", "has the unknown value \(number); MEAN and MEDIAN are accepted")
    }
    if case .unrecognized(let number) = message.gaps {
      violation("\(field).gaps", "has the unknown value \(number); BREAK and BRIDGE are accepted")
    }
    return ChartMethod(message)
  }
}
