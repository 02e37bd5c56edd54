// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

@Suite("Long answers of PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresStreamTests {
  private let scratch: PostgresScratch
  private let session: PostgresSession
  private var connection: PostgresConnection { session.connection }

  init() throws {
    scratch = try PostgresScratch("CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY)")
    session = try scratch.session()
  }

  private static let series = "SELECT i, 'n' || i AS name, i * 0.5::float8 AS half FROM generate_series(1, $1) i"

  @Test(
    "every row comes once and in order, however many there are", arguments: [0, 1, 127, 128, 129, 255, 256, 100_000])
  func all(count: Int64) throws {
    for isInTransaction in [true, false] {
      if isInTransaction { try connection.begin(.read) }
      var next: Int64 = 1
      try connection.forEachRow(Self.series, [.integer(count)]) { row throws in
        #expect(try row.integer(0) == next)
        if next % 1000 == 1 {
          #expect(try row.text(1) == "n\(next)")
          #expect(try row.real(2) == Double(next) / 2)
          #expect(try row.value(0) == .integer(next))
        }
        next += 1
      }
      #expect(next == count + 1)
      connection.rollback()
      #expect(session.isUsable)
    }
  }

  @Test("long answers of the same width, one after the other, each have their own names and types")
  func oneAfterTheOther() throws {
    var seen: [SQLValue] = []
    for sql in ["SELECT 1 AS a, 'x' AS b", "SELECT 'y' AS c, 2.5::float8 AS d", "SELECT '\\x01'::bytea AS e, 3 AS f"] {
      for isInTransaction in [true, false] {
        if isInTransaction { try connection.begin(.read) }
        try connection.forEachRow(sql, []) { row in seen += [try row.value(0), try row.value(1)] }
        connection.rollback()
      }
    }
    let first: [SQLValue] = [.integer(1), .text("x")]
    let second: [SQLValue] = [.text("y"), .real(2.5)]
    let third: [SQLValue] = [.blob([1]), .integer(3)]
    #expect(seen == first + first + second + second + third + third)
  }

  @Test("whoever has seen enough ends a long answer, and the transaction goes on", arguments: [1, 128, 129, 5000])
  func early(row last: Int64) throws {
    try connection.begin(.read)
    for _ in 0..<3 {
      var seen: Int64 = 0
      #expect(throws: Unhappy()) {
        try connection.forEachRow(Self.series, [.integer(100_000)]) { row in
          seen = try row.integer(0)
          if seen == last { throw Unhappy() }
        }
      }
      #expect(seen == last)
      #expect(try connection.count("notes") == 0)
    }
    connection.rollback()
    #expect(session.isUsable)
  }

  @Test("other statements may be run while an answer is gone through, also long ones")
  func nested() throws {
    try connection.begin(.write)
    var count = 0
    try connection.forEachRow(Self.series, [.integer(300)]) { row in
      try connection.enqueue("INSERT INTO notes VALUES ($1)", [.text(try row.text(1))])
      if count % 100 == 0 {
        var inner: Int64 = 0
        try connection.forEachRow(Self.series, [.integer(1000)]) { inner += try $0.integer(0) }
        #expect(inner == 500_500)
        #expect(try connection.count("notes") == Int64(count) + 1)
      }
      count += 1
    }
    try connection.commit()
    #expect(try connection.count("notes") == 300)
  }

  @Test("an answer that fails in the middle ends with the failure, after the rows before it")
  func failing() throws {
    try connection.begin(.read)
    var seen = 0
    let error = refusal {
      try connection.forEachRow("SELECT 1 / (5000 - i) FROM generate_series(1, 10000) i", []) { _ in seen += 1 }
    }
    #expect(error?.kind == "statement")
    #expect((1..<5000).contains(seen))
    connection.rollback()
    #expect(try connection.count("notes") == 0)
  }

  @Test("rows of very different sizes come as they are")
  func sizes() throws {
    var lengths: [Int] = []
    let sql = "SELECT repeat('x', CASE WHEN i % 100 = 0 THEN 100000 ELSE 1 END) FROM generate_series(1, 2000) i"
    try connection.forEachRow(sql, []) { lengths.append(try $0.text(0).utf8.count) }
    #expect(lengths == (1...2000).map { $0 % 100 == 0 ? 100_000 : 1 })
  }

  @Test("a place that a row does not have, and a value of another type, are refused")
  func places() throws {
    try connection.forEachRow("SELECT 1, 'a', NULL::float8, NULL::text", []) { row throws in
      #expect(refusal { _ = try row.text(4) }?.kind == "unexpectedValue")
      #expect(refusal { _ = try row.text(-1) }?.kind == "unexpectedValue")
      #expect(refusal { _ = try row.text(0) }?.kind == "unexpectedValue")
      #expect(refusal { _ = try row.integer(1) }?.kind == "unexpectedValue")
      #expect(refusal { _ = try row.real(2) }?.kind == "unexpectedValue")
      #expect(refusal { _ = try row.text(3) }?.kind == "unexpectedValue")
      #expect(try row.optionalReal(2) == nil)
      #expect(try row.value(3) == .null)
      #expect(try row.optionalReal(0) == 1)
    }
  }
}
