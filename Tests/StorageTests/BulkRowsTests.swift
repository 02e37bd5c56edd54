// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Many rows at once")
struct BulkRowsTests {
  private static let table = [
    Migration(
      number: 1, name: "points",
      sql: [
        """
        CREATE TABLE points (
          owner TEXT NOT NULL,
          at BIGINT NOT NULL,
          value DOUBLE PRECISION NOT NULL,
          base DOUBLE PRECISION,
          note TEXT,
          rank BIGINT,
          mark BLOB,
          weight DOUBLE PRECISION,
          PRIMARY KEY (owner, at)
        )
        """
      ])
  ]

  /// A row as it should be there.
  private struct Point: Sendable, Hashable {
    var owner: String
    var at: Int64
    var value: Double
    var base: Double?
  }

  private static func rows(_ points: [Point], same: [BulkRows.Column] = []) -> BulkRows {
    BulkRows(
      table: "points", key: ["owner", "at"],
      columns: [
        .init("owner", .text(points.map(\.owner))), .init("at", .integer(points.map(\.at))),
        .init("value", .real(points.map(\.value))), .init("base", .optionalReal(points.map(\.base))),
      ] + same, count: points.count)
  }

  private static func points(_ store: Database) async throws -> [Point] {
    try await store.read { transaction in
      var points: [Point] = []
      try transaction.forEachRow("SELECT owner, at, value, base FROM points ORDER BY owner, at") { row in
        points.append(
          Point(owner: try row.text(0), at: try row.integer(1), value: try row.real(2), base: try row.optionalReal(3)))
      }
      return points
    }
  }

  @Test(
    "new rows, rows over others, and both together are there as they were written last",
    arguments: ScratchStore.engines, 0..<6)
  func law(engine: EngineName, seed: Int) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.open(Self.table)
      var generator = SplitMix(state: UInt64(seed))
      var model: [String: Point] = [:]
      for _ in 0..<8 {
        var batch: [String: Point] = [:]
        for _ in 0..<[0, 1, 3, 150, 250, 900][Int.random(in: 0..<6, using: &generator)] {
          let point = Point(
            owner: ["", "a", "Ærø 病院", "a "][Int.random(in: 0..<4, using: &generator)],
            at: Int64.random(in: -400...400, using: &generator),
            value: Double.random(in: -1e300...1e300, using: &generator),
            base: Bool.random(using: &generator) ? nil : Double.random(in: -1...1, using: &generator))
          batch["\(point.owner)|\(point.at)"] = point
        }
        let rows = Self.rows(batch.values.sorted { ($0.at, $0.owner) < ($1.at, $1.owner) })
        if Bool.random(using: &generator) {
          try await store.write { try $0.write(rows) }
          model.merge(batch) { $1 }
        } else {
          await #expect(throws: Unhappy()) {
            try await store.write { transaction in
              try transaction.write(rows)
              throw Unhappy()
            }
          }
        }
        let found = try await Self.points(store)
        #expect(Set(found) == Set(model.values))
        #expect(found.count == model.count)
      }
    }
  }

  @Test("every kind of value that all rows have comes back as it is", arguments: ScratchStore.engines)
  func same(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.open(Self.table)
      let values: [[SQLValue]] = [
        [.null, .null, .null, .null], [.text(""), .integer(0), .blob([]), .real(0)],
        [.text("病院 '"), .integer(.min), .blob(Array(0...255)), .real(-0.1)],
        [.text("x"), .integer(.max), .blob([0]), .real(.greatestFiniteMagnitude)],
      ]
      // Few rows and many take different ways.
      for count in [1, 5, 500] {
        for row in values {
          let columns = zip(["note", "rank", "mark", "weight"], row).map { BulkRows.Column($0, .same($1)) }
          let points = (0..<count).map { Point(owner: "o", at: Int64($0), value: 1, base: nil) }
          try await store.write { try $0.write(Self.rows(points, same: columns)) }
          let found = try await store.read { try $0.rows("SELECT note, rank, mark, weight FROM points") }
          #expect(found.count >= count)
          for point in try await store.read({
            try $0.rows("SELECT note, rank, mark, weight FROM points WHERE at < $1", [.integer(Int64(count))])
          }) {
            #expect(try ["note", "rank", "mark", "weight"].map { try point.value($0) } == row)
          }
        }
      }
    }
  }

  @Test("no rows are no change, and rows of keys alone stay as they are", arguments: ScratchStore.engines)
  func few(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let keys = Migration(
        number: 1, name: "keys", sql: ["CREATE TABLE keys (a TEXT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a, b))"])
      let store = try scratch.open([keys])
      let rows: @Sendable (Range<Int64>) -> BulkRows = { range in
        BulkRows(
          table: "keys", key: ["a", "b"], columns: [.init("a", .same(.text("x"))), .init("b", .integer(Array(range)))],
          count: range.count)
      }
      for range in [0..<0, 0..<3, 1..<5, 0..<600, 300..<900] as [Range<Int64>] {
        try await store.write { try $0.write(rows(range)) }
      }
      #expect(try await store.read { try $0.row("SELECT COUNT(*) AS n FROM keys")?.integer("n") } == 900)
    }
  }

  @Test("100,000 rows go in as one transaction, over others too, and come back", arguments: ScratchStore.engines)
  func large(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.open(Self.table)
      var points = (0..<100_000).map { Point(owner: "o\($0 % 7)", at: Int64($0), value: Double($0) / 3, base: nil) }
      let first = Self.rows(points)
      try await store.write { try $0.write(first) }
      for place in stride(from: 0, to: 100_000, by: 3) { points[place].base = Double(place) }
      let second = Self.rows(points)
      try await store.write { try $0.write(second) }
      let found = try await Self.points(store)
      #expect(found == points.sorted { ($0.owner, $0.at) < ($1.owner, $1.at) })
    }
  }

  @Test("rows that cannot be written fail as a whole, and say why", arguments: ScratchStore.engines)
  func refused(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.open(Self.table)
      let good = (0..<300).map { Point(owner: "o", at: Int64($0), value: 1, base: 2) }
      try await store.write { try $0.write(Self.rows([good[7]])) }
      func changed(_ change: (inout Point) -> Void) -> BulkRows {
        var points = good
        change(&points[299])
        return Self.rows(points)
      }
      let bad = [
        changed { $0.value = .nan }, changed { $0.base = .infinity }, changed { $0.owner = "a\0b" },
        Self.rows(good, same: [.init("note", .same(.text("\0")))]),
        Self.rows(good, same: [.init("weight", .same(.real(-.infinity)))]),
        Self.rows(good, same: [.init("nothing", .same(.null))]),
        BulkRows(table: "points", key: ["owner", "at"], columns: [.init("owner", .same(.text("o")))], count: 300),
        BulkRows(table: "nowhere", key: ["id"], columns: [.init("id", .same(.text("o")))], count: 1),
      ]
      for (number, rows) in bad.enumerated() {
        let error = await #expect(throws: StorageError.self) { try await store.write { try $0.write(rows) } }
        #expect(error?.kind == "statement", "\(number): \(String(describing: error))")
        #expect(try await Self.points(store) == [good[7]])
      }
      try await store.write { try $0.write(Self.rows(good)) }
      #expect(try await Self.points(store) == good)
    }
  }
}
