// SPDX-License-Identifier: Apache-2.0

import Charting
import SPC

/// Charts as one SVG: a chart alone, a pair one above the other, or small multiples in a grid.
struct ChartSVG {
  var width: Int?
  var height: Int?
  var appearance: ChartDrawing.Appearance
  var axes: SmallMultiples.Axes

  func svg(of set: ChartSet) -> String {
    if set.members.count == 1, let member = set.members.first {
      let drawing = ChartDrawing(
        title: set.title, width: width ?? 720, height: height ?? (member.pair == nil ? 360 : 560),
        appearance: appearance,
        annotations: set.annotations)
      return member.pair.map { drawing.svg(of: $0) } ?? drawing.svg(of: member.charts[0])
    }
    return grid(of: set)
  }

  /// Small multiples: the groups in their order, the main chart of each.
  private func grid(of set: ChartSet) -> String {
    SmallMultiples(
      title: set.title, width: width ?? 1280, panelHeight: height ?? 150, axes: axes, appearance: appearance
    ).svg(of: set.members.map { .init(title: $0.name, chart: $0.charts[0]) })
  }
}
