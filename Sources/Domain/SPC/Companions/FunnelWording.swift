// SPDX-License-Identifier: Apache-2.0

/// What a funnel plot says, in plain English.
struct FunnelWording {
  let options: Funnel.Options
  let target: Double

  /// One unit that is outside, in one sentence; empty inside.
  func sentence(
    _ unit: Funnel.Unit, value: Double, limits: Funnel.Limits, place: Funnel.Place, side: Side, meaning: Meaning
  ) -> String {
    guard place != .inside else { return "" }
    let isFar = place == .outside998
    let limit =
      side == .high ? (isFar ? limits.upper998 : limits.upper95) : (isFar ? limits.lower998 : limits.lower95)
    let of = options.measure == .proportion ? "of" : "over"
    let verdict =
      switch (isFar, meaning) {
      case (true, .improvement): "unlikely by chance, and better than the \(comparison)"
      case (true, .concern): "unlikely by chance, and a concern"
      case (true, .neutral): "unlikely by chance"
      case (false, .improvement): "perhaps better than the \(comparison), perhaps chance"
      case (false, .concern): "perhaps a concern, perhaps chance"
      case (false, .neutral): "perhaps chance"
      }
    let counts = "\(plainFigure(unit.numerator)) \(of) \(plainFigure(unit.denominator))"
    let beyond = side == .high ? "above the upper" : "below the lower"
    return "“\(unit.name)”, \(shown(value)) (\(counts)), is \(beyond) \(isFar ? "99.8" : "95")% limit of "
      + "\(shown(limit)): \(verdict)."
  }

  func summary(_ units: [Funnel.Verdict]) -> String {
    let compared = units.count { $0.value != nil }
    guard compared > 1 else { return "There is only one unit; a funnel begins to speak with more of them." }
    let level = "the \(comparison) of \(shown(target))"
    let far = units.filter { $0.place == .outside998 }
    guard !far.isEmpty else {
      return "None of \(compared) units is outside the 99.8% limits about \(level): "
        + "their differences are hardly more than chance."
    }
    let high = far.count { $0.side == .high }
    let sides: [String] = [(high, "above"), (far.count - high, "below")].compactMap { count, word in
      count > 0 ? "\(count) \(word)" : nil
    }
    return
      "\(far.count) of \(compared) units \(far.count == 1 ? "is" : "are") outside the 99.8% limits about \(level): "
      + sides.joined(separator: " and ") + "."
  }

  func cautions(_ units: [Funnel.Verdict], estimate: Funnel.DispersionEstimate?) -> [String] {
    var cautions: [String] = []
    let compared = units.count { $0.value != nil }
    let near = units.count { $0.place == .outside95 }
    if near > 0 {
      let expected = roundedFigure(Double(compared) * 0.05, digits: 2)
      cautions.append(
        "By chance alone about \(expected) of \(compared) units lie outside the 95% limits; "
          + "being there is no finding by itself.")
    }
    if let estimate, estimate.isBeyondChance, options.dispersion.model == .none {
      cautions.append(
        "The units vary \(roundedFigure(estimate.phi, digits: 2)) times as much as chance explains, so that many are "
          + "outside for reasons they share; limits can be widened for that.")
    }
    let idle = units.count - compared
    if idle > 0 { cautions.append("\(idle) \(idle == 1 ? "unit has" : "units have") a denominator of 0 and no value.") }
    return cautions
  }

  private var comparison: String { options.benchmark == nil ? "overall value" : "benchmark" }

  private func shown(_ value: Double) -> String { quantity(roundedFigure(value, digits: 3), unit: options.unit) }
}
