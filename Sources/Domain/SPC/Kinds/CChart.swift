// SPDX-License-Identifier: Apache-2.0

/// C chart: counts about their mean c̄, with Poisson limits c̄ ± 3·√c̄, cut at 0.
///
/// W. A. Shewhart 1931; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 7.3.
enum CChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    lines.centre = phase.knownCentre ?? phase.mean
    lines.middle = lines.centre
    lines.sigma = lines.centre.squareRoot()
  }
}
