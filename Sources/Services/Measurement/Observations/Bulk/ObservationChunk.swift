// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import ServiceRuntime

/// Observations of one measure that are written together, by period.
struct ObservationChunk: Sendable, Hashable {
  /// The most that one may have.
  static let largest = 10_000

  /// Its place in the call; the first is 1.
  var number: Int64
  var measureID: String
  /// In order of periods, each once; at least one.
  var observations: [Observation]
  /// Whether it says anything about notes; otherwise those that are stored stay.
  var hasNotes: Bool

  /// Takes a chunk from a message.
  ///
  /// - Parameter today: the day it is; periods up to the day after are accepted, since somewhere it is tomorrow already.
  /// - Throws: `INVALID_ARGUMENT` naming every field, up to a hundred of them.
  init(_ columns: MeasurementV1.ObservationColumns, number: Int64, today: Day) throws(RPCError) {
    self.number = number
    measureID = columns.measureID
    hasNotes = !columns.notes.isEmpty
    var checks = ChunkChecks()
    let count = columns.periodDays.count
    if columns.measureID.isEmpty || columns.measureID.utf8.count > 64 {
      checks.violation("measure_id", "\"\(columns.measureID.shortened)\" is not an id; the id of a measure is accepted")
    }
    if !(1...Self.largest).contains(count) {
      checks.violation("period_days", "has \(count) items; 1 to \(Self.largest) are accepted")
    }
    if columns.values.count != count {
      checks.violation("values", "has \(columns.values.count) items; \(count) are accepted, one for each period")
    }
    for (name, length) in [("denominators", columns.denominators.count), ("notes", columns.notes.count)]
    where length != 0 && length != count {
      checks.violation(name, "has \(length) items; \(count) are accepted, one for each period, or none")
    }
    try checks.finish(number)

    observations = []
    observations.reserveCapacity(count)
    let days = Day.earliest.daysSinceEpoch...today.advanced(by: 1).daysSinceEpoch
    for (index, day) in columns.periodDays.enumerated() {
      if !days.contains(day) {
        checks.violation(
          "period_days[\(index)]",
          "\(day) is not a day that is accepted; those are \(days.lowerBound) to \(days.upperBound)")
      }
      let value = columns.values[index]
      let denominator = columns.denominators.isEmpty ? 0 : columns.denominators[index]
      if !value.isFinite { checks.violation("values[\(index)]", "\(value) is not a finite number") }
      if !denominator.isFinite { checks.violation("denominators[\(index)]", "\(denominator) is not a finite number") }
      var note = ""
      if !columns.notes.isEmpty, !columns.notes[index].isEmpty { note = checks.note(columns.notes[index], index) }
      observations.append(
        Observation(
          day: Day(daysSinceEpoch: Int(day)), value: value, denominator: denominator == 0 ? nil : denominator,
          note: note))
    }
    let isOrdered = !observations.indices.dropFirst().contains { observations[$0].day <= observations[$0 - 1].day }
    if !isOrdered {
      observations.sort { $0.day < $1.day }
      for index in observations.indices.dropFirst() where observations[index].day == observations[index - 1].day {
        checks.violation("period_days", "holds \(observations[index].day) twice; each period is accepted once")
      }
    }
    try checks.finish(number)
  }

  /// From the first period to the last.
  var days: ClosedRange<Day> {
    guard let first = observations.first, let last = observations.last else { return .earliest ... .earliest }
    return first.day...last.day
  }
}

/// What is wrong with a chunk.
struct ChunkChecks {
  /// More do not help anybody.
  private static let most = 100
  private var checks = FieldChecks()

  mutating func violation(_ field: String, _ description: @autoclosure () -> String) {
    guard checks.violations.count < Self.most else { return }
    checks.violation("chunk.\(field)", description())
  }

  /// A note without the white space around it.
  mutating func note(_ text: String, _ index: Int) -> String {
    var others = FieldChecks()
    let note = others.text(text, field: "", length: 0...ObservationImport.maximumNote, lines: true)
    if let first = others.violations.first { violation("notes[\(index)]", first.description) }
    return note
  }

  /// - Parameter number: which chunk it is.
  func finish(_ number: Int64) throws(RPCError) {
    guard !checks.violations.isEmpty else { return }
    throw RPCError.refusal(
      .invalidArgument,
      message: "Chunk \(number) was not taken, nor those after it: \(checks.violations[0].field) "
        + "\(checks.violations[0].description).", checks.violations)
  }
}
