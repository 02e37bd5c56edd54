// SPDX-License-Identifier: Apache-2.0

/// A place where a new phase might begin, with the evidence.
///
/// Never applied by itself: that a process has changed for good is for people to say, who know what was done and why. The
/// owners of the method ask four questions first: Is the change sustained? Is there a reason for it? Is it in the
/// direction wanted, or understood if not? Would the old limits mislead from here on?
public struct PhaseSuggestion: Sendable, Hashable, Codable {
  /// Index of the first point of the new phase.
  public let index: Int
  /// The day of that point.
  public let day: Day
  /// The phase it would part, as an index into `Chart.phases`.
  public let phase: Int
  /// Indices into `Chart.signals` of those that speak for it, at least one.
  public let evidence: [Int]
  /// Mean of the values before and from there on, in the unit shown; medians on run charts.
  public let before: Double
  public let after: Double
  /// How many values each of them is of.
  public let valuesBefore: Int
  public let valuesAfter: Int
  public let meaning: Meaning
  /// The evidence in a sentence.
  public let sentence: String

  /// With fewer values on either side nothing is suggested: a phase so short would have no limits to speak of.
  public static let fewestValues = 8
}

extension Chart {
  /// Where new phases might begin, the strongest evidence first; empty if nothing speaks for one.
  ///
  /// A suggestion needs a stretch of points on one side (a shift, or a run too long for chance) that is **sustained**: it
  /// reaches the end of its phase, but for at most one point in eight on the other side. It begins where the stretch does.
  public var phaseSuggestions: [PhaseSuggestion] { suggestions(Wording(self)) }

  func suggestions(_ wording: Wording) -> [PhaseSuggestion] {
    wording.levels.earliest.compactMap { suggestion($0, wording) }
      .sorted { ($1.valuesAfter, $0.index) < ($0.valuesAfter, $1.index) }
  }

  private func suggestion(_ start: LevelStarts.Start, _ wording: Wording) -> PhaseSuggestion? {
    let signal = signals[start.number]
    let rows = phases[signal.phase].points
    func values(_ rows: Range<Int>) -> [Double] {
      rows.compactMap { spec.exclusions.contains($0) ? nil : value(at: $0) }
    }
    let (old, new) = (level(values(rows.lowerBound..<start.index)), level(values(start.index..<rows.upperBound)))
    guard signal.side == .high ? new > old : new < old else { return nil }
    let day = series.days[start.index]
    let evidence = signals.indices.filter { other in
      signals[other].phase == signal.phase && signals[other].side == signal.side
        && (signals[other].members.last ?? 0) >= start.index
    }
    let places = abs(new - old) < 1 ? 2 : abs(new - old) < 10 ? 1 : 0
    func amount(_ value: Double) -> String { quantity(figure(value, places: places), unit: spec.unit) }
    let name = spec.centreStatistic == .median ? "median" : "mean"
    return PhaseSuggestion(
      index: start.index, day: day, phase: signal.phase, evidence: evidence, before: old, after: new,
      valuesBefore: start.before, valuesAfter: start.after, meaning: signal.meaning,
      sentence:
        "From \(wording.period.phrase(of: day)) on the \(name) is \(amount(new)) (\(start.after) values), before "
        + "it was \(amount(old)) (\(start.before) values). " + wording.sentence(for: signal))
  }

  private func level(_ values: [Double]) -> Double {
    guard spec.centreStatistic == .median else { return values.reduce(0, +) / Double(values.count) }
    var values = values
    return RunChart.median(&values)
  }
}
