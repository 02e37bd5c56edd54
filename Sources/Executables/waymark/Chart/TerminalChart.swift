// SPDX-License-Identifier: Apache-2.0

import SPC

/// A chart in characters, for terminals.
struct TerminalChart {
  /// What characters it is made of.
  struct Marks {
    let common: Character
    let improvement: Character
    let concern: Character
    let neutral: Character
    let excluded: Character
    let centre: Character
    let limit: Character
    let target: Character

    static let unicode = Marks(
      common: "•", improvement: "◆", concern: "▲", neutral: "■", excluded: "○", centre: "─", limit: "╌", target: "┄")
    static let ascii = Marks(
      common: "o", improvement: "*", concern: "^", neutral: "#", excluded: "x", centre: "-", limit: ".", target: "=")
  }

  let terminal: Terminal
  var height = 16

  private var marks: Marks { terminal.isUnicode ? .unicode : .ascii }

  /// The chart with its axes and a key; every line ends in a line break.
  func text(of chart: Chart, title: String) -> String {
    var numbers: [Double] = []
    for index in chart.points.indices {
      for number in [
        chart.value(at: index), chart.centreLine(at: index), chart.limit(3, at: index), chart.limit(-3, at: index),
      ] {
        if let number { numbers.append(number) }
      }
    }
    if let target = chart.targetInForce { numbers.append(target) }
    guard let low = numbers.min(), let high = numbers.max(), let first = chart.series.days.first,
      let last = chart.series.days.last
    else { return title + "\n" }

    let span = high > low ? high - low : max(abs(high), 1)
    let bottom = high > low ? low : low - span / 2
    let places =
      span / Double(height) >= 1 ? 0 : span / Double(height) >= 0.1 ? 1 : span / Double(height) >= 0.01 ? 2 : 4
    let labels = (0..<height).map { row in
      quantity(
        figure(bottom + span * (Double(height - 1 - row) / Double(height - 1)), places: places),
        unit: shortUnit(chart.spec.unit))
    }
    let margin = labels.map(\.count).max() ?? 0
    let width = max(20, terminal.width - margin - 3)
    var grid = [[Character]](repeating: [Character](repeating: " ", count: width), count: height)

    func row(_ number: Double) -> Int {
      let share = (number - bottom) / span
      return min(max(height - 1 - Int((share * Double(height - 1)).rounded()), 0), height - 1)
    }
    let days = Double(max(first.distance(to: last), 1))
    func column(_ index: Int) -> Int {
      let share = Double(first.distance(to: chart.series.days[index])) / days
      return min(max(Int((share * Double(width - 1)).rounded()), 0), width - 1)
    }
    // Lines first, by columns, so that points lie on top of them.
    let columns = chart.points.indices.map(column)
    for index in chart.points.indices {
      let from = index == 0 ? 0 : (columns[index - 1] + columns[index] + 1) / 2
      let to = index + 1 < columns.count ? (columns[index] + columns[index + 1]) / 2 : width - 1
      let lines: [(Double?, Character)] = [
        (chart.limit(3, at: index), marks.limit), (chart.limit(-3, at: index), marks.limit),
        (chart.spec.targets.value(on: chart.series.days[index]), marks.target),
        (chart.centreLine(at: index), marks.centre),
      ]
      for (number, mark) in lines {
        guard let number, from <= to else { continue }
        for column in from...to { grid[row(number)][column] = mark }
      }
    }
    var rank = [Int](repeating: -1, count: width * height)
    for index in chart.points.indices {
      guard let value = chart.value(at: index) else { continue }
      let (mark, weight) = mark(of: chart, at: index)
      let (row, column) = (row(value), columns[index])
      // Of several points in one place the one that says most is seen.
      guard weight > rank[row * width + column] else { continue }
      rank[row * width + column] = weight
      grid[row][column] = mark
    }
    return assemble(title: title, labels: labels, margin: margin, width: width, grid: grid, chart: chart)
  }

  private func assemble(
    title: String, labels: [String], margin: Int, width: Int, grid: [[Character]], chart: Chart
  ) -> String {
    let axis = terminal.isUnicode ? "│" : "|"
    let period = chart.period
    var text = title + "\n"
    for (row, label) in labels.enumerated() {
      // Every third line has a number, so that they can be read.
      let shown = row % 3 == 0 ? label : ""
      let cells = String(String(grid[row]).reversed().drop { $0 == " " }.reversed())
      text +=
        String(repeating: " ", count: margin - shown.count) + shown + " " + axis + coloured(cells, chart: chart) + "\n"
    }
    let first = chart.series.days.first.map(period.name) ?? ""
    let last = chart.series.days.last.map(period.name) ?? ""
    let gap = max(1, width - first.count - last.count)
    text += String(repeating: " ", count: margin + 2) + first + String(repeating: " ", count: gap) + last + "\n\n"
    return text + key(of: chart) + "\n"
  }

  private func mark(of chart: Chart, at index: Int) -> (Character, weight: Int) {
    if chart.spec.exclusions.contains(index) { return (marks.excluded, 1) }
    switch chart.mark(at: index)?.meaning {
    case .improvement?: return (marks.improvement, 3)
    case .concern?: return (marks.concern, 4)
    case .neutral?: return (marks.neutral, 2)
    case nil: return (marks.common, 0)
    }
  }

  /// What the characters mean that are there.
  private func key(of chart: Chart) -> String {
    var parts = ["\(marks.common) value"]
    let meanings = Set(chart.points.indices.compactMap { chart.mark(at: $0)?.meaning })
    if meanings.contains(.improvement) { parts.append("\(marks.improvement) improvement") }
    if meanings.contains(.concern) { parts.append("\(marks.concern) concern") }
    if meanings.contains(.neutral) { parts.append("\(marks.neutral) special cause") }
    if !chart.spec.exclusions.isEmpty { parts.append("\(marks.excluded) left out of the lines") }
    parts.append("\(marks.centre)\(marks.centre) \(chart.spec.centreStatistic.title.lowercased())")
    if chart.spec.kind.hasLimits { parts.append("\(marks.limit)\(marks.limit) limits") }
    if !chart.spec.targets.isEmpty { parts.append("\(marks.target)\(marks.target) target") }
    return parts.joined(separator: "  ")
  }

  /// Blue for improvement and orange for concern, where the terminal shows colours.
  private func coloured(_ cells: String, chart: Chart) -> String {
    guard terminal.hasColour else { return cells }
    var text = ""
    for cell in cells {
      switch cell {
      case marks.improvement: text += TerminalColour.blue.text(cell)
      case marks.concern: text += TerminalColour.orange.text(cell)
      case marks.neutral: text += TerminalColour.purple.text(cell)
      case marks.centre, marks.limit, marks.target: text += TerminalColour.dim.text(cell)
      default: text.append(cell)
      }
    }
    return text
  }
}

/// One line for each of many charts: its name, its latest value, what the icons say, and the values in miniature.
struct TerminalList {
  let terminal: Terminal

  func text(of set: ChartSet) -> String {
    let names = set.members.map(\.name)
    let margin = min(names.map(\.count).max() ?? 0, 40)
    return set.members.map { member in
      let chart = member.charts[0]
      let name = member.name.count > margin ? String(member.name.prefix(margin - 1)) + "…" : member.name
      let latest = chart.points.indices.reversed().lazy.compactMap(chart.value(at:)).first
      let value = latest.map {
        quantity(figure($0, places: abs($0) < 10 ? 2 : abs($0) < 1000 ? 1 : 0), unit: chart.spec.unit)
      }
      let padding = String(repeating: " ", count: margin - name.count)
      let amount = value ?? "no value"
      return name + padding + "  " + String(repeating: " ", count: max(0, 10 - amount.count)) + amount + "  "
        + sparkline(chart) + "  " + state(of: chart) + "\n"
    }.joined()
  }

  /// The latest values, at most 36 of them.
  private func sparkline(_ chart: Chart) -> String {
    let values = chart.points.indices.suffix(36).map(chart.value(at:))
    let known = values.compactMap(\.self)
    guard let low = known.min(), let high = known.max() else { return "" }
    let steps = Array(terminal.isUnicode ? "▁▂▃▄▅▆▇█" : "_.-=*#")
    return String(
      values.map { value in
        guard let value else { return " " }
        let share = high > low ? (value - low) / (high - low) : 0.5
        return steps[min(Int(share * Double(steps.count)), steps.count - 1)]
      })
  }

  private func state(of chart: Chart) -> String {
    let last = chart.points.indices.reversed().first { chart.value(at: $0) != nil }
    let now =
      switch last.flatMap({ chart.mark(at: $0)?.meaning }) {
      case .improvement?: "improvement"
      case .concern?: "concern"
      case .neutral?: "special cause"
      case nil: chart.signals.isEmpty ? "common cause" : "common cause now, special cause before"
      }
    let target = chart.targetAssessment.map { ", target \($0.label)" } ?? ""
    return now + target
  }
}
