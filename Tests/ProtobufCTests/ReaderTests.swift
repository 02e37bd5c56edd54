// SPDX-License-Identifier: Apache-2.0

import TestContracts
import Testing

@testable import ProtobufC

/// Two ways lead from bytes to a message, and must not differ.
///
/// `WireReader` is for what is common, libprotobuf-c behind a check for the rest.
@Suite("The quick reader and libprotobuf-c")
struct ReaderTests {
  private typealias Everything = TestingV1.Everything

  /// What the reader makes of the bytes, encoded again; nil when it declines.
  private func quick(_ bytes: [UInt8], limits: DecodingLimits = .default) throws -> [UInt8]? {
    let message: Everything? = Arena.withArena(limit: limits.maximumMemory) { arena in
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return nil }
        return WireReader(arena, maximumNesting: limits.maximumNesting)
          .read(start, start + bytes.count, Everything.descriptor.pointer).map(Everything.init(unpacking:))
      }
    }
    return try message?.serialized()
  }

  /// What libprotobuf-c makes of them, encoded again; nil when the check refuses them.
  private func careful(_ bytes: [UInt8], limits: DecodingLimits = .default) throws -> [UInt8]? {
    let message: Everything? = Arena.withArena(limit: limits.maximumMemory) { arena in
      bytes.withUnsafeBytes { bytes in
        (try? arena.unpackCarefully(bytes, Everything.descriptor, limits)).map(Everything.init(unpacking:))
      }
    }
    return try message?.serialized()
  }

  @Test("What the encoder writes, the reader takes, and it reads what libprotobuf-c reads")
  func undamaged() throws {
    var generator = Generator(seed: 11)
    for round in 0..<2000 {
      let bytes = try generator.everything().serialized()
      guard !bytes.isEmpty else { continue }
      #expect(try quick(bytes) == careful(bytes), "round \(round): \(bytes)")
    }
  }

  @Test("Of damaged bytes the reader takes only what libprotobuf-c takes too, and reads the same")
  func damaged() throws {
    var generator = Generator(seed: 12)
    var taken = 0
    for round in 0..<4000 {
      var bytes = try generator.everything().serialized()
      guard !bytes.isEmpty else { continue }
      switch generator.next() % 4 {
      case 0: bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
      case 1: bytes.removeLast(Int(generator.next() % UInt64(bytes.count)))
      case 2: bytes += try generator.everything().serialized()
      default:
        let place = Int(generator.next() % UInt64(bytes.count))
        bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
      }
      guard let read = try quick(bytes) else { continue }
      taken += 1
      #expect(try read == careful(bytes), "round \(round): \(bytes)")
    }
    #expect(taken > 400, "only \(taken) were taken: the comparison says little")
  }

  @Test("Fields that are not known are passed over, between known ones and in numbers beyond them")
  func unknown() throws {
    // 600 (varint), 601 (length 2), 602 (32 bits), 603 (64 bits), then f_int32 = 5, then 600 again.
    let bytes: [UInt8] =
      [0xc0, 0x25, 0x96, 0x01, 0xca, 0x25, 2, 0x61, 0x62, 0xd5, 0x25, 1, 2, 3, 4]
      + [0xd9, 0x25, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 5, 0xc0, 0x25, 1]
    #expect(try quick(bytes) == [0x18, 5])
    #expect(try careful(bytes) == [0x18, 5])
  }

  @Test("A repeated field grows as it comes: element by element, in packs, and in both")
  func repeated() throws {
    // r_int32 (33): 1...100 one by one, then 1...100 in a pack.
    let single = (1...100).flatMap { [0x88, 0x02, $0] as [UInt8] }
    let packed: [UInt8] = [0x8a, 0x02, 100] + (1...100)
    for bytes in [single, packed, single + packed, packed + single, packed + packed] {
      let read = try #require(try quick(bytes))
      #expect(try read == careful(bytes))
    }
    #expect(try Everything(serialized: single + packed).rInt32 == Array(1...100) + Array(1...100))
  }

  @Test("A message that takes more than its limit is declined, and then refused by name")
  func limits() throws {
    // r_outer (47): 20,000 empty messages of two bytes and a length each.
    let bytes = (0..<20_000).flatMap { _ in [0xfa, 0x02, 0] as [UInt8] }
    let limits = DecodingLimits(maximumMemory: 64 * 1024)
    #expect(try quick(bytes, limits: limits) == nil)
    let refusal = DecodingError(
      message: "waymark.testing.v1.Everything", field: "", problem: .tooLarge(limit: limits.maximumMemory))
    #expect(throws: refusal) { try Everything(serialized: bytes, limits: limits) }
    #expect(try Everything(serialized: bytes).rOuter.count == 20_000)
  }
}
