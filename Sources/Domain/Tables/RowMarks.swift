// SPDX-License-Identifier: Apache-2.0

/// Which rows have something, and how many they are: a byte for each row up to the last that has it.
struct RowMarks: Sendable {
  private var marks: ContiguousArray<Bool> = []
  private(set) var count = 0

  mutating func insert(_ row: Int) {
    if row >= marks.count { marks.append(contentsOf: repeatElement(false, count: row + 1 - marks.count)) }
    if !marks[row] { count += 1 }
    marks[row] = true
  }

  func contains(_ row: Int) -> Bool { row < marks.count && marks[row] }
}
