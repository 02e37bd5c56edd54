// SPDX-License-Identifier: Apache-2.0

extension PostgresEngine {
  /// What is in the store's schema.
  enum SchemaState: Sendable, Hashable {
    /// It is not there, or empty.
    case none
    /// Tables, and none that Waymark keeps its steps in.
    case foreign
    /// A store.
    case store
  }

  func hasTable(_ name: String, _ connection: any EngineConnection) throws(StorageError) -> Bool {
    try !connection.rows(
      "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2", [.text(schema), .text(name)],
      atMost: 1
    ).isEmpty
  }

  /// Looks what is in the schema, and changes nothing.
  func schemaState(_ connection: any EngineConnection) throws(StorageError) -> SchemaState {
    if try hasTable("schema_migrations", connection) { return .store }
    let others = try connection.rows(
      """
      SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 LIMIT 1
      """, [.text(schema)], atMost: 1)
    return others.isEmpty ? .none : .foreign
  }

  /// Makes the schema when it is not there.
  ///
  /// - Throws: ``StorageError/foreign(path:problem:)`` when it holds tables of somebody else;
  ///   ``StorageError/refused(store:problem:)`` when the user may not make or use it.
  func createSchemaIfMissing(_ connection: any EngineConnection) throws(StorageError) {
    guard try schemaState(connection) != .foreign else {
      throw .foreign(
        path: address.description, problem: "its schema “\(schema)” has tables, and none of them is Waymark's")
    }
    let known = try connection.rows(
      """
      SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE') AS may_use
      FROM pg_catalog.pg_namespace WHERE nspname = $1
      """, [.text(schema)], atMost: 1)
    if let row = known.first {
      guard try row.integer("may_use") == 0 else { return }
      throw .refused(store: address.description, problem: "its user may not use the schema “\(schema)”")
    }
    let rights = try connection.rows(
      "SELECT has_database_privilege(current_database(), 'CREATE') AS may_create", [], atMost: 1)
    guard try rights.first?.integer("may_create") == 1 else {
      throw .refused(
        store: address.description, problem: "its user may not make the schema “\(schema)”: make it, or give the right")
    }
    _ = try connection.execute("CREATE SCHEMA IF NOT EXISTS \(PostgresDialect.quoted(schema))", [])
  }

  /// Lends a connection for changing the schema, which is there then, while no other process changes it.
  ///
  /// - Throws: besides, ``StorageError/unavailable(problem:)`` when another process does for longer than is waited.
  func updatingSchema<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result {
    let session = try session(limits: .schemaLock)
    defer { session.close() }
    let connection = session.connection
    try checkSessions(connection)
    return try withMigrationLock(connection) {
      try createSchemaIfMissing(connection)
      try connection.set(path: path, limits: .schemaChange)
      return try body(connection)
    }
  }

  /// Keeps other processes from changing the schema, with a lock that ends with the connection at the latest.
  func withMigrationLock<Result>(_ connection: any EngineConnection, _ body: () throws -> Result) throws -> Result {
    let key = SQLValue.integer(migrationKey)
    do {
      _ = try connection.execute("SELECT pg_catalog.pg_advisory_lock($1)", [key])
    } catch .repeatable {
      throw StorageError.unavailable(
        problem: "another process has been changing the schema “\(schema)” for more than "
          + "\(PostgresLimits.schemaLock.lock)")
    }
    let result = try body()
    _ = try connection.execute("SELECT pg_catalog.pg_advisory_unlock($1)", [key])
    return result
  }

  /// The number that the lock goes by in the database: FNV-1a of the schema's name.
  private var migrationKey: Int64 {
    let hash = "waymark schema \(schema)".utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return Int64(bitPattern: hash)
  }
}
