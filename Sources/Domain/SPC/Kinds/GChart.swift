// SPDX-License-Identifier: Apache-2.0

/// G chart: cases between rare events, with the limits of a geometric distribution of mean m: m ± 3·√(m(m + 1)), cut at 0.
///
/// The centre line is the **median** of the baseline, since such numbers are skewed, while the limits lie around its mean.
/// With a mean known in advance the line is drawn at 0.693 of it (ln 2, the median of an exponential distribution).
/// `ChartMethod.geometricCentre` draws the mean instead.
///
/// J. C. Benneyan, Health Care Manag Sci 2001;4:305–318; L. P. Provost, S. K. Murray, *The Health Care Data Guide* 2011;
/// the median as in qicharts2.
enum GChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }

  /// The median of an exponential distribution, in means: ln 2, rounded as in the sources.
  private static let medianShare = 0.693

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    let mean = phase.knownCentre ?? phase.mean
    lines.middle = mean
    lines.sigma = (mean * (mean + 1)).squareRoot()
    switch phase.method.geometricCentre {
    case .mean: lines.centre = mean
    case .median where phase.knownCentre != nil: lines.centre = medianShare * mean
    case .median:
      var values = phase.baselineValues
      lines.centre = RunChart.median(&values)
    }
  }
}
