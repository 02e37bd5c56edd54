// SPDX-License-Identifier: Apache-2.0

/// How far the copy of a store has come: a table in the copy, from its first step until it is whole.
///
/// While it is there, no service takes the store for its own.
struct CopyProgress {
  /// How far the copy of one table has come.
  struct Place: Sendable, Hashable {
    /// The key of the last row that is there; nil before the first.
    var key: [SQLValue]?
    var rows: Int64 = 0
    var isComplete = false
  }

  static let table = "unfinished_copy"
  private let connection: any EngineConnection
  private let engine: any Engine

  init(_ connection: any EngineConnection, engine: any Engine) {
    self.connection = connection
    self.engine = engine
  }

  /// Makes the table, with what the store is to be a copy of as its first row.
  func begin(_ mark: CopyMark) throws(StorageError) {
    let sql = """
      CREATE TABLE \(Self.table) (
        name TEXT NOT NULL PRIMARY KEY,
        last_key BLOB NOT NULL,
        copied BIGINT NOT NULL,
        complete INTEGER NOT NULL
      )
      """
    _ = try connection.execute(engine.schemaStatement(sql), [])
    _ = try connection.execute(
      "INSERT INTO \(Self.table) (name, last_key, copied, complete) VALUES ('', $1, 0, 0)",
      [.blob(Array(mark.text.utf8))])
  }

  /// What the store is an unfinished copy of; nil when it is none.
  func mark() throws(StorageError) -> CopyMark? {
    guard try engine.hasTable(Self.table, connection) else { return nil }
    let row = try connection.rows("SELECT last_key FROM \(Self.table) WHERE name = ''", [], atMost: 1).first
    return CopyMark(text: String(decoding: try row?.blob("last_key") ?? [], as: UTF8.self))
  }

  func place(of table: String) throws(StorageError) -> Place {
    let found = try connection.rows(
      "SELECT last_key, copied, complete FROM \(Self.table) WHERE name = $1", [.text(table)], atMost: 1)
    guard let row = found.first else { return Place() }
    guard let key = CanonicalRow.values(try row.blob("last_key")) else {
      throw .unexpectedValue(column: "last_key", problem: "of \(table) is no key")
    }
    return Place(
      key: key.isEmpty ? nil : key, rows: try row.integer("copied"), isComplete: try row.integer("complete") != 0)
  }

  /// Writes down how far a table has come, in the transaction that brings it there.
  func record(_ place: Place, of table: String) throws(StorageError) {
    try connection.enqueue(
      """
      INSERT INTO \(Self.table) (name, last_key, copied, complete) VALUES ($1, $2, $3, $4)
      ON CONFLICT (name) DO UPDATE
      SET last_key = excluded.last_key, copied = excluded.copied, complete = excluded.complete
      """,
      [
        .text(table), .blob(CanonicalRow.bytes(place.key ?? [])), .integer(place.rows),
        .integer(place.isComplete ? 1 : 0),
      ])
  }

  /// Removes the table: from then on the copy is a store like any other.
  func end() throws(StorageError) { _ = try connection.execute("DROP TABLE \(Self.table)", []) }
}

/// What a copy is of: a store, as it was when the copy was begun.
struct CopyMark: Sendable, Hashable {
  /// Id of the store.
  let store: String
  /// The end of its trail.
  let head: EventLog.Head

  var text: String { "\(store) \(head.sequence) \(head.hash.hexadecimal)" }

  init(store: String, head: EventLog.Head) {
    self.store = store
    self.head = head
  }

  /// Reads what ``text`` wrote; anything else is a mark that no store matches.
  init(text: String) {
    let parts = text.split(separator: " ").map(String.init)
    store = parts.first ?? ""
    head = EventLog.Head(
      sequence: parts.count > 1 ? Int64(parts[1]) ?? -1 : -1,
      hash: parts.count > 2 ? [UInt8](hexadecimal: parts[2]) ?? [] : [])
  }

  /// Refuses a place that has another store than an unfinished copy of this one.
  func check(_ history: SchemaHistory, path: String) throws(StorageError) {
    guard !history.isEmpty else { return }
    guard let begun = history.copy else { throw .occupied(path: path, problem: "it has a store") }
    guard begun.store == store else {
      throw .occupied(path: path, problem: "it has the unfinished copy of another store")
    }
    guard begun == self else {
      throw .occupied(
        path: path,
        problem: "it has an unfinished copy of the store as it was at event \(begun.head.sequence), which is at event "
          + "\(head.sequence) now")
    }
  }
}

extension [UInt8] {
  /// Two digits for each byte.
  var hexadecimal: String { map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() }

  /// Reads two digits for each byte; nil for anything else.
  init?(hexadecimal text: String) {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
