// SPDX-License-Identifier: Apache-2.0

import Contracts

/// What the values of a measure are multiplied by when they are shown: told from the unit, asked for where the unit
/// leaves it open, and asked about where unit, factor and target do not fit together.
///
/// A rate per 1,000 whose factor was forgotten shows 0.004 where 4 is meant, and its target of 3 seems met for ever.
struct MeasureScale {
  let kind: MeasurementV1.ChartKind
  let unit: String
  /// As typed; `nil` for an empty field.
  let typed: Double?

  /// The factor, with what is to be asked first.
  /// - Parameter isSure: Whether the person has said that unit and factor are as they are meant.
  func multiplier(isSure: Bool, _ problems: inout FormProblems) -> Double {
    guard kind.hasDenominator else { return 0 }
    let told = Self.factor(in: unit)
    guard let typed else {
      if kind.isShare, unit.isEmpty { return 100 }
      if let told { return told }
      if kind == .iPrime { return 0 }
      problems.add(
        kind.isShare
          ? "Enter 100 for a percentage, or 1 to show each value as a share of 1."
          : "Enter 1000 for a rate per 1,000, or 1 to show the events for each one of what they are out of.",
        field: "multiplier")
      return 0
    }
    if let told, told != typed, !isSure {
      problems.add(
        "The unit “\(unit)” goes with \(Words.number(told)), not with \(Words.number(typed)). Change one of them, or say that "
          + "both are as they are meant.", field: "sure_multiplier")
    }
    return typed
  }

  /// Asks about a target that cannot be, or that looks a hundred times too small or too large.
  func check(target: Double, multiplier: Double, isSure: Bool, aim: ProjectsV1.Aim?, _ problems: inout FormProblems) {
    let shown = { (value: Double) in Words.quantity(value, unit: unit.isEmpty && multiplier == 100 ? "%" : unit) }
    if kind.isShare, multiplier > 0, target > multiplier {
      problems.add(
        "The target is \(shown(target)), and no share can be above \(shown(multiplier)).", field: "target")
      return
    }
    if isSure { return }
    if kind.isShare, multiplier == 100, target > 0, target < 1 {
      problems.add(
        "The target would be \(shown(target)). If \(shown(target * 100)) is meant, change it; otherwise say that it is right.",
        field: "sure_target")
      return
    }
    guard let aim, aim.unit.lowercased() == unit.lowercased() else { return }
    let figures = [aim.fromValue, aim.toValue].compactMap { $0 }.filter { $0 != 0 }
    guard !figures.isEmpty, figures.allSatisfy({ Self.areFarApart(target, $0) }) else { return }
    problems.add(
      "The target is \(shown(target)), and the aim of the project goes "
        + figures.map { Words.quantity($0, unit: aim.unit) }.joined(separator: " to ")
        + ". Change it, or say that it is right.", field: "sure_target")
  }

  /// Whether one is a hundred times the other, or more.
  static func areFarApart(_ a: Double, _ b: Double) -> Bool {
    let (small, large) = (min(abs(a), abs(b)), max(abs(a), abs(b)))
    return small > 0 && large.isFinite && large / small >= 100
  }

  // MARK: What a unit says

  /// The factor that a unit names: 1000 for `per 1,000 bed days`, 100 for `%`, 1 for `per bed day`.
  ///
  /// - Returns: `nil` where the unit names none.
  static func factor(in unit: String) -> Double? {
    let text = unit.lowercased().replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
    if text.hasPrefix("%") || text.contains("percent") || text.contains("per cent") { return 100 }
    if text.contains("‰") || text.contains("per mille") { return 1000 }
    var isPer = false
    let pieces = text.replacing("/", with: " per ").split(separator: "per", omittingEmptySubsequences: false)
    for (before, piece) in zip(pieces, pieces.dropFirst()) {
      // Not within a word, such as “person” or “upper”.
      guard piece.isEmpty || piece.first == " ", before.last?.isLetter != true else { continue }
      let words = piece.split(separator: " ").map(String.init)
      if let named = number(words) { return named }
      if !words.isEmpty { isPer = true }
    }
    return isPer ? 1 : nil
  }

  private static let powers: [String: Double] = [
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "ten": 10,
  ]
  private static let suffixes: [String: Double] = ["k": 1000, "m": 1_000_000]

  /// A number of words such as `1,000`, `100 000`, `10k`, `hundred thousand`, at the beginning; `nil` for none.
  private static func number(_ words: [String]) -> Double? {
    var value: Double?
    for word in words {
      let digits = word.filter(\.isNumber)
      if let power = powers[word] {
        value = (value ?? 1) * power
      } else if let first = word.first, first.isNumber, let amount = Double(digits) {
        // Groups of three continue the number before them.
        let continues = value != nil && digits.count == 3 && digits == word
        guard value == nil || continues else { break }
        let rest = word.drop { $0.isNumber || ",.'’".contains($0) }
        let factor = rest.isEmpty ? 1 : suffixes[String(rest)] ?? 0
        guard factor > 0 else { return value }
        value = continues ? (value ?? 0) * 1000 + amount : amount * factor
      } else {
        break
      }
    }
    guard let value, value > 0 else { return nil }
    return value
  }
}
