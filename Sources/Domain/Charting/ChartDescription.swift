// SPDX-License-Identifier: Apache-2.0

import SPC

/// What a chart says, for those who cannot see it.
enum ChartDescription {
  /// Signals beyond these are only counted.
  private static let signalsTold = 5

  static func text(of chart: Chart) -> String {
    let values = chart.points.filter { $0.value != nil }
    guard let first = values.first, let last = values.last, let value = last.value else {
      return "\(chart.spec.kind.title). \(chart.summary)"
    }
    let unit = chart.spec.unit
    var sentences = [
      "\(chart.spec.kind.title) of \(values.count) \(values.count == 1 ? "value" : "values")"
        + (values.count == 1 ? ", " : ", from \(chart.period.phrase(of: first.day)) to ")
        + "\(chart.period.phrase(of: last.day)).",
      "The latest value is \(quantity(rounded(value), unit: unit))"
        + (last.centreLine.map {
          ", the \(chart.spec.kind.centreLineTitle.lowercased()) \(quantity(rounded($0), unit: unit))"
        } ?? "") + ".",
    ]
    if let lower = last.lowerLimit, let upper = last.upperLimit {
      sentences.append("The limits are now \(rounded(lower)) and \(quantity(rounded(upper), unit: unit)).")
    }
    sentences.append(chart.summary)
    if !chart.signals.isEmpty {
      let count = chart.signals.count
      sentences.append(count == 1 ? "There is one signal." : "There are \(count) signals.")
      sentences += chart.signals.suffix(signalsTold).map(chart.sentence)
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
