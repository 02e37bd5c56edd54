// SPDX-License-Identifier: Apache-2.0

/// How often something is done: a whole number and its unit, such as `24h`.
struct BackupInterval: Sendable, Hashable {
  let duration: Duration

  static let accepted = "a whole number of seconds, minutes, hours or days from 1s to 366d, such as 24h"
  private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
  private static let longest: Int64 = 366 * 86400

  /// Reads `90s`, `15m`, `24h` or `7d`; nil for anything else.
  init?(_ text: String) {
    guard let unit = text.last.flatMap({ Self.units[$0] }) else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int64(digits)
    else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow, (1...Self.longest).contains(seconds) else { return nil }
    duration = .seconds(seconds)
  }
}
