// SPDX-License-Identifier: Apache-2.0

import SPC

/// Centre line, limits, target and phase borders.
extension Plot {
  func drawLines(into markup: inout Markup, palette: Palette, shadesLimits: Bool) {
    let phases = chart.phases
    let rows = phases.map { visibleRows(of: $0.points) }
    if shadesLimits {
      markup.open("path")
      markup.set("class", "band")
      markup.set("fill", plain: palette.band)
      markup.set("d") { for (phase, rows) in zip(phases, rows) { writeBand(of: rows, in: phase.points, into: &$0) } }
      markup.close()
    }
    markup.openPath("limit", stroke: palette.limit)
    markup.set("stroke-width", "1.25")
    markup.set("stroke-dasharray", "5 3")
    markup.set("d") {
      for column in [columns.upperLimits, columns.lowerLimits] {
        for (phase, rows) in zip(phases, rows) { writeSteps(of: column, at: rows, in: phase.points, into: &$0) }
      }
    }
    markup.close()
    let drifting = Set(chart.signals.lazy.filter { !$0.rule.marksPoints }.map(\.phase))
    for (index, phase) in phases.enumerated() {
      guard let centre = phase.centreLine, !phase.points.isEmpty else { continue }
      markup.openPath("centre", stroke: palette.centre)
      if drifting.contains(index) {
        markup.set("stroke-width", "1.75")
        markup.set("stroke-dasharray", "2 3")
      } else {
        markup.set("stroke-width", "1.5")
      }
      markup.set("d") {
        $0.move(leftEdge(phase.points.lowerBound), y(centre))
        $0.horizontal(rightEdge(phase.points.upperBound - 1))
      }
      markup.close()
    }
    if phases.count > 1 {
      markup.openPath("axis", stroke: palette.muted)
      markup.set("stroke-dasharray", "1 3")
      markup.set("d") {
        for phase in phases.dropFirst() {
          $0.move(leftEdge(phase.points.lowerBound), top)
          $0.vertical(bottom)
        }
      }
      markup.close()
    }
    drawTargets(into: &markup, palette: palette)
    markup.newline()
  }

  /// The coordinate where the lines of a point begin: half way to the point before.
  func leftEdge(_ index: Int) -> Double {
    if index > 0 { return (xs[index - 1] + xs[index]) / 2 }
    let half = xs.count > 1 ? (xs[1] - xs[0]) / 2 : 20
    return max(left, xs[0] - half)
  }

  /// The coordinate where the lines of a point end.
  func rightEdge(_ index: Int) -> Double {
    if index + 1 < xs.count { return leftEdge(index + 1) }
    let half = xs.count > 1 ? (xs[index] - xs[index - 1]) / 2 : 20
    return min(right, xs[index] + half)
  }

  /// The rows whose limits can be told apart: all of them, or the first of every pixel.
  private func visibleRows(of rows: Range<Int>) -> [Int] {
    guard isDense else { return Array(rows) }
    var visible: [Int] = []
    var last = -Double.infinity
    for row in rows {
      let pixel = xs[row].rounded(.down)
      if pixel > last { visible.append(row) }
      last = pixel
    }
    return visible
  }

  /// A line that goes level by every point and steps between them; it breaks where it is not defined.
  private func writeSteps(
    of column: [Double], at rows: [Int], in phase: Range<Int>, into markup: inout Markup
  ) {
    var level: Int64?
    for row in rows {
      let number = column[row]
      if number.isNaN {
        if level != nil { markup.horizontal(leftEdge(row)) }
        level = nil
        continue
      }
      let height = Markup.hundredths(y(number))
      if let current = level {
        if current != height {
          markup.horizontal(leftEdge(row))
          markup.write("V")
          markup.write(hundredths: height)
        }
      } else {
        markup.write("M")
        markup.write(number: leftEdge(row))
        markup.write(" ")
        markup.write(hundredths: height)
      }
      level = height
    }
    if level != nil { markup.horizontal(rightEdge(phase.upperBound - 1)) }
  }

  /// The area between the limits of a phase.
  private func writeBand(of rows: [Int], in phase: Range<Int>, into markup: inout Markup) {
    /// Rows with the same limits, in hundredths of a pixel.
    struct Stretch {
      let from: Int64
      var to: Int64
      let high: Int64
      let low: Int64
    }
    // To be walked forth along the upper and back along the lower limits.
    var stretches: [Stretch] = []
    func close() {
      guard let first = stretches.first else { return }
      markup.write("M")
      markup.write(hundredths: first.from)
      markup.write(" ")
      markup.write(hundredths: first.high)
      for stretch in stretches {
        markup.write("V")
        markup.write(hundredths: stretch.high)
        markup.write("H")
        markup.write(hundredths: stretch.to)
      }
      for stretch in stretches.reversed() {
        markup.write("V")
        markup.write(hundredths: stretch.low)
        markup.write("H")
        markup.write(hundredths: stretch.from)
      }
      markup.write("z")
      stretches.removeAll(keepingCapacity: true)
    }
    for (place, row) in rows.enumerated() {
      let (low, high) = (columns.lowerLimits[row], columns.upperLimits[row])
      if low.isNaN || high.isNaN {
        close()
        continue
      }
      let (top, bottom) = (Markup.hundredths(y(high)), Markup.hundredths(y(low)))
      let next = place + 1 < rows.count ? rows[place + 1] : phase.upperBound
      let to = Markup.hundredths(rightEdge(next - 1))
      if let last = stretches.last, last.high == top, last.low == bottom {
        stretches[stretches.count - 1].to = to
      } else {
        stretches.append(Stretch(from: Markup.hundredths(leftEdge(row)), to: to, high: top, low: bottom))
      }
    }
    close()
  }
}
