// SPDX-License-Identifier: Apache-2.0

import SPC

/// Tables of the runs analysis.
enum RunsCases {
  static func checkLimits(_ item: JSON, _ comparison: inout Comparison) throws {
    let sizes = try CaseError.require(item["n"].integers, "n")
    let runs = sizes.map { RunsAnalysis(usefulPoints: $0, longestRun: 1, crossings: 0) }
    comparison.expect("run_max", runs.map(\.longestRunLimit), item["run_max"].integers)
    comparison.expect("crossings_min", runs.map(\.crossingsLimit), item["crossings_min"].integers)
  }

  /// The corners of the boxes, by what is a signal and what is not.
  static func checkBoxes(_ item: JSON, _ comparison: inout Comparison) throws {
    let sizes = try CaseError.require(item["n"].integers, "n")
    let fewest = try CaseError.require(item["crossings_min"].integers, "crossings_min")
    let longest = try CaseError.require(item["run_max"].integers, "run_max")
    let cutCrossings = try CaseError.require(item["cut_crossings"].array, "cut_crossings").map(\.integer)
    let cutRun = try CaseError.require(item["cut_run"].array, "cut_run").map(\.integer)
    guard [fewest.count, longest.count, cutCrossings.count, cutRun.count].allSatisfy({ $0 == sizes.count }) else {
      throw CaseError("the columns differ in length")
    }
    for (row, size) in sizes.enumerated() {
      for crossings in 0..<size {
        for run in 1...size {
          let isBest = crossings >= fewest[row] && run <= longest[row]
          var isCut = isBest
          if let fewestOfLongest = cutCrossings[row], let longestOfFewest = cutRun[row] {
            isCut =
              (crossings > fewest[row] && run < longest[row]) || (crossings == fewest[row] && run <= longestOfFewest)
              || (crossings >= fewestOfLongest && run <= longest[row])
          }
          let runs = RunsAnalysis(usefulPoints: size, longestRun: run, crossings: crossings)
          let place = "n = \(size), \(crossings) crossings, a run of \(run)"
          comparison.expect("best box, \(place)", !runs.isSignal(.best), isBest)
          comparison.expect("cut box, \(place)", !runs.isSignal(.cut), isCut)
        }
      }
    }
  }

  static func checkDecisions(_ item: JSON, _ comparison: inout Comparison) throws {
    let sizes = try CaseError.require(item["n"].integers, "n")
    let crossings = try CaseError.require(item["crossings"].integers, "crossings")
    let runs = try CaseError.require(item["longest_run"].integers, "longest_run")
    guard sizes.count == crossings.count, sizes.count == runs.count else {
      throw CaseError("the columns differ in length")
    }
    let analyses = sizes.indices.map {
      RunsAnalysis(usefulPoints: sizes[$0], longestRun: runs[$0], crossings: crossings[$0])
    }
    comparison.expect("anhoej", analyses.map { $0.isSignal ? 1 : 0 }, item["anhoej"].integers)
    comparison.expect("bestbox", analyses.map { $0.isSignal(.best) ? 1 : 0 }, item["bestbox"].integers)
    comparison.expect("cutbox", analyses.map { $0.isSignal(.cut) ? 1 : 0 }, item["cutbox"].integers)
  }
}

/// The table of c₄, A₃, B₃ and B₄.
enum ConstantsCase {
  static func check(_ item: JSON, _ comparison: inout Comparison) throws {
    let sizes = try CaseError.require(item["n"].numbers, "n")
    let constants = sizes.map(SubgroupConstants.c4)
    let scale = sizes.map { _ in 1.0 }
    func expect(_ key: String, _ value: (_ size: Double, _ c4: Double) -> Double) {
      comparison.expect(key, zip(sizes, constants).map(value), item[key].numbers, scale: scale)
    }
    func spread(_ c4: Double) -> Double { (1 - c4 * c4).squareRoot() / c4 }
    expect("c4") { $1 }
    expect("a3") { 3 / ($1 * $0.squareRoot()) }
    expect("a3_2s") { 2 / ($1 * $0.squareRoot()) }
    expect("b3") { max(0, 1 - 3 * spread($1)) }
    expect("b3_raw") { 1 - 3 * spread($1) }
    expect("b4") { 1 + 3 * spread($1) }
    expect("b3_2s") { max(0, 1 - 2 * spread($1)) }
    expect("b4_2s") { 1 + 2 * spread($1) }
  }
}
