// SPDX-License-Identifier: Apache-2.0

/// What the values of a measure are, which decides how much of their variation is to be expected.
public enum DataNature: String, Sendable, Hashable, CaseIterable, Codable {
  /// So many of so many: each case counts once or not at all.
  case proportion
  /// Events in an area of opportunity: falls in bed days.
  case rate
  /// Events where the area of opportunity stays the same.
  case count
  /// Something measured: minutes, degrees, pounds; one value each time.
  case measurement
  /// Something measured several times for every point.
  case subgroups
  /// Time from one rare event to the next.
  case timeBetween = "time-between"
  /// Cases from one rare event to the next.
  case casesBetween = "cases-between"
}

/// A chart kind for a series, with the reasons.
public struct ChartRecommendation: Sendable, Hashable, Codable {
  public let kind: ChartKind
  /// What the values were taken for.
  public let nature: DataNature
  /// Why this kind, a sentence each, the weightiest first; at least one.
  public let reasons: [String]
  /// Other kinds that can be defended, with when they are better.
  public let alternatives: [Alternative]
  /// How much the points vary, in what the binomial or Poisson distribution would make of them (Laney's σz); nil where
  /// there is no such distribution or too little data.
  public let dispersion: Double?

  /// Another kind, and when it is better.
  public struct Alternative: Sendable, Hashable, Codable {
    public let kind: ChartKind
    public let reason: String
  }
}

extension ChartRecommendation {
  /// The same with the question that numbers alone cannot answer.
  fileprivate var askingWhetherRate: ChartRecommendation {
    let rate: ChartKind = kind == .pPrime ? .uPrime : .u
    let question =
      "From its numbers alone a rate looks the same: are these events in an exposure, such as falls in bed days, rather "
      + "than some of the cases? Then it is a rate, and a \(rate.title) (\(rate.rawValue)) is right."
    return ChartRecommendation(
      kind: kind, nature: nature, reasons: reasons + [question],
      alternatives: alternatives + [
        Alternative(kind: rate, reason: "when they are events in an exposure, such as falls in bed days")
      ], dispersion: dispersion)
  }
}

/// Recommends a chart kind from what the data are, how large and how rare they are, and how much they vary.
///
/// After M. A. Mohammed, P. Worthington, W. H. Woodall, Qual Saf Health Care 2008;17:137–145, and L. P. Provost, S. K.
/// Murray, *The Health Care Data Guide*, 2011; for large denominators D. B. Laney, Quality Engineering 2002;14:531–537.
/// A recommendation is no rule: people who know the measure know better.
public enum ChartChooser {
  /// With fewer values than this a run chart says all that can be said.
  public static let fewestForLimits = 10
  /// With fewer events than this expected in a point, a chart of proportions, rates or counts shows little.
  static let fewestEvents = 1.0
  /// The mean denominator from which on over-dispersion is looked for.
  static let largeDenominator = 500.0
  /// From this σz on the limits of P, U and C charts are too narrow.
  static let overdispersed = 1.3

  /// - Parameter nature: what the values are, if it is known; otherwise it is told from the data.
  public static func recommend(for series: Series, nature: DataNature? = nil) -> ChartRecommendation {
    let facts = Facts(series)
    let isGuess = nature == nil
    let nature = nature ?? facts.nature
    var chosen = choice(of: nature, facts)
    if isGuess && nature == .proportion { chosen = chosen.askingWhetherRate }
    guard facts.values >= fewestForLimits || chosen.kind == .run else {
      let few = facts.values == 1 ? "1 value is" : "\(facts.values) values are"
      return ChartRecommendation(
        kind: .run, nature: nature,
        reasons: ["\(few) too few for limits; a run chart tells what can be told until there are \(fewestForLimits)."],
        alternatives: [.init(kind: chosen.kind, reason: "once there are more values: " + chosen.reasons[0])],
        dispersion: facts.dispersion(as: nature))
    }
    return chosen
  }

  /// Whether the values look like shares: whole numbers out of others that are never smaller.
  ///
  /// On every kind of chart such values are shown in per cent unless another multiplier is asked for.
  package static func areShares(_ series: Series) -> Bool {
    series.hasDenominators && Facts(series).nature == .proportion
  }

  private static func choice(of nature: DataNature, _ facts: Facts) -> ChartRecommendation {
    let dispersion = facts.dispersion(as: nature)
    func recommendation(
      _ kind: ChartKind, _ reasons: [String], _ alternatives: [(ChartKind, String)] = []
    ) -> ChartRecommendation {
      ChartRecommendation(
        kind: kind, nature: nature, reasons: reasons,
        alternatives: alternatives.map { .init(kind: $0.0, reason: $0.1) }, dispersion: dispersion)
    }
    let isWide = (dispersion ?? 0) > overdispersed
    let ratio = dispersion.map { figure($0, places: 1) } ?? ""
    switch nature {
    case .proportion, .rate:
      let (plain, prime): (ChartKind, ChartKind) = nature == .proportion ? (.p, .pPrime) : (.u, .uPrime)
      let what =
        nature == .proportion
        ? "Each value is so many of so many, which makes it a proportion."
        : "Each value is events in an area of opportunity, which makes it a rate."
      if facts.meanEvents < fewestEvents {
        return recommendation(
          .run,
          [
            what,
            "With less than one event expected in a point, limits say little. Count the cases or the days between events "
              + "and use a G or T chart, or make the periods longer.",
          ], [(plain, "when periods are long enough for a few events in each"), (.t, "for the time between events")])
      }
      if isWide, facts.meanDenominator >= largeDenominator {
        return recommendation(
          prime,
          [
            what,
            "The denominators are large, and the points vary \(ratio) times as much as chance within them: Laney's limits "
              + "take that in.",
          ],
          [
            (plain, "to ask whether all points come from one and the same process"),
            (.i, "when denominators are much alike"),
          ])
      }
      return recommendation(
        plain, [what, "The points vary about as much as chance makes them, so that its limits are right."],
        [(prime, "when denominators grow to thousands")])
    case .count:
      if facts.meanEvents < fewestEvents {
        return recommendation(
          .run,
          [
            "The counts are so small that most are 0; limits say little.",
            "Record the day of each event and use a T chart of the days between, or a G chart of the cases between.",
          ], [(.t, "for the days between events"), (.g, "for the cases between events")])
      }
      if isWide {
        return recommendation(
          .i,
          [
            "Counts that vary \(ratio) times as much as chance alone makes them: limits from the counts' own variation."
          ],
          [(.c, "when only chance makes them differ"), (.u, "when the area of opportunity is known for each")])
      }
      return recommendation(
        .c, ["Whole numbers of events that vary about as much as chance makes them."],
        [(.u, "when the area of opportunity differs from point to point"), (.i, "when they vary more than chance")])
    case .measurement:
      return recommendation(
        .i, ["One measured value at a time; the limits come from the differences between neighbours."],
        [(.run, "when the values are few or very uneven")])
    case .subgroups:
      return recommendation(
        .xBar, ["Several values for every point: their means show the process, an S chart below it their spread."],
        [
          (.s, "to look at the spread alone"),
          (.i, "of the means, when points vary more than the spread within them tells"),
        ])
    case .timeBetween:
      guard facts.lowest > 0 else {
        return recommendation(
          .g, ["Times between rare events, of which some are 0: a T chart cannot show them, a G chart can."],
          [(.t, "when times of day are known, so that none is 0")])
      }
      return recommendation(
        .t, ["Times between rare events are skewed; a T chart takes that in, and longer means rarer."],
        [(.g, "for the cases between events")])
    case .casesBetween:
      return recommendation(
        .g, ["Cases between rare events follow a geometric distribution."], [(.t, "for the time between events")])
    }
  }
}

/// What the choice depends on.
private struct Facts {
  let series: Series
  /// How many points have a value.
  let values: Int
  let lowest: Double
  let areWhole: Bool
  /// Whether no numerator is over its denominator.
  let areWithin: Bool
  /// Of numerators or counts.
  let meanEvents: Double
  let meanDenominator: Double

  init(_ series: Series) {
    self.series = series
    var values = 0
    var lowest = Double.infinity
    var areWhole = true
    var areWithin = true
    var events = 0.0
    var denominators = 0.0
    for row in 0..<series.count {
      let value = series.values[row]
      let denominator = series.denominators?[row] ?? 1
      guard !value.isNaN, denominator > 0 else { continue }
      values += 1
      lowest = min(lowest, value)
      if value != value.rounded() || denominator != denominator.rounded() { areWhole = false }
      if value > denominator { areWithin = false }
      events += value
      denominators += denominator
    }
    self.values = values
    self.lowest = lowest
    self.areWhole = areWhole
    self.areWithin = areWithin
    meanEvents = values > 0 ? events / Double(values) : 0
    meanDenominator = values > 0 ? denominators / Double(values) : 0
  }

  /// What the values look like, when nobody says.
  ///
  /// Whole numbers without denominators are taken for counts only where they are small: large ones are mostly volumes.
  var nature: DataNature {
    if series.hasDenominators {
      if lowest < 0 { return .measurement }
      return areWithin && areWhole ? .proportion : .rate
    }
    if series.subgroups?.counts.contains(where: { $0 > 1 }) == true { return .subgroups }
    return areWhole && lowest >= 0 && meanEvents < 50 ? .count : .measurement
  }

  /// Laney's σz, or for counts the spread of neighbours in √mean.
  func dispersion(as nature: DataNature) -> Double? {
    guard values >= ChartChooser.fewestForLimits else { return nil }
    let (plain, prime): (ChartKind, ChartKind)
    switch nature {
    case .proportion: (plain, prime) = (.p, .pPrime)
    case .rate: (plain, prime) = (.u, .uPrime)
    case .count: (plain, prime) = (.c, .i)
    default: return nil
    }
    func sigma(_ kind: ChartKind) -> Double? {
      guard let chart = try? Chart(series, spec: ChartSpec(kind: kind)) else { return nil }
      return chart.values.indices.lazy.map { chart.lines.sigma($0, 0) }.first { !$0.isNaN }
    }
    guard let expected = sigma(plain), let found = sigma(prime), expected > 0 else { return nil }
    return found / expected
  }
}
