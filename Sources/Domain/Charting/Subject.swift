// SPDX-License-Identifier: Apache-2.0

import SPC

/// A chart with all that a drawing asks of it, asked once.
struct Subject {
  let chart: Chart
  let columns: Columns
  let period: Period
  let targets: TargetLine

  init(_ chart: Chart) {
    self.chart = chart
    columns = Columns(chart)
    period = chart.period
    targets = TargetLine(chart)
  }

  /// All numbers that lie on the value axis.
  var shown: [Double] { columns.extremes + chart.phases.compactMap(\.centreLine) + targets.values }

  /// The axis for those numbers, or for some that belong to other charts too.
  func axis(for shown: [Double]? = nil, steps: Int) -> ValueAxis {
    ValueAxis(
      values: shown ?? self.shown, steps: steps, unit: chart.spec.unit,
      ceiling: chart.spec.kind.isProportion ? chart.spec.multiplier : nil)
  }
}
