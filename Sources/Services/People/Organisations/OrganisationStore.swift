// SPDX-License-Identifier: Apache-2.0

import Contracts
import ServiceRuntime
import Storage

/// Organisations in SQL.
enum OrganisationStore {
  private static let columns: SQL = "organisation_id, parent_id, name, code, kind, revision, created_at, updated_at"

  private static let findByID: SQL = "SELECT \(columns) FROM organisations WHERE organisation_id = $1"

  static func find(_ id: String, in transaction: Transaction) throws -> PeopleV1.Organisation? {
    try transaction.row(findByID, [.text(id)]).map(organisation)
  }

  static func find(_ id: String, in database: Database) async throws -> PeopleV1.Organisation? {
    try await database.rows(findByID, [.text(id)]).first.map(organisation)
  }

  static func exists(_ id: String, in transaction: Transaction) throws -> Bool {
    try transaction.row("SELECT 1 AS found FROM organisations WHERE organisation_id = $1", [.text(id)]) != nil
  }

  /// The organisation that uses `code`, whoever asks.
  static func owner(ofCode code: String, in transaction: Transaction) throws -> String? {
    guard !code.isEmpty else { return nil }
    return try transaction.row("SELECT organisation_id FROM organisations WHERE code = $1", [.text(code)])?
      .text("organisation_id")
  }

  /// Ids from `id` up to its root, `id` first; empty when `id` is empty or unknown.
  static func path(from id: String, in transaction: Transaction) throws -> [String] {
    guard !id.isEmpty else { return [] }
    return try transaction.rows(
      """
      WITH RECURSIVE path (organisation_id, parent_id, depth) AS (
        SELECT organisation_id, parent_id, 0 FROM organisations WHERE organisation_id = $1
        UNION ALL
        SELECT o.organisation_id, o.parent_id, p.depth + 1
        FROM organisations o JOIN path p ON o.organisation_id = p.parent_id
        WHERE p.depth < 1000
      )
      SELECT organisation_id FROM path ORDER BY depth
      """, [.text(id)]
    ).map { try $0.text("organisation_id") }
  }

  static func list(
    _ request: PeopleV1.ListOrganisationsRequest, page: Page, in transaction: Transaction
  ) throws -> [PeopleV1.Organisation] {
    var query = Query("SELECT \(columns) FROM organisations")
    if !request.parentID.isEmpty { query.require("parent_id = ?", .text(request.parentID.lowercased())) }
    if !request.code.isEmpty { query.require("code = ?", .text(request.code)) }
    query.requireAny("organisation_id", of: request.ids.map { .text($0.lowercased()) })
    for word in request.query.searchWords {
      // Codes are of ASCII letters and digits; `code` may be absent.
      query.require(
        #"name_key LIKE ? ESCAPE '\' OR LOWER(COALESCE(code, '')) LIKE ? ESCAPE '\'"#, .text(word.likePattern),
        .text(word.likePattern))
    }
    query.page(page, by: "name_key", "organisation_id")
    return try transaction.rows(query.sql, query.values).map(organisation)
  }

  static func insert(
    _ organisation: PeopleV1.Organisation, in transaction: WriteTransaction
  ) throws {
    try transaction.execute(
      """
      INSERT INTO organisations
        (organisation_id, parent_id, name, name_key, code, kind, revision, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)
      """,
      [
        .text(organisation.id), .text(organisation.parentID), .text(organisation.name),
        .text(organisation.name.sortKey), .optional(text: organisation.code),
        .integer(Int64(organisation.kind.rawValue)),
        .integer(organisation.createTime.microseconds), .integer(organisation.updateTime.microseconds),
      ])
  }

  static func update(
    _ organisation: PeopleV1.Organisation, to revision: Revision, in transaction: WriteTransaction
  ) throws {
    try transaction.execute(
      """
      UPDATE organisations SET parent_id = $2, name = $3, name_key = $4, code = $5, kind = $6, revision = $7,
        updated_at = $8 WHERE organisation_id = $1
      """,
      [
        .text(organisation.id), .text(organisation.parentID), .text(organisation.name),
        .text(organisation.name.sortKey), .optional(text: organisation.code),
        .integer(Int64(organisation.kind.rawValue)), .integer(revision.number),
        .integer(organisation.updateTime.microseconds),
      ])
  }

  private static func organisation(_ row: Row) throws -> PeopleV1.Organisation {
    PeopleV1.Organisation(
      id: try row.text("organisation_id"), parentID: try row.text("parent_id"), name: try row.text("name"),
      code: try row.optionalText("code") ?? "", kind: .init(rawValue: Int32(clamping: try row.integer("kind"))),
      createTime: .init(microseconds: try row.integer("created_at")),
      updateTime: .init(microseconds: try row.integer("updated_at")),
      etag: Revision(try row.integer("revision")).etag)
  }
}
