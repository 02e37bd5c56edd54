// SPDX-License-Identifier: Apache-2.0

/// What statements of a schema are written differently in PostgreSQL than in the common dialect.
///
/// - `TEXT` is `TEXT COLLATE "C"`: texts are sorted by their bytes, as SQLite does, whatever the database's collation.
/// - `BLOB` is `BYTEA`.
///
/// Types are written in capital letters, names are not: a column may be called `text`.
enum PostgresDialect {
  private static let types = ["TEXT": "TEXT COLLATE \"C\"", "BLOB": "BYTEA"]

  /// A statement of a schema, with the names of types replaced; what stands in quotes or comments stays as it is.
  static func translated(_ sql: String) -> String {
    var text = ""
    var rest = sql[...]
    while let first = rest.first {
      let token = token(rest, first: first)
      rest = rest.dropFirst(token.count)
      let isChosen = rest.drop(while: \.isWhitespace).prefix(7).uppercased() == "COLLATE"
      if token == "TEXT", isChosen {
        text += token
      } else {
        text += types[String(token)] ?? String(token)
      }
    }
    return text
  }

  /// The word, quoted part, comment or single character that `text` begins with.
  private static func token(_ text: Substring, first: Character) -> Substring {
    switch first {
    case "'", "\"":
      let body = text.dropFirst().prefix { $0 != first }
      return text.prefix(body.count + 2)
    case "-" where text.hasPrefix("--"): return text.prefix { !$0.isNewline }
    case _ where isOfWord(first): return text.prefix(while: isOfWord)
    default: return text.prefix(1)
    }
  }

  private static func isOfWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// A name as it is, whatever its letters.
  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
