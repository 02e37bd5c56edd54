// SPDX-License-Identifier: Apache-2.0

import SPC

/// The rows of a case: a subgroup is all rows with the same `x`, in the order of first appearance.
struct ReferenceRows {
  private let days: [Day]
  private let y: [[Double]]
  /// Denominators, row by row; nil for plain values.
  private let n: [[Double]]?
  /// False for categories.
  private let isOrdered: Bool

  init(_ input: JSON) throws {
    let x = try CaseError.require(input["x"].array, "input.x").map { $0.text ?? "\($0.number ?? .nan)" }
    let y = try CaseError.require(input["y"].numbers, "input.y")
    let n = input["n"].numbers
    guard x.count == y.count, n == nil || n?.count == y.count else {
      throw CaseError("the columns of the input differ in length")
    }
    let firstLabel = input["x"].array?.first?.text
    isOrdered = firstLabel == nil || firstLabel.flatMap { Day($0) } != nil
    var order: [String] = []
    var rows: [String: [Int]] = [:]
    for (row, label) in x.enumerated() {
      if rows[label] == nil { order.append(label) }
      rows[label, default: []].append(row)
    }
    days = order.enumerated().map { Day($1) ?? Day(daysSinceEpoch: 18_000 + $0) }
    let groups = order.map { rows[$0] ?? [] }
    self.y = groups.map { $0.map { y[$0] } }
    self.n = n.map { n in groups.map { $0.map { n[$0] } } }
  }

  /// One point for each subgroup: sums over rows with both numbers, or an aggregate of the values.
  func series(kind: ChartKind, aggregate name: String) throws -> Series {
    if let n {
      let sums = zip(y, n).map { values, sizes -> (Double, Double) in
        let complete = zip(values, sizes).filter { !$0.0.isNaN && !$0.1.isNaN }
        if complete.isEmpty { return (.nan, .nan) }
        return (complete.reduce(0) { $0 + $1.0 }, complete.reduce(0) { $0 + $1.1 })
      }
      return Series(days: days, values: sums.map(\.0), denominators: sums.map(\.1), isOrdered: isOrdered)
    }
    let present = y.map { $0.filter { !$0.isNaN } }
    let spreads = present.map(Spread.init)
    // The C chart always sums; X̄ and S charts chart the mean and the deviation themselves.
    let name = kind == .c ? "sum" : kind.needsSubgroups ? "mean" : name
    let values = zip(present, spreads).map { values, spread -> Double in
      switch name {
      case "sum": values.isEmpty ? .nan : values.reduce(0, +)
      case "median": ReferenceRows.median(values)
      default: spread.mean
      }
    }
    return Series(
      days: days, values: values, denominators: nil,
      subgroups: SubgroupColumns(counts: present.map { Double($0.count) }, deviations: spreads.map(\.deviation)),
      isOrdered: isOrdered)
  }

  private static func median(_ values: [Double]) -> Double {
    if values.isEmpty { return .nan }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
