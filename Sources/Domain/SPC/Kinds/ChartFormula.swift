// SPDX-License-Identifier: Apache-2.0

/// A chart kind: where the centre line of a phase lies, and how far common cause reaches at each of its points.
protocol ChartFormula {
  /// What limits are cut to.
  static var bounds: ClosedRange<Double> { get }
  /// Whether limits within the bounds are part of the formula, and not a cut.
  static var isBoundNatural: Bool { get }
  /// The power that leads from the scale of the lines to that of the values.
  static var power: Double { get }
  /// Whether sigma differs from point to point, so that it needs a column.
  static var hasOwnSigmas: Bool { get }

  /// Sets the lines of the phase, and sigma at each of its rows in the column where there is one.
  ///
  /// What is not defined stays NaN, which lines and column come filled with.
  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double])
}

extension ChartFormula {
  static var bounds: ClosedRange<Double> { -.infinity ... .infinity }
  static var isBoundNatural: Bool { false }
  static var power: Double { 1 }
  static var hasOwnSigmas: Bool { false }
}

extension ChartKind {
  /// Where the kind's numbers come from.
  var formula: any ChartFormula.Type {
    switch self {
    case .run: RunChart.self
    case .i: IChart.self
    case .mr: MRChart.self
    case .xBar: XBarChart.self
    case .s: SChart.self
    case .p: PChart.self
    case .pPrime: PPrimeChart.self
    case .u: UChart.self
    case .uPrime: UPrimeChart.self
    case .c: CChart.self
    case .g: GChart.self
    case .t: TChart.self
    case .iPrime: IPrimeChart.self
    }
  }
}
