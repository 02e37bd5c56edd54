// SPDX-License-Identifier: Apache-2.0

import Contracts

/// A measure of every project of the demonstration, and the columns its values come from.
struct DemoMeasure: Sendable {
  /// Part of the request ids: never changes.
  let key: String
  let measure: MeasurementV1.Measure
  let valueColumn: String
  /// Empty for a measure without one.
  let denominatorColumn: String

  static let all: [DemoMeasure] = [
    .init(
      key: "breaches",
      measure: .init(
        name: "Patients waiting over four hours",
        kind: .outcome,
        operationalDefinition:
          "Attendances at the major (type 1) A&E departments where the time from arrival to admission, transfer or "
          + "discharge was more than four hours, out of all type 1 attendances of the month.",
        unit: "%",
        numeratorMeaning: "Type 1 attendances of more than four hours",
        denominatorMeaning: "Type 1 attendances",
        direction: .down,
        chartKind: .pPrime,
        ruleSet: "making-data-count",
        multiplier: 100,
        target: 5),
      valueColumn: "breaches", denominatorColumn: "attendances"),
    .init(
      key: "admitted",
      measure: .init(
        name: "Patients admitted from A&E",
        kind: .balancing,
        operationalDefinition:
          "Emergency admissions from the major (type 1) A&E departments, out of all type 1 attendances of the month. "
          + "Shows whether patients are admitted to stop the clock rather than because they need a bed.",
        unit: "%",
        numeratorMeaning: "Emergency admissions from type 1 departments",
        denominatorMeaning: "Type 1 attendances",
        direction: .neutral,
        chartKind: .pPrime,
        ruleSet: "anhoej",
        multiplier: 100),
      valueColumn: "admissions", denominatorColumn: "attendances"),
    .init(
      key: "attendances",
      measure: .init(
        name: "Attendances",
        kind: .balancing,
        operationalDefinition:
          "Attendances at the major (type 1) A&E departments in the month: the demand that the departments meet.",
        unit: "patients",
        numeratorMeaning: "Type 1 attendances",
        direction: .neutral,
        chartKind: .i,
        ruleSet: "anhoej"),
      valueColumn: "attendances", denominatorColumn: ""),
  ]
}
