// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SPC

@Suite("Pareto charts")
struct ParetoTests {
  static func categories(_ amounts: KeyValuePairs<String, Double>) -> [Pareto.Category] {
    amounts.map { Pareto.Category(name: $0.key, amount: $0.value) }
  }

  @Test("categories descend, ties keep their order, and shares add up")
  func order() throws {
    let pareto = try Pareto(Self.categories(["c": 10, "a": 40, "d": 10, "b": 30, "e": 10]))
    #expect(pareto.bars.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(pareto.bars.map(\.share) == [0.4, 0.3, 0.1, 0.1, 0.1])
    for (bar, cumulative) in zip(pareto.bars, [0.4, 0.7, 0.8, 0.9, 1]) {
      #expect(abs(bar.cumulativeShare - cumulative) < 1e-15)
    }
    #expect(pareto.vitalFew.map(\.name) == ["a", "b", "c"])
    #expect(pareto.total == 100)
    #expect(
      pareto.summary
        == "The 3 largest of 5 categories make up 80% of 100; “a” leads with 40%. No small group of them stands out.")
  }

  @Test("the category for the rest stands last whatever its size, and is never vital")
  func other() throws {
    let pareto = try Pareto(Self.categories(["Other": 60, "falls": 30, "drugs": 10]))
    #expect(pareto.bars.map(\.name) == ["falls", "drugs", "Other"])
    #expect(pareto.vitalFew.map(\.name) == ["falls", "drugs"])
    #expect(pareto.bars[2].isOther && pareto.bars[2].cumulativeShare == 1)
    let merged = try Pareto(
      Self.categories(["Other": 5, "a": 50, "b": 30, "c": 9, "d": 6]), options: .init(keeps: 2))
    #expect(merged.bars.map(\.amount) == [50, 30, 20] && merged.merged == 2 && merged.total == 100)
    #expect(merged.bars.map(\.isOther) == [false, false, true])
  }

  @Test("the vital few are the fewest that reach the threshold", arguments: [0.01, 0.2, 0.5, 0.8, 0.95, 1])
  func threshold(threshold: Double) throws {
    for seed in 1...20 {
      var random = Seeded(state: UInt64(seed))
      let given = (0..<30).map {
        Pareto.Category(name: "\($0)", amount: Double(Int.random(in: 0...50, using: &random)))
      }
      let pareto = try Pareto(given, options: .init(threshold: threshold))
      let last = try #require(pareto.vitalFew.last)
      #expect(last.cumulativeShare >= threshold - 1e-12)
      if pareto.vitalFew.count > 1 {
        #expect(pareto.vitalFew[pareto.vitalFew.count - 2].cumulativeShare < threshold)
      }
      #expect(pareto.bars.prefix(pareto.vitalFew.count).allSatisfy { $0.isVital })
    }
  }

  @Test("multiplying all amounts changes no share, and shuffling distinct amounts nothing")
  func laws() throws {
    for seed in 1...20 {
      var random = Seeded(state: UInt64(seed))
      let given = (0..<20).map { Pareto.Category(name: "\($0)", amount: Double($0 * $0 + 1)) }
      let one = try Pareto(given)
      #expect(try Pareto(given.shuffled(using: &random)) == one)
      let scaled = try Pareto(given.map { .init(name: $0.name, amount: $0.amount * 4) })
      #expect(scaled.bars.map(\.share) == one.bars.map(\.share))
      #expect(scaled.bars.map(\.isVital) == one.bars.map(\.isVital))
      #expect(try JSONDecoder().decode(Pareto.self, from: JSONEncoder().encode(one)) == one)
    }
  }

  @Test("no categories, zeros and one category are sensible charts")
  func degenerate() throws {
    let empty = try Pareto([])
    #expect(empty.bars.isEmpty && empty.total == 0 && empty.summary == "There are no categories yet.")
    let zeros = try Pareto(Self.categories(["a": 0, "b": 0]))
    #expect(zeros.bars.map(\.share) == [0, 0] && zeros.vitalFew.isEmpty)
    #expect(zeros.summary == "The amounts of all categories are 0.")
    let one = try Pareto(Self.categories(["a": 7]), options: .init(unit: "falls"))
    #expect(one.summary == "“a” alone makes up 100% of 7 falls, out of 1 category.")
    let rest = try Pareto(Self.categories(["Other": 7]))
    #expect(rest.vitalFew.isEmpty && rest.summary.hasPrefix("All of it is in “Other”"))
  }

  @Test("what can be no Pareto chart is refused with the category and what is accepted")
  func refused() {
    for (categories, words): ([Pareto.Category], String) in [
      (Self.categories(["a": -1]), "The amount of “a” is −1; it must be 0 or more."),
      (Self.categories(["a": .nan]), "The amount of “a” is nan; it must be a finite number."),
      (Self.categories(["a": 1, "a": 2]), "There are two rows for “a”; each name may stand once."),
      (Self.categories(["a": 1, "": 2]), "Row 2 has no name; each row needs one."),
      (
        Self.categories(["a": .greatestFiniteMagnitude, "b": .greatestFiniteMagnitude]),
        "The amount of all categories is inf, too large to be computed with."
      ),
    ] {
      let error = #expect(throws: CompanionError.self) { try Pareto(categories) }
      #expect(error?.description == words)
    }
    for options in [Pareto.Options(threshold: 0), .init(threshold: 1.1), .init(threshold: .nan), .init(keeps: 0)] {
      #expect(throws: CompanionError.self) { try Pareto([], options: options) }
    }
  }
}
