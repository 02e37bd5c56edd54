// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Storage

@Suite("Values in PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresValueTests {
  private let scratch: PostgresScratch
  private let session: PostgresSession
  private var connection: PostgresConnection { session.connection }

  init() throws {
    scratch = try PostgresScratch(
      "CREATE TABLE things (id BIGINT PRIMARY KEY, t TEXT, i BIGINT, r DOUBLE PRECISION, b BLOB)")
    session = try scratch.session()
  }

  static let texts = [
    "", " ", "a", "Ærø – 病院 👩‍⚕️", "'", "\"", "\\", "$1", "%s", "line\nline\r\n\t", "\u{1}\u{7F}\u{10FFFF}",
    String(repeating: "x", count: 5000), String(repeating: "é", count: 1_000_000),
  ]

  @Test("texts come back as they were", arguments: texts)
  func text(text: String) throws { #expect(try connection.value("SELECT $1 AS value", [.text(text)]) == .text(text)) }

  @Test("whole numbers come back as they were", arguments: [0, 1, -1, 255, 256, .max, .min, 1 << 40] as [Int64])
  func integer(number: Int64) throws {
    #expect(try connection.value("SELECT $1 AS value", [.integer(number)]) == .integer(number))
  }

  @Test(
    "numbers come back to the last bit",
    arguments: [
      0, -0.0, 0.1, -1.5, 1e308, -1e308, -.leastNonzeroMagnitude, .pi, .greatestFiniteMagnitude, .leastNormalMagnitude,
      1e22, 123_456_789.125,
    ])
  func real(number: Double) throws {
    guard case .real(let back) = try connection.value("SELECT $1 AS value", [.real(number)]) else { throw Unhappy() }
    #expect(back.bitPattern == number.bitPattern)
  }

  @Test("bytes come back as they were", arguments: [0, 1, 255, 256, 70_000, 3_000_000])
  func blob(length: Int) throws {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try connection.value("SELECT $1 AS value", [.blob(bytes)]) == .blob(bytes))
  }

  @Test("NULL is stored in columns of every type, before and after values, by one statement")
  func null() throws {
    let sql = "INSERT INTO things (id, t, i, r, b) VALUES ($1, $2, $3, $4, $5)"
    let full: [SQLValue] = [.text("t"), .integer(1), .real(2), .blob([3])]
    let empty: [SQLValue] = [.null, .null, .null, .null]
    let half: [SQLValue] = [.text("t"), .null, .real(2), .null]
    let all = [empty, full, half, empty, full]
    for (id, values) in all.enumerated() { _ = try connection.execute(sql, [.integer(Int64(id))] + values) }
    let rows = try connection.rows("SELECT t, i, r, b FROM things ORDER BY id", [], atMost: .max)
    #expect(try rows.map { row in try ["t", "i", "r", "b"].map { try row.value($0) } } == all)
  }

  @Test("whole numbers go into columns of numbers, and rows say what they are by name")
  func conversions() throws {
    _ = try connection.execute("INSERT INTO things (id, r) VALUES (1, $1)", [.integer(3)])
    let row = try #require(try connection.rows("SELECT id, r, t FROM things", [], atMost: 1).first)
    #expect(try row.real("r") == 3)
    #expect(try row.integer("id") == 1)
    #expect(try row.optionalText("t") == nil)
    #expect(refusal { _ = try row.text("id") }?.kind == "unexpectedValue")
    #expect(refusal { _ = try row.text("nothing") }?.kind == "unexpectedValue")
  }

  @Test(
    "what engines would change quietly is refused, and the transaction goes on",
    arguments: [.real(.nan), .real(.infinity), .real(-.infinity), .text("a\0b"), .text("\0")] as [SQLValue])
  func refused(value: SQLValue) throws {
    try connection.change {
      try connection.enqueue("INSERT INTO things (id) VALUES (1)", [])
      #expect(refusal { _ = try connection.execute("SELECT $1", [value]) }?.kind == "statement")
      #expect(refusal { try connection.enqueue("SELECT $1", [value]) }?.kind == "statement")
    }
    #expect(try connection.count("things") == 1)
  }

  static let expressions: [(String, SQLValue)] = [
    ("1::int2", .integer(1)), ("(-32768)::int2", .integer(-32768)), ("(-2147483648)::int4", .integer(-2_147_483_648)),
    ("TRUE", .integer(1)), ("FALSE", .integer(0)), ("1.5::float4", .real(1.5)), ("'a'::varchar(5)", .text("a")),
    ("'a'::char(3)", .text("a  ")), ("'x'::name", .text("x")), ("NULL", .null), ("NULL::numeric", .null),
    ("(SELECT sum(i) FROM generate_series(1, 10) i)", .integer(55)),
    ("(SELECT sum(i::int8) FROM generate_series(1, 100000) i)", .integer(5_000_050_000)),
    ("(SELECT avg(i) FROM generate_series(1, 4) i)", .real(2.5)),
    ("0::numeric", .integer(0)), ("9223372036854775807::numeric", .integer(.max)),
    ("(-9223372036854775808)::numeric", .integer(.min)), ("10000::numeric", .integer(10_000)),
    ("100000000::numeric", .integer(100_000_000)), ("-12345.678::numeric", .real(-12345.678)),
    ("0.0001::numeric", .real(0.0001)), ("1e-30::numeric", .real(1e-30)), ("1.0e25::numeric + 0.5", .real(1e25)),
    ("0.1::numeric(10, 4)", .real(0.1)), ("'\\x00ff'::bytea", .blob([0, 255])),
  ]

  @Test("values of the server's types are read", arguments: expressions)
  func types(expression: String, value: SQLValue) throws {
    #expect(try connection.value("SELECT \(expression) AS value") == value)
  }

  @Test(
    "values that there is no place for are refused with the name of their column",
    arguments: [
      "9223372036854775808::numeric", "'NaN'::numeric", "'Infinity'::numeric", "'NaN'::float8", "'-Infinity'::float8",
      "now()", "'{1}'::int4[]", "'1 day'::interval", "gen_random_uuid()",
    ])
  func unreadable(expression: String) throws {
    let error = refusal { _ = try connection.value("SELECT \(expression) AS value") }
    guard case .unexpectedValue(column: "value", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try connection.value("SELECT 1 AS value") == .integer(1))
  }

  @Test("texts are sorted by their bytes, whatever the database's collation")
  func sorted() throws {
    let texts = ["b", "a", "B", "_", "é", "Z", "zz", "z", "1", " "]
    for (id, text) in texts.enumerated() {
      _ = try connection.execute("INSERT INTO things (id, t) VALUES ($1, $2)", [.integer(Int64(id)), .text(text)])
    }
    let found = try connection.rows("SELECT t FROM things ORDER BY t", [], atMost: .max).map { try $0.text("t") }
    #expect(found == texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
  }

  @Test("random values of all kinds come back")
  func random() throws {
    var generator = SplitMix(state: 7)
    for _ in 0..<200 {
      let values = (0..<Int.random(in: 1...30, using: &generator)).map { _ in SQLValue.random(using: &generator) }
      let names = values.indices.map { "v\($0)" }
      let list = zip(values, names).enumerated().map { place, pair in
        "$\(place + 1)\(pair.0 == .null ? "::text" : "") AS \(pair.1)"
      }
      let row = try #require(
        try connection.rows("SELECT \(list.joined(separator: ", "))", values, atMost: 1).first)
      #expect(try names.map { try row.value($0) } == values)
    }
  }

  @Test("more values than the protocol counts are refused, and as many as it counts are not")
  func many() throws {
    let values = [SQLValue](repeating: .integer(1), count: 65_536)
    #expect(refusal { _ = try connection.execute("SELECT 1", values) }?.kind == "statement")
    let marks = (1...1000).map { "$\($0)" }.joined(separator: " + ")
    #expect(try connection.value("SELECT \(marks) AS value", Array(values.prefix(1000))) == .integer(1000))
  }
}

/// A small generator whose numbers are the same in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SQLValue {
  fileprivate static func random(using generator: inout SplitMix) -> SQLValue {
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: .null
    case 1: .integer(Int64(bitPattern: generator.next()))
    case 2: .real(Double.random(in: -1e9...1e9, using: &generator))
    case 3:
      .text(
        String(
          String.UnicodeScalarView(
            (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
              UnicodeScalar(UInt32.random(in: 1...0x10FFFF, using: &generator))
            })))
    default:
      .blob((0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
  }
}
