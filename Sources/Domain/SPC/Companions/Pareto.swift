// SPDX-License-Identifier: Apache-2.0

/// Pareto chart: categories from the most frequent down, with the share that they make up together.
///
/// With amounts a₁ ≥ a₂ ≥ … and their sum A, category i has the share aᵢ/A and the cumulative share (a₁ + … + aᵢ)/A.
/// The vital few are the fewest leading categories that together reach the threshold, 80 % unless said otherwise. Equal
/// amounts keep the order in which they were given.
///
/// J. M. Juran, *Quality Control Handbook*, 1951; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 5.4.
public struct Pareto: Sendable, Hashable, Codable {
  /// Something that happens, or costs, so and so much.
  public struct Category: Sendable, Hashable, Codable {
    public var name: String
    /// A count or an amount; 0 or more.
    public var amount: Double

    public init(name: String, amount: Double) {
      self.name = name
      self.amount = amount
    }
  }

  public struct Options: Sendable, Hashable, Codable {
    /// The share that the vital few reach together; above 0, at most 1.
    public var threshold: Double
    /// The name of the category that stands last whatever its amount, as it is no cause of its own.
    ///
    /// A category of that name need not be there. It never belongs to the vital few.
    public var other: String
    /// How many categories keep a bar of their own, or nil for all; the rest is added up under the name `other`.
    public var keeps: Int?
    /// What is counted, for sentences and labels.
    public var unit: String

    public init(threshold: Double = 0.8, other: String = "Other", keeps: Int? = nil, unit: String = "") {
      self.threshold = threshold
      self.other = other
      self.keeps = keeps
      self.unit = unit
    }
  }

  /// One category in its place.
  public struct Bar: Sendable, Hashable, Codable {
    public let name: String
    public let amount: Double
    /// Of the total, 0 to 1.
    public let share: Double
    /// Of this category and all before it, 0 to 1.
    public let cumulativeShare: Double
    /// Whether it is one of the vital few.
    public let isVital: Bool
    /// Whether it was pinned last.
    public let isOther: Bool
  }

  public let options: Options
  /// In descending order, the pinned one last.
  public let bars: [Bar]
  public let total: Double
  /// How many categories were added up under the name of the pinned one.
  public let merged: Int
  /// What the chart says, in a sentence or two.
  public let summary: String

  /// The chart of these categories.
  ///
  /// No categories, and amounts that are all 0, are no errors: there is then no share to speak of, and all are 0.
  /// - Throws: `CompanionError` for amounts that are negative or not finite, names that are empty or stand twice, and
  ///   options out of range.
  public init(_ categories: [Category], options: Options = Options()) throws(CompanionError) {
    guard options.threshold > 0, options.threshold <= 1 else {
      throw .optionOutOfRange(option: "threshold", value: options.threshold, accepted: "above 0 and at most 1")
    }
    if let keeps = options.keeps, keeps < 1 {
      throw .optionOutOfRange(option: "number of categories to keep", value: Double(keeps), accepted: "1 or more")
    }
    try CompanionError.check(names: categories.lazy.map(\.name))
    for category in categories {
      try CompanionError.check(amount: category.amount, field: "amount", of: CompanionError.quoted(category.name))
    }
    var ranked = categories.filter { $0.name != options.other }.enumerated().sorted {
      $0.element.amount != $1.element.amount
        ? $0.element.amount > $1.element.amount : $0.offset < $1.offset
    }.map(\.element)
    var last = categories.first { $0.name == options.other }
    merged = max(0, ranked.count - (options.keeps ?? .max))
    if merged > 0 {
      var sum = CompensatedSum()
      sum.add(last?.amount ?? 0)
      for category in ranked.suffix(merged) { sum.add(category.amount) }
      ranked.removeLast(merged)
      last = Category(name: options.other, amount: sum.value)
    }
    if let last { ranked.append(last) }

    var sum = CompensatedSum()
    for category in ranked { sum.add(category.amount) }
    let total = sum.value
    guard total.isFinite else { throw .tooLarge(field: "amount", of: "all categories", value: total) }
    var running = CompensatedSum()
    var isReached = total == 0
    bars = ranked.map { category in
      running.add(category.amount)
      let isOther = category.name == options.other
      let cumulative = total > 0 ? min(running.value / total, 1) : 0
      let isVital = !isReached && !isOther
      if cumulative >= options.threshold || Tolerance.areEqual(cumulative, options.threshold) { isReached = true }
      return Bar(
        name: category.name, amount: category.amount, share: total > 0 ? category.amount / total : 0,
        cumulativeShare: cumulative, isVital: isVital, isOther: isOther)
    }
    self.total = total
    self.options = options
    summary = Pareto.summary(bars, total: total, options: options)
  }

  /// The fewest leading categories that reach the threshold.
  public var vitalFew: [Bar] { bars.filter(\.isVital) }

  private static func summary(_ bars: [Bar], total: Double, options: Options) -> String {
    guard !bars.isEmpty else { return "There are no categories yet." }
    let unit = options.unit == "%" ? "" : options.unit
    guard total > 0 else { return "The amounts of all categories are 0." }
    let vital = bars.filter(\.isVital)
    guard let last = vital.last else { return "All of it is in “\(options.other)”; look for what is in there." }
    let share = roundedFigure(last.cumulativeShare * 100, digits: 3) + "%"
    let whole = quantity(roundedFigure(total), unit: unit)
    let categories = bars.count == 1 ? "1 category" : "\(bars.count) categories"
    if vital.count == 1 { return "“\(last.name)” alone makes up \(share) of \(whole), out of \(categories)." }
    let leading = bars[0]
    var text =
      "The \(vital.count) largest of \(categories) make up \(share) of \(whole); "
      + "“\(leading.name)” leads with \(roundedFigure(leading.share * 100, digits: 3))%."
    if vital.count * 2 > bars.count { text += " No small group of them stands out." }
    return text
  }
}
