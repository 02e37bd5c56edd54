// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import SPC

// Between judgements as they are kept and as they travel.

extension Judgement {
  private func created(reason: String) -> MeasurementV1.Act {
    MeasurementV1.Act(time: createTime.timestamp, actor: actor, reason: reason)
  }

  private var deleted: MeasurementV1.Act? {
    removal.map { MeasurementV1.Act(time: $0.time.timestamp, actor: $0.actor, reason: $0.reason) }
  }

  /// Nil unless it is a phase.
  var phase: MeasurementV1.Phase? {
    guard case .phase(let baseline) = content else { return nil }
    return MeasurementV1.Phase(
      id: id, measureID: measureID, start: CommonV1.Date(day), baselinePoints: baseline.points,
      allPoints: baseline.allPoints, created: created(reason: text), deleted: deleted)
  }

  /// Nil unless it is an exclusion.
  var exclusion: MeasurementV1.Exclusion? {
    guard case .exclusion = content else { return nil }
    return MeasurementV1.Exclusion(
      id: id, measureID: measureID, period: CommonV1.Date(day), created: created(reason: text), deleted: deleted)
  }

  /// Nil unless it is an annotation.
  var annotation: MeasurementV1.Annotation? {
    guard case .annotation(let kind, let reference) = content else { return nil }
    return MeasurementV1.Annotation(
      id: id, measureID: measureID, day: CommonV1.Date(day), kind: kind, text: text, reference: reference,
      created: created(reason: ""), deleted: deleted)
  }

  /// The judgement as JSON, for the audit trail.
  func json() throws -> String {
    switch content {
    case .phase: try phase?.json() ?? ""
    case .exclusion: try exclusion?.json() ?? ""
    case .annotation: try annotation?.json() ?? ""
    }
  }
}
