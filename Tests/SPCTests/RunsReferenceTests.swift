// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("runs analysis against qicharts2")
struct RunsReferenceTests {
  @Test("limits for 1 to 300 useful points")
  func limits() throws {
    let table = try #require(ReferenceFile("runs-limits").cases.first { $0["name"].text == "anhoej" })
    let n = try #require(table["n"].integers)
    #expect(n == Array(1...300))
    #expect(n.map(RunsAnalysis.longestRunLimit) == table["run_max"].integers)
    #expect(n.map(RunsAnalysis.crossingsLimit) == table["crossings_min"].integers)
  }

  @Test("decisions by Anhøj's method")
  func decisions() throws {
    let table = try #require(ReferenceFile("runs-decisions").cases.first)
    let n = try #require(table["n"].integers)
    let crossings = try #require(table["crossings"].integers)
    let runs = try #require(table["longest_run"].integers)
    let decisions = n.indices.map {
      RunsAnalysis(usefulPoints: n[$0], longestRun: runs[$0], crossings: crossings[$0]).isSignal ? 1 : 0
    }
    #expect(n.count > 100)
    #expect(decisions == table["anhoej"].integers)
  }

  @Test("limits of long series follow the normal approximation")
  func longSeries() {
    for n in [2_001, 2_002, 10_000, 1_000_000, 10_000_000] {
      let trials = Double(n - 1)
      let approximate = trials / 2 - 1.6448536269514722 * trials.squareRoot() / 2
      #expect(abs(Double(RunsAnalysis.crossingsLimit(usefulPoints: n)) - approximate) <= 1)
    }
    #expect(RunsAnalysis.longestRunLimit(usefulPoints: 1 << 20) == 23)
    #expect(RunsAnalysis.longestRunLimit(usefulPoints: 1_482_910) == 23)
    #expect(RunsAnalysis.longestRunLimit(usefulPoints: 1_482_911) == 24)
  }
}
