// SPDX-License-Identifier: Apache-2.0

import Storage
import Testing

@Suite("Page tokens, queries and ids")
struct PageTokenTests {
  @Test(
    "a token gives back the key that it was made from",
    arguments: [
      [], [""], ["", ""], ["a"], ["Fewer waits", "0190-id"], ["Ærø – 病院 👩‍⚕️", "x"], [String(repeating: "é", count: 200)],
    ])
  func roundTrip(parts: [String]) throws {
    let text = PageToken(parts: parts).text
    #expect(try PageToken(text).parts == parts)
    #expect(text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
  }

  @Test("random keys come back", arguments: 0..<200)
  func random(seed: Int) throws {
    let parts = (0..<Int.random(in: 0...4)).map { _ in
      String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 0...50)).compactMap { _ in UnicodeScalar(UInt32.random(in: 0...0x10FFFF)) }))
    }
    #expect(try PageToken(PageToken(parts: parts).text).parts == parts)
  }

  @Test(
    "text that is no token is refused",
    arguments: [
      "", "!", "AAAA", "not a token", "ÅÅ", "=", "A", String(repeating: "A", count: 5000), "1", "0", "DROP TABLE",
    ])
  func refused(text: String) {
    #expect(throws: StorageError.pageToken) { try PageToken(text) }
  }

  @Test("a token that was cut, or lengthened, is refused or at least not taken for a longer key")
  func cut() {
    let token = PageToken(parts: ["Fewer waits over four hours", "0190a0b0-0000-7000-8000-000000000001"])
    for length in 0..<token.text.count {
      if let read = try? PageToken(String(token.text.prefix(length))) { #expect(read != token) }
    }
    #expect(throws: StorageError.pageToken) { try PageToken(token.text + "A") }
  }

  @Test("a query numbers the values of its conditions, and pages after a key")
  func query() throws {
    var query = Query("SELECT id FROM teams")
    #expect(query.sql == "SELECT id FROM teams")
    query.require("organisation_id = ?", .text("o"))
    query.requireAny("status", of: [.integer(1), .integer(2)])
    query.requireAny("kind", of: [])
    query.page(limit: 11, after: [.text("name"), .text("id")], by: ["name_key", "id"])
    #expect(
      query.sql == "SELECT id FROM teams WHERE (organisation_id = $1) AND (status IN ($2, $3)) "
        + "AND ((name_key, id) > ($4, $5)) ORDER BY name_key, id LIMIT 11")
    #expect(query.values == [.text("o"), .integer(1), .integer(2), .text("name"), .text("id")])
  }

  @Test("ids are version 7 UUIDs that ascend, also many within a millisecond and from many tasks")
  func ids() async {
    let runs = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 { group.addTask { (0..<10_000).map { _ in UUIDv7.next() } } }
      return await group.reduce(into: [[String]]()) { $0.append($1) }
    }
    for run in runs {
      #expect(run == run.sorted())
      #expect(run.allSatisfy { UUIDv7.isValid($0) })
    }
    #expect(Set(runs.joined()).count == 40_000)
  }

  @Test(
    "what is no version 7 UUID in lower case is told from one",
    arguments: [
      "", "0190a0b0", "0190A0B0-0000-7000-8000-000000000001", "0190a0b0-0000-4000-8000-000000000001",
      "0190a0b0-0000-7000-c000-000000000001", "0190a0b000007000-8000-0000000000010-",
      "0190a0b0-0000-7000-8000-00000000000g",
      "0190a0b0-0000-7000-8000-0000000000011",
    ])
  func invalid(text: String) {
    #expect(!UUIDv7.isValid(text))
  }
}
