// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// What a server says when it does not do what it was asked.
struct PostgresRefusal {
  /// The SQLSTATE; empty when libpq itself says it, as when a connection breaks.
  let code: String
  /// Whether the server ends the conversation with it.
  let isFatal: Bool
  /// One line.
  ///
  /// Never the detail or the context, which quote values of rows.
  let message: String
  /// The function in the server that says it.
  private let function: String

  init(_ result: OpaquePointer) {
    func field(_ code: Int32) -> String { PQresultErrorField(result, code).map { String(cString: $0) } ?? "" }
    code = field(Self.sqlState)
    isFatal = ["FATAL", "PANIC"].contains(field(Self.severity))
    let primary = field(Self.primaryMessage)
    let whole = primary.isEmpty ? PQresultErrorMessage(result).map { String(cString: $0) } ?? "" : primary
    // Errors of data quote the value that they are about behind a colon.
    let line = whole.firstLine
    message = String(code.hasPrefix("22") ? line.prefix { $0 != ":" } : line)
    function = field(Self.sourceFunction)
  }

  /// Whether the statement was prepared for tables that have changed since, or is not there any more.
  var isOfOutdatedStatement: Bool { isOfLostStatement || (code == "0A000" && function == "RevalidateCachedQuery") }

  /// Whether the server does not know the prepared statement.
  var isOfLostStatement: Bool { code == "26000" }

  /// Whether nothing may be written; outside of a transaction that is for reading, because the server takes no writes.
  var isOfReadOnlyServer: Bool { code == "25006" }

  /// The error of a transaction.
  func error(of sql: String) -> StorageError {
    if isOfOutdatedStatement { return .repeatable(problem: message) }
    return switch code {
    // A connection of our own prepares each name once: somebody else's statement is there.
    case "42P05": .pooled
    case "23505": .conflict(problem: message)
    case "40001", "40P01", "55P03": .repeatable(problem: message)
    case "53100", "53200": .full(problem: message)
    case "", "57014", "25P03", "58030": .unavailable(problem: message)
    // As many values as the statement has parameters are not there.
    case "08P01": .statement(problem: message)
    case _ where ["08", "53", "57"].contains(code.prefix(2)): .unavailable(problem: message)
    case "XX001", "XX002": .corrupt(path: "the PostgreSQL database", problem: message)
    default: .statement(problem: sql.isEmpty ? message : "\(message), in “\(Self.brief(sql))”")
    }
  }

  /// A statement on one line, cut where it gets long; its values are not in it.
  private static func brief(_ sql: String) -> String {
    let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count <= 200 ? line : "\(line.prefix(199))…"
  }

  // The macros of libpq's header, which are character literals (`PG_DIAG_…`).
  private static let severity = Int32(UInt8(ascii: "V"))
  private static let sqlState = Int32(UInt8(ascii: "C"))
  private static let primaryMessage = Int32(UInt8(ascii: "M"))
  private static let sourceFunction = Int32(UInt8(ascii: "R"))
}
