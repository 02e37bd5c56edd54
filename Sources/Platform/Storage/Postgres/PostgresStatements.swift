// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// A statement that a connection has prepared, or is about to.
final class PostgresStatement {
  let sql: String
  /// What the server knows it by.
  let name: String
  /// The types of its parameters; 0 where the server found out.
  let types: [Oid]
  /// What its answers look like; nil until there was one, and for a statement whose answers differ: that of a cursor,
  /// which has the same text whatever the cursor is of.
  var columns: PostgresColumns? {
    didSet { if sql.hasPrefix("FETCH ") { columns = nil } }
  }
  /// When it was last used, counted in uses of the connection.
  fileprivate(set) var lastUse = 0

  fileprivate init(sql: String, name: String, types: [Oid]) {
    self.sql = sql
    self.name = name
    self.types = types
  }

  /// Whether values of these types can be given to it: `NULL` fits everywhere.
  fileprivate func takes(_ types: [Oid]) -> Bool {
    guard types.count == self.types.count else { return false }
    for (mine, given) in zip(self.types, types) where given != 0 && given != mine { return false }
    return true
  }
}

/// The statements that a connection has prepared; those that were not used for longest make room for new ones.
struct PostgresStatements {
  private var bySQL: [String: [PostgresStatement]] = [:]
  private var count = 0
  private var uses = 0
  private var named = 0
  private let capacity: Int

  init(capacity: Int = 256) { self.capacity = capacity }

  /// The prepared statement for `sql` with parameters of these types.
  mutating func find(_ sql: String, _ types: [Oid]) -> PostgresStatement? {
    guard let statement = bySQL[sql]?.first(where: { $0.takes(types) }) else { return nil }
    uses += 1
    statement.lastUse = uses
    return statement
  }

  /// Takes a new statement in.
  ///
  /// - Returns: the statement, and the one that made room for it, which the server need not keep any more.
  mutating func add(_ sql: String, _ types: [Oid]) -> (added: PostgresStatement, removed: PostgresStatement?) {
    let removed = count < capacity ? nil : bySQL.values.joined().min { $0.lastUse < $1.lastUse }
    if let removed { remove(removed) }
    named += 1
    uses += 1
    let statement = PostgresStatement(sql: sql, name: "w\(named)", types: types)
    statement.lastUse = uses
    bySQL[sql, default: []].append(statement)
    count += 1
    return (statement, removed)
  }

  /// Forgets a statement.
  ///
  /// - Returns: whether it was there.
  @discardableResult
  mutating func remove(_ statement: PostgresStatement) -> Bool {
    guard let index = bySQL[statement.sql]?.firstIndex(where: { $0 === statement }) else { return false }
    bySQL[statement.sql]?.remove(at: index)
    if bySQL[statement.sql]?.isEmpty == true { bySQL[statement.sql] = nil }
    count -= 1
    return true
  }
}
