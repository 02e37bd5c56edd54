// SPDX-License-Identifier: Apache-2.0

/// Why a companion chart (Pareto, funnel, histogram, scatter, CUSUM, EWMA) cannot be made.
///
/// `of` tells whose number it is: the name of a category or unit in quotation marks, or `row 3`, counted from 1 as people
/// do.
public enum CompanionError: Error, Sendable, Hashable {
  /// A number is infinite or not a number.
  case notFinite(field: String, of: String, value: Double)
  /// A number that counts or measures an amount is below 0.
  case negative(field: String, of: String, value: Double)
  /// A count has a fraction, or is too large to be told from its neighbours.
  case notWhole(field: String, of: String, value: Double)
  /// Two categories or units have one name.
  case duplicateName(String)
  /// A category or unit has no name.
  case nameMissing(row: Int)
  /// More events than cases.
  case numeratorOverDenominator(of: String, numerator: Double, denominator: Double)
  /// Events where there was nothing that could have had one.
  case eventsWithoutDenominator(of: String, numerator: Double)
  /// A number is so large that sums, quotients or products with the multiplier have no finite value.
  case tooLarge(field: String, of: String, value: Double)
  /// An option is not within its range.
  case optionOutOfRange(option: String, value: Double, accepted: String)
}

extension CompanionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFinite(let field, let of, let value): "The \(field) of \(of) is \(value); it must be a finite number."
    case .negative(let field, let of, let value):
      "The \(field) of \(of) is \(plainFigure(value)); it must be 0 or more."
    case .notWhole(let field, let of, let value):
      "The \(field) of \(of) is \(plainFigure(value)); it must be a whole number below 10¹⁵."
    case .duplicateName(let name): "There are two rows for “\(name)”; each name may stand once."
    case .nameMissing(let row): "Row \(row) has no name; each row needs one."
    case .numeratorOverDenominator(let of, let numerator, let denominator):
      "The numerator of \(of), \(plainFigure(numerator)), is greater than its denominator, "
        + "\(plainFigure(denominator)); a proportion is 1 at most."
    case .eventsWithoutDenominator(let of, let numerator):
      "The numerator of \(of) is \(plainFigure(numerator)) with a denominator of 0; without a denominator it must be 0."
    case .tooLarge(let field, let of, let value):
      "The \(field) of \(of) is \(plainFigure(value)), too large to be computed with."
    case .optionOutOfRange(let option, let value, let accepted):
      "The \(option) is \(plainFigure(value)); it must be \(accepted)."
    }
  }
}

extension CompanionError {
  static func quoted(_ name: String) -> String { "“\(name)”" }
  /// - Parameter index: counted from 0.
  static func row(_ index: Int) -> String { "row \(index + 1)" }

  /// Refuses names that are empty or stand twice.
  static func check(names: some Sequence<String>) throws(CompanionError) {
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      guard !name.isEmpty else { throw .nameMissing(row: index + 1) }
      guard seen.insert(name).inserted else { throw .duplicateName(name) }
    }
  }

  /// Refuses an amount that is not finite or below 0.
  static func check(amount: Double, field: String, of: String) throws(CompanionError) {
    guard amount.isFinite else { throw .notFinite(field: field, of: of, value: amount) }
    guard amount >= 0 else { throw .negative(field: field, of: of, value: amount) }
  }

  /// Refuses a count with a fraction.
  static func check(count: Double, field: String, of: String) throws(CompanionError) {
    try check(amount: count, field: field, of: of)
    guard count < 1e15, count.rounded() == count else { throw .notWhole(field: field, of: of, value: count) }
  }

  static func check(multiplier: Double) throws(CompanionError) {
    guard multiplier.isFinite, multiplier > 0 else {
      throw .optionOutOfRange(option: "multiplier", value: multiplier, accepted: "a finite number above 0")
    }
  }
}
