// SPDX-License-Identifier: Apache-2.0

/// What a file has shown of how it writes numbers, over all its columns that are read.
///
/// One file has one decimal mark. `1.234` is a thousand in one country and one and a bit in another; a wrong guess would
/// look right on a chart. So it is read where something else in the file tells which it is, and asked about where nothing
/// does.
struct NumberMarks: Sendable {
  typealias Mark = NumberCell.Mark

  /// A cell that shows something.
  struct Witness: Sendable, Hashable {
    var row: Int
    var part: SeriesReader.Part
    var text: [UInt8]

    var quoted: String { "“\(String(decoding: text, as: UTF8.self))”" }
  }

  /// The first cell of which this can only be the decimal mark.
  private(set) var decimalPoint: Witness?
  private(set) var decimalComma: Witness?
  /// The first cells in which the mark may divide thousands.
  private(set) var doubtfulPoint: Witness?
  private(set) var doubtfulComma: Witness?
  /// All of them: row and column.
  private(set) var doubtful: [(row: Int32, part: SeriesReader.Part, mark: Mark)] = []
  /// The largest doubtful number read with a decimal mark, and the largest whole number without a mark.
  private var largestDoubtful = 0.0
  private var largestPlain = 0.0

  mutating func see(_ cell: NumberCell, row: Int, part: SeriesReader.Part, text: ArraySlice<UInt8>) {
    switch cell.marks {
    case .none:
      if abs(cell.value) > largestPlain { largestPlain = abs(cell.value) }
    case .decimal(.point):
      if decimalPoint == nil { decimalPoint = Witness(row: row, part: part, text: Array(text)) }
    case .decimal(.comma):
      if decimalComma == nil { decimalComma = Witness(row: row, part: part, text: Array(text)) }
    case .doubtful(let mark):
      doubtful.append((Int32(row), part, mark))
      largestDoubtful = max(largestDoubtful, abs(cell.value))
      if mark == .point, doubtfulPoint == nil {
        doubtfulPoint = Witness(row: row, part: part, text: Array(text))
      } else if mark == .comma, doubtfulComma == nil {
        doubtfulComma = Witness(row: row, part: part, text: Array(text))
      }
    }
  }

  enum Verdict {
    /// The decimal mark; doubtful cells with the other one are thousands.
    case decimal(Mark)
    /// Cells that contradict one another.
    case contradiction(Witness, Witness, Mark)
    /// A cell that may be two numbers.
    case question(Witness, Mark)
  }

  func verdict(_ options: ReadingOptions, separator: UInt8) -> Verdict {
    if let said = options.decimalMark {
      let mark: Mark = said == .point ? .point : .comma
      if let other = mark == .point ? decimalComma : decimalPoint { return .contradiction(other, other, mark) }
      return .decimal(mark)
    }
    if let point = decimalPoint, let comma = decimalComma {
      return point.row <= comma.row ? .contradiction(comma, point, .point) : .contradiction(point, comma, .comma)
    }
    if decimalPoint != nil { return .decimal(.point) }
    if decimalComma != nil { return .decimal(.comma) }
    switch (doubtfulPoint, doubtfulComma) {
    case (nil, nil): return .decimal(.point)
    case (let point?, let comma?): return point.row <= comma.row ? .question(comma, .comma) : .question(point, .point)
    case (let point?, nil):
      // Between commas the point is the decimal mark, unless the numbers beside it are far larger.
      let isLikely = separator == UInt8(ascii: ",") && largestPlain < largestDoubtful * 10
      return isLikely ? .decimal(.point) : .question(point, .point)
    case (nil, let comma?):
      // Between commas a comma inside a number, in quotes, divides thousands.
      return separator == UInt8(ascii: ",") ? .decimal(.point) : .question(comma, .comma)
    }
  }
}
