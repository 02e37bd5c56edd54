// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC
import ServiceRuntime
import Storage

/// Reads the observations of many measures, part by part.
struct ObservationExport: Sendable {
  /// Which observations.
  struct Selection: Sendable, Hashable {
    /// Empty for all.
    var organisation = ""
    /// Empty for all.
    var project = ""
    /// Empty for all.
    var measures: [String] = []
    var since: Day?
  }

  /// Where the next part begins.
  struct Position: Sendable, Hashable {
    /// Id of the measure whose last observations were read; empty at the beginning.
    var measure = ""
    /// The last day that was read of it; nil when all of it was.
    var day: Day?
  }

  /// Some of the observations, and where to go on; nil at the end.
  struct Part: Sendable {
    var chunks: [MeasurementV1.ObservationColumns] = []
    var next: Position?
  }

  /// So many observations are read at a time.
  static let partSize = 8192
  /// What a message may hold in notes.
  private static let noteBytes = 1 << 20
  /// So many measures are looked up at a time.
  private static let measuresAtOnce = 256

  let database: Database
  let selection: Selection

  /// The observations after `position`, as of one moment.
  func part(after position: Position) async throws -> Part {
    try await database.read { transaction in
      var part = Part()
      var room = Self.partSize
      let measures = try self.measures(from: position, in: transaction)
      var whole = position
      for (organisation, measure) in measures {
        guard room > 0 else {
          part.next = whole
          return part
        }
        let after = measure == position.measure ? position.day : nil
        let (chunk, isWhole) = try self.chunk(of: measure, organisation, after: after, limit: room, in: transaction)
        room -= chunk.periodDays.count
        if !chunk.periodDays.isEmpty { part.chunks.append(chunk) }
        if !isWhole {
          let last = chunk.periodDays.last.map { Day(daysSinceEpoch: Int($0)) }
          part.next = Position(measure: measure, day: last ?? after)
          return part
        }
        whole = Position(measure: measure)
      }
      if measures.count == Self.measuresAtOnce, let last = measures.last { part.next = Position(measure: last.id) }
      return part
    }
  }

  /// The next measures, by id: beginning with the one that was not read to its end.
  private func measures(
    from position: Position, in transaction: Transaction
  ) throws -> [(organisation: String, id: String)] {
    var query = Query("SELECT organisation_id, id FROM measures")
    if !selection.organisation.isEmpty { query.require("organisation_id = ?", .text(selection.organisation)) }
    if !selection.project.isEmpty { query.require("project_id = ?", .text(selection.project)) }
    query.requireAny("id", of: selection.measures.map { .text($0) })
    if position.day != nil { query.require("id >= ?", .text(position.measure)) }
    query.page(
      limit: Self.measuresAtOnce, after: position.day == nil ? [.text(position.measure)] : nil, by: ["id"])
    return try transaction.rows(query.sql, query.values).map { row in
      (organisation: try row.text("organisation_id"), id: try row.text("id"))
    }
  }

  /// The next observations of a measure, and whether there are no more of them.
  private func chunk(
    of measure: String, _ organisation: String, after: Day?, limit: Int, in transaction: Transaction
  ) throws -> (MeasurementV1.ObservationColumns, isWhole: Bool) {
    var query = Query("SELECT period_day, value, denominator, note FROM observations")
    query.require("organisation_id = ?", .text(organisation))
    query.require("measure_id = ?", .text(measure))
    if let since = selection.since { query.require("period_day >= ?", .integer(Int64(since.daysSinceEpoch))) }
    query.page(limit: limit + 1, after: after.map { [.integer(Int64($0.daysSinceEpoch))] }, by: ["period_day"])
    var chunk = MeasurementV1.ObservationColumns(measureID: measure)
    var noteBytes = 0
    for row in try transaction.rows(query.sql, query.values) {
      let note = try row.text("note")
      noteBytes += note.utf8.count
      if chunk.periodDays.count >= limit || noteBytes > Self.noteBytes && !chunk.periodDays.isEmpty {
        return (chunk.trimmed, isWhole: false)
      }
      chunk.periodDays.append(Int32(clamping: try row.integer("period_day")))
      chunk.values.append(try row.real("value"))
      chunk.denominators.append(try row.optionalReal("denominator") ?? 0)
      chunk.notes.append(note)
    }
    return (chunk.trimmed, isWhole: true)
  }
}

extension MeasurementV1.ObservationColumns {
  /// Without columns that say nothing.
  fileprivate var trimmed: Self {
    var columns = self
    if columns.denominators.allSatisfy({ $0 == 0 }) { columns.denominators = [] }
    if columns.notes.allSatisfy(\.isEmpty) { columns.notes = [] }
    return columns
  }
}
