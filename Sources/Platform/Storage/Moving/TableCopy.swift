// SPDX-License-Identifier: Apache-2.0

/// Copies the rows of a table from one store into another, in the order of their key.
///
/// So many at a time that each piece is one transaction of moderate size, with which the progress is written down.
struct TableCopy {
  let table: TableLayout
  let source: any EngineConnection
  let target: any EngineConnection
  let progress: CopyProgress

  /// Rows, and roughly bytes, of a piece.
  private static let rowsAtOnce = 20_000
  private static let bytesAtOnce = 8 << 20

  /// Copies what is not there yet.
  ///
  /// - Parameter copied: told how many rows are there after each piece; what it throws ends the copy.
  /// - Throws: ``StoreMoveError`` or ``StorageError``.
  func run(_ copied: (Int64) throws -> Void) throws {
    var place = try progress.place(of: table.name)
    guard !place.isComplete else { return }
    var piece = Piece(table)
    let select = table.select(after: place.key)
    try source.forEachRow(select.sql, select.values) { row in
      try piece.append(row)
      guard piece.count >= Self.rowsAtOnce || piece.size >= Self.bytesAtOnce else { return }
      try write(&piece, &place)
      try copied(place.rows)
    }
    place.isComplete = true
    try write(&piece, &place)
    try copied(place.rows)
  }

  private func write(_ piece: inout Piece, _ place: inout CopyProgress.Place) throws {
    place.rows += Int64(piece.count)
    if let key = piece.lastKey { place.key = key }
    try target.begin(.write)
    do {
      if piece.count > 0 { try target.write(piece.rows) }
      try progress.record(place, of: table.name)
      try target.commit()
    } catch {
      target.rollback()
      throw piece.nullCharacter() ?? error
    }
    piece.removeAll()
  }
}

/// Some rows of a table, column by column.
private struct Piece {
  private let table: TableLayout
  private let keyPlaces: [Int]
  private var values: [[SQLValue]]
  private(set) var count = 0
  private(set) var size = 0

  init(_ table: TableLayout) {
    self.table = table
    keyPlaces = table.keyPlaces
    values = Array(repeating: [], count: table.columns.count)
  }

  mutating func append(_ row: PassingRow) throws(StorageError) {
    for column in values.indices {
      let value = try row.value(column)
      switch value {
      case .text(let text): size += text.utf8.count + 16
      case .blob(let bytes): size += bytes.count + 16
      default: size += 16
      }
      values[column].append(value)
    }
    count += 1
  }

  mutating func removeAll() {
    for column in values.indices { values[column].removeAll(keepingCapacity: true) }
    count = 0
    size = 0
  }

  var rows: BulkRows {
    BulkRows(
      table: table.name, key: table.key,
      columns: zip(table.columns, values).map { BulkRows.Column($0, .any($1)) }, count: count)
  }

  /// The key of the last row; nil when there is none.
  var lastKey: [SQLValue]? { count > 0 ? key(of: count - 1) : nil }

  private func key(of row: Int) -> [SQLValue] { keyPlaces.map { values[$0][row] } }

  /// The first text with U+0000, which no engine takes.
  func nullCharacter() -> StoreMoveError? {
    for row in 0..<count {
      for (column, values) in zip(table.columns, values) {
        if case .text(let text) = values[row], text.utf8.contains(0) {
          return .nullCharacter(table: table.name, column: column, key: table.shown(key(of: row)))
        }
      }
    }
    return nil
  }
}
