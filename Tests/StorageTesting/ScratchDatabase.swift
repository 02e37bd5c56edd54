// SPDX-License-Identifier: Apache-2.0

import CPostgres
import Foundation

/// A database of its own in the PostgreSQL that `WAYMARK_TEST_POSTGRES` names.
final class ScratchDatabase: Sendable {
  /// The URL of the tests' PostgreSQL, whose role may make databases; empty when there is none.
  static let url = ProcessInfo.processInfo.environment["WAYMARK_TEST_POSTGRES"] ?? ""

  private let name = "test_\(UUID().uuidString.lowercased().filter { $0 != "-" })"

  /// The URL of this database.
  let place: String

  init() throws {
    guard var parts = URLComponents(string: Self.url) else {
      throw ScratchFailure(problem: "WAYMARK_TEST_POSTGRES is no URL")
    }
    parts.path = "/\(name)"
    place = parts.string ?? ""
    try Self.run("CREATE DATABASE \(name)")
  }

  /// Removes the database, and ends the connections to it.
  func remove() { try? Self.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }

  private static func run(_ sql: String) throws {
    let connection = PQconnectdb(url)
    defer { PQfinish(connection) }
    let result = PQexec(connection, sql)
    defer { PQclear(result) }
    guard PQresultStatus(result) == PGRES_COMMAND_OK else {
      throw ScratchFailure(problem: PQerrorMessage(connection).map { String(cString: $0) } ?? sql)
    }
  }
}

/// Why a place for a test's stores could not be made.
public struct ScratchFailure: Error, CustomStringConvertible {
  let problem: String

  public var description: String { "There is no place for the test's store: \(problem)" }
}
