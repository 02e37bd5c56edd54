// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import TestContracts
import Testing

@Suite("The binary format")
struct BinaryTests {
  @Test("decode(encode(x)) = x, in binary and in JSON, by bytes because NaN differs from itself")
  func roundTrip() throws {
    var generator = Generator(seed: 1)
    for _ in 0..<500 {
      let message = generator.everything()
      let bytes = try message.serialized()
      #expect(try TestingV1.Everything(serialized: bytes).serialized() == bytes)
      #expect(try TestingV1.Everything(json: message.json()).serialized() == bytes)
      let options = JSONOptions(includesDefaults: true, keepsProtoNames: true, writesEnumerationsAsNumbers: true)
      #expect(try TestingV1.Everything(json: message.json(options: options)).serialized() == bytes)
    }
  }

  @Test("fields at their default take no bytes")
  func defaults() throws {
    #expect(try TestingV1.Everything().serialized() == [])
    #expect(try TestingV1.Everything(serialized: []) == TestingV1.Everything())
    #expect(try TestingV1.Everything(serialized: UnsafeRawBufferPointer(start: nil, count: 0)) == .init())
  }

  @Test("negative zero is not the default")
  func negativeZero() throws {
    let message = TestingV1.Everything(
      fDouble: -0.0, fFloat: -0.0, fOuter: .init(inner: .init(core: .init(value: -0.0))))
    let bytes = try message.serialized()
    let decoded = try TestingV1.Everything(serialized: bytes)
    #expect(decoded.fDouble.sign == .minus)
    #expect(decoded.fFloat.sign == .minus)
    #expect(decoded.fOuter?.inner?.core?.value.sign == .minus)
    #expect(try message.json() == #"{"fDouble":-0.0,"fFloat":-0.0,"fOuter":{"inner":{"core":{"value":-0.0}}}}"#)
  }

  @Test("the bits of a NaN travel")
  func notANumber() throws {
    let odd = Double(bitPattern: 0x7ff8_dead_beef_0001)
    let decoded = try TestingV1.Everything(serialized: TestingV1.Everything(fDouble: odd).serialized())
    #expect(decoded.fDouble.bitPattern == odd.bitPattern)
  }

  @Test("presence tells a default that was set from one that was not")
  func presence() throws {
    for message in [
      TestingV1.Everything(pDouble: 0, pFloat: 0, pInt32: 0, pUint64: 0, pBool: false, pString: "", pBytes: []),
      TestingV1.Everything(pColour: .unspecified), TestingV1.Everything(choice: .cString("")),
      TestingV1.Everything(choice: .cNothing(.init())), TestingV1.Everything(choice: .cDouble(-0.0)),
    ] {
      let bytes = try message.serialized()
      #expect(!bytes.isEmpty)
      #expect(try TestingV1.Everything(serialized: bytes) == message)
      #expect(try TestingV1.Everything(json: message.json()) == message)
    }
  }

  @Test("fields that are not known are skipped")
  func unknownFields() throws {
    let unknown: [UInt8] = [
      0xb8, 0x3e, 1, 0xba, 0x3e, 2, 0xff, 0, 0xbd, 0x3e, 1, 2, 3, 4, 0xb9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8,
    ]
    let known = try TestingV1.Everything(fInt32: 7).serialized()
    #expect(try TestingV1.Everything(serialized: unknown + known + unknown) == TestingV1.Everything(fInt32: 7))
  }

  @Test("packed fields may come unpacked and the other way round")
  func packing() throws {
    // 33 repeated int32: packed [1, 2], then 3 alone. 49 repeated int64, declared unpacked: packed [1, 2].
    let bytes: [UInt8] = [0x8a, 0x02, 2, 1, 2, 0x88, 0x02, 3, 0x8a, 0x03, 2, 1, 2]
    #expect(try TestingV1.Everything(serialized: bytes) == .init(rInt32: [1, 2, 3], uInt64: [1, 2]))
  }

  @Test("a message field that comes twice is merged, a oneof that comes twice has its last member")
  func merging() throws {
    let first = TestingV1.Everything(
      fInt32: 1, fOuter: .init(inner: .init(number: 5), inners: [.init()], name: "a"), rInt32: [1],
      choice: .cOuter(.init(name: "x")))
    let second = TestingV1.Everything(
      fInt32: 2, fOuter: .init(inner: .init(core: .init(value: 3)), inners: [.init(number: 1)]), rInt32: [2],
      choice: .cOuter(.init(grade: .good)))
    let merged = TestingV1.Everything(
      fInt32: 2,
      fOuter: .init(inner: .init(core: .init(value: 3), number: 5), inners: [.init(), .init(number: 1)], name: "a"),
      rInt32: [1, 2], choice: .cOuter(.init(grade: .good, name: "x")))
    #expect(try TestingV1.Everything(serialized: first.serialized() + second.serialized()) == merged)

    let third = TestingV1.Everything(choice: .cString("s"))
    let bytes = try first.serialized() + third.serialized()
    #expect(try TestingV1.Everything(serialized: bytes).choice == .cString("s"))
    #expect(try TestingV1.Everything(serialized: bytes + second.serialized()).choice == .cOuter(.init(grade: .good)))
  }

  @Test("a string with a NUL is refused by name, for C would cut it short")
  func nul() {
    let message = TestingV1.Everything(rOuter: [.init(), .init(inners: [.init(core: .init(text: "a\0b"))])])
    for encode in [{ _ = try message.serialized() }, { _ = try message.json() }] {
      let error = #expect(throws: EncodingError.self) { try encode() }
      #expect(error?.field == "r_outer[1].inners[0].core.text")
      #expect(error?.problem == .nulInString)
    }
  }

  @Test("one thread may encode while it encodes, and many may at once")
  func arenas() async throws {
    let message = TestingV1.Everything(fString: String(repeating: "x", count: 100_000), rInt64: Array(0..<5000))
    let bytes = try message.serialized()
    let (size, inner) = try message.withSerialized { size, _ in (size, try message.serialized()) }
    #expect(size == bytes.count)
    #expect(inner == bytes)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<50).allSatisfy { _ in (try? TestingV1.Everything(serialized: bytes)) == message } }
      }
      for await result in group { #expect(result) }
    }
  }
}
