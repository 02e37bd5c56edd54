// SPDX-License-Identifier: Apache-2.0

/// How a measure stands against its target: one answer, which sentence, icon, badge and description all give.
///
/// Limits say whether an unchanged process will meet a target. They say so only where there are limits at all, where
/// enough values made them, and where the latest values do not contradict them; otherwise what the values did is told,
/// and nothing is promised.
public struct TargetAssessment: Sendable, Hashable, Codable {
  /// What the answer rests on.
  public enum Basis: String, Sendable, Hashable, CaseIterable, Codable {
    /// On the limits of the latest phase.
    case limits
    /// On how many values met it: there are no limits, they are one line, they were made of too few values, or the values
    /// drift about them.
    case values
    /// On the latest values, which are outside the limits or in a pattern that these make unlikely.
    case latest
    /// On nothing: which way is better is not said.
    case direction
    /// On nothing: target and values lie so far apart that they are hardly on one scale.
    case scale
  }

  /// The target in force.
  public let target: Double
  public let basis: Basis
  /// Whether the process as it is will meet it; nil where nobody can say.
  ///
  /// Of values alone only where the limits are one line, and the values all met it or all missed it.
  public let verdict: Assurance?
  /// How many of the values counted met it; without a direction, how many lie above it.
  public let met: Int
  /// How many values are counted: those of the latest phase since the target is in force, without those left out, or the
  /// latest of them that make a pattern.
  public let counted: Int
  /// All of it in a sentence.
  public let sentence: String
  /// The same in a few words, to stand after the word “target”.
  public let label: String
}

extension Chart {
  /// How the measure stands against the target in force; nil without a target, or without a value to hold against it.
  public var targetAssessment: TargetAssessment? {
    standing(countsAll: true).map { Wording(self).assessment($0) }
  }
}

/// What is known of a measure and its target, before it is put into words.
struct TargetStanding {
  let target: Double
  let basis: TargetAssessment.Basis
  let verdict: Assurance?
  /// How many of `rows` met the target; above it, where no direction is wanted.
  ///
  /// 0 when nobody asked.
  var met = 0
  /// How many lie below it, where no direction is wanted.
  var below = 0
  /// The rows that are counted, ascending.
  let rows: [Int]
  /// Whether a target that began within the phase left rows of it out.
  let isSinceTarget: Bool
  /// Whether too few values made the limits.
  let areTooFew: Bool
}

extension Chart {
  /// The fewest values of the latest phase that allow a verdict: what the rule set asks, and never fewer than make firm
  /// limits.
  var fewestForVerdict: Int { max(spec.ruleSet.icons?.minimumPoints ?? 0, Phase.firmBaseline) }

  /// - Parameter countsAll: whether values are counted where the limits give the verdict, as words need it.
  func standing(countsAll: Bool) -> TargetStanding? {
    guard let target = targetInForce, let latest, let phase = phases.last, phase.points.contains(latest) else {
      return nil
    }
    let isOffScale = targetIsOffScale(target, phase)
    let limits = limitsInForce(latest, phase)
    let areTooFew = limits != nil && (latestPhaseValues < fewestForVerdict || phase.isTrial)

    func made(_ basis: TargetAssessment.Basis, _ verdict: Assurance? = nil, since first: Int? = nil) -> TargetStanding {
      let (start, isCut) = countedStart(phase, since: first)
      let rows = (start...latest).filter { !values[$0].isNaN && !spec.exclusions.contains($0) }
      var standing = TargetStanding(
        target: target, basis: basis, verdict: verdict, rows: rows, isSinceTarget: isCut && first == nil,
        areTooFew: areTooFew)
      for row in rows {
        let side = side(of: row, target)
        switch spec.direction {
        case .up: standing.met += side >= 0 ? 1 : 0
        case .down: standing.met += side <= 0 ? 1 : 0
        case .neutral:
          standing.met += side > 0 ? 1 : 0
          standing.below += side < 0 ? 1 : 0
        }
      }
      return standing
    }

    if isOffScale { return made(.scale) }
    if spec.direction == .neutral { return made(.direction) }
    if let first = contradiction(at: latest, limits) {
      let standing = made(.latest, since: first)
      guard let limits, !areTooFew, !limits.areOneLine else { return standing }
      // A verdict that the latest values bear out may stand; one that they contradict may not.
      let verdict = verdict(on: target, limits)
      let isBorneOut =
        (verdict == .pass && standing.met == standing.rows.count) || (verdict == .fail && standing.met == 0)
      return isBorneOut ? made(.latest, verdict, since: first) : standing
    }
    guard let limits, !areTooFew, !driftsInLatestPhase else { return made(.values) }
    if limits.areOneLine {
      let standing = made(.values)
      let verdict: Assurance? =
        standing.met == standing.rows.count ? .pass : standing.met == 0 ? .fail : nil
      return verdict.map { made(.values, $0) } ?? standing
    }
    let verdict = verdict(on: target, limits)
    if countsAll { return made(.limits, verdict) }
    return TargetStanding(
      target: target, basis: .limits, verdict: verdict, rows: [], isSinceTarget: false, areTooFew: false)
  }

  /// 1 above the target, 0 on it, -1 below; what differs by rounding is on it.
  private func side(of row: Int, _ target: Double) -> Int {
    Tolerance.side(values[row] * spec.multiplier, of: target, scale: abs(target))
  }

  /// The first row that is counted: where the phase, the target or the pattern begins, whichever is last.
  private func countedStart(_ phase: Phase, since first: Int?) -> (row: Int, isCut: Bool) {
    var start = max(phase.points.lowerBound, first ?? 0)
    var isCut = false
    let steps = spec.targets.steps
    if steps.count > 1 || steps.first?.from != nil, let latest,
      let from = steps.last(where: { step in step.from.map { $0 <= series.days[latest] } ?? true })?.from,
      let begins = series.firstIndex(onOrAfter: from), begins > start
    {
      isCut = values[start..<min(begins, phase.points.upperBound)].contains { !$0.isNaN }
      start = begins
    }
    return (min(start, latest ?? start), isCut)
  }

  // MARK: Limits

  /// The limits that a target is held against.
  struct LimitsInForce {
    let lower: Double?
    let upper: Double
    /// Whether both lie on the centre line.
    var areOneLine: Bool {
      lower.map { Tolerance.areEqual($0, upper, scale: max(abs($0), abs(upper))) } ?? false
    }
  }

  /// Those of the latest value or, where it has none, of the last point of the phase that has some.
  private func limitsInForce(_ latest: Int, _ phase: Phase) -> LimitsInForce? {
    guard spec.kind.hasLimits else { return nil }
    let row =
      limit(3, at: latest) == nil ? phase.points.reversed().first { limit(3, at: $0) != nil } : latest
    guard let row, let upper = limit(3, at: row) else { return nil }
    return LimitsInForce(lower: limit(-3, at: row), upper: upper)
  }

  /// A target on a limit may be hit or missed, unless no value can ever lie beyond it.
  private func verdict(on target: Double, _ limits: LimitsInForce) -> Assurance {
    let bounds = spec.kind == .t ? 0 ... .infinity : lines.bounds
    // Nothing lies beyond what limits are cut to.
    if spec.direction == .up, target <= bounds.lowerBound * spec.multiplier { return .pass }
    if spec.direction == .down, target >= bounds.upperBound * spec.multiplier { return .pass }
    if target > limits.upper, !Tolerance.areEqual(target, limits.upper) { return spec.direction == .up ? .fail : .pass }
    if let lower = limits.lower, target < lower, !Tolerance.areEqual(target, lower) {
      return spec.direction == .up ? .pass : .fail
    }
    return .hitOrMiss
  }

  /// What Making Data Count's icon is by the limits alone, however few values made them and whatever the latest are: as
  /// NHSRplotthedots has it, to be compared with.
  package var assuranceByLimits: Assurance? {
    guard hasIcons, spec.direction != .neutral, let target = targetInForce, let phase = phases.last else { return nil }
    guard let row = phase.points.reversed().first(where: { limit(3, at: $0) != nil }), let upper = limit(3, at: row)
    else { return .hitOrMiss }
    return verdict(on: target, LimitsInForce(lower: limit(-3, at: row), upper: upper))
  }

  // MARK: What speaks against limits

  /// Where the pattern begins that the latest value is in and that the limits make unlikely; nil without one.
  private func contradiction(at latest: Int, _ limits: LimitsInForce?) -> Int? {
    if let number = markingSignal(at: latest), signals[number].side != .neither {
      return signals[number].members.first
    }
    // Also where the rule set does not look at limits.
    guard spec.kind.hasLimits, let value = value(at: latest), let upper = limit(3, at: latest) else { return nil }
    let scale = max(abs(value), abs(upper))
    if Tolerance.side(value, of: upper, scale: scale) > 0 { return latest }
    if let lower = limit(-3, at: latest), Tolerance.side(value, of: lower, scale: scale) < 0 { return latest }
    return nil
  }

  /// Whether a rule about the latest phase as a whole speaks, such as too few crossings.
  private var driftsInLatestPhase: Bool {
    signals.contains { !$0.rule.marksPoints && $0.phase == phases.count - 1 }
  }

  // MARK: Scale

  /// With so many times the centre line, or so small a part of it, a target is asked about.
  package static let farOffScale = 50.0

  /// Whether a target lies so far from everything that it is hardly on one scale with the values, or where no value can be.
  func targetIsOffScale(_ target: Double, _ phase: Phase) -> Bool {
    let bounds = spec.kind == .t ? 0 ... .infinity : spec.kind.formula.bounds
    if target < bounds.lowerBound * spec.multiplier || target > bounds.upperBound * spec.multiplier { return true }
    guard let ratio = scaleRatio(target, phase) else { return false }
    return ratio >= Chart.farOffScale || ratio <= 1 / Chart.farOffScale
  }

  /// The target in centre lines; nil where that means nothing, and where the target is within the limits.
  func scaleRatio(_ target: Double, _ phase: Phase) -> Double? {
    guard let centre = phase.centreLine, centre != 0, target != 0, (centre < 0) == (target < 0) else { return nil }
    if let latest, phase.points.contains(latest), let upper = limit(3, at: latest), target <= upper,
      let lower = limit(-3, at: latest), target >= lower
    {
      return nil
    }
    return target / centre
  }
}
