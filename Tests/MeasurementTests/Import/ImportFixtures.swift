// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

@testable import Measurement

/// The day it is in these tests.
let today = Day(daysSinceEpoch: 19_888)  // 2024-06-14

func day(_ text: String) -> Day { Day(text) ?? .earliest }

/// What the importer says about a file.
func read(
  _ bytes: [UInt8], kind: ChartKind = .run, hasDenominator: Bool = false, columns: ColumnChoice = ColumnChoice(),
  pieces: [Int] = [], limits: CSVLimits = .standard
) -> ImportReading {
  var importer = ObservationImport(
    rules: ObservationRules(kind: kind), hasDenominator: hasDenominator, columns: columns, today: today,
    limits: limits)
  var start = 0
  do {
    for end in pieces + [bytes.count] {
      try importer.read(Array(bytes[start..<end]))
      start = end
    }
  } catch {
    return ImportReading()
  }
  return importer.finish()
}

func read(_ text: String, kind: ChartKind = .run, columns: ColumnChoice = ColumnChoice()) -> ImportReading {
  read(Array(text.utf8), kind: kind, columns: columns)
}

/// A seeded generator, so that a failure can be seen again (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Collection {
  func randomElement(using random: inout Seeded, default other: Element) -> Element {
    randomElement(using: &random) ?? other
  }
}
