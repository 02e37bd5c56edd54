// SPDX-License-Identifier: Apache-2.0

/// Brings the schema of a store up to date, one process at a time.
struct SchemaUpdate {
  let engine: any Engine
  let location: StoreLocation
  let migrations: [Migration]
  let service: String
  /// What the store is to be a copy of, until it is a whole one; nil for a store that is to be used.
  var copying: CopyMark? = nil

  /// Checks what is there, applies what is missing, each step in a transaction of its own, and reads the properties.
  ///
  /// - Throws: a ``StorageError``; the steps before the one that failed stay.
  func run() throws -> StoreProperties {
    precondition(
      migrations.map(\.number) == Array(1..<migrations.count + 1), "migrations are numbered from 1 without gaps")
    return try engine.updatingSchema { connection in
      let history = try SchemaHistory(connection, engine: engine)
      try check(history)
      for statement in CommonSchema.histories {
        try transaction(connection) { _ = try connection.execute(engine.schemaStatement(statement), []) }
      }
      for step in CommonSchema.migrations.dropFirst(history.common.count) {
        try apply(step, history: "platform_migrations", to: connection) {
          try FirstCommonStep(connection: connection, engine: engine, service: service).finish(after: history)
          if let copying { try CopyProgress(connection, engine: engine).begin(copying) }
        } before: {
          try FirstCommonStep(connection: connection, engine: engine, service: service).prepare(after: history)
        }
      }
      try adoptChecksums(connection, of: history)
      for step in migrations.dropFirst(history.service.count) {
        try apply(step, history: "schema_migrations", to: connection)
      }
      return try StoreProperties(
        connection, location: location, service: service, problem: problemOfWriting(connection))
    }
  }

  /// Writes a little, to see whether that can be done: a store that cannot be written can still be read.
  private func problemOfWriting(_ connection: any EngineConnection) throws -> StorageError? {
    do {
      try transaction(connection) {
        _ = try connection.execute("UPDATE event_head SET touched = touched WHERE id = 1", [])
      }
      return nil
    } catch let error as StorageError where error.isOfStore {
      return error
    }
  }

  /// Refuses a store of a newer version, of another service, or of a schema that is not what this program would make.
  func check(_ history: SchemaHistory) throws(StorageError) {
    let place = location.description
    if let copying {
      try copying.check(history, path: place)
    } else if history.copy != nil {
      throw .unfinishedCopy(path: place)
    }
    if let newest = history.common.last, newest.number > CommonSchema.migrations.count {
      throw .newer(path: place, found: newest.number, known: CommonSchema.migrations.count)
    }
    if let newest = history.service.last, newest.number > migrations.count {
      throw .newer(path: place, found: newest.number, known: migrations.count)
    }
    if let owner = history.owner, owner != service {
      throw .foreign(path: place, problem: "it is the store of “\(owner)”, not of “\(service)”")
    }
    for (applied, known) in zip(history.service, migrations)
    where (applied.number, applied.name) != (known.number, known.name) {
      throw .foreign(
        path: place, problem: "step \(applied.number) of its schema is “\(applied.name)”, not “\(known.name)”")
    }
    let all = zip(history.common + history.service, CommonSchema.migrations.prefix(history.common.count) + migrations)
    for (applied, known) in all where !applied.checksum.isEmpty && applied.checksum != known.checksum {
      throw .foreign(
        path: place, problem: "step “\(applied.name)” of its schema was made by other statements than this program's")
    }
  }

  private func apply(
    _ step: Migration, history: String, to connection: any EngineConnection,
    finish: () throws -> Void = {}, before: () throws -> Void = {}
  ) throws {
    do {
      try transaction(connection) {
        try before()
        for statement in step.statements where statement.engine == nil || statement.engine == engine.name {
          _ = try connection.execute(
            statement.engine == nil ? engine.schemaStatement(statement.sql) : statement.sql, [])
        }
        try finish()
        _ = try connection.execute(
          "INSERT INTO \(history) (number, name, applied_at, checksum) VALUES ($1, $2, $3, $4)",
          [
            .integer(Int64(step.number)), .text(step.name), .integer(UUIDv7.millisecondsNow() * 1000),
            .text(step.checksum),
          ])
      }
    } catch let error as StorageError where error.isOfStore {
      throw error
    } catch {
      throw StorageError.migration(path: location.description, number: step.number, problem: "\(error)")
    }
  }

  /// Writes down the checksums of steps that were applied before stores kept any.
  private func adoptChecksums(_ connection: any EngineConnection, of history: SchemaHistory) throws {
    let unknown = zip(history.service, migrations).filter { $0.0.checksum.isEmpty }.map(\.1)
    guard !unknown.isEmpty else { return }
    try transaction(connection) {
      for step in unknown {
        _ = try connection.execute(
          "UPDATE schema_migrations SET checksum = $1 WHERE number = $2",
          [.text(step.checksum), .integer(Int64(step.number))])
      }
    }
  }

  private func transaction(_ connection: any EngineConnection, _ body: () throws -> Void) throws {
    try connection.begin(.write)
    do {
      try body()
      try connection.commit()
    } catch {
      connection.rollback()
      throw error
    }
  }
}

/// The steps that a store has been through.
struct SchemaHistory {
  struct Step: Sendable, Hashable {
    var number: Int
    var name: String
    /// Empty when it was applied before stores kept checksums.
    var checksum: String
  }

  /// Those of the tables that every store has.
  var common: [Step] = []
  /// Those of the service; none when the store is new.
  var service: [Step] = []
  /// The service that made the store; nil when it does not say.
  var owner: String?
  /// What the store is an unfinished copy of; nil when it is none.
  var copy: CopyMark?

  /// Whether no step was made yet.
  var isEmpty: Bool { common.isEmpty && service.isEmpty }

  /// That of a store that is not there.
  init() {}

  init(_ connection: any EngineConnection, engine: any Engine) throws {
    if try engine.hasTable("platform_migrations", connection) {
      common = try Self.steps("SELECT number, name, checksum FROM platform_migrations ORDER BY number", connection)
    }
    copy = try CopyProgress(connection, engine: engine).mark()
    guard try engine.hasTable("schema_migrations", connection) else { return }
    let checksum = common.isEmpty ? "'' AS checksum" : "checksum"
    service = try Self.steps("SELECT number, name, \(checksum) FROM schema_migrations ORDER BY number", connection)
    if !common.isEmpty {
      let row = try connection.rows("SELECT value FROM store_properties WHERE name = 'service'", [], atMost: 1).first
      owner = try row.map { String(decoding: try $0.blob("value"), as: UTF8.self) }
    }
  }

  private static func steps(_ sql: String, _ connection: any EngineConnection) throws(StorageError) -> [Step] {
    var steps: [Step] = []
    for row in try connection.rows(sql, [], atMost: .max) {
      steps.append(
        Step(
          number: Int(clamping: try row.integer("number")), name: try row.text("name"),
          checksum: try row.text("checksum")))
    }
    return steps
  }
}
