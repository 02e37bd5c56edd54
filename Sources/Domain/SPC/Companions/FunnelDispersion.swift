// SPDX-License-Identifier: Apache-2.0

import RealModule

extension Funnel {
  /// How limits are widened where units vary more than chance explains, as by differences in case mix that nobody has
  /// adjusted for.
  ///
  /// The standardised distances zᵢ = (g(yᵢ) − g(θ))/sᵢ, with extreme ones drawn in or left out, give the dispersion ratio
  /// φ = Σzᵢ²/I. Widened limits are normal: g(θ) ± z·√φ·sᵢ, or g(θ) ± z·√(sᵢ² + τ²), brought back by the inverse of g.
  /// Where φ shows no more variation than chance, limits stay the exact ones.
  ///
  /// D. J. Spiegelhalter, *Stat Med* 2005;24:1185–1202, section 5 and appendix A.2; D. J. Spiegelhalter, Handling
  /// over-dispersion of performance indicators, *Qual Saf Health Care* 2005;14:347–351.
  public struct Dispersion: Sendable, Hashable, Codable {
    public enum Model: String, Sendable, Hashable, CaseIterable, Codable {
      /// Limits by chance alone.
      case none
      /// The standard error of each unit times √φ, when φ is above 1.
      case multiplicative
      /// A variance between units, τ², added to the variance of each: random effects, after R. DerSimonian and N. Laird
      /// 1986. τ² = (Iφ − (I − 1)) / (Σw − Σw²/Σw) with w = 1/s², when that is above 0.
      case additive
    }

    /// What is done with the most extreme units before φ is computed, so that those to be found do not hide themselves.
    public enum Tails: String, Sendable, Hashable, CaseIterable, Codable {
      /// z beyond the quantiles is set to them: Spiegelhalter.
      case winsorised
      /// Units with ranks in the tails are left out: NHS England for SHMI.
      case trimmed
    }

    /// g: the scale on which limits are normal.
    public enum Scale: String, Sendable, Hashable, CaseIterable, Codable {
      /// The value itself.
      case natural
      /// The arcsine of the root of a proportion, the root of a rate: their standard error hardly depends on the value.
      case stabilised
      /// The logarithm. A unit without events counts as if it had half a one.
      case logarithm
    }

    public var model: Model
    public var tails: Tails
    /// The share of units in each tail; 0 up to, but not, 0.5.
    public var tailShare: Double
    public var scale: Scale

    public init(
      model: Model, tails: Tails = .winsorised, tailShare: Double = 0.1, scale: Scale = .natural
    ) {
      self.model = model
      self.tails = tails
      self.tailShare = tailShare
      self.scale = scale
    }

    /// Limits by chance alone.
    ///
    /// φ is still told, on the natural scale with 10 % winsorised.
    public static let none = Dispersion(model: .none)
    /// Spiegelhalter 2005: √φ times the standard error, 10 % winsorised.
    public static let multiplicative = Dispersion(model: .multiplicative)
    /// Random effects, 10 % winsorised.
    public static let additive = Dispersion(model: .additive)
    /// As for the Summary Hospital-level Mortality Indicator: random effects on the logarithm, 10 % trimmed.
    public static let shmi = Dispersion(model: .additive, tails: .trimmed, scale: .logarithm)

    func check() throws(CompanionError) {
      guard tailShare >= 0, tailShare < 0.5 else {
        throw .optionOutOfRange(option: "tail share", value: tailShare, accepted: "0 or more and below 0.5")
      }
    }
  }

  /// How much more units vary than chance explains.
  public struct DispersionEstimate: Sendable, Hashable, Codable {
    /// Σz²/I, tails drawn in or left out: about 1 by chance alone.
    public let phi: Double
    /// The variance between units, on the scale of the option; 0 where chance explains all.
    public let tauSquared: Double
    /// I: how many units were used.
    public let units: Int
    /// 1 + 2√(2/I): a φ above it is hardly chance.
    public let chanceBound: Double

    /// Whether φ is hardly chance.
    public var isBeyondChance: Bool { phi > chanceBound }
  }
}

/// The distances of units from the target, and what they say about dispersion.
struct FunnelSpread {
  let transform: FunnelTransform
  let measure: Funnel.Measure
  let estimate: Funnel.DispersionEstimate?

  /// - Parameter units: all with denominators above 0.
  init(_ units: [Funnel.Unit], measure: Funnel.Measure, target: Double, dispersion: Funnel.Dispersion) {
    let transform = FunnelTransform(measure: measure, scale: dispersion.scale, target: target)
    self.transform = transform
    self.measure = measure
    // In order of z, so that the order of the units changes no bit.
    let distances = units.compactMap { unit in
      transform.z(unit).map { (z: $0, variance: transform.variance(at: unit.denominator)) }
    }.sorted { $0 < $1 }
    guard distances.count > 1 else {
      estimate = nil
      return
    }
    let kept: [(z: Double, variance: Double)]
    let share = dispersion.tailShare
    switch dispersion.tails {
    case .winsorised:
      let sorted = distances.map(\.z)
      let low = OrderStatistics.quantile(sorted, share) ?? -.infinity
      let high = OrderStatistics.quantile(sorted, 1 - share) ?? .infinity
      kept = distances.map { (min(max($0.z, low), high), $0.variance) }
    case .trimmed:
      // Units of one z have one mid-rank, and go or stay together.
      let ranks = OrderStatistics.doubledRanks(distances.map(\.z))
      let edge = 2 * share * Double(distances.count + 1)
      let top = 2 * Double(distances.count + 1) - edge
      kept = zip(distances, ranks).filter { Double($0.1) >= edge && Double($0.1) <= top }.map(\.0)
    }
    guard kept.count > 1 else {
      estimate = nil
      return
    }
    let count = Double(kept.count)
    var squares = CompensatedSum()
    for unit in kept { squares.add(unit.z * unit.z) }
    // Weights relative to the largest, so that their squares cannot overflow.
    let least = kept.map(\.variance).min() ?? 1
    var weights = CompensatedSum()
    var weightSquares = CompensatedSum()
    for unit in kept {
      let weight = least / unit.variance
      weights.add(weight)
      weightSquares.add(weight * weight)
    }
    let excess = squares.value - (count - 1)
    let spread = weights.value - weightSquares.value / weights.value
    estimate = Funnel.DispersionEstimate(
      phi: squares.value / count, tauSquared: excess > 0 && spread > 0 ? excess / spread * least : 0,
      units: kept.count, chanceBound: 1 + 2 * (2 / count).squareRoot())
  }

  func z(_ unit: Funnel.Unit) -> Double? { unit.denominator > 0 ? transform.z(unit) : nil }
}

/// g, its inverse, and the variance of g(y) at the target.
struct FunnelTransform {
  let measure: Funnel.Measure
  let scale: Funnel.Dispersion.Scale
  let target: Double

  func forward(_ value: Double) -> Double {
    switch (scale, measure) {
    case (.natural, _): value
    case (.stabilised, .proportion): Double.asin(min(max(value, 0), 1).squareRoot())
    case (.stabilised, .rate): max(value, 0).squareRoot()
    case (.logarithm, _): Double.log(value)
    }
  }

  func inverse(_ number: Double) -> Double {
    switch (scale, measure) {
    case (.natural, _): return number
    case (.stabilised, .proportion):
      let root = Double.sin(min(max(number, 0), Double.pi / 2))
      return root * root
    case (.stabilised, .rate): return number > 0 ? number * number : 0
    case (.logarithm, _): return Double.exp(number)
    }
  }

  func variance(at denominator: Double) -> Double {
    switch (scale, measure) {
    case (.natural, .proportion): target * (1 - target) / denominator
    case (.natural, .rate): target / denominator
    case (.stabilised, _): 1 / (4 * denominator)
    case (.logarithm, .proportion): (1 - target) / (target * denominator)
    case (.logarithm, .rate): 1 / (target * denominator)
    }
  }

  /// Nil where the target leaves no variation.
  func z(_ unit: Funnel.Unit) -> Double? {
    guard target > 0, measure == .rate || target < 1 else { return nil }
    let numerator = scale == .logarithm ? max(unit.numerator, 0.5) : unit.numerator
    let z = (forward(numerator / unit.denominator) - forward(target)) / variance(at: unit.denominator).squareRoot()
    return z.isFinite ? z : nil
  }
}
