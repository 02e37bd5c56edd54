// SPDX-License-Identifier: Apache-2.0

/// Scatter plot: two measures of the same cases, and how they go together.
///
/// Spearman's ρ asks only whether one tends to rise with the other, in whatever curve; it is told always. Pearson's r and
/// the line of least squares, y = ȳ + b(x − x̄) with b = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)², ask for a straight line, and are told
/// when wanted. None of them shows what causes what.
///
/// K. Ishikawa, *Guide to Quality Control*, 2nd ed. 1982, chapter 9; C. Spearman, *Am J Psychol* 1904;15:72–101.
public struct Scatter: Sendable, Hashable, Codable {
  /// One case.
  public struct Point: Sendable, Hashable, Codable {
    /// Nil when missing.
    public var x: Double?
    /// Nil when missing.
    public var y: Double?
    /// What the case is called; may be empty.
    public var label: String

    public init(x: Double?, y: Double?, label: String = "") {
      self.x = x
      self.y = y
      self.label = label
    }
  }

  public struct Options: Sendable, Hashable, Codable {
    /// What x is, for sentences and labels.
    public var xName: String
    /// What y is.
    public var yName: String
    public var xUnit: String
    public var yUnit: String
    public var showsPearson: Bool
    public var showsLine: Bool

    public init(
      xName: String = "x", yName: String = "y", xUnit: String = "", yUnit: String = "", showsPearson: Bool = false,
      showsLine: Bool = false
    ) {
      self.xName = xName
      self.yName = yName
      self.xUnit = xUnit
      self.yUnit = yUnit
      self.showsPearson = showsPearson
      self.showsLine = showsLine
    }
  }

  /// y = intercept + slope · x.
  public struct Line: Sendable, Hashable, Codable {
    public let intercept: Double
    public let slope: Double

    public func y(at x: Double) -> Double { intercept + slope * x }
  }

  public let options: Options
  /// In the order given, those with a missing value too.
  public let points: [Point]
  /// How many cases have both values.
  public let pairs: Int
  /// Nil for fewer than three pairs, or when all values of a measure are equal.
  public let spearman: Correlation?
  /// Nil unless wanted, and where Spearman's is.
  public let pearson: Correlation?
  /// Nil unless wanted, and when all x are equal.
  public let line: Line?
  /// What the plot says, in a sentence or two.
  public let summary: String

  /// - Throws: `CompanionError` for values that are not finite, or too large.
  public init(_ points: [Point], options: Options = Options()) throws(CompanionError) {
    for (index, point) in points.enumerated() {
      let row = point.label.isEmpty ? CompanionError.row(index) : CompanionError.quoted(point.label)
      for (name, value) in [(options.xName, point.x), (options.yName, point.y)] {
        guard let value else { continue }
        guard value.isFinite else { throw .notFinite(field: name, of: row, value: value) }
        // Sums of squares must stay finite.
        guard abs(value) < 1e150 else { throw .tooLarge(field: name, of: row, value: value) }
      }
    }
    // In order, so that the order of the points changes no bit.
    let complete = points.compactMap { point in
      point.x.flatMap { x in point.y.map { (x: x, y: $0) } }
    }.sorted { $0 < $1 }
    let (x, y) = (complete.map(\.x), complete.map(\.y))
    self.options = options
    self.points = points
    pairs = complete.count
    spearman = Correlation.spearman(x, y)
    pearson = options.showsPearson ? Correlation.pearson(x, y) : nil
    if options.showsLine, let sums = LeastSquares(x, y), sums.spreadX > 0, pairs > 1 {
      let slope = sums.product / sums.spreadX
      line = slope.isFinite ? Line(intercept: sums.meanY - slope * sums.meanX, slope: slope) : nil
    } else {
      line = nil
    }
    summary = Scatter.summary(spearman, pairs: pairs, options: options)
  }

  private static func summary(_ spearman: Correlation?, pairs: Int, options: Options) -> String {
    guard pairs >= 3 else { return "With \(pairs) \(pairs == 1 ? "pair" : "pairs") there is nothing to compare yet." }
    guard let spearman else { return "All values of one measure are equal, so nothing can go with them." }
    let method = spearman.distribution == .exactPermutations ? "exact" : "by the t distribution"
    let p = probabilityFigure(spearman.pValue)
    let figures =
      "(Spearman’s ρ \(figure(spearman.coefficient, places: 2)), p \(p) \(method), \(pairs) pairs)"
    guard spearman.pValue < 0.05 else {
      return "Whether \(options.xName) and \(options.yName) go together cannot be told from these values \(figures)."
    }
    let word = spearman.coefficient > 0 ? "higher" : "lower"
    let strength = abs(spearman.coefficient) >= 0.7 ? "clearly tends" : "tends"
    return "Where \(options.xName) is higher, \(options.yName) \(strength) to be \(word) \(figures). "
      + "That they go together does not say that one causes the other."
  }
}
