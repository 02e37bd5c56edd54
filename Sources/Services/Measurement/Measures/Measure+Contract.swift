// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC
import ServiceRuntime

// Between the measure as it is kept and as it travels.

extension MeasureDefinition {
  /// A message with these fields and no others.
  var message: MeasurementV1.Measure {
    MeasurementV1.Measure(
      name: name, kind: kind, operationalDefinition: operationalDefinition, unit: unit,
      numeratorMeaning: numeratorMeaning, denominatorMeaning: denominatorMeaning, direction: direction,
      chartKind: MeasurementV1.ChartKind(chartKind), ruleSet: ruleSet, multiplier: multiplier, target: target)
  }
}

extension Measure {
  var message: MeasurementV1.Measure {
    var message = definition.message
    message.id = id
    message.organisationID = organisationID
    message.projectID = projectID
    message.createTime = createTime.timestamp
    message.updateTime = updateTime.timestamp
    message.etag = revision.etag
    return message
  }
}

extension Instant {
  var timestamp: GoogleProtobuf.Timestamp { GoogleProtobuf.Timestamp(nanosecondsSinceEpoch: nanoseconds) }
}

extension ChartKind {
  /// Nil for a kind that is not said or has no name in this build.
  init?(_ kind: MeasurementV1.ChartKind) {
    switch kind {
    case .run: self = .run
    case .i: self = .i
    case .p: self = .p
    case .pPrime: self = .pPrime
    case .u: self = .u
    case .uPrime: self = .uPrime
    case .mr: self = .mr
    case .xBar: self = .xBar
    case .s: self = .s
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
    case .p: self = .p
    case .pPrime: self = .pPrime
    case .u: self = .u
    case .uPrime: self = .uPrime
    case .mr: self = .mr
    case .xBar: self = .xBar
    case .s: self = .s
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

extension CommonV1.Date {
  init(_ day: Day) {
    let date = day.date
    self.init(year: Int32(date.year), month: Int32(date.month), day: Int32(date.day))
  }
}
