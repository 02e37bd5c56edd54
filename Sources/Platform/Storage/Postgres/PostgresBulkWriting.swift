// SPDX-License-Identifier: Apache-2.0

extension PostgresConnection {
  /// What is known of a table that many rows were written to.
  struct BulkTable {
    /// The types of its columns by name.
    var types: [String: UInt32]
    /// How many of the next writes had better not be copied, because the last rows were there already.
    var conflictsExpected = 0
  }

  /// So many writes are made as arrays after one that met rows that were there; then copying is tried again.
  private static let writesAfterConflict = 32

  func write(_ rows: BulkRows) throws(StorageError) {
    guard rows.count > 0 else { return }
    guard isInTransaction else {
      defer { rollback() }
      try begin(.write)
      try write(rows)
      return try commit()
    }
    var table: BulkTable
    if let known = bulkTables[rows.table] { table = known } else { table = BulkTable(types: try types(of: rows.table)) }
    // Learnt anew when this fails.
    bulkTables[rows.table] = nil
    let bulk = try PostgresBulk(rows, types: table.types)
    var start = 0
    if table.conflictsExpected > 0 {
      table.conflictsExpected -= 1
    } else {
      start = try copy(bulk)
      if start < rows.count - PostgresBulk.fewestCopied { table.conflictsExpected = Self.writesAfterConflict }
    }
    try insert(bulk, from: start)
    bulkTables[rows.table] = table
  }

  private func types(of table: String) throws(StorageError) -> [String: UInt32] {
    let columns = try rows(
      """
      SELECT attname, atttypid::int8 AS type FROM pg_catalog.pg_attribute
      WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped
      """, [.text(table)], atMost: .max)
    guard !columns.isEmpty else { throw .statement(problem: "there is no table \(table)") }
    var types: [String: UInt32] = [:]
    for column in columns { types[try column.text("attname")] = UInt32(clamping: try column.integer("type")) }
    return types
  }

  /// Copies rows into their table, as long as they are new.
  ///
  /// - Returns: how many were copied; those that follow were not written.
  private func copy(_ bulk: PostgresBulk) throws(StorageError) -> Int {
    var start = 0
    while bulk.rows.count - start >= PostgresBulk.fewestCopied {
      let end = min(start + PostgresBulk.mostCopied, bulk.rows.count)
      try enqueue("SAVEPOINT waymark_copy", [])
      let isNew = try pipeline.copy(start..<end, of: bulk)
      if !isNew { try enqueue("ROLLBACK TO SAVEPOINT waymark_copy", []) }
      try enqueue("RELEASE SAVEPOINT waymark_copy", [])
      guard isNew else { break }
      start = end
    }
    return start
  }

  private func insert(_ bulk: PostgresBulk, from first: Int) throws(StorageError) {
    let statement = bulk.arrayStatement
    var start = first
    while start < bulk.rows.count {
      let end = min(start + PostgresBulk.mostInArrays, bulk.rows.count)
      try pipeline.send(statement, arrays: try bulk.arrays(start..<end))
      start = end
    }
  }
}
