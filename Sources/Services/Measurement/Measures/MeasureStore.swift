// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import SPC
import ServiceRuntime
import Storage

/// Keeps measures.
struct MeasureStore: Sendable {
  /// Which measures to list.
  struct Filter: Sendable, Hashable {
    /// Empty for those of all projects.
    var project = ""
    /// Empty for all.
    var ids: [String] = []

    /// What tells this filter from others, for page tokens: a page of one list is no page of another.
    var fingerprint: String {
      var hash = ContentHash()
      for part in [project] + ids { hash.update("\(part.utf8.count):\(part)".utf8) }
      return String(hash.digest().prefix(16))
    }
  }

  let database: Database

  /// Keeps a new measure, unless the same request has made one before: then that answer is returned and nothing kept.
  func create(
    _ measure: Measure, for request: RequestKey?, by actor: Actor
  ) async throws -> MeasurementV1.CreateMeasureResponse {
    let day = measure.updateTime.day
    return try await database.write { transaction in
      try transaction.once(request) { id in
        try transaction.createdMeasure(id, on: day)
      } _: {
        try transaction.insert(measure)
        let message = measure.message(on: day)
        transaction.append(
          Event(
            kind: "measure.created", object: measure.id, organisation: measure.organisationID, actor: actor,
            after: try message.json()))
        return (.init(measure: message), object: measure.id)
      }
    }
  }

  /// The answer that a request got before; nil when it is new.
  func answer(to request: RequestKey?, on day: Day) async throws -> MeasurementV1.CreateMeasureResponse? {
    guard request != nil else { return nil }
    return try await database.lookup { transaction in
      try transaction.answer(to: request) { id in try transaction.createdMeasure(id, on: day) }
    }
  }

  func measure(_ id: String) async throws -> Measure? {
    try await database.rows(Transaction.measureByID, [.text(id)]).first.map { try Measure($0) }
  }

  /// Measures in order of creation, from the one after the id `after`; empty for the first.
  func measures(_ filter: Filter, after: String, limit: Int) async throws -> [Measure] {
    var query = Query("SELECT * FROM measures")
    if !filter.project.isEmpty { query.require("project_id = ?", .text(filter.project)) }
    query.requireAny("id", of: filter.ids.map { .text($0) })
    query.page(limit: limit, after: after.isEmpty ? nil : [.text(after)], by: ["id"])
    return try await database.read { [query] transaction in
      try transaction.rows(query.sql, query.values).map { try Measure($0) }
    }
  }

  /// Changes the definition of a measure as `change` says; nothing is written when that is what it was.
  ///
  /// - Parameter change: Gets the measure as it is and a way to read its observations, and returns the new definition.
  ///   When it throws, nothing is written.
  /// - Returns: The measure as it is then; nil when there is none.
  func update(
    _ id: String, at time: Instant, by actor: Actor,
    _ change: @escaping @Sendable (Measure, () throws -> [Observation]) throws -> MeasureDefinition
  ) async throws -> Measure? {
    try await database.write { transaction -> Measure? in
      guard let old = try transaction.measure(id) else { return nil }
      var new = old
      new.definition = try change(old) { try transaction.observations(of: old) }
      guard new.definition != old.definition else { return old }
      new.updateTime = time
      new.revision = old.revision.next
      new.chartVersion = old.chartVersion + 1
      try transaction.update(new)
      transaction.append(
        Event(
          kind: "measure.updated", object: id, organisation: old.organisationID, actor: actor,
          before: try old.message(on: time.day).json(), after: try new.message(on: time.day).json()))
      return new
    }
  }
}

extension Transaction {
  fileprivate static let measureByID: SQL = "SELECT * FROM measures WHERE id = $1"

  func measure(_ id: String) throws -> Measure? {
    try row(Self.measureByID, [.text(id)]).map { try Measure($0) }
  }

  fileprivate func createdMeasure(_ id: String, on day: Day) throws -> MeasurementV1.CreateMeasureResponse? {
    try measure(id).map { .init(measure: $0.message(on: day)) }
  }
}

extension WriteTransaction {
  /// Says that what a measure's chart is made of has changed: its observations, phases or exclusions.
  func bumpChart(of measure: Measure) throws {
    try execute(
      "UPDATE measures SET chart_version = chart_version + 1 WHERE organisation_id = $1 AND id = $2",
      [.text(measure.organisationID), .text(measure.id)])
  }

  fileprivate func insert(_ measure: Measure) throws {
    let definition = measure.definition
    try execute(
      """
      INSERT INTO measures (
        organisation_id, id, project_id, name, kind, operational_definition, unit, numerator_meaning,
        denominator_meaning, direction, chart_kind, rule_set, multiplier, target, targets_json, baseline_points,
        method_json, known_centre_line, create_time, update_time, revision, chart_version)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
      """,
      try [.text(measure.organisationID), .text(measure.id), .text(measure.projectID)] + definition.columns() + [
        .integer(measure.createTime.nanoseconds), .integer(measure.updateTime.nanoseconds),
        .integer(measure.revision.number), .integer(measure.chartVersion),
      ])
  }

  fileprivate func update(_ measure: Measure) throws {
    try execute(
      """
      UPDATE measures SET
        name = $1, kind = $2, operational_definition = $3, unit = $4, numerator_meaning = $5, denominator_meaning = $6,
        direction = $7, chart_kind = $8, rule_set = $9, multiplier = $10, target = $11, targets_json = $12,
        baseline_points = $13, method_json = $14, known_centre_line = $15, update_time = $16, revision = $17,
        chart_version = $18
      WHERE organisation_id = $19 AND id = $20
      """,
      try measure.definition.columns() + [
        .integer(measure.updateTime.nanoseconds), .integer(measure.revision.number), .integer(measure.chartVersion),
        .text(measure.organisationID), .text(measure.id),
      ])
  }
}

extension MeasureDefinition {
  /// The values of the columns from `name` to `known_centre_line`.
  ///
  /// One target for all time is kept as a number; only what it cannot say is kept as JSON.
  fileprivate func columns() throws -> [SQLValue] {
    [
      .text(name), .integer(Int64(kind.rawValue)), .text(operationalDefinition), .text(unit), .text(numeratorMeaning),
      .text(denominatorMeaning), .integer(Int64(direction.rawValue)), .text(chartKind.rawValue), .text(ruleSet),
      .real(multiplier), .optional(real: targets.only),
      .text(try targets.isEmpty || targets.only != nil ? "" : MeasurementV1.Targets(targets).json()),
      .integer(Int64(baselinePoints)),
      .text(try method == ChartMethod() ? "" : MeasurementV1.ChartMethod(method).json()),
      .optional(real: knownCentreLine),
    ]
  }
}

extension ChartKind {
  /// The kind as it is kept.
  init(stored text: String) throws(StorageError) {
    guard let kind = ChartKind(rawValue: text) else {
      throw .unexpectedValue(column: "chart_kind", problem: "is “\(text)”, which is not a chart kind")
    }
    self = kind
  }
}

extension Targets {
  /// The targets as they are kept: one number, or JSON.
  init(stored only: Double?, json: String) throws {
    if json.isEmpty {
      self = only.map { Targets($0) } ?? .none
    } else {
      self.init(try MeasurementV1.Targets(json: json))
    }
  }
}

extension ChartMethod {
  /// The method as it is kept; empty for every choice of its owner.
  init(storedJSON json: String) throws {
    self = json.isEmpty ? ChartMethod() : ChartMethod(try MeasurementV1.ChartMethod(json: json))
  }
}

extension Measure {
  fileprivate init(_ row: Row) throws {
    self.init(
      id: try row.text("id"), organisationID: try row.text("organisation_id"), projectID: try row.text("project_id"),
      definition: MeasureDefinition(
        name: try row.text("name"),
        kind: MeasurementV1.MeasureKind(rawValue: Int32(clamping: try row.integer("kind"))),
        operationalDefinition: try row.text("operational_definition"), unit: try row.text("unit"),
        numeratorMeaning: try row.text("numerator_meaning"),
        denominatorMeaning: try row.text("denominator_meaning"),
        direction: CommonV1.Direction(rawValue: Int32(clamping: try row.integer("direction"))),
        chartKind: try ChartKind(stored: row.text("chart_kind")), ruleSet: try row.text("rule_set"),
        multiplier: try row.real("multiplier"),
        targets: try Targets(stored: row.optionalReal("target"), json: row.text("targets_json")),
        baselinePoints: Int(clamping: try row.integer("baseline_points")),
        method: try ChartMethod(storedJSON: row.text("method_json")),
        knownCentreLine: try row.optionalReal("known_centre_line")),
      createTime: Instant(nanoseconds: try row.integer("create_time")),
      updateTime: Instant(nanoseconds: try row.integer("update_time")), revision: Revision(try row.integer("revision")),
      chartVersion: try row.integer("chart_version"))
  }
}
