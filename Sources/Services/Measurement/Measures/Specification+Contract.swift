// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

// Between the parts of a chart's specification as the engine has them and as they travel.

extension Day {
  /// Nil for what is no day of the calendar.
  init?(_ date: CommonV1.Date) {
    self.init(year: Int(date.year), month: Int(date.month), day: Int(date.day))
  }
}

extension CommonV1.Date {
  init(_ day: Day) {
    let date = day.date
    self.init(year: Int32(date.year), month: Int32(date.month), day: Int32(date.day))
  }
}

extension Targets {
  /// Steps and milestones without the days that are none.
  init(_ message: MeasurementV1.Targets) {
    self.init(
      steps: message.steps.map { Step(from: $0.from.flatMap { Day($0) }, value: $0.value) },
      trajectory: message.trajectory.compactMap { milestone in
        milestone.day.flatMap { Day($0) }.map { Milestone(day: $0, value: milestone.value) }
      })
  }

  /// The value, when there is one target for all time and nothing else.
  var only: Double? {
    guard trajectory.isEmpty, steps.count == 1, let step = steps.first, step.from == nil else { return nil }
    return step.value
  }
}

extension MeasurementV1.Targets {
  init(_ targets: Targets) {
    self.init(
      steps: targets.steps.map { .init(from: $0.from.map { CommonV1.Date($0) }, value: $0.value) },
      trajectory: targets.trajectory.map { .init(day: CommonV1.Date($0.day), value: $0.value) })
  }
}

extension ChartMethod {
  init(_ message: MeasurementV1.ChartMethod) {
    self.init(
      screensMovingRanges: message.screensMovingRanges, individualsWidth: message.individualsWidth,
      cutsLimitsAtZero: message.cutsLimitsAtZero, keepsSigmaZAtLeastOne: message.keepsSigmaZAtLeastOne,
      geometricCentre: message.geometricCentre == .mean ? .mean : .median,
      countsEmptySubgroups: message.countsEmptySubgroups,
      individualsCentre: message.individualsCentre == .median ? .median : .mean,
      rangeAverage: message.rangeAverage == .median ? .median : message.rangeAverage == .mean ? .mean : nil,
      gaps: message.gaps == .bridge ? .bridges : .breaks)
  }
}

extension MeasurementV1.ChartMethod {
  init(_ method: ChartMethod) {
    self.init(
      screensMovingRanges: method.screensMovingRanges, individualsWidth: method.individualsWidth,
      cutsLimitsAtZero: method.cutsLimitsAtZero, keepsSigmaZAtLeastOne: method.keepsSigmaZAtLeastOne,
      geometricCentre: method.geometricCentre == .mean ? .mean : .unspecified,
      countsEmptySubgroups: method.countsEmptySubgroups,
      individualsCentre: method.individualsCentre == .median ? .median : .unspecified,
      rangeAverage: method.rangeAverage.map { $0 == .median ? .median : .mean } ?? .unspecified,
      gaps: method.gaps == .bridges ? .bridge : .unspecified)
  }
}

extension MeasurementV1.CentreStatistic {
  init(_ statistic: CentreStatistic) {
    switch statistic {
    case .mean: self = .mean
    case .median: self = .median
    case .transformedMean: self = .transformedMean
    case .given: self = .given
    }
  }
}

extension ChartKind {
  /// Nil for a kind that is not said or has no name in this build.
  init?(_ kind: MeasurementV1.ChartKind) {
    switch kind {
    case .run: self = .run
    case .i: self = .i
    case .mr: self = .mr
    case .xBar: self = .xBar
    case .s: self = .s
    case .p: self = .p
    case .pPrime: self = .pPrime
    case .u: self = .u
    case .uPrime: self = .uPrime
    case .c: self = .c
    case .g: self = .g
    case .t: self = .t
    case .iPrime: self = .iPrime
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension MeasurementV1.ChartKind {
  init(_ kind: ChartKind) {
    switch kind {
    case .run: self = .run
    case .i: self = .i
    case .mr: self = .mr
    case .xBar: self = .xBar
    case .s: self = .s
    case .p: self = .p
    case .pPrime: self = .pPrime
    case .u: self = .u
    case .uPrime: self = .uPrime
    case .c: self = .c
    case .g: self = .g
    case .t: self = .t
    case .iPrime: self = .iPrime
    }
  }
}

extension Direction {
  /// A direction that is not said is taken as neutral: no change is called better or worse.
  init(_ direction: CommonV1.Direction) {
    switch direction {
    case .up: self = .up
    case .down: self = .down
    case .neutral, .unspecified, .unrecognized: self = .neutral
    }
  }
}

extension CommonV1.Direction {
  init(_ direction: Direction) {
    switch direction {
    case .up: self = .up
    case .down: self = .down
    case .neutral: self = .neutral
    }
  }
}
