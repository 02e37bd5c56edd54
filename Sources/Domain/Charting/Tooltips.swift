// SPDX-License-Identifier: Apache-2.0

import SPC

/// What points say when asked.
struct Tooltips {
  private let chart: Chart
  private let columns: Columns
  private let period: Period
  private let axis: ValueAxis
  private let hasDenominators: Bool
  /// What stands before and after a value.
  private let prefix: [UInt8]
  private let suffix: [UInt8]
  /// What each signal says; empty for those that say nothing of single points.
  private let sentences: [[UInt8]]
  /// Whether only the first member of a signal tells about it, since the others lie upon it.
  private let isBrief: Bool

  init(plot: Plot) {
    chart = plot.chart
    columns = plot.columns
    period = plot.period
    axis = plot.value
    hasDenominators = chart.series.hasDenominators && chart.spec.kind != .c
    isBrief = plot.isDense
    // A unit stands before or after the value, wherever `quantity` has it.
    let parts = quantity("\u{1}", unit: axis.unit).split(separator: "\u{1}", omittingEmptySubsequences: false)
    prefix = Tooltips.escaped(String(parts[0]))
    suffix = Tooltips.escaped(String(parts[parts.count - 1]))
    sentences = zip(chart.signals, plot.sentences).map { signal, sentence in
      signal.rule.marksPoints ? Tooltips.escaped("\n" + sentence) : []
    }
  }

  private static func escaped(_ text: String) -> [UInt8] { Markup.bytes { $0.write(escaped: text) } }

  func write(_ row: Int, into markup: inout Markup) {
    markup.write(nameOf: chart.series.days[row], period)
    markup.write(": ")
    let value = columns.values[row]
    // The minus sign stands before a currency.
    if value < 0, !prefix.isEmpty {
      markup.write("−")
      markup.write(prefix)
      axis.write(-value, into: &markup)
    } else {
      markup.write(prefix)
      axis.write(value, into: &markup)
    }
    markup.write(suffix)
    if hasDenominators {
      let point = chart.series.points[row]
      if let numerator = point.value, let denominator = point.denominator {
        markup.write(" (")
        markup.write(plainFigure: numerator)
        markup.write(" of ")
        markup.write(plainFigure: denominator)
        markup.write(")")
      }
    }
    if !sentences.isEmpty {
      for number in chart.signals(at: row) where !isBrief || chart.signals[number].members[0] == row {
        markup.write(sentences[number])
      }
    }
    if columns.shapes[row] == .excluded {
      let reason = chart.spec.exclusions.reasons[row] ?? ""
      markup.write(reason.isEmpty ? " Left out of the lines." : " Left out of the lines: ")
      markup.write(escaped: reason)
    }
    let note = chart.series.points[row].note
    if !note.isEmpty {
      markup.write(" ")
      markup.write(escaped: note)
    }
  }
}
