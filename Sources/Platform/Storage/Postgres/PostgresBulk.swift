// SPDX-License-Identifier: Apache-2.0

/// Many rows on their way into a table.
///
/// Rows that are new are copied straight into the table, which is by far the fastest way and knows no conflicts. When
/// one of them is there already, the copy is undone and the rows go in as arrays, which replaces what is there. Whether
/// that is to be expected is learnt from the last rows of the table.
///
/// Measured with observations, 10,000 rows a transaction, on two cores shared with the server and with `fsync` on, in
/// thousands of rows a second: copied 320 to 450, as arrays 160 (through a temporary table 170), as arrays over rows that
/// are there 60 to 90.
struct PostgresBulk {
  let rows: BulkRows
  let columns: [PostgresBulkColumn]

  /// Fewer rows than this go as arrays, with no round trip of their own.
  static let fewestCopied = 200
  /// So many rows are copied by a statement at most, so that it ends well within the limit for statements.
  static let mostCopied = 100_000
  /// So many rows are in a statement with arrays at most.
  static let mostInArrays = 4096

  /// - Parameter types: the types of the table's columns by name.
  init(_ rows: BulkRows, types: [String: UInt32]) throws(StorageError) {
    self.rows = rows
    var columns: [PostgresBulkColumn] = []
    for column in rows.columns {
      guard let type = types[column.name] else {
        throw .statement(problem: "the table \(rows.table) has no column \(column.name)")
      }
      columns.append(try PostgresBulkColumn(column, type: type))
    }
    self.columns = columns
  }

  private var names: String { columns.map(\.name).joined(separator: ", ") }

  // MARK: Copied

  var copyStatement: String { "COPY \(rows.table) (\(names)) FROM STDIN (FORMAT binary)" }

  /// Appends what comes before the first row (“File Header” of the documentation of `COPY`).
  func appendHeader(to bytes: PostgresBytes) {
    Array("PGCOPY\n".utf8).withUnsafeBytes { bytes.append($0) }
    for byte: UInt8 in [0xFF, 0x0D, 0x0A, 0x00] { bytes.append(byte) }
    bytes.append(Int32(0))
    bytes.append(Int32(0))
  }

  func append(row: Int, to bytes: PostgresBytes) throws(StorageError) {
    bytes.append(Int16(columns.count))
    for column in columns { try column.append(row: row, to: bytes) }
  }

  /// Appends what comes after the last row.
  func appendTrailer(to bytes: PostgresBytes) { bytes.append(Int16(-1)) }

  // MARK: As arrays

  /// Inserts rows that come as one array a column, and replaces those whose key is there.
  var arrayStatement: String {
    let arrays = columns.filter { $0.same == nil }
    let values = columns.enumerated().map { place, column in
      column.same == nil ? "given.\(column.name)" : "$\(place + 1)"
    }
    let parameters = columns.enumerated().filter { $0.element.same == nil }.map { "$\($0.offset + 1)" }
    let given = arrays.map(\.name).joined(separator: ", ")
    let source = arrays.isEmpty ? "" : " FROM unnest(\(parameters.joined(separator: ", "))) AS given(\(given))"
    let replaced = columns.map(\.name).filter { !rows.key.contains($0) }.map { "\($0) = excluded.\($0)" }
    return """
      INSERT INTO \(rows.table) (\(names)) SELECT \(values.joined(separator: ", "))\(source) \
      ON CONFLICT (\(rows.key.joined(separator: ", "))) DO \
      \(replaced.isEmpty ? "NOTHING" : "UPDATE SET " + replaced.joined(separator: ", "))
      """
  }

  /// The parameters of that statement for some of the rows.
  func arrays(_ range: Range<Int>) throws(StorageError) -> [PostgresParameters.Given] {
    var given: [PostgresParameters.Given] = []
    for column in columns {
      let bytes = PostgresBytes(capacity: range.count * 16)
      if column.same != nil {
        try column.append(row: 0, to: bytes)
        given.append(.field(type: column.type, bytes))
      } else {
        // One dimension, counted from 1 (`array_send` of the server).
        bytes.append(Int32(1))
        bytes.append(Int32(column.hasNulls ? 1 : 0))
        bytes.append(column.type)
        bytes.append(Int32(range.count))
        bytes.append(Int32(1))
        for row in range { try column.append(row: row, to: bytes) }
        given.append(.array(type: PostgresType.array(of: column.type), bytes))
      }
    }
    return given
  }
}
