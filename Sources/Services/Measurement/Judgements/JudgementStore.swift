// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import RPC
import SPC
import ServiceRuntime
import Storage

/// Keeps phases, exclusions and annotations, and their history.
///
/// Each step writes the row, its event and the new version of the chart in one transaction. Rows are never removed.
struct JudgementStore: Sendable {
  /// So many phases of one measure may be in force at a time: each goes with every chart.
  static let mostPhases = 100
  /// So many exclusions, and so many annotations.
  static let mostOthers = 5000

  /// A request for a step, and the id that makes it one step however often it comes.
  struct Step<Request: Message>: Sendable {
    let request: Request
    let id: String

    init(_ request: Request, _ id: String) { (self.request, self.id) = (request, id) }

    /// - Parameter verb: `Create` or `Delete`.
    func key(_ verb: String, _ kind: JudgementKind, organisation: String) throws -> RequestKey? {
      try RequestKey(request, id: id, organisation: organisation, method: verb + kind.contractName)
    }
  }

  let database: Database

  /// Keeps a new judgement, unless the same request has made one before: then that answer is returned and nothing kept.
  ///
  /// - Parameter check: Gets the measure, and throws for what is not accepted of it.
  /// - Throws: ``RPCError`` `NOT_FOUND` when there is no such measure, and `FAILED_PRECONDITION` when its observations or
  ///   what is in force already do not allow for the judgement.
  func create<Request: Message, Answer: Message>(
    _ draft: Judgement, for step: Step<Request>, by actor: Actor,
    check: @escaping @Sendable (Measure) throws -> Void = { _ in }, answer: @escaping @Sendable (Judgement) -> Answer
  ) async throws -> Answer {
    try await database.write { transaction in
      guard let measure = try transaction.measure(draft.measureID) else {
        throw RPCError.notFound("measure", id: draft.measureID)
      }
      let kind = draft.content.kind
      return try transaction.once(try step.key("Create", kind, organisation: measure.organisationID)) { id in
        try transaction.judgement(id, kind: kind).flatMap { $0.measureID == measure.id ? answer($0) : nil }
      } _: {
        try check(measure)
        try transaction.requireRoom(for: draft, of: measure)
        try transaction.insert(draft, of: measure)
        try transaction.finish(
          Event(
            kind: "\(kind.rawValue).created", object: draft.id, organisation: measure.organisationID, actor: actor,
            after: draft.json(), reason: draft.reason), of: draft, in: measure)
        return (answer(draft), object: draft.id)
      }
    }
  }

  /// Takes a judgement back, unless the same request has done so before.
  ///
  /// - Throws: ``RPCError`` `NOT_FOUND` when there is none of that kind and id, or it was taken back by another request.
  func remove<Request: Message, Answer: Message>(
    _ id: String, kind: JudgementKind, reason: String, for step: Step<Request>, at time: Instant, by actor: Actor,
    answer: @escaping @Sendable (Judgement) -> Answer
  ) async throws -> Answer {
    try await database.write { transaction in
      guard let old = try transaction.judgement(id, kind: kind) else { throw RPCError.notFound(kind.noun, id: id) }
      guard let measure = try transaction.measure(old.measureID) else {
        throw RPCError.notFound("measure", id: old.measureID)
      }
      return try transaction.once(try step.key("Delete", kind, organisation: measure.organisationID)) { removed in
        removed == id && old.removal != nil ? answer(old) : nil
      } _: {
        guard old.removal == nil else {
          throw RPCError(code: .notFound, message: "The \(kind.noun) \(id.shortened) was taken back before.")
        }
        var new = old
        new.removal = Judgement.Removal(time: time, actor: actor.text, reason: reason)
        try transaction.execute(
          """
          UPDATE judgements SET delete_time = $1, delete_actor = $2, delete_reason = $3
          WHERE organisation_id = $4 AND measure_id = $5 AND id = $6
          """,
          [
            .integer(time.nanoseconds), .text(actor.text), .text(reason), .text(measure.organisationID),
            .text(measure.id), .text(id),
          ])
        try transaction.finish(
          Event(
            kind: "\(kind.rawValue).deleted", object: id, organisation: measure.organisationID, actor: actor,
            before: old.json(), after: new.json(), reason: reason), of: new, in: measure)
        return (answer(new), object: id)
      }
    }
  }

  /// Judgements of one kind in order of their making, from the one after the id `after`; nil when there is no such
  /// measure.
  func page(
    _ kind: JudgementKind, of measure: String, withRemoved: Bool, after: String, limit: Int
  ) async throws -> [Judgement]? {
    try await database.read { transaction in
      guard let measure = try transaction.measure(measure) else { return nil }
      var query = Query("SELECT * FROM judgements")
      query.require("organisation_id = ?", .text(measure.organisationID))
      query.require("measure_id = ?", .text(measure.id))
      query.require("kind = ?", .text(kind.rawValue))
      if !withRemoved { query.require("delete_time IS NULL") }
      query.page(limit: limit, after: after.isEmpty ? nil : [.text(after)], by: ["id"])
      return try transaction.rows(query.sql, query.values).map { try Judgement($0) }
    }
  }
}

extension Judgement {
  /// Why it was made: for an annotation its text is no reason.
  fileprivate var reason: String { content.kind == .annotation ? "" : text }
}

extension Transaction {
  /// A judgement, also one that was taken back.
  fileprivate func judgement(_ id: String, kind: JudgementKind) throws -> Judgement? {
    try row("SELECT * FROM judgements WHERE id = $1 AND kind = $2", [.text(id), .text(kind.rawValue)])
      .map { try Judgement($0) }
  }

  /// What is in force for a measure, by day.
  func judgements(inForceFor measure: Measure) throws -> [Judgement] {
    try rows(
      """
      SELECT * FROM judgements
      WHERE organisation_id = $1 AND measure_id = $2 AND delete_time IS NULL ORDER BY day, id
      """,
      [.text(measure.organisationID), .text(measure.id)]
    ).map { try Judgement($0) }
  }

  /// Refuses what the observations, or the judgements in force, do not allow for.
  fileprivate func requireRoom(for draft: Judgement, of measure: Measure) throws {
    let kind = draft.content.kind
    let others = try judgements(inForceFor: measure).filter { $0.content.kind == kind }
    let most = kind == .phase ? JudgementStore.mostPhases : JudgementStore.mostOthers
    guard others.count < most else {
      throw RPCError.failure(
        .failedPrecondition, reason: "TOO_MANY_JUDGEMENTS",
        message: "The measure has \(others.count) \(kind.noun)s in force; at most \(most) are accepted.")
    }
    switch draft.content {
    case .annotation: return
    case .exclusion:
      if others.contains(where: { $0.day == draft.day }) {
        throw RPCError.judgement(
          "period", "\(draft.day) is left out already; take that back first to give another reason")
      }
      if try !observationDays(of: measure).contains(draft.day) {
        throw RPCError.judgement(
          "period", "\(draft.day) has no observation; the period of one that is stored is accepted")
      }
    case .phase:
      let days = try observationDays(of: measure)
      guard let first = days.first, let start = days.firstIndex(where: { $0 >= draft.day }) else {
        throw RPCError.judgement(
          "start",
          "\(draft.day) has no point on or after it, so that the phase would be empty; a day up to the last observation "
            + "is accepted")
      }
      guard start > 0 else {
        throw RPCError.judgement(
          "start", "\(draft.day) is not after the first point, \(first); the first phase begins there by itself")
      }
      let before = days[start - 1]
      if let other = others.first(where: { $0.day > before && $0.day <= days[start] }) {
        throw RPCError.judgement(
          "start",
          "\(draft.day) begins at the same point as the phase of \(other.day), which would be empty; another day is "
            + "accepted")
      }
    }
  }

  private func observationDays(of measure: Measure) throws -> [Day] {
    try rows(
      "SELECT period_day FROM observations WHERE organisation_id = $1 AND measure_id = $2 ORDER BY period_day",
      [.text(measure.organisationID), .text(measure.id)]
    ).map { Day(daysSinceEpoch: Int(try $0.integer("period_day"))) }
  }
}

extension RPCError {
  /// `FAILED_PRECONDITION`: the request is well formed, but what is stored does not allow for it.
  static func judgement(_ field: String, _ description: String) -> RPCError {
    refusal(
      .failedPrecondition, message: "\(field): \(description)",
      [FieldViolation(field: field, description: description)])
  }
}

extension WriteTransaction {
  fileprivate func insert(_ judgement: Judgement, of measure: Measure) throws {
    var baseline = SQLValue.null
    var kind = MeasurementV1.AnnotationKind.unspecified
    var reference = ""
    switch judgement.content {
    case .phase(.all): baseline = .integer(0)
    case .phase(.first(let points)): baseline = .integer(Int64(points))
    case .phase(.asMeasure), .exclusion: break
    case .annotation(let said, let about): (kind, reference) = (said, about)
    }
    try execute(
      """
      INSERT INTO judgements (
        organisation_id, measure_id, id, kind, day, text, baseline_points, annotation_kind, reference, create_time,
        create_actor)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      """,
      [
        .text(measure.organisationID), .text(measure.id), .text(judgement.id), .text(judgement.content.kind.rawValue),
        .integer(Int64(judgement.day.daysSinceEpoch)), .text(judgement.text), baseline, .integer(Int64(kind.rawValue)),
        .text(reference), .integer(judgement.createTime.nanoseconds), .text(judgement.actor),
      ])
  }

  /// Appends the event of a step and, where the step changes the chart, says that it has changed.
  fileprivate func finish(_ event: Event, of judgement: Judgement, in measure: Measure) throws {
    append(event)
    if judgement.content.kind != .annotation { try bumpChart(of: measure) }
  }
}

extension Judgement {
  init(_ row: Row) throws {
    let name = try row.text("kind")
    let content: Content
    switch JudgementKind(rawValue: name) {
    case .phase:
      let points = try row.optionalInteger("baseline_points").map { Int(clamping: $0) }
      content = .phase(points.map { PhaseBaseline(allPoints: $0 == 0, points: $0) } ?? .asMeasure)
    case .exclusion: content = .exclusion
    case .annotation:
      content = .annotation(
        MeasurementV1.AnnotationKind(rawValue: Int32(clamping: try row.integer("annotation_kind"))),
        reference: try row.text("reference"))
    case nil: throw StorageError.unexpectedValue(column: "kind", problem: "is “\(name)”, which is not a judgement")
    }
    self.init(
      id: try row.text("id"), measureID: try row.text("measure_id"),
      day: Day(daysSinceEpoch: Int(clamping: try row.integer("day"))), content: content, text: try row.text("text"),
      createTime: Instant(nanoseconds: try row.integer("create_time")), actor: try row.text("create_actor"),
      removal: try row.optionalInteger("delete_time").map { time in
        Removal(
          time: Instant(nanoseconds: time), actor: try row.text("delete_actor"), reason: try row.text("delete_reason"))
      })
  }
}
