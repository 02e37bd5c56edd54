// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import SPC

/// One value of a measure, or one numerator with its denominator: one point of its chart.
struct Observation: Sendable, Hashable {
  /// The day, or the first day of the month or quarter, that the value is of.
  var day: Day
  /// The value itself or, where there is a denominator, the numerator.
  var value: Double
  var denominator: Double?
  var note = ""
}

extension Observation {
  /// The observations that a change replaced, as its event keeps them: `{"observations":[…]}`; nil when there are none.
  ///
  /// With them every value that was ever stored is either there still or in the trail.
  static func json(of former: [Observation]) throws -> String? {
    guard !former.isEmpty else { return nil }
    return try MeasurementV1.ListObservationsResponse(
      observations: former.map { observation in
        MeasurementV1.Observation(
          period: CommonV1.Date(observation.day), value: observation.value, denominator: observation.denominator,
          note: observation.note)
      }
    ).json()
  }
}
