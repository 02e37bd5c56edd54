// SPDX-License-Identifier: Apache-2.0

/// What a sample is in order: quantiles and ranks.
enum OrderStatistics {
  /// The quantile by linear interpolation between the order statistics around (n − 1)p.
  ///
  /// Type 7 of R. J. Hyndman and Y. Fan, *Am Stat* 1996;50:361–365, the default of R and of spreadsheets.
  ///
  /// - Parameters:
  ///   - sorted: ascending; nil comes of an empty one.
  ///   - share: 0 to 1.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let place = share * Double(sorted.count - 1)
    guard place > 0 else { return first }
    guard place < Double(sorted.count - 1) else { return last }
    let below = Int(place)
    let fraction = place - Double(below)
    // Weighted ends rather than a difference, which could overflow.
    return fraction == 0 ? sorted[below] : sorted[below] * (1 - fraction) + sorted[below + 1] * fraction
  }

  /// Mid-ranks times two, so that they are whole numbers: equal values share the mean of the ranks they take up.
  static func doubledRanks(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Int](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start + 1 to end: twice their mean is their sum of ends.
      for place in start..<end { ranks[order[place]] = start + 1 + end }
      start = end
    }
    return ranks
  }
}

/// Mean and sum of squares about it, in one pass that loses no digits (Welford 1962).
struct Moments {
  private(set) var count = 0
  private var running = 0.0
  private(set) var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    let distance = value - running
    running += distance / Double(count)
    squares += distance * (value - running)
  }

  /// Nil without values.
  var mean: Double? { count > 0 ? running : nil }
  /// With n − 1; nil for fewer than two values.
  var standardDeviation: Double? { count > 1 ? (squares / Double(count - 1)).squareRoot() : nil }
}
