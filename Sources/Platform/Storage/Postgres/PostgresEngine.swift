// SPDX-License-Identifier: Apache-2.0

/// Keeps a store in a schema of a PostgreSQL database.
///
/// Several processes may have it open. What a write needs to be alone for, it locks.
final class PostgresEngine: Engine {
  let name = EngineName.postgres
  let readers: Int
  let readsAtOnce = false

  /// Where the database is.
  let address: PostgresAddress
  /// Name of the schema, which is that of the service.
  let schema: String
  let limits: PostgresLimits
  let gate = PostgresGate()

  /// - Parameters:
  ///   - address: where the database is.
  ///   - schema: name of the store's schema.
  ///   - readers: how many connections reads may use.
  init(
    address: PostgresAddress, schema: String, readers: Int = 8, limits: PostgresLimits = PostgresLimits()
  ) throws(StorageError) {
    self.address = address
    self.schema = schema
    self.readers = max(1, readers)
    self.limits = limits
  }

  func connect(for kind: TransactionKind) throws(StorageError) -> any EngineSession {
    try session(limits: limits, isReadOnly: kind == .read)
  }

  /// Opens a connection with other limits than those of everyday statements.
  ///
  /// - Parameter isReadOnly: whether nothing can be changed over it.
  func session(limits: PostgresLimits, isReadOnly: Bool = false) throws(StorageError) -> PostgresSession {
    try gate.attempt { () throws(StorageError) in
      let pipeline = try PostgresPipeline(try connecting.link(), patience: limits.connect)
      let connection = PostgresConnection(pipeline, isReadOnly: isReadOnly)
      try connection.set(path: path, limits: limits)
      return PostgresSession(connection)
    }
  }

  var connecting: PostgresConnecting {
    PostgresConnecting(address: address, program: "waymark-\(schema)", limit: limits.connect)
  }

  /// Where connections look for tables.
  var path: String { "\(PostgresDialect.quoted(schema)), pg_catalog" }

  func schemaStatement(_ sql: String) -> String { PostgresDialect.translated(sql) }

  func announce(_ connection: any EngineConnection) throws(StorageError) {
    // Notifications with the same text in one transaction are one.
    try connection.notify(channel, "events")
  }

  func listen(_ tell: @escaping @Sendable () -> Void) throws(StorageError) -> (any EngineListening)? {
    try PostgresListener(engine: self) { _ in tell() }
  }

  func close() {}
}

/// A connection to PostgreSQL that is kept open.
final class PostgresSession: EngineSession {
  let connection: PostgresConnection
  private var isClosed = false

  init(_ connection: PostgresConnection) { self.connection = connection }

  func use<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result { try body(connection) }

  var isUsable: Bool { !isClosed && connection.isWell }

  func close() {
    isClosed = true
    connection.pipeline.abandon(.unavailable(problem: "the connection is closed"))
    connection.pipeline.link.close()
  }
}

/// What every connection is set to, in one statement.
struct PostgresSettings {
  let path: String
  let limits: PostgresLimits
  let isReadOnly: Bool

  static let sql = """
    SELECT set_config('search_path', $1, false), set_config('statement_timeout', $2, false),
      set_config('lock_timeout', $3, false), set_config('idle_in_transaction_session_timeout', $4, false),
      set_config('TimeZone', 'UTC', false), set_config('standard_conforming_strings', 'on', false),
      set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END,
        false),
      set_config('cursor_tuple_fraction', '1', false), set_config('jit', 'off', false),
      set_config('default_transaction_read_only',
        CASE $5 WHEN 'on' THEN 'on' ELSE current_setting('default_transaction_read_only') END, false)
    """

  var values: [SQLValue] {
    [.text(path)] + [limits.statement, limits.lock, limits.idle].map { .text("\($0.milliseconds)") }
      + [.text(isReadOnly ? "on" : "off")]
  }
}
