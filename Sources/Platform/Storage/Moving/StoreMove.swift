// SPDX-License-Identifier: Apache-2.0

/// Copies a store into another place, also one of another engine, and looks whether the copy is the same.
///
/// The store that is copied is not changed, and nobody writes to it meanwhile. The copy is no store for any service until
/// every table has been compared; one that was killed goes on where it was when it is made again.
public struct StoreMove: Sendable {
  /// A table as it is on both sides.
  public struct Table: Sendable, Hashable {
    public let name: String
    public let rows: Int64
    /// SHA-256 over all rows in the order of their key, in hexadecimal digits.
    public let hash: String
  }

  /// What was copied.
  public struct Report: Sendable, Hashable {
    /// The store's own id, which the copy has, too.
    public let store: String
    public let tables: [Table]
    /// Number of the last event.
    public let events: Int64
    /// Whether it was copied now; a copy that was whole already was compared and left as it was.
    public let isNew: Bool
  }

  /// What is being done.
  public enum Progress: Sendable, Hashable {
    case copied(table: String, rows: Int64)
    case compared(Table)
  }

  private let from: StoreLocation
  private let to: StoreLocation
  private let service: String
  private let migrations: [Migration]

  /// - Parameter migrations: every step of the service's schema.
  public init(from: StoreLocation, to: StoreLocation, service: String, migrations: [Migration]) {
    self.from = from
    self.to = to
    self.service = service
    self.migrations = migrations
  }

  /// Makes the copy, or completes it.
  ///
  /// - Parameter progress: told after each piece; what it throws ends the copy, which can be completed later.
  /// - Throws: a ``StoreMoveError`` or a ``StorageError``.
  public func run(_ progress: (Progress) throws -> Void = { _ in }) throws -> Report {
    guard from != to else { throw StorageError.occupied(path: to.description, problem: "it is what is to be copied") }
    guard let view = try StoreView(from, service: service, claiming: true) else {
      throw StoreMoveError.noStore(path: from.description)
    }
    defer { view.close() }
    return try view.look { source in
      let mark = try mark(of: source, engine: view.engine)
      if let report = try finished(mark, source, view.engine, progress) { return report }
      let engine = try Database.engine(at: to, service: service)
      defer { try? engine.close() }
      var update = SchemaUpdate(engine: engine, location: to, migrations: migrations, service: service)
      update.copying = mark
      _ = try update.run()
      return try engine.updatingSchema { target in
        try copy(source, view.engine, to: target, engine, mark, progress)
      }
    }
  }

  /// Compares a copy that was completed before and that nobody has written to since; nil when there is none.
  private func finished(
    _ mark: CopyMark, _ source: any EngineConnection, _ sourceEngine: any Engine,
    _ progress: (Progress) throws -> Void
  ) throws -> Report? {
    // What cannot be looked at, is told by the attempt to copy.
    guard let there = try? StoreView(to, service: service, claiming: true) else { return nil }
    defer { there.close() }
    return try there.look { target in
      guard try CopyProgress(target, engine: there.engine).mark() == nil,
        let copied = try? self.mark(of: target, engine: there.engine), copied == mark
      else { return nil }
      let tables = try layouts(source, sourceEngine.name, target, there.engine.name)
      do {
        let compared = try compare(tables, source, target, progress)
        return Report(store: mark.store, tables: compared, events: mark.head.sequence, isNew: false)
      } catch StoreMoveError.differs(let table, _, _, let difference) {
        // It may be in use since, and is nobody's to remove.
        throw StorageError.occupied(
          path: to.description,
          problem: "it has a copy of this store, which was written to since (\(table): \(difference))")
      }
    }
  }

  /// What the copy is of; refuses a store whose schema is not this program's.
  private func mark(of source: any EngineConnection, engine: any Engine) throws -> CopyMark {
    let history = try SchemaHistory(source, engine: engine)
    try SchemaUpdate(engine: engine, location: from, migrations: migrations, service: service).check(history)
    let missing = SchemaReport.missing(history, migrations).count
    guard missing == 0 else { throw StoreMoveError.outdated(path: from.description, missing: missing) }
    let properties = try StoreProperties(source, location: from, service: service)
    let head = try source.rows("SELECT hash FROM event_head WHERE id = 1", [], atMost: 1).first?.blob("hash") ?? []
    return CopyMark(store: properties.id, head: EventLog.Head(sequence: properties.lastEvent, hash: head))
  }

  private func copy(
    _ source: any EngineConnection, _ sourceEngine: any Engine, to target: any EngineConnection, _ engine: any Engine,
    _ mark: CopyMark, _ progress: (Progress) throws -> Void
  ) throws -> Report {
    let place = CopyProgress(target, engine: engine)
    guard try place.mark() == mark else {
      throw StorageError.occupied(path: to.description, problem: "another copy was made there")
    }
    let tables = try layouts(source, sourceEngine.name, target, engine.name)
    for table in tables {
      try TableCopy(table: table, source: source, target: target, progress: place).run { rows in
        try progress(.copied(table: table.name, rows: rows))
      }
    }
    let compared = try compare(tables, source, target, progress)
    let audit = try EventAudit(target, location: to, service: service)
    if let problem = audit.problem { throw StoreMoveError.trail(path: from.description, problem: "\(problem)") }
    try target.begin(.write)
    do {
      try place.end()
      try target.commit()
    } catch {
      target.rollback()
      throw error
    }
    return Report(store: audit.store, tables: compared, events: audit.events, isNew: true)
  }

  /// The tables, which are the same on both sides.
  private func layouts(
    _ source: any EngineConnection, _ sourceEngine: EngineName, _ target: any EngineConnection,
    _ targetEngine: EngineName
  ) throws -> [TableLayout] {
    let mine = try TableLayout.all(source, engine: sourceEngine)
    let theirs = try TableLayout.all(target, engine: targetEngine)
    for table in mine {
      guard let other = theirs.first(where: { $0.name == table.name }) else {
        throw StoreMoveError.schema(table: table.name, problem: "is not of this program's schema")
      }
      guard other == table else {
        throw StoreMoveError.schema(table: table.name, problem: "has other columns or another key than in the copy")
      }
      guard !table.key.isEmpty else { throw StoreMoveError.schema(table: table.name, problem: "has no primary key") }
    }
    if let other = theirs.first(where: { table in !mine.contains(table) }) {
      throw StoreMoveError.schema(table: other.name, problem: "is not in the store that is to be copied")
    }
    return mine
  }

  private func compare(
    _ tables: [TableLayout], _ source: any EngineConnection, _ target: any EngineConnection,
    _ progress: (Progress) throws -> Void
  ) throws -> [Table] {
    try tables.map { table in
      let mine = try TableDigest(table, source)
      let theirs = try TableDigest(table, target)
      guard mine.equals(theirs) else {
        throw StoreMoveError.differs(
          table: table.name, rows: mine.rows, copied: theirs.rows,
          difference: try mine.difference(from: theirs, of: table, source, target))
      }
      let compared = Table(name: table.name, rows: mine.rows, hash: mine.hash.hexadecimal)
      try progress(.compared(compared))
      return compared
    }
  }
}
