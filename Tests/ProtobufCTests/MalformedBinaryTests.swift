// SPDX-License-Identifier: Apache-2.0

import ProtobufC
import TestContracts
import Testing

@Suite("Bytes that are no message")
struct MalformedBinaryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var field: String
    var problem: DecodingError.Problem
    var testDescription: String { name }
  }

  /// Field numbers of `Everything`: 3 int32, 1 double, 2 float, 14 string, 15 bytes, 17 outer, 33 repeated int32,
  /// 31 repeated double, 44 repeated string, 47 repeated outer.
  static let cases: [Case] = [
    Case(name: "a tag without a value", bytes: [0x18], field: "f_int32", problem: .truncated),
    Case(name: "a varint that does not end", bytes: [0x18, 0x80], field: "f_int32", problem: .truncated),
    Case(
      name: "a varint of eleven bytes", bytes: [0x18] + Array(repeating: 0x80, count: 10) + [0x01], field: "f_int32",
      problem: .varintOverflow),
    Case(
      name: "a varint of 65 bits", bytes: [0x20] + Array(repeating: 0xff, count: 9) + [0x02], field: "f_int64",
      problem: .varintOverflow),
    Case(name: "half a double", bytes: [0x09, 1, 2, 3, 4], field: "f_double", problem: .truncated),
    Case(name: "half a float", bytes: [0x15, 1, 2], field: "f_float", problem: .truncated),
    Case(name: "a string longer than the message", bytes: [0x72, 5, 0x61], field: "f_string", problem: .truncated),
    Case(
      name: "bytes as long as memory", bytes: [0x7a, 0xff, 0xff, 0xff, 0xff, 0x0f], field: "f_bytes",
      problem: .truncated),
    Case(
      name: "a length of 64 bits", bytes: [0x7a] + Array(repeating: 0xff, count: 9) + [0x01], field: "f_bytes",
      problem: .truncated),
    Case(name: "field number 0", bytes: [0x00, 0x01], field: "", problem: .invalidFieldNumber),
    Case(
      name: "a tag above 32 bits", bytes: [0x80, 0x80, 0x80, 0x80, 0x10, 0], field: "", problem: .invalidFieldNumber),
    Case(
      name: "a tag of six bytes", bytes: [0x98, 0x80, 0x80, 0x80, 0x80, 0x00, 0], field: "",
      problem: .invalidFieldNumber),
    Case(name: "a group that begins", bytes: [0x1b], field: "f_int32", problem: .group),
    Case(name: "an unknown group", bytes: [0xdb, 0x3e], field: "", problem: .group),
    Case(name: "a group that ends", bytes: [0x1c], field: "f_int32", problem: .group),
    Case(name: "wire type 6", bytes: [0x1e, 0], field: "f_int32", problem: .invalidWireType),
    Case(name: "wire type 7 of an unknown field", bytes: [0xdf, 0x3e, 0], field: "", problem: .invalidWireType),
    Case(
      name: "a string where a number belongs", bytes: [0x1a, 1, 0x61], field: "f_int32",
      problem: .wrongWireType(found: 2, expected: 0)),
    Case(
      name: "a number where a string belongs", bytes: [0x70, 1], field: "f_string",
      problem: .wrongWireType(found: 0, expected: 2)),
    Case(
      name: "a float where a double belongs", bytes: [0x0d, 0, 0, 0, 0], field: "f_double",
      problem: .wrongWireType(found: 5, expected: 1)),
    Case(name: "a string that is Latin-1", bytes: [0x72, 1, 0xe9], field: "f_string", problem: .notUTF8),
    Case(name: "an overlong slash", bytes: [0x72, 2, 0xc0, 0xaf], field: "f_string", problem: .notUTF8),
    Case(name: "half a surrogate pair", bytes: [0x72, 3, 0xed, 0xa0, 0x80], field: "f_string", problem: .notUTF8),
    Case(
      name: "a character above U+10FFFF", bytes: [0x72, 4, 0xf4, 0x90, 0x80, 0x80], field: "f_string", problem: .notUTF8
    ),
    Case(name: "a character cut off", bytes: [0x72, 2, 0xe2, 0x82], field: "f_string", problem: .notUTF8),
    Case(
      name: "bad bytes behind eight good ones", bytes: [0x72, 10] + Array("abcdefgh".utf8) + [0xff, 0x61],
      field: "f_string", problem: .notUTF8),
    Case(name: "a string with a NUL", bytes: [0x72, 3, 0x61, 0, 0x62], field: "f_string", problem: .nulInString),
    Case(
      name: "a NUL among eight characters", bytes: [0x72, 8] + Array("abc\0efgh".utf8), field: "f_string",
      problem: .nulInString),
    Case(
      name: "the second of two strings", bytes: [0xe2, 0x02, 1, 0x61, 0xe2, 0x02, 1, 0xff], field: "r_string[1]",
      problem: .notUTF8),
    Case(
      name: "a name deep inside", bytes: [0x8a, 0x01, 6, 0x0a, 4, 0x0a, 2, 0x12, 0x05],
      field: "f_outer.inner.core.text", problem: .truncated),
    Case(
      name: "a name inside the third element",
      bytes: [0xfa, 0x02, 0, 0xfa, 0x02, 0, 0xfa, 0x02, 3, 0x2a, 1, 0xff], field: "r_outer[2].name",
      problem: .notUTF8),
    Case(
      name: "packed doubles of 9 bytes", bytes: [0xfa, 0x01, 9] + Array(repeating: 0, count: 9), field: "r_double",
      problem: .unevenPackedLength),
    Case(name: "packed numbers cut off", bytes: [0x8a, 0x02, 2, 0x01, 0x80], field: "r_int32", problem: .truncated),
    Case(
      name: "a string in a member of a oneof", bytes: [0xa2, 0x05, 1, 0xff], field: "c_string", problem: .notUTF8),
  ]

  @Test("are refused with the path of the field and the reason", arguments: cases)
  func refused(_ malformed: Case) {
    let error = #expect(throws: DecodingError.self) { try TestingV1.Everything(serialized: malformed.bytes) }
    #expect(error?.field == malformed.field)
    #expect(error?.problem == malformed.problem)
    #expect(error?.message == "waymark.testing.v1.Everything")
  }

  @Test("nesting is bounded")
  func nesting() throws {
    let message = TestingV1.Everything(fOuter: .init(inner: .init(core: .init(value: 1))))
    let bytes = try message.serialized()
    #expect(try TestingV1.Everything(serialized: bytes, limits: .init(maximumNesting: 4)) == message)
    let error = #expect(throws: DecodingError.self) {
      try TestingV1.Everything(serialized: bytes, limits: .init(maximumNesting: 3))
    }
    #expect(error?.field == "f_outer.inner.core")
    #expect(error?.problem == .nestedTooDeeply(limit: 3))
  }

  @Test("a few bytes cannot take much memory: a million empty elements are refused, or passed over when unknown")
  func amplification() throws {
    let known = Array(repeatElement([0xfa, 0x02, 0] as [UInt8], count: 1_400_000).joined())
    let error = #expect(throws: DecodingError.self) { try TestingV1.Everything(serialized: known) }
    #expect(error?.problem == .tooLarge(limit: 64 << 20))

    let unknown = Array(repeatElement([0xba, 0x3e, 0] as [UInt8], count: 1_400_000).joined())
    let limits = DecodingLimits(maximumMemory: 1 << 20)
    #expect(try TestingV1.Everything(serialized: unknown, limits: limits) == .init())
  }

  @Test("whatever is cut off or changed in a message, it is decoded or refused")
  func damage() throws {
    var generator = Generator(seed: 3)
    for _ in 0..<300 {
      let bytes = try generator.everything().serialized()
      guard !bytes.isEmpty else { continue }
      for _ in 0..<10 {
        _ = try? TestingV1.Everything(serialized: Array(bytes.prefix(Int(generator.next() % UInt64(bytes.count)))))
        var damaged = bytes
        for _ in 0..<(generator.next() % 3 + 1) {
          damaged[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
        }
        guard let message = try? TestingV1.Everything(serialized: damaged) else { continue }
        // What was understood can be said again.
        let again = try message.serialized()
        #expect(try TestingV1.Everything(serialized: again).serialized() == again)
      }
    }
  }
}
