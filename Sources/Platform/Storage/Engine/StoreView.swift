// SPDX-License-Identifier: Apache-2.0

/// A store that is looked at by somebody else than its service, and not changed.
final class StoreView {
  let engine: any Engine
  private let session: any EngineSession
  private let path: String
  private let claiming: Bool

  /// Opens what is there; nil when no store is.
  ///
  /// - Parameter claiming: whether nobody may write to the store while it is looked at.
  init?(_ location: StoreLocation, service: String, claiming: Bool = false) throws(StorageError) {
    path = location.description
    self.claiming = claiming
    switch location {
    case .sqlite(let path):
      guard let engine = try SQLiteReadingEngine(path: path, claiming: claiming) else { return nil }
      self.engine = engine
      do {
        session = try engine.connect(for: .read)
      } catch {
        engine.close()
        throw error
      }
    case .postgres(let address):
      let engine = try PostgresEngine(address: address, schema: service)
      let session = try engine.session(limits: .schemaChange)
      self.engine = engine
      self.session = session
      do {
        switch try engine.schemaState(session.connection) {
        case .store: break
        case .none:
          session.close()
          return nil
        case .foreign:
          throw StorageError.foreign(
            path: path, problem: "its schema “\(service)” has tables, and none of them is Waymark's")
        }
        if claiming, try engine.isServed(session.connection) { throw StorageError.inUse(path: path) }
      } catch {
        session.close()
        throw StorageError.opening(path: path, error)
      }
    }
  }

  /// Looks at the store as it is at one moment.
  func look<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result {
    try session.use { connection in
      let isClaimed = try claiming && engine.name == .postgres && engine.hasTable("event_head", connection)
      try connection.begin(.read)
      defer { connection.rollback() }
      if isClaimed {
        do {
          // Before anything is looked at, so that nothing can have been written since. Every write takes hold of it.
          _ = try connection.execute("LOCK TABLE event_head IN EXCLUSIVE MODE NOWAIT", [])
        } catch StorageError.repeatable {
          throw StorageError.inUse(path: path)
        }
      }
      return try body(connection)
    }
  }

  /// Ends the looking; the store is as it was.
  func close() {
    session.close()
    try? engine.close()
  }
}

extension PostgresEngine {
  /// Whether a service is connected to the store.
  fileprivate func isServed(_ connection: any EngineConnection) throws(StorageError) -> Bool {
    try !connection.rows(
      """
      SELECT 1 AS found FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()
      """, [.text("waymark-\(schema)")], atMost: 1
    ).isEmpty
  }
}
