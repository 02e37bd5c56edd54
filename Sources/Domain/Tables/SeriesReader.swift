// SPDX-License-Identifier: Apache-2.0

import SPC

/// Reads the columns of a series, cell by cell as rows come, and judges them when all have come.
///
/// What a date, a number or a mark means is told by the whole column: nothing is settled before its end, and what can be
/// read in two ways is asked about instead of guessed. Twenty to forty bytes are kept for a row.
package struct SeriesReader: Sendable {
  /// Which column a cell is of.
  package enum Part: Int, Sendable, Hashable, Comparable {
    case period, value, denominator

    package static func < (a: Part, b: Part) -> Bool { a.rawValue < b.rawValue }
  }

  /// The names of the columns that are read; nil for those that there are not.
  package struct Names: Sendable, Hashable {
    package var period: String?
    package var value: String
    package var denominator: String?

    package init(period: String?, value: String, denominator: String?) {
      self.period = period
      self.value = value
      self.denominator = denominator
    }

    subscript(part: Part) -> String {
      switch part {
      case .period: period ?? ""
      case .value: value
      case .denominator: denominator ?? ""
      }
    }
  }

  let options: ReadingOptions
  let names: Names
  let separator: UInt8
  private let missing: MissingMarks

  private(set) var lines: ContiguousArray<Int32> = []
  var values: ContiguousArray<Double> = []
  var denominators: ContiguousArray<Double> = []
  /// Rows with a cell that cannot be read.
  private(set) var bad = RowMarks()
  private(set) var periods = PeriodColumn()
  private(set) var marks = NumberMarks()
  private(set) var dress = DressTally()
  private(set) var problems = ProblemTally()
  /// Marks for "no value", with the line where each was first and how often it came.
  private(set) var marksSeen: [[UInt8]: (line: Int, count: Int)] = [:]
  private(set) var totals: [(line: Int, name: String)] = []

  package init(_ names: Names, options: ReadingOptions, separator: UInt8) {
    self.names = names
    self.options = options
    self.separator = separator
    missing = MissingMarks(options.missing)
  }

  /// Takes the cells of the next row, without blanks at their ends; those of columns that there are not are empty.
  ///
  /// - Returns: Whether the row was taken; false for a total, which is passed over.
  package mutating func take(
    line: Int, period: ArraySlice<UInt8>, value: ArraySlice<UInt8>, denominator: ArraySlice<UInt8>
  ) -> Bool {
    let row = lines.count
    if names.period != nil {
      if let first = period.first, first > 0x39, TotalWords.isTotal(period) {
        if totals.count < 20 { totals.append((line, String(decoding: period, as: UTF8.self))) }
        return false
      }
      periods.append(period)
    }
    lines.append(Int32(clamping: line))
    values.append(number(value, row: row, line: line, .value))
    if names.denominator != nil { denominators.append(number(denominator, row: row, line: line, .denominator)) }
    return true
  }

  /// The number of a cell; not a number where there is none.
  private mutating func number(_ text: ArraySlice<UInt8>, row: Int, line: Int, _ part: Part) -> Double {
    if text.isEmpty { return .nan }
    switch NumberCell.read(text) {
    case .success(let cell):
      if missing.contains(cell.value) {
        note(text, line: line)
        return .nan
      }
      marks.see(cell, row: row, part: part, text: text)
      dress.see(cell.dress, row: row, part: part, text: text)
      return cell.value
    case .failure(let refusal):
      if missing.contains(text) {
        note(text, line: line)
      } else {
        bad.insert(row)
        var accepted = refusal.accepted
        if refusal.message.hasPrefix("The number is kept back") {
          accepted +=
            " To leave it out, give \(options.names.missing(String(decoding: text.prefix(20), as: UTF8.self)))."
        }
        problems.append(
          CellProblem(
            line: line, column: part, kind: .number, text: Array(text.prefix(400)), message: refusal.message,
            accepted: accepted))
      }
      return .nan
    }
  }

  private mutating func note(_ text: ArraySlice<UInt8>, line: Int) {
    let mark = Array(text)
    if let seen = marksSeen[mark] {
      marksSeen[mark] = (seen.line, seen.count + 1)
    } else if marksSeen.count < 50 {
      marksSeen[mark] = (line, 1)
    }
  }
}

/// Problems in the order in which they were found: the first ones kept, the others counted.
package struct ProblemTally: Sendable {
  package static let limit = 1000
  package private(set) var first: [CellProblem] = []
  package private(set) var total = 0

  mutating func append(_ problem: @autoclosure () -> CellProblem) {
    total += 1
    if first.count < Self.limit { first.append(problem()) }
  }

  /// In order of lines and columns.
  func sorted() -> ProblemTally {
    var sorted = self
    sorted.first = first.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    return sorted
  }
}

/// Which columns have signs beside their numbers.
struct DressTally: Sendable {
  struct Column: Sendable {
    var numbers = 0
    var withPerCent = 0
    var firstPerCent: NumberMarks.Witness?
    var firstBare: NumberMarks.Witness?
    var shown: [NumberCell.Dress.RawValue: NumberMarks.Witness] = [:]
  }
  private(set) var value = Column()
  private(set) var denominator = Column()

  mutating func see(_ dress: NumberCell.Dress, row: Int, part: SeriesReader.Part, text: ArraySlice<UInt8>) {
    if part == .denominator {
      Self.see(dress, row, part, text, &denominator)
    } else {
      Self.see(dress, row, part, text, &value)
    }
  }

  @inline(__always)
  private static func see(
    _ dress: NumberCell.Dress, _ row: Int, _ part: SeriesReader.Part, _ text: ArraySlice<UInt8>, _ column: inout Column
  ) {
    column.numbers += 1
    if dress.isEmpty {
      if column.firstBare == nil { column.firstBare = NumberMarks.Witness(row: row, part: part, text: Array(text)) }
      return
    }
    let witness = NumberMarks.Witness(row: row, part: part, text: Array(text))
    if dress.contains(.perCent) {
      column.withPerCent += 1
      if column.firstPerCent == nil { column.firstPerCent = witness }
    } else if column.firstBare == nil {
      column.firstBare = witness
    }
    for sign in [NumberCell.Dress.perCent, .currency, .minus, .groups] where dress.contains(sign) {
      if column.shown[sign.rawValue] == nil { column.shown[sign.rawValue] = witness }
    }
  }
}
