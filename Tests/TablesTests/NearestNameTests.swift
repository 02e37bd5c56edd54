// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tables

@Suite("The name that was meant") struct NearestNameTests {
  static let commands = [
    "up", "chart", "explain", "rules", "demo", "backup", "restore", "migrate", "migrate-store", "audit",
  ]

  @Test(
    "slips of the fingers, other cases and beginnings lead to a name",
    arguments: [
      ("chrat", "chart"), ("Chart", "chart"), ("chartt", "chart"), ("hcart", "chart"), ("exlpain", "explain"),
      ("exp", "explain"), ("migrate_store", "migrate-store"), ("migrate store", "migrate-store"), ("bakcup", "backup"),
      ("audti", "audit"), ("pu", "up"), ("re", "restore"),
    ])
  func near(typed: String, meant: String) {
    #expect(NearestName.of(typed, among: Self.commands) == meant)
  }

  @Test(
    "what is near to nothing, or the beginning of several, leads nowhere",
    arguments: ["", "x", "migr", "waits.csv", "statistics", "é"])
  func far(typed: String) {
    #expect(NearestName.of(typed, among: Self.commands) == nil)
  }

  @Test("of names as near the first is taken, and no name has no nearest")
  func ties() {
    #expect(NearestName.of("vale", among: ["value", "vales"]) == "value")
    #expect(NearestName.of("value", among: []) == nil)
    // One letter is no slip for another.
    #expect(NearestName.of("n", among: ["y"]) == nil)
  }
}
