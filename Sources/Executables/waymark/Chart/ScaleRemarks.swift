// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// What is to be asked of numerators and denominators that were taken as the numbers make them look.
enum ScaleRemarks {
  /// Up to this share of rows may be slips of those that look otherwise than all others.
  private static let few = 0.25

  /// - Parameters:
  ///   - kind: The kind of the chart, whether chosen or asked for.
  ///   - isChosen: Whether the kind was chosen from the numbers.
  ///   - areShares: Whether the numbers are shown in per cent on a chart that is none of shares.
  static func of(_ rows: ChartRows, kind: ChartKind, isChosen: Bool, areShares: Bool) -> [Remark] {
    guard let denominator = rows.denominatorName, kind != .c else { return [] }
    let pairs = rows.groups.flatMap(\.rows).compactMap { row in
      row.value.flatMap { value in row.denominator.map { (line: row.line, value: value, of: $0) } }
    }
    guard !pairs.isEmpty else { return [] }
    let (value, of) = ("“\(rows.valueName)”", "“\(denominator)”")
    func warning(_ message: String, line: Int = 0) -> [Remark] {
      [Remark(.warning, message, row: line, column: rows.valueName)]
    }
    if isChosen, let below = pairs.first(where: { $0.value < 0 }) {
      return warning(
        "\(value) is below 0 in line \(below.line) (\(plainFigure(below.value))), so these are not taken for counts.",
        line: below.line)
    }
    let above = pairs.filter { $0.value > $0.of }
    if isChosen, above.count == pairs.count {
      return warning(
        "Every number of \(value) is larger than its \(of). If they are the wrong way round, say so with --y and --n; if "
          + "they are events in an exposure, --kind u says so.")
    }
    if isChosen, let first = above.first, Double(above.count) <= few * Double(pairs.count) {
      let rows = above.count == 1 ? "1 of \(pairs.count) rows" : "\(above.count) of \(pairs.count) rows"
      return warning(
        "\(value) is larger than \(of) in \(rows), first in line \(first.line): \(plainFigure(first.value)) of "
          + "\(plainFigure(first.of)). If they are some out of all, that is a slip, and without it a P chart would be made; "
          + "if they are events in an exposure, --kind u says so.", line: first.line)
    }
    guard areShares else { return [] }
    return [
      Remark(
        .howRead,
        "\(value) is shown in per cent of \(of), as no number is larger than what it is out of. If they are events in an "
          + "exposure, such as falls in bed days, say with --multiply 1000 that they are to be shown for each 1,000.",
        column: rows.valueName)
    ]
  }
}
