// SPDX-License-Identifier: Apache-2.0

/// A service's store: one SQLite file, or one schema of a PostgreSQL database.
///
/// What is guaranteed on both:
/// - A write is all there or not at all, and on disk before `write` returns.
/// - Writes follow one another; each sees what the ones before it wrote.
/// - A read sees the store as it was when the read began. Readers do not wait for writers, nor writers for readers.
/// - What a write appended as events is there exactly when the write is.
public final class Database: Sendable {
  /// Whether the store can be used at present.
  public let health: StoreHealth
  /// What happens in the store, and what happened.
  public let events: EventFeed
  /// Makes and reads the tokens of this store's pages.
  public let pageTokens: PageTokens
  /// The store's own id, made with it: it stays when the store is copied to another engine.
  public let id: String

  private let engine: any Engine
  private let readers: SessionPool
  private let lookups: LookupQueue
  private let writer: WriteQueue
  private let upkeep: StoreUpkeep

  private init(engine: any Engine, properties: StoreProperties, service: String) {
    self.engine = engine
    id = properties.id
    pageTokens = PageTokens(key: properties.pageTokenKey)
    health = StoreHealth()
    events = EventFeed()
    readers = SessionPool(engine: engine, health: health, service: service)
    lookups = LookupQueue(engine: engine, health: health, service: service)
    writer = WriteQueue(engine: engine, log: EventLog(feed: events), health: health, service: service)
    events.begin(with: EventPages(readers: readers), last: properties.lastEvent)
    upkeep = StoreUpkeep()
    if let problem = properties.problem { health.failed(problem) }
  }

  /// Opens the store at `location`, makes it when it is not there, and brings its schema up to date.
  ///
  /// - Parameters:
  ///   - location: where it is; the folder of a file is made, too.
  ///   - migrations: every step of the schema, numbered from 1 without gaps.
  ///   - service: name of the service: the schema in PostgreSQL, and for diagnoses.
  /// - Throws: a ``StorageError`` whose description is one sentence for the person who runs the service. What the store
  ///   holds is then as it was.
  public static func open(
    _ location: StoreLocation, migrations: [Migration], service: String
  ) throws(StorageError) -> Database {
    let engine = try engine(at: location, service: service)
    do {
      let properties = try SchemaUpdate(engine: engine, location: location, migrations: migrations, service: service)
        .run()
      UUIDv7.begin(after: properties.lastTime / 1000)
      let database = Database(engine: engine, properties: properties, service: service)
      try database.readers.begin()
      try database.upkeep.begin(database, engine: engine)
      return database
    } catch {
      try? engine.close()
      throw StorageError.opening(path: location.description, error)
    }
  }

  /// A store that was forgotten about: what looks after it must end, too.
  deinit { upkeep.end() }

  /// Opens the store in the SQLite file at `path`.
  public static func open(path: String, migrations: [Migration], service: String) throws(StorageError) -> Database {
    try open(.sqlite(path: path), migrations: migrations, service: service)
  }

  static func engine(at location: StoreLocation, service: String) throws(StorageError) -> any Engine {
    switch location {
    case .sqlite(let path): try SQLiteEngine(path: path, service: service)
    case .postgres(let address): try PostgresEngine(address: address, schema: service)
    }
  }

  /// Looks at the state of the store as it is now.
  ///
  /// - Throws: what `body` throws, a ``StorageError``, or `CancellationError` when the task was cancelled.
  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try await readers.read(body)
  }

  /// Looks up a few rows by their key.
  ///
  /// Like `read`, but each statement sees the store as it is when it runs, and threads are not changed where the engine
  /// answers in microseconds: `body` must be as brief.
  public func lookup<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try await readers.lookup(body)
  }

  /// Looks up a few rows by their key with one statement; where the engine is behind a network, together with others.
  public func rows(_ sql: SQL, _ values: [SQLValue] = []) async throws -> [Row] {
    if engine.readsAtOnce { return try await readers.lookup { try $0.rows(sql, values) } }
    return try await lookups.rows(EngineStatement(sql: sql.text, values: values))
  }

  /// Changes the store.
  ///
  /// When `body` throws, nothing is changed. It may run more than once, each time from the state before.
  ///
  /// - Throws: what `body` throws, a ``StorageError``, or `CancellationError` when the task was cancelled before the
  ///   change was made.
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws -> Result
  ) async throws -> Result {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        writer.add(Change(continuation, cancellation: cancellation, body))
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// Makes what is under way durable, and closes the store.
  ///
  /// Further use fails, and another process may open a store that is a file. A store that is not closed loses nothing.
  public func close() throws {
    upkeep.end()
    events.close()
    // Readers first: a file is brought to rest by the last connection, if that one may write.
    lookups.close()
    readers.close()
    writer.close()
    try engine.close()
  }
}
