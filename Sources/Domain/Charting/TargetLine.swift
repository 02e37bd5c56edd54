// SPDX-License-Identifier: Apache-2.0

import SPC

/// Where targets and trajectory lie within the time of a chart.
struct TargetLine {
  /// A target in force from a point on.
  struct Step {
    /// Nil for a target that held before the first point.
    let row: Int?
    let value: Double
  }

  /// In order of time; of those that begin with the same point only the last.
  private(set) var steps: [Step] = []
  /// The corners of the trajectory within the days of the chart, its ends included.
  private(set) var trajectory: [Targets.Milestone] = []
  /// The milestones among them.
  private(set) var milestones: [Targets.Milestone] = []

  init(_ chart: Chart) {
    let targets = chart.spec.targets
    guard !targets.isEmpty, let first = chart.series.days.first, let last = chart.series.days.last else { return }
    for step in targets.steps {
      var row: Int?
      if let from = step.from, from > first {
        // A target that is not in force yet is none.
        guard let begins = chart.series.firstIndex(onOrAfter: from) else { continue }
        row = begins
      }
      if let previous = steps.last, previous.row == row { steps.removeLast() }
      steps.append(Step(row: row, value: step.value))
    }
    milestones = targets.trajectory.filter { $0.day >= first && $0.day <= last }
    trajectory = milestones
    if let start = targets.trajectory(on: first), milestones.first?.day != first {
      trajectory.insert(Targets.Milestone(day: first, value: start), at: 0)
    }
    if let end = targets.trajectory(on: last), milestones.last?.day != last {
      trajectory.append(Targets.Milestone(day: last, value: end))
    }
  }

  /// All numbers that the axis must have room for.
  var values: [Double] { steps.map(\.value) + trajectory.map(\.value) }
}

extension Plot {
  func drawTargets(into markup: inout Markup, palette: Palette) {
    if let first = targets.steps.first {
      markup.openPath("target", stroke: palette.target)
      markup.set("stroke-width", "1.5")
      markup.set("stroke-dasharray", "10 4")
      markup.set("d") {
        $0.move(first.row.map(leftEdge) ?? left, y(first.value))
        for step in targets.steps.dropFirst() {
          $0.horizontal(step.row.map(leftEdge) ?? left)
          $0.vertical(y(step.value))
        }
        $0.horizontal(right)
      }
      markup.close()
    }
    if targets.trajectory.count > 1 {
      markup.openPath("target", stroke: palette.target)
      markup.set("stroke-width", "1.5")
      markup.set("stroke-dasharray", "8 3 1 3")
      markup.set("d") {
        for (index, corner) in targets.trajectory.enumerated() {
          if index == 0 { $0.write("M") } else { $0.write("L") }
          $0.pair(time.x(corner.day), y(corner.value))
        }
      }
      markup.close()
    }
    guard !targets.milestones.isEmpty else { return }
    markup.open("path")
    markup.set("class", "target hollow")
    markup.set("fill", plain: palette.paper)
    markup.set("stroke", plain: palette.target)
    markup.set("stroke-width", "1.25")
    markup.set("d") {
      for milestone in targets.milestones {
        MarkShape.common.write(into: &$0, x: time.x(milestone.day), y: y(milestone.value), radius: 2.5)
      }
    }
    markup.close()
  }
}
