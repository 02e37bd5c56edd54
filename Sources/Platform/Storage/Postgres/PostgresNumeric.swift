// SPDX-License-Identifier: Apache-2.0

/// A number of PostgreSQL's type `numeric`, which sums and means come as.
struct PostgresNumeric {
  /// Groups of four decimal digits; the first one counts 10000 to the power of `weight`.
  private let groups: [Int]
  private let weight: Int
  private let isNegative: Bool
  /// How many digits it shows behind the point.
  private let scale: Int

  /// Reads the binary form (`numeric_send` of the server); nil for what is no finite number.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 8, bytes.count % 2 == 0 else { return nil }
    let words = (0..<bytes.count / 2).map { Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]) }
    let (count, sign) = (words[0], words[2])
    guard words.count == 4 + count, sign == 0 || sign == 0x4000, words[4...].allSatisfy({ $0 < 10_000 }) else {
      return nil
    }
    groups = Array(words[4...])
    weight = Int(Int16(truncatingIfNeeded: words[1]))
    isNegative = sign != 0
    scale = words[3]
  }

  /// The number when it shows no digits behind the point: a whole one if 64 bits hold it, nil if not.
  ///
  /// Otherwise the nearest `Double`.
  var value: SQLValue? {
    guard scale == 0 else { return Double(text).map { .real($0) } }
    var number: Int64 = 0
    for place in 0...max(weight, 0) {
      let group = Int64(place < groups.count && weight >= 0 ? groups[place] : 0)
      let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10_000)
      let (sum, isTooLargeNow) = shifted.addingReportingOverflow(isNegative ? -group : group)
      guard !isTooLarge, !isTooLargeNow else { return nil }
      number = sum
    }
    return .integer(number)
  }

  private var text: String {
    let digits = groups.map { group in String(String(10_000 + group).dropFirst()) }.joined()
    return "\(isNegative ? "-" : "")\(digits.isEmpty ? "0" : digits)e\((weight + 1 - groups.count) * 4)"
  }
}
