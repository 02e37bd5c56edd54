// SPDX-License-Identifier: Apache-2.0

/// Centre line and limits of all points, before multiplication; NaN where not defined.
struct Lines {
  /// The centre line of each phase.
  var centres: [Double]
  /// One sigma at each point.
  var sigmas: [Double]
  /// What limits are cut to.
  let bounds: ClosedRange<Double>

  func uncutLower(_ row: Int, phase: Int) -> Double { centres[phase] - 3 * sigmas[row] }
  func uncutUpper(_ row: Int, phase: Int) -> Double { centres[phase] + 3 * sigmas[row] }
  func lower(_ row: Int, phase: Int) -> Double { cut(uncutLower(row, phase: phase)) }
  func upper(_ row: Int, phase: Int) -> Double { cut(uncutUpper(row, phase: phase)) }
  func nearLower(_ row: Int, phase: Int) -> Double { cut(centres[phase] - 2 * sigmas[row]) }
  func nearUpper(_ row: Int, phase: Int) -> Double { cut(centres[phase] + 2 * sigmas[row]) }

  private func cut(_ limit: Double) -> Double {
    limit.isNaN ? limit : min(max(limit, bounds.lowerBound), bounds.upperBound)
  }
}

/// A chart kind: where the centre line of a phase lies, and how far common cause reaches at each of its points.
protocol ChartFormula {
  /// What limits are cut to.
  static var bounds: ClosedRange<Double> { get }

  /// Returns the centre line of the phase, and writes one sigma at each of its rows into the column; both are NaN where
  /// not defined. The column comes filled with NaN.
  static func lines(of phase: PhaseSample, sigmas: inout [Double]) -> Double
}

extension ChartFormula {
  static var unbounded: ClosedRange<Double> { -.infinity ... .infinity }
}

extension ChartKind {
  /// Where the kind's numbers come from.
  var formula: any ChartFormula.Type {
    switch self {
    case .run: RunChart.self
    case .i: IChart.self
    case .p: PChart.self
    case .pPrime: PPrimeChart.self
    case .u: UChart.self
    case .uPrime: UPrimeChart.self
    }
  }
}
