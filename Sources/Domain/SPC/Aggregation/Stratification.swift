// SPDX-License-Identifier: Apache-2.0

/// Rows taken apart by stratum into one series each, beside their total, with small numbers kept back so that nobody can
/// be recognised.
///
/// A number is small when it is above 0 and below the minimum. Such a point is suppressed: it becomes a missing one and is
/// listed. Where the total is shown and just one stratum of a period is suppressed, the others would give it away; the
/// smallest of them is then suppressed too, or the total where there is no other. A total that is small itself is
/// suppressed as well.
public struct Stratification: Sendable, Hashable, Codable {
  /// What must not be small.
  public enum Basis: String, Sendable, Hashable, CaseIterable, Codable {
    /// The sum of the denominators; the number of rows for plain values.
    case denominator
    /// The sum of the numerators, or of the values.
    case numerator
    /// The number of rows that contributed.
    case rows
  }

  public struct Suppression: Sendable, Hashable, Codable {
    /// The least number that is shown; 0 to show all.
    public var minimum: Double
    public var basis: Basis
    /// Whether a second stratum is suppressed where one alone could be worked out from the total.
    public var protectsTotal: Bool

    public init(minimum: Double = 10, basis: Basis = .denominator, protectsTotal: Bool = true) {
      self.minimum = minimum
      self.basis = basis
      self.protectsTotal = protectsTotal
    }

    /// Nothing is suppressed.
    public static let none = Suppression(minimum: 0)
  }

  /// Why a point was suppressed.
  public enum Reason: String, Sendable, Hashable, CaseIterable, Codable {
    /// Its own number is small.
    case small
    /// It would give away a small one.
    case protective
  }

  /// A point that was kept back.
  public struct Suppressed: Sendable, Hashable, Codable {
    /// Nil for the total.
    public let stratum: String?
    public let day: Day
    public let reason: Reason
  }

  /// One stratum, or the total.
  public struct Stratum: Sendable, Hashable, Codable {
    /// Nil for the total.
    public let name: String?
    /// In order of days; the suppressed ones without numbers.
    public let points: [Aggregation.Point]
    /// How many units there are in all.
    public let unitCount: Int
    /// How many points were suppressed.
    public let suppressedPoints: Int
    /// The days of the suppressed points, ascending.
    let suppressedDays: [Day]

    /// The series to chart; a suppressed point has no value and says so in its note.
    public func series() throws(SeriesError) -> Series {
      let suppressed = Set(suppressedDays)
      return try Series(
        points.map { point in
          let note =
            suppressed.contains(point.day)
            ? "suppressed: small numbers" : point.units < unitCount ? "\(point.units) of \(unitCount) units" : ""
          return Series.Point(day: point.day, value: point.value, denominator: point.denominator, note: note)
        })
    }
  }

  public let options: Aggregation.Options
  public let suppression: Suppression
  /// By name.
  public let strata: [Stratum]
  /// Nil unless it was to be shown.
  public let total: Stratum?
  /// Every point that was kept back, by day, then by stratum, the total last.
  public let suppressed: [Suppressed]

  /// - Parameter showsTotal: whether the total is shown beside the strata.
  /// - Throws: `AggregationError`, as for `Aggregation`.
  public init(
    _ rows: [AggregationRow], options: Aggregation.Options, suppression: Suppression = Suppression(),
    showsTotal: Bool = true
  ) throws(AggregationError) {
    guard suppression.minimum >= 0, suppression.minimum.isFinite else {
      throw .minimumOutOfRange(suppression.minimum)
    }
    let whole = try Aggregation(rows, options: options)
    let byStratum = Dictionary(grouping: rows, by: \.stratum)
    let names = byStratum.keys.sorted()
    var parts: [Aggregation] = []
    for name in names { parts.append(try Aggregation(byStratum[name] ?? [], options: options)) }

    // Cells by day, then by stratum.
    let size = { (point: Aggregation.Point) in
      suppression.size(of: point, hasDenominators: whole.hasDenominators)
    }
    var cells: [Day: [Int: Double]] = [:]
    for (index, part) in parts.enumerated() {
      for point in part.points { cells[point.day, default: [:]][index] = size(point) }
    }
    var suppressed: [Suppressed] = []
    for point in whole.points {
      suppressed += Stratification.suppressed(
        cells[point.day] ?? [:], total: showsTotal ? size(point) : nil, by: suppression
      ).map { Suppressed(stratum: $0.stratum.map { names[$0] }, day: point.day, reason: $0.reason) }
    }
    self.options = options
    self.suppression = suppression
    self.suppressed = suppressed
    let hidden = Dictionary(grouping: suppressed, by: \.stratum).mapValues { $0.map(\.day) }
    strata = zip(names, parts).map { Stratum(name: $0, $1, without: hidden[$0] ?? []) }
    total = showsTotal ? Stratum(name: nil, whole, without: hidden[nil] ?? []) : nil
  }

  /// The cells of one period to keep back; a stratum of nil is the total.
  private static func suppressed(_ cells: [Int: Double], total: Double?, by rule: Suppression) -> [(
    stratum: Int?, reason: Reason
  )] {
    var reasons: [Int: Reason] = [:]
    for (stratum, size) in cells where rule.isSmall(size) { reasons[stratum] = .small }
    var totalReason: Reason?
    if let total {
      if rule.isSmall(total) { totalReason = .small }
      if rule.protectsTotal, reasons.count == 1, totalReason == nil {
        // The smallest that has anything to hide behind.
        let others = cells.filter { reasons[$0.key] == nil && $0.value > 0 }
        if let next = others.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
          reasons[next.key] = .protective
        } else {
          totalReason = .protective
        }
      }
    }
    let strata = reasons.keys.sorted().map { (stratum: Int?.some($0), reason: reasons[$0] ?? .small) }
    return strata + (totalReason.map { [(stratum: nil, reason: $0)] } ?? [])
  }
}

extension Stratification.Suppression {
  func isSmall(_ size: Double) -> Bool { size > 0 && size < minimum }

  func size(of point: Aggregation.Point, hasDenominators: Bool) -> Double {
    switch basis {
    case .denominator: hasDenominators ? point.denominator ?? 0 : Double(point.rows)
    case .numerator: point.value ?? 0
    case .rows: Double(point.rows)
    }
  }
}

extension Stratification.Stratum {
  init(name: String?, _ aggregation: Aggregation, without hidden: [Day]) {
    let days = Set(hidden)
    self.init(
      name: name,
      points: aggregation.points.map { point in
        guard days.contains(point.day) else { return point }
        return Aggregation.Point(
          day: point.day, value: nil, denominator: nil, units: 0, rows: 0, missingRows: point.missingRows)
      },
      unitCount: aggregation.units.count, suppressedPoints: hidden.count, suppressedDays: hidden)
  }
}
