// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC
import ServiceRuntime

// Between the measure as it is kept and as it travels.

extension MeasureDefinition {
  /// A message with these fields and no others.
  ///
  /// - Parameter day: Today, which decides what the target in force is.
  func message(on day: Day) -> MeasurementV1.Measure {
    MeasurementV1.Measure(
      name: name, kind: kind, operationalDefinition: operationalDefinition, unit: unit,
      numeratorMeaning: numeratorMeaning, denominatorMeaning: denominatorMeaning, direction: direction,
      chartKind: MeasurementV1.ChartKind(chartKind), ruleSet: ruleSet, multiplier: multiplier,
      target: targets.value(on: day), targets: targets.isEmpty ? nil : MeasurementV1.Targets(targets),
      baselinePoints: Int32(clamping: baselinePoints),
      method: method == ChartMethod() ? nil : MeasurementV1.ChartMethod(method), knownCentreLine: knownCentreLine)
  }
}

extension Measure {
  /// The measure as it travels.
  ///
  /// - Parameter day: Today, which decides what the target in force is.
  func message(on day: Day) -> MeasurementV1.Measure {
    var message = definition.message(on: day)
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
