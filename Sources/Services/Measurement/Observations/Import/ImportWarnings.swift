// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// What is possible but looks wrong in a file, beside what is stored.
enum ImportWarnings {
  /// How many times another a value has to be to look wrong.
  static let factor = 10.0
  /// The same for denominators, which change less.
  static let denominatorFactor = 5.0
  /// How many stored values tell what is usual.
  static let enough = 3

  static func warnings(
    _ reading: ImportReading, stored: [Day: Observation], rules: ObservationRules, scale: ObservationScale
  ) -> [Remark] {
    guard !reading.rows.isEmpty, let columns = reading.columns else { return [] }
    var warnings: [Remark] = []
    if let warning = swapped(reading, stored, columns, rules) { warnings.append(warning) }

    let old = stored.values.filter { $0.value != 0 }
    guard old.count >= enough else {
      // Where values are stored, they tell better what is usual than a target does.
      if warnings.isEmpty, let warning = offScale(reading, columns, rules, scale) { warnings.append(warning) }
      return warnings
    }
    func usual(_ values: [Double]) -> (low: Double, middle: Double, high: Double)? {
      let sorted = values.map { abs($0) }.filter { $0 > 0 }.sorted()
      guard let low = sorted.first, let high = sorted.last else { return nil }
      return (low, sorted[sorted.count / 2], high)
    }
    func compare(
      _ what: String, _ column: String, factor: Double, old: [Double], new: [(line: Int, value: Double)]
    ) -> Remark? {
      guard let before = usual(old), let after = usual(new.map(\.value)) else { return nil }
      let times = after.middle / before.middle
      if (50...200).contains(times) || (50...200).contains(1 / times) {
        return Remark(
          .warning,
          "The \(what) are about \(times > 1 ? "a hundred times" : "a hundredth of") those that are stored (usually "
            + "\(short(after.middle)) beside \(short(before.middle))). Is one of them a per cent, or in another unit?",
          column: column)
      }
      let far = new.filter {
        $0.value != 0 && (abs($0.value) > before.high * factor || abs($0.value) < before.low / factor)
      }
      guard let first = far.first else { return nil }
      let rows = far.count == 1 ? "1 row has" : "\(far.count) rows have"
      return Remark(
        .warning,
        "\(rows) \(what) far from those that are stored: \(short(first.value)) in line \(first.line); stored are "
          + "\(short(before.low)) to \(short(before.high)).", row: first.line, column: column)
    }
    if reading.rows.contains(where: { $0.denominator != nil }) {
      let quotients = old.compactMap { old in old.denominator.map { old.value / $0 } }
      let found =
        compare(
          "denominators", columns.denominator?.name ?? "", factor: Self.denominatorFactor,
          old: old.compactMap(\.denominator),
          new: reading.rows.compactMap { row in row.denominator.map { (row.line, $0) } })
        ?? compare(
          "values out of their denominators", columns.value.name, factor: Self.factor, old: quotients,
          new: reading.rows.compactMap { row in row.denominator.map { (row.line, row.value / $0) } })
      if let found, warnings.isEmpty { warnings.append(found) }
    } else if let found = compare(
      "values", columns.value.name, factor: Self.factor, old: old.map(\.value),
      new: reading.rows.map { ($0.line, $0.value) })
    {
      warnings.append(found)
    }
    return warnings
  }

  /// Values so far from the target that one of them is likely to be on another scale.
  private static func offScale(
    _ reading: ImportReading, _ columns: ImportColumns, _ rules: ObservationRules, _ scale: ObservationScale
  ) -> Remark? {
    guard let last = reading.rows.map(\.day).max(), let target = scale.targets.value(on: last), target != 0 else {
      return nil
    }
    let isQuotient = reading.rows.contains { $0.denominator != nil } && rules.kind != .c
    let shown = reading.rows.compactMap { row -> Double? in
      guard isQuotient else { return row.value }
      return row.denominator.map { row.value / $0 * scale.multiplier }
    }.filter { $0 != 0 }.sorted()
    guard !shown.isEmpty else { return nil }
    let middle = shown[shown.count / 2]
    let times = abs(middle / target)
    guard times.isFinite, times >= Chart.farOffScale || times <= 1 / Chart.farOffScale else { return nil }
    let figures =
      "The target of the measure is \(quantity(plainFigure(target), unit: scale.unit)), and the values of the file are "
      + "usually \(quantity(short(middle), unit: scale.unit))"
    return Remark(
      .warning,
      isQuotient
        ? figures
          + " when they are multiplied by \(plainFigure(scale.multiplier)). Is the target, or that factor, meant "
          + "otherwise?"
        : figures + ". Is one of them in another unit, or a per cent?", column: columns.value.name)
  }

  /// Numerators above their denominators where the chart allows them, but nothing stored has any.
  private static func swapped(
    _ reading: ImportReading, _ stored: [Day: Observation], _ columns: ImportColumns, _ rules: ObservationRules
  ) -> Remark? {
    guard rules.kind == .u || rules.kind == .uPrime else { return nil }
    func isAbove(_ value: Double, _ denominator: Double?) -> Bool { denominator.map { value > $0 } ?? false }
    let above = reading.rows.filter { isAbove($0.value, $0.denominator) }
    guard let first = above.first, let denominator = first.denominator,
      !stored.values.contains(where: { isAbove($0.value, $0.denominator) })
    else { return nil }
    return Remark(
      .warning,
      "In \(above.count == 1 ? "1 row" : "\(above.count) rows") more was counted than the denominator has: "
        + "\(short(first.value)) out of \(short(denominator)) in line \(first.line). Are the columns the wrong way round?",
      row: first.line, column: columns.value.name)
  }

  /// A number with three digits that count.
  private static func short(_ value: Double) -> String {
    let size = abs(value)
    guard size < 1000, size > 0 else { return ImportPlan.figure(value.rounded()) }
    var scale = 1.0
    while size * scale < 100 && scale < 1e9 { scale *= 10 }
    return ImportPlan.figure((value * scale).rounded() / scale)
  }
}
