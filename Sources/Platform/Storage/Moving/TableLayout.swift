// SPDX-License-Identifier: Apache-2.0

/// A table as its schema has it, whatever the engine.
struct TableLayout: Sendable, Hashable {
  let name: String
  /// The names of its columns, in the order of the alphabet.
  let columns: [String]
  /// The columns of its primary key, in the key's order.
  let key: [String]

  /// Tables of which each store has its own: the history of its schema, and how far a copy has come.
  private static let own: Set = ["schema_migrations", "platform_migrations", CopyProgress.table]

  /// The tables of a store that a copy has to have, too, in the order of their names.
  static func all(_ connection: any EngineConnection, engine: EngineName) throws(StorageError) -> [TableLayout] {
    var found: [String: (columns: [String], key: [(place: Int64, column: String)])] = [:]
    for row in try connection.rows(engine == .sqlite ? sqlite : postgres, [], atMost: .max) {
      let (table, column, place) = (try row.text("name"), try row.text("column_name"), try row.integer("key_place"))
      guard !own.contains(table) else { continue }
      found[table, default: ([], [])].columns.append(column)
      if place > 0 { found[table]?.key.append((place, column)) }
    }
    return found.map { name, parts in
      TableLayout(
        name: name, columns: parts.columns.sorted(),
        key: parts.key.sorted { $0.place < $1.place }.map(\.column))
    }
    .sorted { $0.name < $1.name }
  }

  private static let sqlite = """
    SELECT m.name AS name, c.name AS column_name, c.pk AS key_place
    FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
    """

  private static let postgres = """
    SELECT c.relname AS name, a.attname AS column_name,
      coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)::int8 AS key_place
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    """

  /// Answers the rows behind a key, or all, in the order of the key.
  func select(after key: [SQLValue]?, limit: Int? = nil) -> (sql: String, values: [SQLValue]) {
    let keys = self.key.joined(separator: ", ")
    var sql = "SELECT \(columns.joined(separator: ", ")) FROM \(name)"
    if let key { sql += " WHERE (\(keys)) > (\(key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))" }
    sql += " ORDER BY \(keys)"
    if let limit { sql += " LIMIT \(limit)" }
    return (sql, key ?? [])
  }

  /// The places of the key's columns among all.
  var keyPlaces: [Int] { key.compactMap { columns.firstIndex(of: $0) } }

  /// A key as a message shows it.
  func shown(_ key: [SQLValue]) -> String {
    zip(self.key, key).map { "\($0) \($1.shown)" }.joined(separator: ", ")
  }
}
