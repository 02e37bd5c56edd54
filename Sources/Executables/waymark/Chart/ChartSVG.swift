// SPDX-License-Identifier: Apache-2.0

import Charting
import SPC

/// Charts as one SVG: a chart alone, a pair one above the other, or small multiples in a grid.
struct ChartSVG {
  var width: Int?
  var height: Int?
  var appearance: ChartDrawing.Appearance

  func svg(of set: ChartSet) -> String {
    if set.members.count == 1, let member = set.members.first {
      let drawing = ChartDrawing(
        title: set.title, width: width ?? 720, height: height ?? (member.pair == nil ? 360 : 560), appearance: appearance,
        annotations: set.annotations)
      return member.pair.map { drawing.svg(of: $0) } ?? drawing.svg(of: member.charts[0])
    }
    return grid(of: set)
  }

  /// Small multiples: the groups in their order, row by row.
  private func grid(of set: ChartSet) -> String {
    let (cellWidth, cellHeight) = (width ?? 420, height ?? 240)
    let columns = max(1, min(4, Int(Double(set.members.count).squareRoot().rounded(.up))))
    let rows = (set.members.count + columns - 1) / columns
    let (whole, bottom) = (columns * cellWidth, rows * cellHeight)
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(whole)\" height=\"\(bottom)\" "
      + "viewBox=\"0 0 \(whole) \(bottom)\">\n"
    for (index, member) in set.members.enumerated() {
      let drawing = ChartDrawing(
        title: member.name, width: cellWidth, height: cellHeight, id: "chart-\(index + 1)", appearance: appearance,
        annotations: set.annotations)
      let svg = member.pair.map { drawing.svg(of: $0) } ?? drawing.svg(of: member.charts[0])
      // A drawing begins with its own tag, which is told where it stands.
      text += "<svg x=\"\(index % columns * cellWidth)\" y=\"\(index / columns * cellHeight)\"" + svg.dropFirst("<svg".count)
    }
    return text + "</svg>\n"
  }
}
