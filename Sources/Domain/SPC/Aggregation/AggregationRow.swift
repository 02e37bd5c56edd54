// SPDX-License-Identifier: Apache-2.0

/// What one unit, such as a ward, reports of one day or period.
public struct AggregationRow: Sendable, Hashable, Codable {
  /// Any day of the period.
  public var day: Day
  /// Who reports.
  public var unit: String
  /// The group that the numbers are of, such as a sex or an age band; empty for none.
  public var stratum: String
  /// The value or, with a denominator, the numerator; nil when it is missing.
  public var value: Double?
  /// What the numerator is out of; nil for plain values and when it is missing.
  public var denominator: Double?

  public init(day: Day, unit: String = "", stratum: String = "", value: Double?, denominator: Double? = nil) {
    self.day = day
    self.unit = unit
    self.stratum = stratum
    self.value = value
    self.denominator = denominator
  }

  /// Refuses rows that no series can come of; says whether they have denominators.
  static func check(_ rows: [AggregationRow]) throws(AggregationError) -> Bool {
    let hasDenominators = rows.contains { $0.denominator != nil }
    for (index, row) in rows.enumerated() {
      if let value = row.value, !value.isFinite {
        throw .notFinite(row: index + 1, field: "value", value: value)
      }
      if let denominator = row.denominator {
        guard denominator.isFinite else {
          throw .notFinite(row: index + 1, field: "denominator", value: denominator)
        }
        guard denominator >= 0 else { throw .negativeDenominator(row: index + 1, denominator: denominator) }
      } else if hasDenominators, row.value != nil {
        throw .denominatorMissing(row: index + 1, day: row.day)
      }
    }
    return hasDenominators
  }
}
