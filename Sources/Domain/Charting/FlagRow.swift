// SPDX-License-Identifier: Apache-2.0

import SPC

/// The flags above a plot, each as near its day as the others leave room for.
struct FlagRow {
  /// One flag, or several that would lie upon each other.
  struct Place {
    let label: String
    let shape: Flag.Shape
    let width: Double
    /// Where on the time axis it belongs; the first of several.
    let days: [Double]
    /// Its middle.
    var x: Double
  }

  private(set) var places: [Place] = []

  static let labelSize = 9.5
  /// The room that flags take above the plot.
  static let height = 24.0
  private static let gap = 6.0

  /// Flags whose day lies between the borders.
  init(_ flags: [Flag], plot: Plot) {
    let shown = flags.compactMap { flag -> (flag: Flag, x: Double)? in
      let x = flag.row.map(plot.leftEdge) ?? plot.time.x(flag.day)
      return x >= plot.left - 0.01 && x <= plot.right + 0.01 ? (flag, x) : nil
    }
    .sorted { ($0.x, $0.flag.number) < ($1.x, $1.flag.number) }
    let room = plot.right - plot.left
    var closest = 0.0
    repeat {
      places = FlagRow.grouped(shown, closerThan: closest)
      closest = max(closest * 1.5, 4)
    } while places.reduce(0, { $0 + $1.width + FlagRow.gap }) > room && places.count > 1
    spread(left: plot.left, right: plot.right)
  }

  private static func grouped(_ flags: [(flag: Flag, x: Double)], closerThan distance: Double) -> [Place] {
    var groups: [[(flag: Flag, x: Double)]] = []
    for flag in flags {
      if let first = groups.last?.first, flag.x - first.x < distance {
        groups[groups.count - 1].append(flag)
      } else {
        groups.append([flag])
      }
    }
    return groups.map { group in
      let shapes = Set(group.map(\.flag.shape))
      let numbers = group.map(\.flag.number)
      let (first, last) = (numbers.min() ?? 0, numbers.max() ?? 0)
      let label = first == last ? String(first) : "\(first)–\(last)"
      return Place(
        label: label, shape: shapes.count == 1 ? group[0].flag.shape : .several,
        width: max(Flag.Shape.height, TextMetrics.width(label, size: labelSize, bold: true) + 5),
        days: group.map(\.x), x: group.reduce(0) { $0 + $1.x } / Double(group.count))
    }
  }

  /// Moves neighbours apart, each group of them about its middle.
  private mutating func spread(left: Double, right: Double) {
    var clusters: [(middle: Double, width: Double, places: Int)] = []
    for place in places {
      clusters.append((place.x, place.width + FlagRow.gap, 1))
      while clusters.count > 1 {
        let (a, b) = (clusters[clusters.count - 2], clusters[clusters.count - 1])
        guard b.middle - a.middle < (a.width + b.width) / 2 else { break }
        clusters.removeLast(2)
        let count = a.places + b.places
        let middle = (a.middle * Double(a.places) + b.middle * Double(b.places)) / Double(count)
        clusters.append((middle, a.width + b.width, count))
      }
    }
    var index = 0
    for cluster in clusters {
      var x = cluster.middle - cluster.width / 2
      for _ in 0..<cluster.places {
        places[index].x = x + (places[index].width + FlagRow.gap) / 2
        x += places[index].width + FlagRow.gap
        index += 1
      }
    }
    var border = left - FlagRow.gap / 2
    for index in places.indices {
      let half = (places[index].width + FlagRow.gap) / 2
      places[index].x = max(places[index].x, border + half)
      border = places[index].x + half
    }
    border = right + FlagRow.gap / 2
    for index in places.indices.reversed() {
      let half = (places[index].width + FlagRow.gap) / 2
      places[index].x = min(places[index].x, border - half)
      border = places[index].x - half
    }
  }

  /// The lines through a plot: of single flags alone, since those of many would hide the data.
  func drawLines(into markup: inout Markup, palette: Palette, through plot: Plot) {
    let days = places.filter { $0.days.count == 1 }.map { $0.days[0] }
    if days.isEmpty { return }
    markup.openPath("axis", stroke: palette.muted)
    markup.set("stroke-dasharray", "1 3")
    markup.set("d") {
      for day in days {
        $0.move(day, plot.top)
        $0.vertical(plot.bottom)
      }
    }
    markup.close()
  }

  /// Draws the flags, with lines to their days at the top of the plot.
  func draw(into markup: inout Markup, palette: Palette, top: Double) {
    if places.isEmpty { return }
    markup.openPath("axis", stroke: palette.muted)
    markup.set("d") {
      for place in places {
        for day in place.days {
          $0.move(place.x, top + Flag.Shape.height)
          $0.line(day, top + FlagRow.height + 4)
        }
      }
    }
    markup.close()
    for place in places {
      place.shape.draw(
        place.label, into: &markup, palette: palette, x: place.x, y: top + Flag.Shape.height / 2 + 2, width: place.width
      )
    }
    markup.newline()
  }
}
