// SPDX-License-Identifier: Apache-2.0

/// What SQLite writes differently from the common dialect: parameters are `?1` where PostgreSQL has `$1`.
///
/// SQLite knows `$1` too, but as a name whose place is where it first appears, not 1.
enum SQLiteDialect {
  /// `sql` with `?` for each `$` that a digit follows, outside of quotes.
  static func translated(_ sql: String) -> String {
    var bytes = Array(sql.utf8)
    var quote: UInt8?
    for index in bytes.indices {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: "$"), index + 1 < bytes.count,
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index + 1])
      {
        bytes[index] = UInt8(ascii: "?")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
