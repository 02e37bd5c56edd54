// SPDX-License-Identifier: Apache-2.0

import SPC

/// What stands on a line itself: the centre of an earlier phase, a target that was in force before.
struct LineNote {
  let text: String
  let isTarget: Bool
  let x: Double
  /// Of the baseline.
  let y: Double

  static let size = 10.5

  var width: Double { TextMetrics.width(text, size: LineNote.size, bold: true) }

  func touches(_ other: LineNote) -> Bool {
    x < other.x + other.width + 2 && other.x < x + width + 2 && abs(y - other.y) < LineNote.size + 2
  }
}

extension Plot {
  /// The notes that there is room for.
  func lineNotes() -> [LineNote] {
    var notes: [LineNote] = []
    func add(_ text: String, isTarget: Bool, number: Double, from: Double, to: Double) {
      let width = TextMetrics.width(text, size: LineNote.size, bold: true)
      guard to - from > width + 14 else { return }
      // Above the line or below it, as far left as it covers neither another note nor a mark; failing that, no mark is
      // looked at.
      for avoidsMarks in [true, false] {
        for x in stride(from: from + 4, through: avoidsMarks ? to - width - 4 : from + 4, by: 8) {
          for offset in [-5.0, 13] {
            let note = LineNote(text: text, isTarget: isTarget, x: x, y: y(number) + offset)
            guard note.y - LineNote.size >= top - 8, note.y <= bottom - 2, !notes.contains(where: note.touches),
              !avoidsMarks || !covers(note, width: width)
            else { continue }
            notes.append(note)
            return
          }
        }
      }
    }
    for phase in chart.phases.dropLast() {
      guard let centre = phase.centreLine, !phase.points.isEmpty else { continue }
      add(
        value.label(centre), isTarget: false, number: centre, from: leftEdge(phase.points.lowerBound),
        to: leftEdge(phase.points.upperBound))
    }
    for (step, next) in zip(targets.steps, targets.steps.dropFirst()) {
      guard let end = next.row else { continue }
      add(
        "Target " + value.exactLabel(step.value), isTarget: true, number: step.value,
        from: step.row.map(leftEdge) ?? left, to: leftEdge(end))
    }
    // A trajectory that ends before the chart does is named where it begins.
    if let first = targets.trajectory.first, let last = targets.trajectory.last, first.day < last.day,
      last.day < time.last, !labels.contains(where: { $0.line == .trajectory })
    {
      add("Trajectory", isTarget: true, number: first.value, from: time.x(first.day), to: right)
    }
    return notes
  }

  /// Whether a note would lie upon the mark of a point or a milestone.
  private func covers(_ note: LineNote, width: Double) -> Bool {
    let reach = radius + 1
    func isCovered(_ x: Double, _ y: Double) -> Bool {
      x > note.x - reach && x < note.x + width + reach && y > note.y - LineNote.size - reach && y < note.y + reach
    }
    // The points lie in order of their coordinates.
    var low = 0
    var high = xs.count
    while low < high {
      let middle = (low + high) / 2
      if xs[middle] < note.x - reach { low = middle + 1 } else { high = middle }
    }
    while low < xs.count, xs[low] < note.x + width + reach {
      if !columns.values[low].isNaN, isCovered(xs[low], y(columns.values[low])) { return true }
      low += 1
    }
    return targets.milestones.contains { isCovered(time.x($0.day), y($0.value)) }
  }
}
