// SPDX-License-Identifier: Apache-2.0

/// What the centre line of a chart is.
public enum CentreStatistic: String, Sendable, Hashable, CaseIterable, Codable {
  /// A mean: of the values, of their ranges or deviations, or pooled over denominators.
  case mean
  /// A median: of the values, or the one that belongs to a mean known in advance.
  case median
  /// A mean on another scale, brought back: the centre of a T chart, which is neither mean nor median of the times.
  case transformedMean = "transformed_mean"
  /// A number known in advance.
  case given

  /// What people call it: `Mean`, `Median`, `Centre`, `Given centre`.
  public var title: String {
    switch self {
    case .mean: "Mean"
    case .median: "Median"
    case .transformedMean: "Centre"
    case .given: "Given centre"
    }
  }
}

extension ChartSpec {
  /// What the centre lines of this chart are, by its kind, its method and whether one was given.
  public var centreStatistic: CentreStatistic {
    switch kind {
    // Of a mean given for a G chart the median is drawn.
    case .g where method.geometricCentre == .median: .median
    case _ where knownCentreLine != nil: .given
    case .run: .median
    case .i: method.individualsCentre == .median ? .median : .mean
    case .mr: method.usesMedianRange ? .median : .mean
    case .t: .transformedMean
    case .xBar, .s, .p, .pPrime, .u, .uPrime, .c, .g, .iPrime: .mean
    }
  }
}
