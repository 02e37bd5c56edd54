// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// What is to be asked of numerators and denominators that were taken as the numbers make them look.
enum ScaleRemarks {
  /// - Parameters:
  ///   - kind: The kind of the chart, whether chosen or asked for.
  ///   - isChosen: Whether the kind was chosen from the numbers.
  static func of(_ rows: ChartRows, kind: ChartKind, isChosen: Bool, options: ChartOptions) -> [Remark] {
    guard let denominator = rows.denominatorName, options.multiply == nil, kind != .c else { return [] }
    let pairs = rows.groups.flatMap(\.rows).compactMap { row in
      row.value.flatMap { value in row.denominator.map { (value: value, of: $0) } }
    }
    guard !pairs.isEmpty else { return [] }
    let (value, of) = ("“\(rows.valueName)”", "“\(denominator)”")
    if isChosen, pairs.allSatisfy({ $0.value > $0.of }) {
      return [
        Remark(
          .warning,
          "Every number of \(value) is larger than its \(of). If they are the wrong way round, say so with --y and --n; "
            + "if they are events in an exposure, --kind u says so.", column: rows.valueName)
      ]
    }
    if !kind.isProportion, !kind.countsRates, pairs.allSatisfy({ $0.value <= $0.of }) {
      return [
        Remark(
          .howRead,
          "\(value) is shown in per cent of \(of), as no number is larger than what it is out of. If they are events in an "
            + "exposure, such as falls in bed days, say with --multiply 1000 that they are to be shown for each 1,000.",
          column: rows.valueName)
      ]
    }
    return []
  }
}
