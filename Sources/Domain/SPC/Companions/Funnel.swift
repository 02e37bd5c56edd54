// SPDX-License-Identifier: Apache-2.0

/// Funnel plot: units (hospitals, wards, teams) side by side at one time, each held against limits by its own size.
///
/// The target θ is the pooled value Σ numerators / Σ denominators, or a given benchmark. Limits at 95 % and 99.8 % are the
/// quantiles of Binomial(nᵢ, θ) for proportions and of Poisson(θEᵢ) for rates that leave 2.5 % and 0.1 % beyond them on
/// either side, over the denominator, with the interpolation of `ExactQuantile` that makes them smooth. They are cut at 0,
/// and at 1 for proportions. Where units vary more than chance explains, limits can be widened (`Dispersion`).
///
/// A unit is outside when its value lies beyond a limit, not on it. A unit with a denominator of 0 has no value and no
/// limits; it is listed, but neither drawn nor counted.
///
/// D. J. Spiegelhalter, Funnel plots for comparing institutional performance, *Stat Med* 2005;24:1185–1202.
public struct Funnel: Sendable, Hashable, Codable {
  /// What a value is, and so how it varies by chance.
  public enum Measure: String, Sendable, Hashable, CaseIterable, Codable {
    /// Cases with the event, of whole numbers of cases: binomial.
    case proportion
    /// Events over an exposure, such as bed days or events expected: Poisson.
    case rate
  }

  /// One unit's numbers.
  public struct Unit: Sendable, Hashable, Codable {
    public var name: String
    /// Events; a whole number.
    public var numerator: Double
    /// Cases or exposure.
    public var denominator: Double

    public init(name: String, numerator: Double, denominator: Double) {
      self.name = name
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  public struct Options: Sendable, Hashable, Codable {
    public var measure: Measure
    /// The value to hold units against, in the unit shown; nil for the pooled value.
    public var benchmark: Double?
    public var direction: Direction
    /// Whether limits are widened where units vary more than chance explains.
    public var dispersion: Dispersion
    /// Values and limits are shown multiplied by this: 100 for per cent.
    public var multiplier: Double
    /// The unit shown, for sentences and labels only.
    public var unit: String
    /// How many denominators the curves of `Funnel.curve` have; 2 to 2000.
    public var curvePoints: Int

    public init(
      measure: Measure, benchmark: Double? = nil, direction: Direction = .neutral, dispersion: Dispersion = .none,
      multiplier: Double = 1, unit: String = "", curvePoints: Int = 120
    ) {
      self.measure = measure
      self.benchmark = benchmark
      self.direction = direction
      self.dispersion = dispersion
      self.multiplier = multiplier
      self.unit = unit
      self.curvePoints = curvePoints
    }
  }

  /// Limits at one denominator, in the unit shown.
  public struct Limits: Sendable, Hashable, Codable {
    public let lower998: Double
    public let lower95: Double
    public let upper95: Double
    public let upper998: Double
  }

  /// Limits over the denominator, to be drawn.
  public struct CurvePoint: Sendable, Hashable, Codable {
    public let denominator: Double
    public let limits: Limits
  }

  /// Where a unit lies.
  public enum Place: String, Sendable, Hashable, CaseIterable, Codable {
    /// Between the 95 % limits: no different from the others but for chance.
    case inside
    /// Beyond a 95 % limit, where one unit in 20 lies by chance alone.
    case outside95 = "outside_95"
    /// Beyond a 99.8 % limit, where one unit in 500 lies by chance alone.
    case outside998 = "outside_99_8"
  }

  /// One unit, judged.
  public struct Verdict: Sendable, Hashable, Codable {
    public let name: String
    public let numerator: Double
    public let denominator: Double
    /// In the unit shown; nil with a denominator of 0.
    public let value: Double?
    /// The limits it is held against, widened where that was asked for.
    public let limits: Limits?
    /// The limits by chance alone.
    public let exactLimits: Limits?
    /// How many of its own standard errors it lies from the target, before any widening, on the scale of the option
    /// `dispersion`; nil where the target leaves no variation.
    public let z: Double?
    public let place: Place
    /// `neither` inside the limits.
    public let side: Side
    /// What it means to be outside, by the direction; `neutral` inside.
    public let meaning: Meaning
    /// What it says in a sentence; empty inside the limits.
    public let sentence: String
  }

  public let options: Options
  /// The value that units are held against, in the unit shown; nil when there is none.
  public let target: Double?
  /// θ: the target before multiplication.
  let theta: Double?
  /// In the order given.
  public let units: [Verdict]
  /// How much more units vary than chance explains; nil without two units that have a z.
  public let variation: DispersionEstimate?
  /// From the smallest to the largest denominator, ascending; empty without a target.
  public let curve: [CurvePoint]
  /// What the plot says, in a sentence or two.
  public let summary: String
  /// What to keep in mind when reading it, a sentence each.
  public let cautions: [String]

  /// Holds the units against each other, or against the benchmark.
  ///
  /// - Throws: `CompanionError` for numbers that are negative, not finite or no counts, a proportion above 1, events
  ///   without a denominator, names that are empty or stand twice, and options out of range.
  public init(_ units: [Unit], options: Options) throws(CompanionError) {
    try options.check()
    try CompanionError.check(names: units.lazy.map(\.name))
    for unit in units { try options.check(unit) }
    self.options = options

    let target = try Funnel.target(units, options: options)
    guard let target else {
      self.target = nil
      theta = nil
      self.units = units.map { Verdict(withoutTarget: $0) }
      variation = nil
      curve = []
      summary = "There is nothing to compare yet."
      cautions = []
      return
    }
    self.target = target * options.multiplier
    theta = target
    let spread = FunnelSpread(
      units.filter { $0.denominator > 0 }, measure: options.measure, target: target, dispersion: options.dispersion)
    variation = spread.estimate
    let exact = FunnelLimits(measure: options.measure, target: target, dispersion: .none, estimate: nil)
    let used = FunnelLimits(
      measure: options.measure, target: target, dispersion: options.dispersion, estimate: spread.estimate)
    let wording = FunnelWording(options: options, target: target * options.multiplier)
    self.units = units.map { unit in
      Verdict(unit, z: spread.z(unit), limits: used, exact: exact, options: options, wording: wording)
    }
    let sizes = units.lazy.map(\.denominator).filter { $0 > 0 }
    curve = FunnelLimits.denominators(
      from: sizes.min() ?? 1, to: sizes.max() ?? 1, count: options.curvePoints, measure: options.measure
    ).map { CurvePoint(denominator: $0, limits: used.limits(at: $0).multiplied(by: options.multiplier)) }
    summary = wording.summary(self.units)
    cautions = wording.cautions(self.units, estimate: spread.estimate)
  }

  /// The limits that a unit of that denominator (above 0) would be held against, in the unit shown; nil without a target.
  public func limits(at denominator: Double) -> Limits? {
    guard let theta, denominator > 0, denominator.isFinite else { return nil }
    return FunnelLimits(
      measure: options.measure, target: theta, dispersion: options.dispersion, estimate: variation
    ).limits(at: denominator).multiplied(by: options.multiplier)
  }

  /// Before multiplication; nil when nothing has a denominator.
  private static func target(_ units: [Unit], options: Options) throws(CompanionError) -> Double? {
    var numerators = CompensatedSum()
    var denominators = CompensatedSum()
    // In order of size, so that the order of the units changes no bit.
    for unit in units.sorted(by: { ($0.denominator, $0.numerator) < ($1.denominator, $1.numerator) }) {
      numerators.add(unit.numerator)
      denominators.add(unit.denominator)
    }
    guard denominators.value.isFinite, numerators.value.isFinite else {
      throw .tooLarge(field: "denominator", of: "all units", value: denominators.value)
    }
    guard denominators.value > 0 else { return nil }
    if let benchmark = options.benchmark { return benchmark / options.multiplier }
    return numerators.value / denominators.value
  }
}

extension Funnel.Options {
  fileprivate func check() throws(CompanionError) {
    try CompanionError.check(multiplier: multiplier)
    guard (2...2000).contains(curvePoints) else {
      throw .optionOutOfRange(option: "number of curve points", value: Double(curvePoints), accepted: "2 to 2000")
    }
    try dispersion.check()
    guard let benchmark else { return }
    switch measure {
    case .proportion where !(benchmark >= 0 && benchmark <= multiplier):
      throw .optionOutOfRange(option: "benchmark", value: benchmark, accepted: "0 to \(plainFigure(multiplier))")
    case .rate where !(benchmark >= 0 && benchmark.isFinite):
      throw .optionOutOfRange(option: "benchmark", value: benchmark, accepted: "a finite number, 0 or more")
    default: break
    }
  }

  fileprivate func check(_ unit: Funnel.Unit) throws(CompanionError) {
    let name = CompanionError.quoted(unit.name)
    try CompanionError.check(count: unit.numerator, field: "numerator", of: name)
    switch measure {
    case .proportion:
      try CompanionError.check(count: unit.denominator, field: "denominator", of: name)
      guard unit.numerator <= unit.denominator else {
        throw .numeratorOverDenominator(of: name, numerator: unit.numerator, denominator: unit.denominator)
      }
    case .rate:
      try CompanionError.check(amount: unit.denominator, field: "denominator", of: name)
      guard unit.denominator > 0 || unit.numerator == 0 else {
        throw .eventsWithoutDenominator(of: name, numerator: unit.numerator)
      }
      let value = unit.denominator > 0 ? unit.numerator / unit.denominator * multiplier : 0
      guard value.isFinite else { throw .tooLarge(field: "value", of: name, value: value) }
    }
  }
}

extension Funnel.Limits {
  func multiplied(by factor: Double) -> Funnel.Limits {
    Funnel.Limits(
      lower998: lower998 * factor, lower95: lower95 * factor, upper95: upper95 * factor, upper998: upper998 * factor)
  }

  /// Where a value lies, and on which side.
  func place(of value: Double) -> (place: Funnel.Place, side: Side) {
    func isBeyond(_ limit: Double, _ side: Side) -> Bool {
      !Tolerance.areEqual(value, limit) && (side == .high ? value > limit : value < limit)
    }
    if isBeyond(upper998, .high) { return (.outside998, .high) }
    if isBeyond(lower998, .low) { return (.outside998, .low) }
    if isBeyond(upper95, .high) { return (.outside95, .high) }
    if isBeyond(lower95, .low) { return (.outside95, .low) }
    return (.inside, .neither)
  }
}

extension Funnel.Verdict {
  init(withoutTarget unit: Funnel.Unit) {
    self.init(
      name: unit.name, numerator: unit.numerator, denominator: unit.denominator, value: nil, limits: nil,
      exactLimits: nil, z: nil, place: .inside, side: .neither, meaning: .neutral, sentence: "")
  }

  init(
    _ unit: Funnel.Unit, z: Double?, limits: FunnelLimits, exact: FunnelLimits, options: Funnel.Options,
    wording: FunnelWording
  ) {
    guard unit.denominator > 0 else {
      self.init(withoutTarget: unit)
      return
    }
    let value = unit.numerator / unit.denominator * options.multiplier
    let own = limits.limits(at: unit.denominator).multiplied(by: options.multiplier)
    let (place, side) = own.place(of: value)
    let meaning: Meaning = place == .inside ? .neutral : Meaning(side, direction: options.direction)
    self.init(
      name: unit.name, numerator: unit.numerator, denominator: unit.denominator, value: value, limits: own,
      exactLimits: exact.limits(at: unit.denominator).multiplied(by: options.multiplier), z: z, place: place,
      side: side, meaning: meaning,
      sentence: wording.sentence(unit, value: value, limits: own, place: place, side: side, meaning: meaning))
  }
}
