// SPDX-License-Identifier: Apache-2.0

/// The marks that stand for "no value" in a file.
package struct MissingMarks: Sendable {
  /// What statistics offices, hospitals and programs write, in lower case: shorthand of the Government Statistical
  /// Service, older marks, and what spreadsheets, R, SAS and pandas leave.
  ///
  /// A letter alone is not among them, as it may as well be a slip of the finger.
  package static let usual = [
    "-", "\u{2013}", "\u{2014}", "*", "**", "..", "...", "\u{2026}", ".", ":", "n/a", "na", "#n/a", "nan", "null",
    "none", "nil return", "not available", "not applicable", "suppressed", "missing", "[c]", "[x]", "[z]", "[u]", "[w]",
    "[low]", "[no data]",
  ]

  private let marks: Set<[UInt8]>
  /// Marks that are numbers, such as -99.
  private let numbers: Set<Double>
  private let longest: Int

  /// - Parameter marks: Taken in place of the usual ones, unless there are none.
  package init(_ marks: [String]) {
    let marks = (marks.isEmpty ? Self.usual : marks).map { Array($0.lowercased().utf8) }
    self.marks = Set(marks)
    numbers = Set(marks.compactMap { Double(String(decoding: $0, as: UTF8.self)) }.filter(\.isFinite))
    longest = marks.map(\.count).max() ?? 0
  }

  /// Whether the text of a cell that is not empty is one of them.
  func contains(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= longest else { return false }
    return marks.contains(text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })
  }

  func contains(_ number: Double) -> Bool { !numbers.isEmpty && numbers.contains(number) }
}
