// SPDX-License-Identifier: Apache-2.0

/// One point of a chart.
public struct ChartPoint: Sendable, Hashable {
  public let day: Day
  /// Nil when missing, or without a denominator above 0 where the value is a quotient.
  public let value: Double?
  /// As in the series, not multiplied.
  public let numerator: Double?
  /// As in the series, not multiplied; nil for plain values.
  public let denominator: Double?
  /// How many values it is the mean or the deviation of; nil for single values.
  public let subgroupSize: Double?
  /// Nil where the phase has no value that could set it.
  public let centreLine: Double?
  /// Three-sigma limits, cut to what is possible.
  ///
  /// Nil on a run chart and where not defined.
  public let lowerLimit: Double?
  public let upperLimit: Double?
  /// Near limits, two thirds of the way to the limits.
  public let nearLowerLimit: Double?
  public let nearUpperLimit: Double?
  /// The limits before any cut at 0 or at 1.
  public let uncutLowerLimit: Double?
  public let uncutUpperLimit: Double?
  /// The target in force on its day.
  public let target: Double?
  /// Index into `Chart.phases`.
  public let phase: Int
  /// Whether it had a part in setting centre line and limits.
  public let isBaseline: Bool
  public let isExcluded: Bool
  /// Why it is left out of the lines, as far as said.
  public let exclusionReason: String
  public let note: String
  /// Indices into `Chart.signals` of the signals that it is a member of.
  public let signals: [Int]
  /// How to mark it, by the rule that has precedence; nil when no rule flags this very point.
  public let mark: Mark?
}

/// The points of a chart, made as they are looked at.
public struct ChartPoints: RandomAccessCollection, Sendable, Hashable {
  let chart: Chart

  public var startIndex: Int { 0 }
  public var endIndex: Int { chart.values.count }

  public subscript(index: Int) -> ChartPoint {
    let series = chart.series
    let phase = chart.phase(of: index)
    let reason = chart.spec.exclusions.reasons[index]
    return ChartPoint(
      day: series.days[index],
      value: chart.value(at: index),
      numerator: Column.known(series.values[index]),
      denominator: series.denominators.flatMap { Column.known($0[index]) },
      subgroupSize: series.subgroups?.counts[index],
      centreLine: chart.centreLine(at: index),
      lowerLimit: chart.limit(-3, at: index), upperLimit: chart.limit(3, at: index),
      nearLowerLimit: chart.limit(-2, at: index), nearUpperLimit: chart.limit(2, at: index),
      uncutLowerLimit: chart.uncutLimit(-3, at: index), uncutUpperLimit: chart.uncutLimit(3, at: index),
      target: chart.spec.targets.value(on: series.days[index]),
      phase: phase, isBaseline: chart.isBaseline(index),
      isExcluded: reason != nil, exclusionReason: reason ?? "",
      note: series.notes[index] ?? "",
      signals: chart.signals(at: index), mark: chart.mark(at: index))
  }
}

/// Single numbers of single points, for those who need not the whole point.
///
/// All of them stop the program for an index that is none of the chart's.
extension Chart {
  /// The phase that a point belongs to, as an index into `phases`.
  public func phase(of index: Int) -> Int {
    if phases.count == 1 { return 0 }
    var low = 0
    var high = phases.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if phases[middle].points.lowerBound <= index { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// What is plotted, in the unit shown; nil when missing.
  @inline(__always)
  public func value(at index: Int) -> Double? { Column.known(values[index] * spec.multiplier) }

  /// The centre line of the point's phase; nil where not defined.
  public func centreLine(at index: Int) -> Double? { phases[phase(of: index)].centreLine }

  /// The limit so many sigma above (or, if negative, below) the centre, cut to what is possible; nil where not defined.
  ///
  /// 3 and -3 are the control limits, 2 and -2 the near limits.
  public func limit(_ sigmas: Double, at index: Int) -> Double? {
    let phase = phase(of: index)
    let limit = lines.limit(sigmas, index, phase)
    // The lower limit of a T chart is 0 where it would be negative, or where nothing sets it.
    if spec.kind == .t, sigmas == -3, !(limit >= 0) { return 0 }
    return shown(lines.onValues(limit))
  }

  /// The same before any cut.
  public func uncutLimit(_ sigmas: Double, at index: Int) -> Double? {
    shown(lines.onValues(lines.uncut(sigmas, index, phase(of: index))))
  }

  /// Whether the point had a part in setting centre line and limits.
  public func isBaseline(_ index: Int) -> Bool {
    if values[index].isNaN || spec.exclusions.contains(index) { return false }
    let phase = phase(of: index)
    let own = phase > 0 ? spec.phases[phase - 1].baseline : nil
    let points = phases[phase].points
    switch own ?? spec.baseline {
    case .all: return true
    case .first(let count): return phases[phase].frozen?.contains(index) ?? (index - points.lowerBound < count)
    case .points(let chosen): return chosen.contains(index) || !chosen.contains(where: points.contains)
    }
  }

  /// How to mark the point, by the rule that has precedence; nil when no rule flags this very point.
  public func mark(at index: Int) -> Mark? {
    markingSignal(at: index).map { number in
      Mark(rule: signals[number].rule, side: signals[number].side, meaning: signals[number].meaning)
    }
  }

  /// Indices into `signals` of those that the point is a member of.
  public func signals(at index: Int) -> [Int] {
    signals.isEmpty ? [] : membership.signals(of: index, among: signals)
  }

  /// A number in the unit shown, or nil where it is not defined or has no bound.
  func shown(_ number: Double) -> Double? {
    let product = number * spec.multiplier
    return product.isFinite ? product : nil
  }
}
