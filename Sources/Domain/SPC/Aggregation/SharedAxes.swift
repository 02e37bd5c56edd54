// SPDX-License-Identifier: Apache-2.0

/// Many small charts side by side, with the ranges that their axes need.
///
/// On common axes the charts can be compared with each other; on free ones each shows its own pattern best.
public struct SharedAxes: Sendable, Hashable, Codable {
  public enum Axes: String, Sendable, Hashable, CaseIterable, Codable {
    /// All charts have the same range of values and of days.
    case common
    /// All have the same range of days, each its own of values.
    case freeValues = "free_values"
    /// Each has its own ranges.
    case free
  }

  /// One chart.
  public struct Panel: Sendable, Hashable, Codable {
    public let name: String
    /// From the lowest to the highest number to be shown; nil without any.
    public let values: ClosedRange<Double>?
    /// From the first to the last day; nil without points.
    public let days: ClosedRange<Day>?

    public init(name: String, values: ClosedRange<Double>?, days: ClosedRange<Day>?) {
      self.name = name
      self.values = values
      self.days = days
    }

    /// The panel of a series, and of the lines that belong to it: limits and targets, in the unit shown.
    ///
    /// Numbers that are not finite are passed over.
    public init(name: String, series: Series, multiplier: Double = 1, lines: some Sequence<Double> = []) {
      var low = Double.infinity
      var high = -Double.infinity
      func take(_ number: Double) {
        guard number.isFinite else { return }
        low = min(low, number)
        high = max(high, number)
      }
      let hasDenominators = series.hasDenominators
      for point in series.points {
        guard let value = point.value else { continue }
        if !hasDenominators {
          take(value * multiplier)
        } else if let denominator = point.denominator, denominator > 0 {
          take(value / denominator * multiplier)
        }
      }
      for line in lines { take(line) }
      let first = series.points.first?.day
      let last = series.points.last?.day
      self.init(
        name: name, values: low <= high ? low...high : nil,
        days: first.flatMap { first in last.map { first...$0 } })
    }
  }

  public let axes: Axes
  /// In the order given, with the ranges to draw.
  public let panels: [Panel]

  /// Gives panels the ranges that the axes ask for.
  public init(_ panels: [Panel], axes: Axes) {
    let values = SharedAxes.union(panels.compactMap(\.values))
    let days = SharedAxes.union(panels.compactMap(\.days))
    self.axes = axes
    self.panels = panels.map { panel in
      Panel(
        name: panel.name, values: axes == .common ? values : panel.values, days: axes == .free ? panel.days : days)
    }
  }

  private static func union<Bound>(_ ranges: [ClosedRange<Bound>]) -> ClosedRange<Bound>? {
    guard let low = ranges.lazy.map(\.lowerBound).min(), let high = ranges.lazy.map(\.upperBound).max() else {
      return nil
    }
    return low...high
  }
}
