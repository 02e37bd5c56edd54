// SPDX-License-Identifier: Apache-2.0

import SPC

/// A chart with all that a drawing asks of it, asked once.
struct Subject {
  let chart: Chart
  let columns: Columns
  let period: Period
  let targets: TargetLine
  /// What each signal says, for those who cannot see it and for tooltips; empty where the signals are not told.
  let sentences: [String]

  init(_ chart: Chart, tellsSignals: Bool = true) {
    self.chart = chart
    columns = Columns(chart)
    period = chart.period
    targets = TargetLine(chart)
    sentences = tellsSignals && !chart.signals.isEmpty ? chart.sentences : []
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
