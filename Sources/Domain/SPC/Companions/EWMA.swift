// SPDX-License-Identifier: Apache-2.0

import RealModule

/// EWMA chart: a moving average in which older values fade away, for small lasting shifts.
///
/// With mean μ₀ and sigma σ (`ProcessReference`): zᵢ = λxᵢ + (1 − λ)zᵢ₋₁ from z₀ = μ₀, and exact limits
/// μ₀ ± Lσ·√(λ/(2 − λ)·(1 − (1 − λ)²ⁱ)), which widen over the first values. i counts values: missing ones are passed over,
/// and have neither average nor limits. λ = 0.2 with L = 2.7 is much like a CUSUM with k = ½ and h = 5.
///
/// Values are taken as equally certain, quotients too.
///
/// S. W. Roberts, *Technometrics* 1959;1:239–250; J. M. Lucas, M. S. Saccucci, *Technometrics* 1990;32:1–12; D. C.
/// Montgomery, *Statistical Quality Control*, 6th ed. 2009, 9.2.
public struct EWMA: Sendable, Hashable, Codable {
  public struct Options: Sendable, Hashable, Codable {
    public var reference: ProcessReference.Options
    /// λ: the weight of the newest value; above 0, at most 1.
    public var weight: Double
    /// L: the width of the limits in sigma of the average; above 0.
    public var width: Double
    public var direction: Direction
    /// Values are shown multiplied by this: 100 for per cent.
    public var multiplier: Double
    /// The unit shown, for sentences and labels only.
    public var unit: String

    public init(
      reference: ProcessReference.Options = ProcessReference.Options(), weight: Double = 0.2, width: Double = 2.7,
      direction: Direction = .neutral, multiplier: Double = 1, unit: String = ""
    ) {
      self.reference = reference
      self.weight = weight
      self.width = width
      self.direction = direction
      self.multiplier = multiplier
      self.unit = unit
    }

    func check() throws(CompanionError) {
      try reference.check()
      guard weight > 0, weight <= 1 else {
        throw .optionOutOfRange(option: "weight λ", value: weight, accepted: "above 0 and at most 1")
      }
      guard width > 0, width.isFinite else {
        throw .optionOutOfRange(option: "width L", value: width, accepted: "a finite number above 0")
      }
    }
  }

  /// One point of the series.
  public struct Point: Sendable, Hashable, Codable {
    public let day: Day
    /// In the unit shown; nil when missing.
    public let value: Double?
    /// z, in the unit shown; nil where the value is missing or there is no sigma.
    public let average: Double?
    public let lowerLimit: Double?
    public let upperLimit: Double?
    /// On which side the average is outside its limits.
    public let side: Side
    public let meaning: Meaning
  }

  /// A stretch of averages outside the same limit.
  public struct Signal: Sendable, Hashable, Codable {
    public let side: Side
    public let meaning: Meaning
    /// Indices of its points, ascending.
    public let members: [Int]
    public let sentence: String
  }

  public let options: Options
  public let period: Period
  public let reference: ProcessReference
  /// One for every point of the series, in its order.
  public let points: [Point]
  /// In order of time.
  public let signals: [Signal]
  /// What the chart says, in a sentence or two.
  public let summary: String
  public let cautions: [String]

  /// - Throws: `CompanionError` for options out of range, and values too large to be added up.
  public init(_ series: Series, options: Options = Options()) throws(CompanionError) {
    try options.check()
    let values = try series.shownValues(multiplier: options.multiplier)
    let days = series.points.map(\.day)
    let reference = ProcessReference(values, days: days, options: options.reference)
    let period = series.period
    self.options = options
    self.reference = reference
    self.period = period
    cautions = values.isEmpty ? [] : reference.cautions(unequalDenominators: series.hasUnequalDenominators)
    guard let mean = reference.mean, let sigma = reference.sigma else {
      points = zip(days, values).map { Point(day: $0, value: $1.isNaN ? nil : $1) }
      signals = []
      summary = values.contains { !$0.isNaN } ? "No change can be told from chance yet." : "There are no values yet."
      return
    }
    let weight = options.weight
    var average = mean
    // (1 − λ)²ⁱ.
    var memory = 1.0
    let points = zip(days, values).map { day, value in
      guard !value.isNaN else { return Point(day: day, value: nil) }
      average = weight * value + (1 - weight) * average
      memory *= (1 - weight) * (1 - weight)
      let reach = options.width * sigma * (weight / (2 - weight) * (1 - memory)).squareRoot()
      let (lower, upper) = (mean - reach, mean + reach)
      let scale = abs(mean)
      let side: Side =
        average > upper && !Tolerance.areEqual(average, upper, scale: scale)
        ? .high : average < lower && !Tolerance.areEqual(average, lower, scale: scale) ? .low : .neither
      return Point(
        day: day, value: value, average: average, lowerLimit: lower, upperLimit: upper, side: side,
        meaning: Meaning(side, direction: options.direction))
    }
    self.points = points
    signals = EWMA.stretches(points).map { members in
      let side = points[members[0]].side
      return EWMA.signal(members, side: side, days: days, period: period, direction: options.direction)
    }
    summary = EWMA.summary(signals, points: points, mean: mean, unit: options.unit)
  }

  /// Points outside one limit with no point inside between them.
  private static func stretches(_ points: [Point]) -> [[Int]] {
    var stretches: [[Int]] = []
    var previous = Side.neither
    for (index, point) in points.enumerated() where point.average != nil {
      if point.side != .neither {
        if point.side == previous { stretches[stretches.count - 1].append(index) } else { stretches.append([index]) }
      }
      previous = point.side
    }
    return stretches
  }

  private static func signal(_ members: [Int], side: Side, days: [Day], period: Period, direction: Direction) -> Signal
  {
    let meaning = Meaning(side, direction: direction)
    let first = period.phrase(of: days[members[0]])
    let last = period.phrase(of: days[members[members.count - 1]])
    let limit = side == .high ? "above the upper limit" : "below the lower limit"
    let verdict =
      switch meaning {
      case .improvement: ": a special cause, and an improvement."
      case .concern: ": a special cause, and a concern."
      case .neutral: ": a special cause."
      }
    let span = members.count == 1 ? "At \(first)" : "From \(first) to \(last)"
    return Signal(
      side: side, meaning: meaning, members: members,
      sentence: "\(span) the weighted average is \(limit)" + verdict)
  }

  private static func summary(_ signals: [Signal], points: [Point], mean: Double, unit: String) -> String {
    let latest = points.last { $0.average != nil }
    guard let last = signals.last, let average = latest?.average else {
      return "The weighted average shows no lasting shift away from \(quantity(roundedFigure(mean), unit: unit))."
    }
    guard latest?.side != .neither else { return last.sentence + " It has come back since." }
    return last.sentence + " It is now \(quantity(roundedFigure(average), unit: unit)) instead of "
      + "\(quantity(roundedFigure(mean), unit: unit))."
  }
}

extension EWMA.Point {
  /// A point without average.
  fileprivate init(day: Day, value: Double?) {
    self.init(
      day: day, value: value, average: nil, lowerLimit: nil, upperLimit: nil, side: .neither, meaning: .neutral)
  }
}
