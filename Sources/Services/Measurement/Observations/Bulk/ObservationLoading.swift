// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import SPC
import ServiceRuntime
import Storage

extension ObservationStore {
  /// What became of chunks that were written together.
  struct Loaded: Sendable {
    /// Those that are on disk, in order.
    var answers: [MeasurementV1.LoadObservationsResponse] = []
    /// Why the next one was not taken; nil when all were.
    var problem: RPCError?
  }

  /// Writes chunks in one transaction, in order, up to the first that cannot be taken.
  func load(
    _ chunks: [ObservationChunk], replaces: Bool, at time: Instant, by actor: Actor
  ) async throws -> Loaded {
    try await database.write { transaction in
      var loading = ObservationLoading(transaction, time: time, actor: actor)
      var loaded = Loaded()
      for chunk in chunks {
        do {
          loaded.answers.append(try loading.take(chunk, replaces: replaces))
        } catch let error as RPCError {
          loaded.problem = error
          break
        }
      }
      try loading.finish()
      return loaded
    }
  }
}

/// Takes chunks into a transaction.
private struct ObservationLoading {
  private let transaction: WriteTransaction
  private let time: Instant
  private let actor: Actor
  private var measures: [String: Measure] = [:]
  /// Observations of several measures that are not written yet.
  private var pending = ObservationRows()
  /// Where they are.
  private var pendingDays: [String: ClosedRange<Day>] = [:]
  /// Those whose charts change.
  private var changed: Set<String> = []

  init(_ transaction: WriteTransaction, time: Instant, actor: Actor) {
    self.transaction = transaction
    self.time = time
    self.actor = actor
  }

  mutating func take(_ chunk: ObservationChunk, replaces: Bool) throws -> MeasurementV1.LoadObservationsResponse {
    guard let measure = try measures[chunk.measureID] ?? transaction.measure(chunk.measureID) else {
      throw RPCError.invalidArgument(
        field: "chunk.measure_id",
        "of chunk \(chunk.number), \"\(chunk.measureID.shortened)\", is not a measure; the id of one that exists is accepted"
      )
    }
    measures[chunk.measureID] = measure
    let days = chunk.days
    if let others = pendingDays[measure.id], others.overlaps(days) { try write() }
    let comparison = try ChunkComparison(
      chunk, stored: transaction.observations(of: measure, in: days), rules: measure.definition.observationRules,
      replaces: replaces)
    if !comparison.writes.isEmpty {
      pending.append(comparison.writes, of: measure)
      pendingDays[measure.id] =
        pendingDays[measure.id].map {
          min($0.lowerBound, days.lowerBound)...max($0.upperBound, days.upperBound)
        } ?? days
      changed.insert(measure.id)
      transaction.append(
        Event(
          kind: "observations.loaded", object: measure.id, organisation: measure.organisationID, actor: actor,
          before: try Observation.json(of: comparison.former),
          after: """
            {"added":\(comparison.added),"replaced":\(comparison.replaced),"unchanged":\(comparison.unchanged),\
            "first":"\(days.lowerBound)","last":"\(days.upperBound)"}
            """))
    }
    return .init(
      chunk: chunk.number, rowsAdded: Int32(clamping: comparison.added),
      rowsReplaced: Int32(clamping: comparison.replaced), rowsUnchanged: Int32(clamping: comparison.unchanged))
  }

  /// Writes what is left, and says which charts have changed.
  mutating func finish() throws {
    try write()
    for id in changed.sorted() { if let measure = measures[id] { try transaction.bumpChart(of: measure) } }
  }

  private mutating func write() throws {
    try transaction.write(pending.bulk(at: time))
    pending = ObservationRows()
    pendingDays = [:]
  }
}

/// Observations as rows of their table.
struct ObservationRows {
  private var organisations: [String] = []
  private var measures: [String] = []
  private var days: [Int64] = []
  private var values: [Double] = []
  private var denominators: [Double?] = []
  private var notes: [String] = []

  mutating func append(_ observations: [Observation], of measure: Measure) {
    for observation in observations {
      organisations.append(measure.organisationID)
      measures.append(measure.id)
      days.append(Int64(observation.day.daysSinceEpoch))
      values.append(observation.value)
      denominators.append(observation.denominator)
      notes.append(observation.note)
    }
  }

  /// The rows, as of the time of their writing.
  func bulk(at time: Instant) -> BulkRows {
    BulkRows(
      table: "observations", key: ["organisation_id", "measure_id", "period_day"],
      columns: [
        .init("organisation_id", .text(organisations)), .init("measure_id", .text(measures)),
        .init("period_day", .integer(days)), .init("value", .real(values)),
        .init("denominator", .optionalReal(denominators)), .init("note", .text(notes)),
        .init("update_time", .same(.integer(time.nanoseconds))),
      ], count: days.count)
  }
}
