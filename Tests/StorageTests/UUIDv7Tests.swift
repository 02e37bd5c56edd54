// SPDX-License-Identifier: Apache-2.0

import Storage
import Testing

@Suite("Ids")
struct UUIDv7Tests {
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

  @Test("ids begin after a time that lies ahead, and one that is over changes nothing")
  func beginning() {
    let ahead = (Int64(UUIDv7.next().filter { $0 != "-" }.prefix(12), radix: 16) ?? 0) + 5000
    UUIDv7.begin(after: ahead)
    let first = UUIDv7.next()
    #expect(Int64(first.filter { $0 != "-" }.prefix(12), radix: 16) ?? 0 > ahead)
    for time in [0, ahead - 1, ahead, .min] as [Int64] {
      UUIDv7.begin(after: time)
      #expect(UUIDv7.next() > first)
    }
    #expect((0..<10_000).map { _ in UUIDv7.next() }.allSatisfy { UUIDv7.isValid($0) && $0 > first })
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
