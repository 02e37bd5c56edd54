// SPDX-License-Identifier: Apache-2.0

import SPC

/// What a chart says, for those who cannot see it.
enum ChartDescription {
  /// Signals beyond these are only counted.
  private static let signalsTold = 5

  static func text(of chart: Chart, columns: Columns, period: Period) -> String {
    guard let first = columns.values.firstIndex(where: { !$0.isNaN }),
      let last = columns.values.lastIndex(where: { !$0.isNaN })
    else { return "\(chart.spec.kind.title). \(chart.summary)" }
    let days = chart.series.days
    let count = columns.known
    let unit = chart.spec.unit
    var sentences = [
      "\(chart.spec.kind.title) of \(count) \(count == 1 ? "value" : "values")"
        + (count == 1 ? ", " : ", from \(period.phrase(of: days[first])) to ")
        + "\(period.phrase(of: days[last])).",
      "The latest value is \(quantity(rounded(columns.values[last]), unit: unit))"
        + (chart.centreLine(at: last).map {
          ", the \(chart.spec.kind.centreLineTitle.lowercased()) \(quantity(rounded($0), unit: unit))"
        } ?? "") + ".",
    ]
    if !columns.lowerLimits[last].isNaN, !columns.upperLimits[last].isNaN {
      let (lower, upper) = (columns.lowerLimits[last], columns.upperLimits[last])
      sentences.append("The limits are now \(rounded(lower)) and \(quantity(rounded(upper), unit: unit)).")
    }
    sentences.append(chart.summary)
    if !chart.signals.isEmpty {
      let count = chart.signals.count
      sentences.append(count == 1 ? "There is one signal." : "There are \(count) signals.")
      sentences += chart.sentences.suffix(signalsTold)
    }
    return (sentences + chart.cautions).joined(separator: " ")
  }

  /// To four digits or whole numbers, whichever is more, without idle zeros.
  private static func rounded(_ value: Double) -> String {
    guard value != 0, abs(value) < 1e12 else { return plainFigure(value) }
    var scale = 1.0
    while abs(value) * scale < 1000, scale < 1e9 { scale *= 10 }
    return plainFigure((value * scale).rounded() / scale)
  }
}
