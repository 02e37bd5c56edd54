// SPDX-License-Identifier: Apache-2.0

/// What numbers look like that should be counts and have decimals.
package struct CountLooks: Sendable {
  private let word: String
  private let isShare: Bool
  private let isPerCent: Bool

  /// Looks at all values of a series.
  package init(_ rows: [SeriesReader.Row]) {
    var (largest, smallest, withDecimals) = (0.0, 0.0, false)
    for row in rows {
      guard let value = row.value else { continue }
      largest = max(largest, value)
      smallest = min(smallest, value)
      withDecimals = withDecimals || value != value.rounded()
    }
    isShare = withDecimals && smallest >= 0 && largest <= 1
    isPerCent = withDecimals && smallest >= 0 && largest <= 100 && !isShare
    word = isShare ? "a proportion" : isPerCent ? "a per cent or a rate" : "a rate"
  }

  /// What to say of a value that has decimals where a count is needed; nil for a whole number.
  package func refusal(value: Double, denominator: Double?) -> (message: String, accepted: String)? {
    guard value != value.rounded() else { return nil }
    var example = ""
    if let denominator, isShare || isPerCent {
      let count = (value * denominator / (isShare ? 1 : 100)).rounded()
      if abs(count) < 1e15, denominator == denominator.rounded(), abs(denominator) < 1e15 {
        example = ", such as \(Int(count)) of \(Int(denominator))"
      }
    }
    return (
      "A count is needed, and this has decimals: it looks like \(word).",
      "The number that was counted\(example); or, to chart \(word) as it is, a run or I chart without a denominator."
    )
  }
}
