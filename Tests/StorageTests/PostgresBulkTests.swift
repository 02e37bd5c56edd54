// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

@Suite("Many rows into PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresBulkTests {
  private let scratch: PostgresScratch
  private let session: PostgresSession
  private var connection: PostgresConnection { session.connection }

  init() throws {
    scratch = try PostgresScratch(
      """
      CREATE TABLE points (
        measure TEXT NOT NULL,
        day INTEGER NOT NULL,
        value DOUBLE PRECISION NOT NULL CHECK (value < 1000000),
        denominator DOUBLE PRECISION,
        note TEXT NOT NULL,
        changed BIGINT NOT NULL,
        picture BLOB,
        PRIMARY KEY (measure, day)
      ) PARTITION BY HASH (measure)
      """,
      "CREATE TABLE points_0 PARTITION OF points FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
      "CREATE TABLE points_1 PARTITION OF points FOR VALUES WITH (MODULUS 2, REMAINDER 1)")
    session = try scratch.session()
  }

  /// Points of days from `start` on, three measures a day.
  private func points(
    _ count: Int, from start: Int = 0, changed: Int64 = 1, value: (Int) -> Double = { Double($0) / 3 }
  ) -> BulkRows {
    let numbers = start..<start + count
    return BulkRows(
      table: "points", key: ["measure", "day"],
      columns: [
        .init("measure", .text(numbers.map { "mé\($0 % 3)" })),
        .init("day", .integer(numbers.map { Int64($0 / 3) - 5 })),
        .init("value", .real(numbers.map(value))),
        .init("denominator", .optionalReal(numbers.map { $0 % 2 == 0 ? nil : Double($0) })),
        .init("note", .text(numbers.map { $0 % 7 == 0 ? "" : "note\t\n\\N,\($0)" })),
        .init("changed", .same(.integer(changed))),
        .init("picture", .same(.blob([0, 1, 255]))),
      ], count: count)
  }

  private func check(_ count: Int, from start: Int = 0, changed: Int64 = 1) throws {
    let rows = try connection.rows(
      "SELECT * FROM points WHERE day >= $1 AND day < $2 ORDER BY day, measure",
      [.integer(Int64(start / 3) - 5), .integer(Int64((start + count) / 3) - 5)], atMost: .max)
    #expect(rows.count == count)
    for (number, row) in zip(start..., rows) {
      #expect(try row.text("measure") == "mé\(number % 3)")
      #expect(try row.integer("day") == Int64(number / 3) - 5)
      #expect(try row.real("value") == Double(number) / 3)
      #expect(try row.optionalReal("denominator") == (number % 2 == 0 ? nil : Double(number)))
      #expect(try row.text("note") == (number % 7 == 0 ? "" : "note\t\n\\N,\(number)"))
      #expect(try row.integer("changed") == changed)
      #expect(try row.blob("picture") == [0, 1, 255])
    }
  }

  @Test("rows come to be as they were given, however many", arguments: [0, 3, 198, 201, 6000, 30_000])
  func new(count: Int) throws {
    try connection.change { try connection.write(points(count)) }
    try check(count)
    #expect(try connection.count("points") == Int64(count))
  }

  @Test("rows whose key is there replace it, others are added", arguments: [60, 3000, 12_000])
  func replaced(count: Int) throws {
    try connection.change { try connection.write(points(count, changed: 1)) }
    for round: Int64 in 2...4 {
      try connection.change { try connection.write(points(count, from: count / 2, changed: round)) }
    }
    try check(count / 2, changed: 1)
    try check(count, from: count / 2, changed: 4)
    // New rows again, after those that were there.
    try connection.change { try connection.write(points(count, from: 2 * count, changed: 5)) }
    try check(count, from: 2 * count, changed: 5)
  }

  @Test("a write that is copied in parts goes on as arrays where the rows that are there begin")
  func parts() throws {
    let count = 2 * PostgresBulk.mostCopied + 300
    try connection.write(points(30, from: PostgresBulk.mostCopied + 500, changed: 1))
    try connection.write(points(count, changed: 2))
    #expect(try connection.count("points") == Int64(count))
    #expect(try connection.count("points WHERE changed = 2") == Int64(count))
  }

  @Test("several writes and other statements share a transaction, and nothing is kept when it is undone")
  func together() throws {
    struct Undone: Error {}
    #expect(throws: Undone.self) {
      try connection.change {
        try connection.write(points(3000))
        try connection.enqueue("DELETE FROM points WHERE day = 1", [])
        try connection.write(points(3000, from: 3000))
        #expect(try connection.count("points") == 5997)
        throw Undone()
      }
    }
    #expect(try connection.count("points") == 0)
    try connection.change {
      try connection.write(points(3000))
      try connection.enqueue("DELETE FROM points", [])
      try connection.write(points(3000))
    }
    #expect(try connection.count("points") == 3000)
  }

  @Test("without a transaction the rows are one")
  func alone() throws {
    try connection.write(points(600))
    #expect(try connection.count("points") == 600)
  }

  @Test("a row that the table refuses, wherever it is, ends the write, and nothing is kept", arguments: [60, 9000])
  func refusedByTable(count: Int) throws {
    for place in [0, count / 2, count - 1] {
      let error = refusal {
        try connection.change {
          try connection.write(points(count) { $0 == place ? 1_000_000 : 1 })
        }
      }
      #expect(error?.kind == "statement")
      #expect(session.isUsable)
      #expect(try connection.count("points") == 0)
    }
    try connection.write(points(count))
  }

  @Test("values that cannot be stored are refused before they are sent, or while they are", arguments: [60, 9000])
  func refusedValues(count: Int) throws {
    for rows in [
      points(count) { $0 == count - 1 ? .nan : 1 }, points(count) { $0 == 0 ? .infinity : 1 },
      BulkRows(
        table: "points", key: ["measure", "day"],
        columns: [
          .init("measure", .text((0..<count).map { $0 == count - 1 ? "a\0" : "a" })),
          .init("day", .integer((0..<count).map(Int64.init))), .init("value", .same(.integer(1))),
          .init("note", .same(.text(""))), .init("changed", .same(.integer(1))),
        ], count: count),
      BulkRows(
        table: "points", key: ["measure", "day"],
        columns: [
          .init("measure", .same(.text("a"))), .init("day", .integer((0..<count).map { Int64($0) << 32 })),
          .init("value", .same(.integer(1))), .init("note", .same(.text(""))), .init("changed", .same(.integer(1))),
        ], count: count),
    ] {
      #expect(refusal { try connection.change { try connection.write(rows) } }?.kind == "statement")
      #expect(session.isUsable)
    }
    #expect(try connection.count("points") == 0)
    try connection.write(points(count))
  }

  @Test("a table or column that is not there, and values of another type, are refused with their names")
  func refusedColumns() throws {
    let texts = BulkRows.Column("note", .same(.text("")))
    for (rows, name) in [
      (BulkRows(table: "nowhere", key: ["note"], columns: [texts], count: 1), "nowhere"),
      (BulkRows(table: "points", key: ["note"], columns: [.init("colour", .same(.null))], count: 1), "colour"),
      (BulkRows(table: "points", key: ["note"], columns: [.init("day", .text(["a"]))], count: 1), "day"),
      (BulkRows(table: "points", key: ["note"], columns: [.init("note", .integer([1]))], count: 1), "note"),
    ] {
      let error = refusal { try connection.change { try connection.write(rows) } }
      #expect(error?.kind == "statement")
      #expect(error?.description.contains(name) == true)
    }
  }

  @Test("a conflict on another unique index is told as one")
  func otherIndex() throws {
    _ = try connection.execute("CREATE UNIQUE INDEX points_0_note ON points_0 (note)", [])
    _ = try connection.execute("CREATE UNIQUE INDEX points_1_note ON points_1 (note)", [])
    let rows = BulkRows(
      table: "points", key: ["measure", "day"],
      columns: [
        .init("measure", .same(.text("a"))), .init("day", .integer((0..<900).map(Int64.init))),
        .init("value", .same(.real(1))), .init("note", .same(.text("same"))), .init("changed", .same(.integer(1))),
      ], count: 900)
    #expect(refusal { try connection.change { try connection.write(rows) } }?.kind == "conflict")
    #expect(session.isUsable)
    #expect(try connection.count("points") == 0)
  }

  @Test("a table whose rows are all key is written to")
  func keysOnly() throws {
    _ = try connection.execute("CREATE TABLE members (person BIGINT, team SMALLINT, PRIMARY KEY (person, team))", [])
    let rows = BulkRows(
      table: "members", key: ["person", "team"],
      columns: [.init("person", .integer((0..<500).map(Int64.init))), .init("team", .same(.integer(7)))], count: 500)
    for _ in 0..<3 { try connection.change { try connection.write(rows) } }
    #expect(try connection.count("members") == 500)
  }
}
