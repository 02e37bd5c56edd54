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
    let rows = isDense ? visibleMarks() : Array(0..<columns.count)
    // So many tooltips would be megabytes that nobody could point at.
    let tooltips = rows.count <= Plot.mostTooltips ? Tooltips(plot: self) : nil
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
      guard let tooltips else {
        drawSilently(shape, at: rows, into: &markup, palette: palette, radius: size)
        markup.end("g")
        markup.newline()
        continue
      }
      // All circles of one size are the same but for where they begin.
      let circle = Markup.bytes { MarkShape.writeArcs(into: &$0, radius: size) }
      for row in rows where columns.shapes[row] == shape {
        var own = shape
        if shape == .excluded {
          own = MarkShape(chart.mark(at: row)?.meaning)
          markup.openRing(own, palette: palette)
          markup.write(" d=\"")
        } else {
          markup.write("<path d=\"")
        }
        if own == .common {
          markup.move(xs[row] - size, y(columns.values[row]))
          markup.write(circle)
        } else {
          own.write(into: &markup, x: xs[row], y: y(columns.values[row]), radius: size)
        }
        markup.write("\"><title>")
        tooltips.write(row, into: &markup)
        markup.write("</title></path>")
      }
      markup.end("g")
      markup.newline()
    }
  }

  /// With more marks than these none has a tooltip.
  static let mostTooltips = 2000

  /// All marks of a shape as one path.
  func drawSilently(
    _ shape: MarkShape, at rows: [Int], into markup: inout Markup, palette: Palette, radius: Double
  ) {
    markup.open("path")
    if shape == .excluded {
      markup.set("class", "common hollow")
      markup.set("fill", plain: palette.paper)
    }
    markup.set("d") {
      for row in rows where columns.shapes[row] == shape {
        shape.write(into: &$0, x: xs[row], y: y(columns.values[row]), radius: radius)
      }
    }
    markup.close()
  }

  func writeValueLine(into markup: inout Markup) {
    var isDrawing = false
    func draw(_ row: Int) {
      if isDrawing { markup.write("L") } else { markup.write("M") }
      markup.pair(xs[row], y(columns.values[row]))
      isDrawing = true
    }
    guard isDense else {
      for row in 0..<columns.count {
        if columns.values[row].isNaN || columns.followsGap?[row] ?? false { isDrawing = false }
        if !columns.values[row].isNaN { draw(row) }
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
      if columns.followsGap?[start] ?? false { isDrawing = false }
      let pixel = xs[start].rounded(.down)
      var (lowest, highest, last) = (start, start, start)
      while last + 1 < columns.count, !columns.values[last + 1].isNaN, xs[last + 1].rounded(.down) == pixel,
        !(columns.followsGap?[last + 1] ?? false)
      {
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

  /// Side of the cells in which one mark of a shape is as good as several, in pixels: less than a mark is wide.
  static let cell = 3.0

  /// Of points that lie closer than pixels, those that are marked: of every shape the lowest and highest of each three
  /// pixels, and the first point of every signal, unless one of the same shape has its cell.
  func visibleMarks() -> [Int] {
    var isVisible = [Bool](repeating: false, count: columns.count)
    for shape in columns.present {
      var column = -Double.infinity
      var (lowest, highest) = (-1, -1)
      func keep() {
        if lowest >= 0 {
          isVisible[lowest] = true
          isVisible[highest] = true
        }
      }
      for row in 0..<columns.count where columns.shapes[row] == shape {
        let own = (xs[row] / Plot.cell).rounded(.down)
        if own > column {
          keep()
          (column, lowest, highest) = (own, row, row)
        } else {
          if columns.values[row] < columns.values[lowest] { lowest = row }
          if columns.values[row] > columns.values[highest] { highest = row }
        }
      }
      keep()
    }
    /// A square of the drawing, and the shape that has it.
    struct Cell: Hashable {
      let column: Int
      let row: Int
      let shape: MarkShape
    }
    func cell(_ row: Int) -> Cell? {
      columns.shapes[row].map { shape in
        Cell(column: Int(xs[row] / Plot.cell), row: Int(y(columns.values[row]) / Plot.cell), shape: shape)
      }
    }
    var taken = Set(isVisible.indices.lazy.filter { isVisible[$0] }.compactMap(cell))
    for signal in chart.signals where signal.rule.marksPoints {
      let row = signal.members[0]
      if let cell = cell(row), taken.insert(cell).inserted { isVisible[row] = true }
    }
    return isVisible.indices.filter { isVisible[$0] && columns.shapes[$0] != nil }
  }
}

extension Markup {
  /// The mark of an excluded point: hollow, with the outline of what it would be.
  fileprivate mutating func openRing(_ shape: MarkShape, palette: Palette) {
    open("path")
    set("class") {
      $0.write(shape.className)
      $0.write(" hollow")
    }
    set("fill", plain: palette.paper)
    set("stroke", plain: shape.shade(palette).outline)
    set("stroke-width", "1.5")
  }
}
