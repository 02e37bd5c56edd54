// SPDX-License-Identifier: Apache-2.0

/// Tabular CUSUM: adds up how far values lie from the mean, which brings small lasting shifts to light sooner than a
/// control chart.
///
/// With mean μ₀ and sigma σ (`ProcessReference`), allowance K = kσ and decision interval H = hσ:
/// C⁺ᵢ = max(0, xᵢ − (μ₀ + K) + C⁺ᵢ₋₁), C⁻ᵢ = max(0, (μ₀ − K) − xᵢ + C⁻ᵢ₋₁). A sum above H is a signal. N is the number
/// of values since that sum was last 0: the change began with the first of them, and the new level is μ₀ + K + C⁺/N, or
/// μ₀ − K − C⁻/N. Missing values are passed over: the sums stay as they are.
///
/// k is half the shift, in sigma, that should be found soon; k = ½ and h = 5 find a shift of one sigma after some 10
/// values, with a false alarm once in some 465. With a head start (J. M. Lucas, R. B. Crosier, *Technometrics*
/// 1982;24:199–205) the sums begin at half of H, so that a process that is off from the start is found sooner; what is
/// left of it is taken off again before a level is estimated.
///
/// Values are taken as equally certain, quotients too. CUSUMs of single cases (Bernoulli) and risk-adjusted ones are
/// other methods, and not offered.
///
/// E. S. Page, *Biometrika* 1954;41:100–115; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 9.1.
public struct CUSUM: Sendable, Hashable, Codable {
  public struct Options: Sendable, Hashable, Codable {
    public var reference: ProcessReference.Options
    /// k, in sigma; 0 or more.
    public var allowance: Double
    /// h, in sigma; above 0.
    public var decisionInterval: Double
    /// Where the sums begin, as a share of H: 0, or 0.5 for Lucas and Crosier's fast initial response; below 1.
    public var headStart: Double
    /// Whether both sums begin anew after a signal, as when its cause is found and mended at once.
    public var restartsAfterSignal: Bool
    public var direction: Direction
    /// Values are shown multiplied by this: 100 for per cent.
    public var multiplier: Double
    /// The unit shown, for sentences and labels only.
    public var unit: String

    public init(
      reference: ProcessReference.Options = ProcessReference.Options(), allowance: Double = 0.5,
      decisionInterval: Double = 5, headStart: Double = 0, restartsAfterSignal: Bool = false,
      direction: Direction = .neutral, multiplier: Double = 1, unit: String = ""
    ) {
      self.reference = reference
      self.allowance = allowance
      self.decisionInterval = decisionInterval
      self.headStart = headStart
      self.restartsAfterSignal = restartsAfterSignal
      self.direction = direction
      self.multiplier = multiplier
      self.unit = unit
    }

    func check() throws(CompanionError) {
      try reference.check()
      guard allowance >= 0, allowance.isFinite else {
        throw .optionOutOfRange(option: "allowance k", value: allowance, accepted: "a finite number, 0 or more")
      }
      guard decisionInterval > 0, decisionInterval.isFinite else {
        throw .optionOutOfRange(
          option: "decision interval h", value: decisionInterval, accepted: "a finite number above 0")
      }
      guard headStart >= 0, headStart < 1 else {
        throw .optionOutOfRange(option: "head start", value: headStart, accepted: "0 or more and below 1")
      }
    }
  }

  /// One point of the series.
  public struct Point: Sendable, Hashable, Codable {
    public let day: Day
    /// In the unit shown; nil when missing.
    public let value: Double?
    /// C⁺, in the unit shown; nil where the value is missing or there is no sigma.
    public let high: Double?
    /// C⁻, likewise; 0 or more.
    public let low: Double?
    /// N⁺: for how many values C⁺ has been above 0.
    public let highRun: Int
    /// N⁻.
    public let lowRun: Int
    /// Which sum is above the decision interval.
    public let side: Side
    public let meaning: Meaning
  }

  /// A stretch of points with one of the sums above the decision interval.
  public struct Signal: Sendable, Hashable, Codable {
    public let side: Side
    public let meaning: Meaning
    /// Indices of the points above the interval, ascending.
    public let members: [Int]
    /// Index of the first point after the change, by the sum at the first member.
    public let onset: Int
    /// Where the process lies since, in the unit shown, by the sum at the first member.
    public let level: Double
    public let sentence: String
  }

  public let options: Options
  public let period: Period
  public let reference: ProcessReference
  /// K and H, in the unit shown; nil without sigma.
  public let allowance: Double?
  public let decisionInterval: Double?
  /// One for every point of the series, in its order.
  public let points: [Point]
  /// In order of their first members.
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
    self.options = options
    self.reference = reference
    period = series.period
    cautions = values.isEmpty ? [] : reference.cautions(unequalDenominators: series.hasUnequalDenominators)
    guard let mean = reference.mean, let sigma = reference.sigma else {
      allowance = nil
      decisionInterval = nil
      points = zip(days, values).map { Point(day: $0, value: $1.isNaN ? nil : $1) }
      signals = []
      summary = values.contains { !$0.isNaN } ? "No change can be told from chance yet." : "There are no values yet."
      return
    }
    let (allowance, interval) = (options.allowance * sigma, options.decisionInterval * sigma)
    self.allowance = allowance
    decisionInterval = interval
    var high = Accumulator(sign: 1, start: options.headStart * interval)
    var low = Accumulator(sign: -1, start: options.headStart * interval)
    var points: [Point] = []
    points.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard !value.isNaN else {
        points.append(Point(day: days[index], value: nil))
        continue
      }
      high.add(value, mean: mean, allowance: allowance, interval: interval, index: index)
      low.add(value, mean: mean, allowance: allowance, interval: interval, index: index)
      // Of both sums beyond the interval, which takes a jump from far above to far below, the greater counts.
      let side: Side =
        high.isBeyond && (!low.isBeyond || high.sum >= low.sum) ? .high : low.isBeyond ? .low : .neither
      points.append(
        Point(
          day: days[index], value: value, high: high.sum, low: low.sum, highRun: high.run, lowRun: low.run, side: side,
          meaning: Meaning(side, direction: options.direction)))
      if options.restartsAfterSignal, side != .neither {
        high.restart()
        low.restart()
      }
    }
    self.points = points
    let period = period
    signals = (high.stretches + low.stretches).sorted { ($0.members[0], $0.sign) < ($1.members[0], -$1.sign) }
      .map { stretch in
        let side: Side = stretch.sign > 0 ? .high : .low
        let meaning = Meaning(side, direction: options.direction)
        return Signal(
          side: side, meaning: meaning, members: stretch.members, onset: stretch.onset, level: stretch.level,
          sentence: CUSUM.sentence(
            side, meaning: meaning, onset: period.phrase(of: days[stretch.onset]),
            found: period.phrase(of: days[stretch.members[0]]), level: stretch.level, mean: mean, unit: options.unit))
      }
    let latest = points.last { $0.value != nil }
    summary = CUSUM.summary(signals, isStillOut: latest?.side != .neither, mean: mean, options: options)
  }

  private static func sentence(
    _ side: Side, meaning: Meaning, onset: String, found: String, level: Double, mean: Double, unit: String
  ) -> String {
    func shown(_ value: Double) -> String { quantity(roundedFigure(value), unit: unit) }
    let verdict =
      switch meaning {
      case .improvement: ": a special cause, and an improvement."
      case .concern: ": a special cause, and a concern."
      case .neutral: ": a special cause."
      }
    return
      "Since about \(onset) values have been \(side == .high ? "higher" : "lower"), around \(shown(level)) instead "
      + "of \(shown(mean)); the sum showed it at \(found)" + verdict
  }

  private static func summary(_ signals: [Signal], isStillOut: Bool, mean: Double, options: Options) -> String {
    guard let last = signals.last else {
      return "The sums show no lasting shift away from \(quantity(roundedFigure(mean), unit: options.unit))."
    }
    return last.sentence + (isStillOut ? " It lasts to the latest value." : " It did not last to the latest value.")
  }
}

extension CUSUM.Point {
  /// A point without sums.
  fileprivate init(day: Day, value: Double?) {
    self.init(
      day: day, value: value, high: nil, low: nil, highRun: 0, lowRun: 0, side: .neither, meaning: .neutral)
  }
}

/// One of the two sums on its way.
private struct Accumulator {
  struct Stretch {
    var members: [Int]
    let onset: Int
    let level: Double
    let sign: Double
  }

  let sign: Double
  let start: Double
  private(set) var sum: Double
  /// Values since the sum was 0.
  private(set) var run = 0
  private var onset = 0
  /// What is in the sum that no value put there.
  private var given: Double
  private(set) var isBeyond = false
  private(set) var stretches: [Stretch] = []

  init(sign: Double, start: Double) {
    self.sign = sign
    self.start = start
    sum = start
    given = start
  }

  mutating func add(_ value: Double, mean: Double, allowance: Double, interval: Double, index: Int) {
    sum = max(0, sign * (value - mean) - allowance + sum)
    if Tolerance.areEqual(sum, 0, scale: max(abs(value), abs(mean))) { sum = 0 }
    if sum == 0 {
      run = 0
      given = 0
    } else {
      run += 1
      if run == 1 { onset = index }
    }
    let wasBeyond = isBeyond
    isBeyond = sum > interval && !Tolerance.areEqual(sum, interval)
    guard isBeyond else { return }
    if wasBeyond {
      stretches[stretches.count - 1].members.append(index)
    } else {
      let level = mean + sign * (allowance + max(0, sum - given) / Double(run))
      stretches.append(Stretch(members: [index], onset: onset, level: level, sign: sign))
    }
  }

  mutating func restart() {
    sum = start
    given = start
    run = 0
    isBeyond = false
  }
}
