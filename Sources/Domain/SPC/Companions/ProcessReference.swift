// SPDX-License-Identifier: Apache-2.0

/// What CUSUM and EWMA charts hold values against: where the process lies when nothing has changed, and how much it varies.
///
/// The mean is that of the baseline, or a target given. Sigma is the mean moving range of the baseline over 1.128, or given.
/// Across a period without a value there is no moving range, unless gaps are bridged.
public struct ProcessReference: Sendable, Hashable, Codable {
  public struct Options: Sendable, Hashable, Codable {
    /// How many points from the start, missing ones included, are the baseline; nil for all.
    public var baseline: Int?
    /// Where the process should lie, in the unit shown; nil for the mean of the baseline.
    public var mean: Double?
    /// One sigma known in advance, in the unit shown; nil for what the baseline gives.
    public var sigma: Double?
    /// Whether moving ranges of 3.267 times their mean or more are left out once (Nelson 1982).
    public var screensMovingRanges: Bool
    /// Whether moving ranges are taken across periods without a value; nil for no.
    public var gaps: ChartMethod.Gaps?

    public init(
      baseline: Int? = nil, mean: Double? = nil, sigma: Double? = nil, screensMovingRanges: Bool = false,
      gaps: ChartMethod.Gaps? = nil
    ) {
      self.gaps = gaps
      self.baseline = baseline
      self.mean = mean
      self.sigma = sigma
      self.screensMovingRanges = screensMovingRanges
    }

    func check() throws(CompanionError) {
      if let baseline, baseline < 2 {
        throw .optionOutOfRange(option: "baseline", value: Double(baseline), accepted: "2 points or more")
      }
      if let mean, !mean.isFinite {
        throw .optionOutOfRange(option: "target mean", value: mean, accepted: "a finite number")
      }
      if let sigma, !(sigma > 0 && sigma.isFinite) {
        throw .optionOutOfRange(option: "sigma", value: sigma, accepted: "a finite number above 0")
      }
    }
  }

  /// In the unit shown; nil when neither known nor to be had from the values.
  public let mean: Double?
  /// In the unit shown; nil when neither known nor to be had from the values, above 0 otherwise.
  public let sigma: Double?
  /// How many values the baseline has.
  public let baselineValues: Int
  /// Whether the mean was given.
  public let hasKnownMean: Bool
  /// Whether sigma was given.
  public let hasKnownSigma: Bool

  /// - Parameters:
  ///   - values: in the unit shown, NaN where missing.
  ///   - days: theirs.
  init(_ values: [Double], days: [Day], options: Options) {
    var rows = values.startIndex..<values.endIndex
    if let frozen = options.baseline {
      rows = Analysis.frozen(frozen, of: rows, ordinals: Gaps.ordinals(of: days, values: values))
    }
    let baseline = values[rows]
    var sum = CompensatedSum()
    var count = 0
    for value in baseline where !value.isNaN {
      sum.add(value)
      count += 1
    }
    baselineValues = count
    hasKnownMean = options.mean != nil
    hasKnownSigma = options.sigma != nil
    mean = options.mean ?? (count > 0 ? sum.value / Double(count) : nil)
    if let sigma = options.sigma {
      self.sigma = sigma
    } else {
      let isBridged = options.gaps == .bridges
      let segments = isBridged ? nil : Gaps.segments(of: days, values: values, areEvents: false)
      let ranges = MRChart.ranges(of: values, phases: [rows], segments: segments).filter { !$0.isNaN }
      var average = Self.mean(ranges)
      if options.screensMovingRanges, let all = average {
        average = Self.mean(ranges.filter { $0 < 3.267 * all })
      }
      let sigma = (average ?? 0) / 1.128
      self.sigma = sigma > 0 && sigma.isFinite ? sigma : nil
    }
  }

  private static func mean(_ ranges: [Double]) -> Double? {
    var sum = CompensatedSum()
    for range in ranges { sum.add(range) }
    return ranges.isEmpty ? nil : sum.value / Double(ranges.count)
  }

  /// With fewer values than this in the baseline, the chart is on trial.
  static let firmBaseline = 12

  /// What to keep in mind about it.
  func cautions(unequalDenominators: Bool) -> [String] {
    var cautions: [String] = []
    let isEstimated = !hasKnownMean || !hasKnownSigma
    if sigma == nil {
      cautions.append("The values of the baseline are too few, or vary too little, to tell a change from chance.")
    } else if isEstimated, baselineValues < Self.firmBaseline {
      cautions.append(
        "Only \(baselineValues) values set the baseline: a trial until there are \(Self.firmBaseline).")
    }
    if unequalDenominators {
      cautions.append(
        "The denominators differ by more than half; this chart takes the values as equally certain all the same.")
    }
    return cautions
  }
}

extension Series {
  /// The values in the unit shown, quotients where there are denominators; NaN where missing.
  func shownValues(multiplier: Double) throws(CompanionError) -> [Double] {
    try CompanionError.check(multiplier: multiplier)
    let hasDenominators = hasDenominators
    var values: [Double] = []
    for point in points {
      guard let value = point.value, !hasDenominators || point.denominator ?? 0 > 0 else {
        values.append(.nan)
        continue
      }
      let shown = (hasDenominators ? value / (point.denominator ?? 1) : value) * multiplier
      // Sums of a million values must stay finite.
      guard abs(shown) < 1e290 else { throw .tooLarge(field: "value", of: point.day.description, value: shown) }
      values.append(shown)
    }
    return values
  }

  /// Whether the smallest denominator above 0 is less than half of the largest.
  var hasUnequalDenominators: Bool {
    var (least, most) = (Double.infinity, 0.0)
    for point in points where point.value != nil {
      guard let denominator = point.denominator, denominator > 0 else { continue }
      least = min(least, denominator)
      most = max(most, denominator)
    }
    return least < most / 2
  }
}
