// SPDX-License-Identifier: Apache-2.0

import SPC

/// What a whole column of labels is, judged by rules that need no look at anything else.
///
/// A reading has to read every label, to give no period twice, and, where several are left, is preferred when only by it
/// the periods rise or fall, and then when only by it they follow one another regularly.
package enum PeriodVerdict: Sendable, Hashable {
  /// Why there was one reading.
  package enum Reason: String, Sendable {
    /// No other reads all labels without giving a period twice.
    case only
    /// Only so do they rise, or fall.
    case order
    /// Only so are they regular.
    case regular
  }

  /// Why there is none.
  package enum Refusal: String, Sendable {
    /// Some labels are no periods at all.
    case unreadable
    /// Each label is one, but no one reading reads them all.
    case mixed
    /// Every reading gives a period twice.
    case duplicate
  }

  case one(PeriodReading, Reason)
  case ambiguous([PeriodReading])
  /// With the places of the labels that are why.
  case refused(Refusal, [Int])

  /// Judges labels in the order in which they stand.
  ///
  /// - Parameters:
  ///   - allowed: The bits of the readings that come into question.
  ///   - allowsDuplicates: Whether labels of one period are no reason against a reading.
  package static func judge(
    _ labels: some RandomAccessCollection<PeriodLabel>, allowed: UInt16 = .max, allowsDuplicates: Bool = false
  ) -> PeriodVerdict {
    let common = labels.reduce(allowed) { $0 & $1.readings }
    var readings: [PeriodReading] = []
    for reading in PeriodReading.allCases where common & reading.bit != 0 {
      let isNew = readings.allSatisfy { other in
        other.length != reading.length || labels.contains { $0.start(other) != $0.start(reading) }
      }
      if isNew { readings.append(reading) }
    }
    guard let first = readings.first else {
      let bad = labels.enumerated().filter { $0.element.readings & allowed == 0 }.map(\.offset)
      return .refused(bad.isEmpty ? .mixed : .unreadable, bad)
    }
    if allowsDuplicates && readings.count == 1 { return .one(first, .only) }
    if !allowsDuplicates {
      let unique = readings.filter { reading in
        var seen: Set<Day> = []
        return labels.allSatisfy { seen.insert($0.start(reading)).inserted }
      }
      guard !unique.isEmpty else { return .refused(.duplicate, duplicates(labels, readings)) }
      readings = unique
    }
    var reason = Reason.only
    for (next, holds) in [(Reason.order, isMonotone), (.regular, isRegular)] where readings.count > 1 {
      let kept = readings.filter { reading in holds(labels.map { $0.start(reading) }, reading) }
      if !kept.isEmpty && kept.count < readings.count {
        readings = kept
        reason = next
      }
    }
    return readings.count == 1 ? .one(readings[0], reason) : .ambiguous(readings)
  }

  private static func duplicates(
    _ labels: some RandomAccessCollection<PeriodLabel>, _ readings: [PeriodReading]
  ) -> [Int] {
    var places: Set<Int> = []
    for reading in readings {
      var first: [Day: Int] = [:]
      for (place, label) in labels.enumerated() {
        let day = label.start(reading)
        if let other = first[day] { places.formUnion([other, place]) } else { first[day] = place }
      }
    }
    return places.sorted()
  }

  private static func isMonotone(_ days: [Day], _: PeriodReading) -> Bool {
    zip(days, days.dropFirst()).allSatisfy { $0 < $1 } || zip(days, days.dropFirst()).allSatisfy { $0 > $1 }
  }

  /// Whether periods follow one another as those of one measure do.
  static func isRegular(_ days: [Day], _ reading: PeriodReading) -> Bool {
    let days = days.sorted()
    guard days.count > 1 else { return true }
    let gaps = Set(zip(days, days.dropFirst()).map { $0.distance(to: $1) })
    switch reading.length {
    case .week: return gaps == [7]
    case .day:
      if gaps.count == 1, gaps.isSubset(of: [1, 7, 14, 28]) { return true }
      if gaps.isSubset(of: [1, 3]), days.allSatisfy({ $0.weekday < 5 }) { return true }
      let isSameDay = Set(days.map(\.day)).count == 1
      guard isSameDay || days.allSatisfy({ $0.advanced(by: 1).day == 1 }) else { return false }
    case .months: break
    }
    let months = Set(zip(days, days.dropFirst()).map { $1.monthNumber - $0.monthNumber })
    return months.count == 1 && months.isSubset(of: [1, 3, 12])
  }
}
