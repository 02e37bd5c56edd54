// SPDX-License-Identifier: Apache-2.0

import Contracts
import TestContracts

/// A reproducible source of randomness (SplitMix64).
struct Generator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func chance(_ one: Int, in many: Int) -> Bool { Int.random(in: 0..<many, using: &self) < one }

  // MARK: Values, half of them extreme

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
    let edges: [Value] = [.min, .max, 0, 1, .max - 1, .min + 1, 0 &- 1, 127, 100]
    return chance(1, in: 2) ? edges[Int(next() % UInt64(edges.count))] : Value(truncatingIfNeeded: next())
  }

  mutating func double() -> Double {
    let edges: [Double] = [
      0, -0.0, 1, -1.5, 0.1, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude, .nan, .infinity, -.infinity, 1e16, 1e-7,
    ]
    if chance(1, in: 2) { return edges[Int(next() % UInt64(edges.count))] }
    let value = Double(bitPattern: next())
    return value.isNaN ? .nan : value
  }

  mutating func float() -> Float {
    let edges: [Float] = [
      0, -0.0, 1, -1.5, 0.1, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .nan, .infinity,
      -.infinity, 16_777_216,
    ]
    if chance(1, in: 2) { return edges[Int(next() % UInt64(edges.count))] }
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: next()))
    return value.isNaN ? .nan : value
  }

  mutating func string() -> String {
    let edges = ["", "naïve", "\u{2028}", "😀", "\u{10ffff}", "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}", "\u{feff}"]
    switch next() % 32 {
    case 0..<16: return edges[Int(next() % UInt64(edges.count))]
    case 16: return String(repeating: "é", count: Int(next() % 1000))
    default:
      var scalars = String.UnicodeScalarView()
      for _ in 0..<next() % 12 {
        let limit: UInt32 = [0x7f, 0x7ff, 0xffff, 0x10ffff][Int(next() % 4)]
        if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &self)) { scalars.append(scalar) }
      }
      return String(scalars)
    }
  }

  mutating func bytes() -> [UInt8] {
    (0..<[0, 1, 2, 3, 4, 50][Int(next() % 6)]).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  mutating func colour() -> TestingV1.Colour {
    TestingV1.Colour(rawValue: [0, 1, 2, -7, .max, 3, -1, .min][Int(next() % 8)])
  }

  mutating func timestamp() -> GoogleProtobuf.Timestamp {
    .init(
      seconds: chance(1, in: 4)
        ? [-62_135_596_800, 253_402_300_799][Int(next() % 2)]
        : Int64.random(in: -62_135_596_800...253_402_300_799, using: &self),
      nanos: [0, 1, 999_999_999, 500_000_000, 1000, Int32(next() % 1_000_000_000)][Int(next() % 6)])
  }

  mutating func duration() -> GoogleProtobuf.Duration {
    let sign: Int64 = chance(1, in: 2) ? 1 : -1
    return .init(
      seconds: sign * Int64(next() % 315_576_000_000),
      nanos: Int32(sign) * [0, 1, 999_999_999, 500_000_000][Int(next() % 4)])
  }

  mutating func outer() -> TestingV1.Outer {
    var outer = TestingV1.Outer()
    if chance(1, in: 2) { outer.inner = inner() }
    outer.inners = several { $0.inner() }
    outer.grade = .init(rawValue: integer())
    outer.grades = several { .init(rawValue: Int32($0.next() % 3)) }
    outer.name = string()
    return outer
  }

  private mutating func inner() -> TestingV1.Outer.Inner {
    .init(
      core: chance(1, in: 2) ? .init(value: double(), text: string()) : nil,
      cores: chance(1, in: 3) ? several { .init(value: $0.double(), text: $0.string()) } : [], number: integer())
  }

  mutating func several<Value>(_ make: (inout Generator) -> Value) -> [Value] {
    (0..<[0, 1, 2, 4][Int(next() % 4)]).map { _ in make(&self) }
  }

  // MARK: Messages

  /// A message with a handful of its fields set.
  mutating func everything() -> TestingV1.Everything {
    var message = TestingV1.Everything()
    for _ in 0..<next() % 6 {
      Self.setters[Int(next() % UInt64(Self.setters.count))](&message, &self)
    }
    return message
  }

  private typealias Setter = @Sendable (inout TestingV1.Everything, inout Generator) -> Void

  private static let setters: [Setter] = singular + repeated + present + chosen + wellKnown

  private static let singular: [Setter] = [
    { $0.fDouble = $1.double() }, { $0.fFloat = $1.float() }, { $0.fInt32 = $1.integer() },
    { $0.fInt64 = $1.integer() }, { $0.fUint32 = $1.integer() }, { $0.fUint64 = $1.integer() },
    { $0.fSint32 = $1.integer() }, { $0.fSint64 = $1.integer() }, { $0.fFixed32 = $1.integer() },
    { $0.fFixed64 = $1.integer() }, { $0.fSfixed32 = $1.integer() }, { $0.fSfixed64 = $1.integer() },
    { $0.fBool = $1.chance(1, in: 2) }, { $0.fString = $1.string() }, { $0.fBytes = $1.bytes() },
    { $0.fColour = $1.colour() }, { $0.fOuter = $1.outer() }, { message, _ in message.fNothing = .init() },
    { $0.`class` = $1.string() }, { $0.`default` = $1.string() }, { $0.self_ = $1.string() },
    { $0.target = $1.string() }, { $0.mixedCase = $1.string() }, { $0.underScore2x = $1.string() },
    { $0.organisationID = $1.string() }, { $0.highest = $1.integer() },
  ]

  private static let repeated: [Setter] = [
    { $0.rDouble = $1.several { $0.double() } }, { $0.rFloat = $1.several { $0.float() } },
    { $0.rInt32 = $1.several { $0.integer() } }, { $0.rInt64 = $1.several { $0.integer() } },
    { $0.rUint32 = $1.several { $0.integer() } }, { $0.rUint64 = $1.several { $0.integer() } },
    { $0.rSint32 = $1.several { $0.integer() } }, { $0.rSint64 = $1.several { $0.integer() } },
    { $0.rFixed32 = $1.several { $0.integer() } }, { $0.rFixed64 = $1.several { $0.integer() } },
    { $0.rSfixed32 = $1.several { $0.integer() } }, { $0.rSfixed64 = $1.several { $0.integer() } },
    { $0.rBool = $1.several { $0.chance(1, in: 2) } }, { $0.rString = $1.several { $0.string() } },
    { $0.rBytes = $1.several { $0.bytes() } }, { $0.rColour = $1.several { $0.colour() } },
    { $0.rOuter = $1.several { $0.outer() } }, { $0.rNothing = $1.several { _ in .init() } },
    { $0.uInt64 = $1.several { $0.integer() } }, { $0.uFloat = $1.several { $0.float() } },
    { $0.measureIDs = $1.several { $0.string() } },
  ]

  private static let present: [Setter] = [
    { $0.pDouble = $1.double() }, { $0.pFloat = $1.float() }, { $0.pInt32 = $1.integer() },
    { $0.pUint64 = $1.integer() }, { $0.pBool = $1.chance(1, in: 2) }, { $0.pString = $1.string() },
    { $0.pBytes = $1.bytes() }, { $0.pColour = $1.colour() },
  ]

  private static let chosen: [Setter] = [
    { $0.choice = .cDouble($1.double()) }, { $0.choice = .cFloat($1.float()) }, { $0.choice = .cInt32($1.integer()) },
    { $0.choice = .cInt64($1.integer()) }, { $0.choice = .cUint32($1.integer()) },
    { $0.choice = .cUint64($1.integer()) }, { $0.choice = .cSint32($1.integer()) },
    { $0.choice = .cSint64($1.integer()) }, { $0.choice = .cFixed32($1.integer()) },
    { $0.choice = .cFixed64($1.integer()) }, { $0.choice = .cSfixed32($1.integer()) },
    { $0.choice = .cSfixed64($1.integer()) }, { $0.choice = .cBool($1.chance(1, in: 2)) },
    { $0.choice = .cString($1.string()) }, { $0.choice = .cBytes($1.bytes()) },
    { $0.choice = .cColour($1.colour()) }, { $0.choice = .cOuter($1.outer()) },
    { message, _ in message.choice = .cNothing(.init()) }, { $0.choice = .cTimestamp($1.timestamp()) },
  ]

  private static let wellKnown: [Setter] = [
    { $0.timestamp = $1.timestamp() }, { $0.duration = $1.duration() },
    { $0.fieldMask = .init(paths: $1.several { ["title", "aim.by_when", "a_b_c.d", "x1_y"][Int($0.next() % 4)] }) },
    { $0.timestamps = $1.several { $0.timestamp() } }, { $0.durations = $1.several { $0.duration() } },
  ]
}
