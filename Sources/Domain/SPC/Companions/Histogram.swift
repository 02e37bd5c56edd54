// SPDX-License-Identifier: Apache-2.0

import RealModule

/// Histogram: how often values fall into each of some equal intervals, and where they lie as a whole.
///
/// The width of the bins is 2·IQR/∛n (D. Freedman, P. Diaconis, *Z Wahrscheinlichkeitstheorie* 1981;57:453–476), brought to
/// the nearest of 1, 2, 2.5 or 5 times a power of ten, with edges at its multiples. Where the middle half of the values
/// is one value, H. A. Sturges' rule takes its place: the range over log₂ n + 1. Whole numbers get bins of whole widths.
/// A bin holds its lower edge but not its upper one; the last bin holds both.
public struct Histogram: Sendable, Hashable, Codable {
  /// How wide the bins are.
  public enum Binning: Sendable, Hashable, Codable {
    /// By the rule above.
    case freedmanDiaconis
    /// At most so many bins, with round edges; 1 to 1000.
    case atMost(Int)
    /// Of exactly this width, with edges at its multiples; above 0.
    case width(Double)
  }

  public struct Options: Sendable, Hashable, Codable {
    public var binning: Binning
    /// The unit of the values, for sentences and labels only.
    public var unit: String

    public init(binning: Binning = .freedmanDiaconis, unit: String = "") {
      self.binning = binning
      self.unit = unit
    }
  }

  public struct Bin: Sendable, Hashable, Codable {
    public let lower: Double
    public let upper: Double
    public let count: Int
  }

  /// What lies below a share of the values.
  public struct Percentile: Sendable, Hashable, Codable {
    /// 0 to 100.
    public let rank: Double
    public let value: Double
  }

  public let options: Options
  /// From the lowest to the highest value, without gaps; empty without values.
  public let bins: [Bin]
  /// How many values there are.
  public let count: Int
  /// How many values were missing.
  public let missing: Int
  /// Nil without values, as all that follow.
  public let mean: Double?
  public let median: Double?
  /// With n − 1; nil for fewer than two values.
  public let standardDeviation: Double?
  public let minimum: Double?
  public let maximum: Double?
  /// 5, 10, 25, 50, 75, 90 and 95, interpolated between values (`(n − 1)p`, the default of R and of spreadsheets).
  public let percentiles: [Percentile]
  /// What the chart says, in a sentence or two.
  public let summary: String

  /// More bins than this are refused.
  public static let mostBins = 1000
  static let ranks = [5.0, 10, 25, 50, 75, 90, 95]

  /// The histogram of these values, in any order; missing ones are nil.
  ///
  /// - Throws: `CompanionError` for values that are not finite or too far apart, and options out of range.
  public init(_ values: [Double?], options: Options = Options()) throws(CompanionError) {
    switch options.binning {
    case .atMost(let most) where !(1...Self.mostBins).contains(most):
      throw .optionOutOfRange(option: "number of bins", value: Double(most), accepted: "1 to \(Self.mostBins)")
    case .width(let width) where !(width > 0 && width.isFinite):
      throw .optionOutOfRange(option: "bin width", value: width, accepted: "a finite number above 0")
    default: break
    }
    var sorted: [Double] = []
    sorted.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let value else { continue }
      guard value.isFinite else { throw .notFinite(field: "value", of: CompanionError.row(index), value: value) }
      guard abs(value) < 1e150 else { throw .tooLarge(field: "value", of: CompanionError.row(index), value: value) }
      sorted.append(value)
    }
    sorted.sort()
    self.options = options
    count = sorted.count
    missing = values.count - sorted.count
    var moments = Moments()
    for value in sorted { moments.add(value) }
    mean = moments.mean
    standardDeviation = moments.standardDeviation
    median = OrderStatistics.quantile(sorted, 0.5)
    minimum = sorted.first
    maximum = sorted.last
    percentiles = Self.ranks.compactMap { rank in
      OrderStatistics.quantile(sorted, rank / 100).map { Percentile(rank: rank, value: $0) }
    }
    bins = try Self.bins(sorted, binning: options.binning)
    summary = Self.summary(sorted, mean: mean, unit: options.unit)
  }

  private static func bins(_ sorted: [Double], binning: Binning) throws(CompanionError) -> [Bin] {
    guard let low = sorted.first, let high = sorted.last else { return [] }
    let width: Double
    switch binning {
    case .width(let given): width = given
    case .atMost(let most): width = RoundStep.covering(low, high, most: most, isWhole: areWhole(sorted))
    case .freedmanDiaconis:
      let wanted = RoundStep.nearest(to: freedmanDiaconis(sorted), isWhole: areWhole(sorted))
      let fits = wanted > 0 && (high - low) / wanted < Double(mostBins) / 2
      width = fits ? wanted : RoundStep.covering(low, high, most: mostBins / 2, isWhole: areWhole(sorted))
    }
    let first = (low / width).rounded(.down)
    // The last bin holds its upper edge, so a highest value on an edge needs no bin of its own.
    let last = max((high / width).rounded(.up), first + 1)
    guard last - first <= Double(mostBins), abs(first) < 1e15, abs(last) < 1e15 else {
      throw .optionOutOfRange(
        option: "bin width", value: width, accepted: "wide enough that \(mostBins) bins hold all values")
    }
    let edges = (0...Int(last - first)).map { (first + Double($0)) * width }
    var counts = [Int](repeating: 0, count: edges.count - 1)
    var bin = 0
    for value in sorted {
      while bin < counts.count - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
    return counts.indices.map { Bin(lower: edges[$0], upper: edges[$0 + 1], count: counts[$0]) }
  }

  /// The width by the rule; 0 when all values are equal.
  private static func freedmanDiaconis(_ sorted: [Double]) -> Double {
    let count = Double(sorted.count)
    guard let q1 = OrderStatistics.quantile(sorted, 0.25), let q3 = OrderStatistics.quantile(sorted, 0.75),
      let low = sorted.first, let high = sorted.last
    else { return 0 }
    return q3 > q1 ? 2 * (q3 - q1) / Double.root(count, 3) : (high - low) / (Double.log2(count) + 1)
  }

  private static func areWhole(_ values: [Double]) -> Bool { values.allSatisfy { $0.rounded() == $0 } }

  private static func summary(_ sorted: [Double], mean: Double?, unit: String) -> String {
    guard let low = sorted.first, let high = sorted.last, let mean,
      let median = OrderStatistics.quantile(sorted, 0.5), let p10 = OrderStatistics.quantile(sorted, 0.1),
      let p90 = OrderStatistics.quantile(sorted, 0.9)
    else { return "There are no values yet." }
    func shown(_ value: Double) -> String { quantity(roundedFigure(value, digits: 3), unit: unit) }
    if sorted.count == 1 { return "There is only one value, \(shown(low))." }
    if low == high { return "All \(plainFigure(Double(sorted.count))) values are \(shown(low))." }
    let middle = "Half of the \(plainFigure(Double(sorted.count))) values are \(shown(median)) or less; "
    guard sorted.count >= 10 else {
      return middle + "they lie between \(shown(low)) and \(shown(high)), with a mean of \(shown(mean))."
    }
    return middle + "eight in ten lie between \(shown(p10)) and \(shown(p90)). The mean is \(shown(mean))."
  }
}

/// Steps of 1, 2, 2.5 or 5 times a power of ten.
enum RoundStep {
  private static let factors = [1.0, 2, 2.5, 5, 10]

  /// The step nearest to a width, by ratio; whole for whole numbers, 0 for a width of 0.
  static func nearest(to width: Double, isWhole: Bool) -> Double {
    guard width > 0 else { return 0 }
    if isWhole, width < 1 { return 1 }
    let power = Double.pow(10, Double.log10(width).rounded(.down))
    let steps = factors.map { $0 * power }.filter { !isWhole || $0.rounded() == $0 }
    func distance(_ step: Double) -> Double { abs(Double.log(step / width)) }
    return steps.min { distance($0) < distance($1) } ?? 1
  }

  /// The smallest step by which at most so many bins, with edges at its multiples, hold all from `low` to `high`.
  static func covering(_ low: Double, _ high: Double, most: Int, isWhole: Bool) -> Double {
    let size = max(abs(low), abs(high))
    // Equal values lie in the one bin around them.
    let span = high > low ? high - low : size > 0 ? size / 10 : 1
    let least = max(span / Double(most), size * 1e-14, isWhole ? 1 : .leastNormalMagnitude * 1e20)
    var power = Double.pow(10, Double.log10(least).rounded(.down) - 1)
    // A decade always has a step that fits, unless the values lie on both sides of 0 and there is to be one bin.
    for _ in 0..<4 {
      for factor in factors.dropLast() {
        let step = factor * power
        guard step >= least * (1 - 1e-9), !isWhole || step.rounded() == step else { continue }
        let bins = max((high / step).rounded(.up), (low / step).rounded(.down) + 1) - (low / step).rounded(.down)
        if bins <= Double(most) { return step }
      }
      power *= 10
    }
    return power
  }
}
