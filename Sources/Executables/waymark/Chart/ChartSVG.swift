// SPDX-License-Identifier: Apache-2.0

import Charting
import SPC

/// Charts as one SVG: a chart alone, a pair one above the other, or small multiples in a grid.
struct ChartSVG {
  var width: Int?
  var height: Int?
  var appearance: ChartDrawing.Appearance

  func svg(of set: ChartSet) -> String {
    if set.members.count == 1, let member = set.members.first, member.charts.count == 1 {
      return ChartDrawing(
        title: heading(set, member), width: width ?? 720, height: height ?? 360, appearance: appearance
      ).svg(of: member.charts[0])
    }
    let isGrid = set.members.count > 1
    let (cellWidth, cellHeight) = (width ?? (isGrid ? 420 : 720), height ?? (isGrid ? 240 : 300))
    let columns = isGrid ? max(1, min(4, Int(Double(set.members.count).squareRoot().rounded(.up)))) : 1
    var cells: [(x: Int, y: Int, svg: String)] = []
    var number = 0
    var bottom = 0
    for (index, member) in set.members.enumerated() {
      let x = index % columns * cellWidth
      for (part, chart) in member.charts.enumerated() {
        let y = (index / columns * member.charts.count + part) * cellHeight
        number += 1
        let title = part == 0 ? heading(set, member) : "\(heading(set, member)): \(chart.spec.kind.title)"
        let drawing = ChartDrawing(
          title: title, width: cellWidth, height: cellHeight, id: "chart-\(number)", appearance: appearance)
        cells.append((x, y, drawing.svg(of: chart)))
        bottom = max(bottom, y + cellHeight)
      }
    }
    let whole = columns * cellWidth
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(whole)\" height=\"\(bottom)\" "
      + "viewBox=\"0 0 \(whole) \(bottom)\">\n"
    for cell in cells {
      // A drawing begins with its own tag, which is told where it stands.
      text += "<svg x=\"\(cell.x)\" y=\"\(cell.y)\"" + cell.svg.dropFirst("<svg".count)
    }
    return text + "</svg>\n"
  }

  private func heading(_ set: ChartSet, _ member: ChartSet.Member) -> String {
    member.name.isEmpty ? set.title : member.name
  }
}
