// SPDX-License-Identifier: Apache-2.0

import SPC

/// The values, joined by a line that breaks where one is missing, each with a mark that tells about it.
extension Plot {
  func drawPoints(into markup: inout Markup, palette: Palette) {
    let radius = radius
    markup.openPath("line", stroke: palette.line)
    if radius < 2 { markup.set("stroke-width", "1") } else { markup.set("stroke-width", "1.5") }
    markup.set("stroke-linejoin", "round")
    markup.set("d") { writeValueLine(into: &$0) }
    markup.close()
    let tooltips = Tooltips(plot: self)
    let rows = isDense ? visibleMarks() : Array(0..<columns.count)
    // Common cause first, so that signals lie on top of it.
    for shape in [MarkShape.common, .excluded, .neutral, .improvement, .concern] where columns.present.contains(shape) {
      let shade = shape.shade(palette)
      let size = shape == .common ? radius : max(radius * 1.15, 2.2)
      markup.open("g")
      markup.set("class", shape.className)
      markup.set("fill", plain: shade.fill)
      markup.set("stroke", plain: shade.outline)
      if radius < 2 { markup.set("stroke-width", "0.5") } else { markup.set("stroke-width", "1") }
      markup.content()
      for row in rows where columns.shapes[row] == shape {
        markup.open("path")
        var own = shape
        if shape == .excluded {
          own = MarkShape(chart.mark(at: row)?.meaning)
          markup.set("class") {
            $0.write(own.className)
            $0.write(" hollow")
          }
          markup.set("fill", plain: palette.paper)
          markup.set("stroke", plain: own.shade(palette).outline)
          markup.set("stroke-width", "1.5")
        }
        markup.set("d") { own.write(into: &$0, x: xs[row], y: y(columns.values[row]), radius: size) }
        markup.write("><title>")
        tooltips.write(row, into: &markup)
        markup.write("</title></path>")
      }
      markup.end("g")
      markup.newline()
    }
  }

  private func writeValueLine(into markup: inout Markup) {
    var isDrawing = false
    func draw(_ row: Int) {
      if isDrawing { markup.write("L") } else { markup.write("M") }
      markup.pair(xs[row], y(columns.values[row]))
      isDrawing = true
    }
    guard isDense else {
      for row in 0..<columns.count {
        if columns.values[row].isNaN { isDrawing = false } else { draw(row) }
      }
      return
    }
    // The first, lowest, highest and last of every pixel draw the same line as all of its points.
    var start = 0
    while start < columns.count {
      if columns.values[start].isNaN {
        isDrawing = false
        start += 1
        continue
      }
      let pixel = xs[start].rounded(.down)
      var (lowest, highest, last) = (start, start, start)
      while last + 1 < columns.count, !columns.values[last + 1].isNaN, xs[last + 1].rounded(.down) == pixel {
        last += 1
        if columns.values[last] < columns.values[lowest] { lowest = last }
        if columns.values[last] > columns.values[highest] { highest = last }
      }
      var drawn = -1
      for row in [start, min(lowest, highest), max(lowest, highest), last] where row > drawn {
        draw(row)
        drawn = row
      }
      start = last + 1
    }
  }

  /// Of points that lie closer than pixels, those that are marked: of every shape the lowest and highest of each pixel,
  /// and the first point of every signal.
  private func visibleMarks() -> [Int] {
    var isVisible = [Bool](repeating: false, count: columns.count)
    for signal in chart.signals where signal.rule.marksPoints { isVisible[signal.members[0]] = true }
    for shape in columns.present {
      var pixel = -Double.infinity
      var (lowest, highest) = (-1, -1)
      func keep() {
        if lowest >= 0 {
          isVisible[lowest] = true
          isVisible[highest] = true
        }
      }
      for row in 0..<columns.count where columns.shapes[row] == shape {
        let own = xs[row].rounded(.down)
        if own > pixel {
          keep()
          (pixel, lowest, highest) = (own, row, row)
        } else {
          if columns.values[row] < columns.values[lowest] { lowest = row }
          if columns.values[row] > columns.values[highest] { highest = row }
        }
      }
      keep()
    }
    return isVisible.indices.filter { isVisible[$0] && columns.shapes[$0] != nil }
  }
}
