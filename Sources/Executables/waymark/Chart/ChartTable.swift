// SPDX-License-Identifier: Apache-2.0

import SPC

/// Charts as CSV: a row for each point, numbers with all their digits.
struct ChartTable {
  static func text(of set: ChartSet) -> String {
    var text =
      "group,chart,date,value,numerator,denominator,centre_line,lower_limit,upper_limit,near_lower_limit,near_upper_limit,"
      + "target,phase,baseline,excluded,exclusion_reason,signals,meaning,note\n"
    for member in set.members {
      for chart in member.charts { append(chart, name: member.name, to: &text) }
    }
    return text
  }

  private static func append(_ chart: Chart, name: String, to text: inout String) {
    let rules = chart.signals.map(\.rule.id)
    for point in chart.points {
      var found: [String] = []
      for signal in point.signals where !found.contains(rules[signal]) { found.append(rules[signal]) }
      let cells = [
        cell(name), chart.spec.kind.rawValue, point.day.description, number(point.value), number(point.numerator),
        number(point.denominator), number(point.centreLine), number(point.lowerLimit), number(point.upperLimit),
        number(point.nearLowerLimit), number(point.nearUpperLimit), number(point.target), String(point.phase + 1),
        String(point.isBaseline), String(point.isExcluded), cell(point.exclusionReason),
        cell(found.joined(separator: " ")),
        point.mark?.meaning.rawValue ?? "", cell(point.note),
      ]
      text += cells.joined(separator: ",") + "\n"
    }
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  /// In quotes where the text has anything that CSV has a meaning for.
  private static func cell(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r;\t".contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
