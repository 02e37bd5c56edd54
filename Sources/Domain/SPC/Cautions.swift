// SPDX-License-Identifier: Apache-2.0

extension Wording {
  /// What to keep in mind.
  var cautions: [String] {
    let series = chart.series
    guard series.count > 0 else { return [] }
    var cautions: [String] = []
    if let scale { cautions.append(scale) }
    for index in chart.phases.indices { cautions += phaseCautions(index) }
    if let missing = MissingPeriods(series, areEvents: chart.spec.kind.isOfEvents).sentence { cautions.append(missing) }
    if let denominators = series.denominators, chart.spec.kind != .c {
      let without = denominators.count { $0 == 0 }
      if without > 0 { cautions.append("\(points(without)) with a denominator of 0 \(have(without)) no value.") }
      let incomplete = zip(series.values, denominators).count { $0.isNaN != $1.isNaN }
      if incomplete > 0 {
        cautions.append("\(points(incomplete)) without numerator or denominator \(have(incomplete)) no value.")
      }
    }
    return cautions
  }

  private func phaseCautions(_ index: Int) -> [String] {
    let phase = chart.phases[index]
    let kind = chart.spec.kind
    var cautions: [String] = []
    let place = chart.phases.count == 1 ? "" : " in phase \(index + 1)"
    let lines = kind.hasLimits ? "centre line and limits" : "centre line"
    let values = phase.baselineValues
    if values == 0 { return ["No value sets the \(lines)\(place)."] }
    if phase.isTrial {
      cautions.append(
        "Only \(values) \(values == 1 ? "value sets" : "values set") the \(lines)\(place): "
          + "trial lines until there are \(Phase.firmBaseline).")
    }
    // A phase may be shorter than the baseline of all phases; the chart itself may be so only until it has grown.
    if index == 0, case .first(let count) = chart.spec.baseline, count > chart.series.count {
      cautions.append(
        "The lines are to be frozen after \(count) points, and there \(chart.series.count == 1 ? "is" : "are") only "
          + "\(chart.series.count) so far: until then they move with every point.")
    }
    if kind.hasLimits, values > 1 {
      let sigmas = phase.points.lazy.map { chart.lines.sigma($0, index) }
      if sigmas.allSatisfy(\.isNaN) {
        cautions.append(
          unvarying(index, place).map { $0 + ", so that no limits can be computed." }
            ?? "The values\(place) vary too little, or too wildly, for limits to be computed.")
      } else if sigmas.contains(0) {
        let what = unvarying(index, place) ?? "The values\(place) vary too little"
        cautions.append("\(what): the limits lie on the centre line.")
      }
    }
    return cautions
  }

  /// What it is that does not vary: the values, those that set the lines, or those within each subgroup.
  private func unvarying(_ index: Int, _ place: String) -> String? {
    let points = chart.phases[index].points
    let rows = participants(from: points.lowerBound, through: points.upperBound - 1)
    if areEqual(rows) { return "The values\(place) do not vary" }
    let baseline = rows.filter(chart.isBaseline)
    if baseline.count < rows.count, areEqual(baseline) {
      return "The \(baseline.count) values that set the lines\(place) do not vary, though later ones do"
    }
    if chart.spec.kind.needsSubgroups { return "The values within each subgroup\(place) do not vary" }
    return nil
  }

  /// That target and values are hardly on one scale.
  private var scale: String? {
    guard let target = chart.targetInForce, let phase = chart.phases.last, chart.targetIsOffScale(target, phase) else {
      return nil
    }
    let spec = chart.spec
    let goal = "The target of \(quantity(plainFigure(target), unit: spec.unit))"
    let name = spec.centreStatistic.title.lowercased()
    let check =
      chart.series.hasDenominators && spec.kind != .c
      ? "Check that both are on one scale: the values are shown multiplied by \(plainFigure(spec.multiplier))."
      : "Check that both are in one unit."
    guard let centre = phase.centreLine, let ratio = chart.scaleRatio(target, phase),
      ratio >= Chart.farOffScale || ratio <= 1 / Chart.farOffScale
    else {
      let bounds = spec.kind.formula.bounds
      let can =
        target > bounds.upperBound * spec.multiplier
        ? "be above \(quantity(plainFigure(bounds.upperBound * spec.multiplier), unit: spec.unit))" : "be below 0"
      return "\(goal) is where no value of this chart can be, as none can \(can). \(check)"
    }
    let level = quantity(figure(centre, places: places(toTell: [centre])), unit: spec.unit)
    return ratio > 1
      ? "\(goal) is about \(times(ratio)) times the \(name) of \(level). \(check)"
      : "\(goal) is about \(times(1 / ratio)) times smaller than the \(name) of \(level). \(check)"
  }

  /// To two digits.
  private func times(_ ratio: Double) -> String {
    guard ratio < 1e12 else { return "a thousand billion" }
    var unit = 1.0
    while ratio / unit >= 100 { unit *= 10 }
    return plainFigure((ratio / unit).rounded() * unit)
  }

  private func points(_ count: Int) -> String { "\(count) \(count == 1 ? "point" : "points")" }
  private func have(_ count: Int) -> String { count == 1 ? "has" : "have" }
}
