// SPDX-License-Identifier: Apache-2.0

import Contracts
import ServiceRuntime
import Storage

/// People in SQL.
enum PersonStore {
  private static let columns: SQL = "id, organisation_id, display_name, email, revision, created_at, updated_at"

  private static let findByID: SQL = "SELECT \(columns) FROM people WHERE id = $1"

  static func find(_ id: String, in transaction: Transaction) throws -> PeopleV1.Person? {
    try transaction.row(findByID, [.text(id)]).map(person)
  }

  static func find(_ id: String, in database: Database) async throws -> PeopleV1.Person? {
    try await database.rows(findByID, [.text(id)]).first.map(person)
  }

  /// Which of `ids` exist.
  static func existing(_ ids: [String], in transaction: Transaction) throws -> Set<String> {
    guard !ids.isEmpty else { return [] }
    var query = Query("SELECT id FROM people")
    query.requireAny("id", of: ids.map { .text($0) })
    return Set(try transaction.rows(query.sql, query.values).map { try $0.text("id") })
  }

  /// The person who uses an e-mail address, in any case.
  static func owner(ofEmail email: String, in transaction: Transaction) throws -> String? {
    guard !email.isEmpty else { return nil }
    return try transaction.row("SELECT id FROM people WHERE email_key = $1", [.text(email.sortKey)])?.text("id")
  }

  static func list(
    _ request: PeopleV1.ListPeopleRequest, page: Page, in transaction: Transaction
  ) throws -> [PeopleV1.Person] {
    var query = Query("SELECT \(columns) FROM people")
    if !request.organisationID.isEmpty {
      query.require("organisation_id = ?", .text(request.organisationID.lowercased()))
    }
    query.page(page, by: "name_key", "id")
    return try transaction.rows(query.sql, query.values).map(person)
  }

  static func insert(_ person: PeopleV1.Person, in transaction: WriteTransaction) throws {
    try transaction.execute(
      """
      INSERT INTO people
        (organisation_id, id, display_name, name_key, email, email_key, revision, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)
      """,
      [
        .text(person.organisationID), .text(person.id), .text(person.displayName), .text(person.displayName.sortKey),
        .optional(text: person.email), .optional(text: person.email.sortKey),
        .integer(person.createTime.microseconds), .integer(person.updateTime.microseconds),
      ])
  }

  static func update(
    _ person: PeopleV1.Person, to revision: Revision, in transaction: WriteTransaction
  ) throws {
    try transaction.execute(
      """
      UPDATE people SET organisation_id = $2, display_name = $3, name_key = $4, email = $5, email_key = $6,
        revision = $7, updated_at = $8 WHERE id = $1
      """,
      [
        .text(person.id), .text(person.organisationID), .text(person.displayName), .text(person.displayName.sortKey),
        .optional(text: person.email), .optional(text: person.email.sortKey), .integer(revision.number),
        .integer(person.updateTime.microseconds),
      ])
  }

  private static func person(_ row: Row) throws -> PeopleV1.Person {
    PeopleV1.Person(
      id: try row.text("id"), organisationID: try row.text("organisation_id"),
      displayName: try row.text("display_name"), email: try row.optionalText("email") ?? "",
      createTime: .init(microseconds: try row.integer("created_at")),
      updateTime: .init(microseconds: try row.integer("updated_at")),
      etag: Revision(try row.integer("revision")).etag)
  }
}
