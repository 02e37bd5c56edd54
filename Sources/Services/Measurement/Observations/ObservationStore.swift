// SPDX-License-Identifier: Apache-2.0

import Identity
import RPC
import SPC
import ServiceRuntime
import Storage

/// Keeps the values of measures.
struct ObservationStore: Sendable {
  /// An observation with the time at which it was last written.
  struct Stored: Sendable, Hashable {
    var observation: Observation
    var updateTime: Instant
  }

  let database: Database

  /// A measure with all its observations in order of periods and what people judge about it, as of one moment; nil when
  /// there is no such measure.
  func series(of id: String) async throws -> (Measure, [Observation], [Judgement])? {
    try await database.read { transaction in
      guard let measure = try transaction.measure(id) else { return nil }
      return (measure, try transaction.observations(of: measure), try transaction.judgements(inForceFor: measure))
    }
  }

  /// Observations in order of periods, from the one after the day `after`; nil when there is no such measure.
  func page(of id: String, after: Day?, limit: Int) async throws -> [Stored]? {
    try await database.read { transaction in
      guard let measure = try transaction.measure(id) else { return nil }
      var query = Query("SELECT period_day, value, denominator, note, update_time FROM observations")
      query.require("organisation_id = ?", .text(measure.organisationID))
      query.require("measure_id = ?", .text(measure.id))
      query.page(limit: limit, after: after.map { [.integer(Int64($0.daysSinceEpoch))] }, by: ["period_day"])
      return try transaction.rows(query.sql, query.values).map { row in
        Stored(
          observation: try Observation(row), updateTime: Instant(nanoseconds: try row.integer("update_time")))
      }
    }
  }

  /// Compares what a file says with what is stored and, unless it is a dry run or not accepted, writes it.
  ///
  /// All in one transaction: either every observation of the plan is written, with the event that says so, or nothing.
  /// - Throws: ``RPCError`` `ABORTED` when the measure was changed while the file came in, so that its rows were
  ///   checked by rules that no longer hold.
  func apply(
    _ reading: ImportReading, to measure: Measure, terms: ImportTerms, at time: Instant, by actor: Actor
  ) async throws -> ImportPlan {
    if terms.dryRun || reading.rows.isEmpty {
      return try await database.read { try $0.plan(reading, for: measure, terms: terms) }
    }
    return try await database.write { transaction in
      let plan = try transaction.plan(reading, for: measure, terms: terms)
      guard !plan.writes.isEmpty else { return plan }
      try transaction.write(plan.writes, of: measure, at: time)
      try transaction.bumpChart(of: measure)
      transaction.append(
        Event(
          kind: "observations.imported", object: measure.id, organisation: measure.organisationID, actor: actor,
          before: try Observation.json(of: plan.former), after: plan.record(contentHash: reading.contentHash)))
      return plan
    }
  }
}

extension Transaction {
  func observations(of measure: Measure) throws -> [Observation] {
    try rows(
      """
      SELECT period_day, value, denominator, note FROM observations
      WHERE organisation_id = $1 AND measure_id = $2 ORDER BY period_day
      """,
      [.text(measure.organisationID), .text(measure.id)]
    ).map { try Observation($0) }
  }

  /// Those of some periods, in order.
  func observations(of measure: Measure, in days: ClosedRange<Day>) throws -> [Observation] {
    try rows(
      """
      SELECT period_day, value, denominator, note FROM observations
      WHERE organisation_id = $1 AND measure_id = $2 AND period_day BETWEEN $3 AND $4 ORDER BY period_day
      """,
      [
        .text(measure.organisationID), .text(measure.id), .integer(Int64(days.lowerBound.daysSinceEpoch)),
        .integer(Int64(days.upperBound.daysSinceEpoch)),
      ]
    ).map { try Observation($0) }
  }

  fileprivate func plan(_ reading: ImportReading, for measure: Measure, terms: ImportTerms) throws -> ImportPlan {
    guard let current = try self.measure(measure.id) else { throw RPCError.notFound("measure", id: measure.id) }
    guard current.definition.observationRules == measure.definition.observationRules else {
      throw RPCError(
        code: .aborted, message: "The measure's chart was changed while the file came in; import it again.")
    }
    let stored = Dictionary(
      uniqueKeysWithValues: try observations(of: measure).map { ($0.day, $0) })
    return ImportPlan(
      reading, stored: stored, rules: measure.definition.observationRules, scale: current.definition.observationScale,
      terms: terms)
  }
}

extension WriteTransaction {
  /// Writes observations of different periods, over those that are there.
  fileprivate func write(_ observations: [Observation], of measure: Measure, at time: Instant) throws {
    var rows = ObservationRows()
    rows.append(observations, of: measure)
    try write(rows.bulk(at: time))
  }
}

extension Observation {
  fileprivate init(_ row: Row) throws {
    self.init(
      day: Day(daysSinceEpoch: Int(try row.integer("period_day"))), value: try row.real("value"),
      denominator: try row.optionalReal("denominator"), note: try row.text("note"))
  }
}

extension ImportPlan {
  /// What the audit trail keeps of an import: the counts, and which file it was.
  ///
  /// Every member is a plain number or
  /// hexadecimal text, so nothing needs escaping.
  fileprivate func record(contentHash: String) -> String {
    """
    {"added":\(rowsAdded),"replaced":\(rowsReplaced),"unchanged":\(rowsUnchanged),"rejected":\(rowsRejected),\
    "sha256":"\(contentHash)"}
    """
  }
}
