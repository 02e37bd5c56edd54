// SPDX-License-Identifier: Apache-2.0

import Crypto

/// What is in a table: how many rows, and SHA-256 over all of them in the order of their key (see ``CanonicalRow``).
struct TableDigest: Sendable {
  private(set) var rows: Int64 = 0
  let hash: [UInt8]
  /// Pieces of the table, so that a difference is found without comparing every row.
  private let spans: [Span]

  private struct Span: Sendable, Hashable {
    /// The key of the row before; nil at the beginning.
    let previous: [SQLValue]?
    let hash: [UInt8]
  }

  /// Rows of a span.
  private static let spanLength = 4096

  /// Reads the whole table.
  init(_ table: TableLayout, _ connection: any EngineConnection) throws {
    let keyPlaces = table.keyPlaces
    var whole = SHA256()
    var spans: [Span] = []
    var bytes: [UInt8] = []
    var rows = 0
    var (previous, last): ([SQLValue]?, [SQLValue]?) = (nil, nil)
    func endSpan() {
      whole.update(data: bytes)
      spans.append(Span(previous: previous, hash: Array(SHA256.hash(data: bytes))))
      bytes.removeAll(keepingCapacity: true)
      previous = last
    }
    let select = table.select(after: nil)
    try connection.forEachRow(select.sql, select.values) { row in
      for column in table.columns.indices { CanonicalRow.append(try row.value(column), to: &bytes) }
      rows += 1
      guard rows % Self.spanLength == 0 else { return }
      last = try keyPlaces.map { try row.value($0) }
      endSpan()
    }
    if !bytes.isEmpty { endSpan() }
    self.rows = Int64(rows)
    self.spans = spans
    hash = Array(whole.finalize())
  }

  func equals(_ other: TableDigest) -> Bool { rows == other.rows && hash == other.hash }

  /// Finds the first row that is not the same on both sides.
  ///
  /// - Returns: what is different, in words.
  func difference(
    from copy: TableDigest, of table: TableLayout, _ source: any EngineConnection, _ target: any EngineConnection
  ) throws -> String {
    let index = spans.indices.first { $0 >= copy.spans.count || spans[$0] != copy.spans[$0] }
    let previous = index.map { spans[$0].previous } ?? copy.spans.dropFirst(spans.count).first?.previous
    let select = table.select(after: previous ?? nil, limit: Self.spanLength)
    let mine = try source.values(select.sql, select.values, columns: table.columns.count)
    let theirs = try target.values(select.sql, select.values, columns: table.columns.count)
    for place in 0..<max(mine.count, theirs.count) {
      guard place < theirs.count else { return "\(named(mine[place], table)) is missing in the copy" }
      guard place < mine.count else { return "\(named(theirs[place], table)) is in the copy alone" }
      let (mine, theirs) = (mine[place], theirs[place])
      let differing = table.columns.indices.filter {
        CanonicalRow.bytes([mine[$0]]) != CanonicalRow.bytes([theirs[$0]])
      }
      guard let column = differing.first else { continue }
      if table.keyPlaces.contains(column) { return "\(named(mine, table)) is missing in the copy, or moved" }
      return "\(named(mine, table)) has another \(table.columns[column]) in the copy"
    }
    return "they cannot be told apart row by row"
  }

  private func named(_ row: [SQLValue], _ table: TableLayout) -> String {
    "the row with \(table.shown(table.keyPlaces.map { row[$0] }))"
  }
}

extension EngineConnection {
  fileprivate func values(_ sql: String, _ values: [SQLValue], columns: Int) throws -> [[SQLValue]] {
    var rows: [[SQLValue]] = []
    try forEachRow(sql, values) { row in rows.append(try (0..<columns).map { try row.value($0) }) }
    return rows
  }
}
