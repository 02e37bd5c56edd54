// SPDX-License-Identifier: Apache-2.0

import SPC

/// What the numbers of the flags stand for, in as many lines as there is room for.
struct FlagKey {
  private struct Entry {
    /// Nil for the words that tell how many more there are.
    let flag: Flag?
    let text: String
    let width: Double
  }

  private var rows: [[Entry]] = []

  static let lineHeight = 18.0
  private static let size = 11.0
  private static let symbol = 24.0
  private static let gap = 14.0

  var lines: Int { rows.count }

  init(_ flags: [Flag], width: Double, atMost limit: Int) {
    guard limit > 0, !flags.isEmpty else { return }
    var room = 0.0
    for (index, flag) in flags.enumerated() {
      let text = TextMetrics.shortened(
        "\(TimeAxis.dayLabel(flag.day)) \(flag.day.year) · \(flag.text)", size: FlagKey.size,
        width: width - FlagKey.symbol)
      let wanted = FlagKey.symbol + TextMetrics.width(text, size: FlagKey.size) + FlagKey.gap
      let isNew = rows.isEmpty || wanted - FlagKey.gap > room
      let isLastRow = rows.count + (isNew ? 1 : 0) >= limit
      if isNew, rows.count == limit || (isLastRow && index + 1 < flags.count && limit > 1) {
        closing(with: flags.count - index, isOwnRow: rows.count < limit, width: width, room: room)
        return
      }
      if isNew {
        rows.append([])
        room = width
      }
      rows[rows.count - 1].append(Entry(flag: flag, text: text, width: wanted))
      room -= wanted
    }
  }

  /// Says how many flags the key has no room for.
  private mutating func closing(with count: Int, isOwnRow: Bool, width: Double, room: Double) {
    let text = "and \(count) more"
    let wanted = TextMetrics.width(text, size: FlagKey.size)
    let entry = Entry(flag: nil, text: text, width: wanted)
    if isOwnRow {
      rows.append([entry])
    } else if wanted <= room {
      rows[rows.count - 1].append(entry)
    }
  }

  /// Draws the rows, the last one with its baseline at `bottom`.
  func draw(into markup: inout Markup, palette: Palette, x left: Double, bottom: Double) {
    for (index, row) in rows.enumerated() {
      let y = bottom - Double(rows.count - 1 - index) * FlagKey.lineHeight
      var x = left
      for entry in row {
        if let flag = entry.flag {
          let label = String(flag.number)
          let width = max(Flag.Shape.height, TextMetrics.width(label, size: FlagRow.labelSize, bold: true) + 3)
          flag.shape.draw(label, into: &markup, palette: palette, x: x + 10, y: y - 4, width: width)
        }
        let indent = entry.flag == nil ? 0 : FlagKey.symbol
        markup.openText("ink", x: x + indent, y: y, fill: palette.ink, size: FlagKey.size)
        markup.close(text: entry.text)
        x += entry.width
      }
    }
  }
}
