// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// Charts as CSV: a row for each point, numbers with all their digits.
struct ChartTable {
  private static let names = [
    "group", "chart", "date", "value", "numerator", "denominator", "centre_line", "lower_limit", "upper_limit",
    "near_lower_limit", "near_upper_limit", "target", "phase", "baseline", "excluded", "exclusion_reason", "signals",
    "meaning", "note",
  ]

  static func text(of set: ChartSet) -> String {
    var writer = CSVWriter()
    writer.row(names.map { .text($0) })
    for member in set.members {
      for chart in member.charts { append(chart, name: member.name, to: &writer) }
    }
    return writer.text
  }

  private static func append(_ chart: Chart, name: String, to writer: inout CSVWriter) {
    let rules = chart.signals.map(\.rule.id)
    for point in chart.points {
      var found: [String] = []
      for signal in point.signals where !found.contains(rules[signal]) { found.append(rules[signal]) }
      writer.row([
        .text(name), .text(chart.spec.kind.rawValue),
        chart.series.isSequence ? .whole(Int(point.day.daysSinceEpoch)) : .text(point.day.description),
        .number(point.value),
        .number(point.numerator), .number(point.denominator), .number(point.centreLine), .number(point.lowerLimit),
        .number(point.upperLimit), .number(point.nearLowerLimit), .number(point.nearUpperLimit), .number(point.target),
        .whole(point.phase + 1), .truth(point.isBaseline), .truth(point.isExcluded), .text(point.exclusionReason),
        .text(found.joined(separator: " ")), .text(point.mark?.meaning.rawValue ?? ""), .text(point.note),
      ])
    }
  }
}
