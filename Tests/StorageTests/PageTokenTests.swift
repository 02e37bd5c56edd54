// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Page tokens")
struct PageTokenTests {
  private static let tokens = PageTokens(key: (0..<32).map { 200 - $0 })
  private static let key = ["Fewer waits over four hours", "0190a0b0-0000-7000-8000-000000000001"]

  private static func refusal(_ text: String, _ tokens: PageTokens = tokens) -> StorageError? {
    #expect(throws: StorageError.self) { try tokens.parts(of: text) }
  }

  @Test(
    "a token gives back the key that it was made from",
    arguments: [
      [], [""], ["", ""], ["a"], ["Fewer waits", "0190-id"], ["Ærø – 病院 👩‍⚕️", "x"], [String(repeating: "é", count: 200)],
      ["\u{0}", "a\u{301}"],
    ])
  func roundTrip(parts: [String]) throws {
    let text = Self.tokens.token(parts)
    let read = try Self.tokens.parts(of: text)
    // As bytes: two texts that only look alike are two keys.
    #expect(read.map { Array($0.utf8) } == parts.map { Array($0.utf8) })
    #expect(text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
  }

  @Test("random keys come back", arguments: 0..<200)
  func random(seed: Int) throws {
    var generator = SplitMix(state: UInt64(seed))
    let parts = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
      String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 0...50, using: &generator)).compactMap { _ in
            UnicodeScalar(UInt32.random(in: 0...0x10FFFF, using: &generator))
          }))
    }
    #expect(try Self.tokens.parts(of: Self.tokens.token(parts)) == parts)
  }

  @Test("a part of any length comes back whole", arguments: [65_535, 65_536, 100_000])
  func longPart(length: Int) throws {
    let key = [String(repeating: "x", count: length - 3) + "病", "id"]
    #expect(try Self.tokens.parts(of: Self.tokens.token(key)) == key)
  }

  @Test(
    "text that is no token is refused",
    arguments: [
      "", "!", "AAAA", "not a token", "ÅÅ", "=", "A", String(repeating: "A", count: 5000), "1", "0", "DROP TABLE",
      String(repeating: "A", count: 2 << 20),
    ])
  func refused(text: String) { #expect(Self.refusal(text) == .pageToken) }

  @Test("a token that was cut, lengthened or joined to another is refused")
  func cut() {
    let token = Self.tokens.token(Self.key)
    for length in 0..<token.count {
      #expect(Self.refusal(String(token.prefix(length))) == .pageToken)
      #expect(Self.refusal(String(token.suffix(length))) == .pageToken)
    }
    for more in ["A", "AA", "AAAA", token] { #expect(Self.refusal(token + more) == .pageToken) }
  }

  @Test("a token with any bit changed is refused")
  func changedBit() throws {
    let bytes = try #require(Base64URL.decode(Self.tokens.token(Self.key)))
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Self.refusal(Base64URL.encode(changed)) == .pageToken)
    }
  }

  @Test("a key has one token: no other text is read as it")
  func canonical() {
    let token = Self.tokens.token(["abc"])
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    let others = alphabet.map { String(token.dropLast()) + String($0) }.filter { $0 != token }
    #expect(others.count == 63)
    for other in others { #expect(Self.refusal(other) == .pageToken) }
  }

  @Test("the token of another store is refused")
  func foreign() {
    let token = Self.tokens.token(Self.key)
    for bit in 0..<256 {
      var key: [UInt8] = (0..<32).map { 200 - $0 }
      key[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Self.refusal(token, PageTokens(key: key)) == .pageToken)
    }
  }

  @Test("a store knows its tokens when it is opened again, and no other store does", arguments: ScratchStore.engines)
  func stores(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let first = try scratch.store()
      let token = first.pageTokens.token(Self.key)
      let other = try scratch.store(service: "other")
      #expect(Self.refusal(token, other.pageTokens) == .pageToken)
      try first.close()
      #expect(try scratch.store().pageTokens.parts(of: token) == Self.key)
    }
  }
}
