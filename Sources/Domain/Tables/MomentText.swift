// SPDX-License-Identifier: Apache-2.0

package import SPC

/// Reads when an event happened: a day, with a time of day after it or without one.
///
/// The day is as in `PeriodText`. The time follows after a blank or a `T`: `09:30`, `9:30`, `09:30:15`, `09:30:15.25`, `2:30 pm`;
/// a `Z` at its end is passed over. Offsets from UTC are refused, since days would no longer be those of the place.
package enum MomentText {
  package static let accepted = "A day with or without a time: YYYY-MM-DD HH:MM, such as 2024-02-11 09:30."

  /// - Parameters:
  ///   - text: The cell, without blanks at its ends.
  ///   - latest: The last day that is not refused as lying in the future.
  package static func parse(
    _ text: ArraySlice<UInt8>, latest: Day
  ) -> Result<EventIntervals.Moment, PeriodText.Refusal> {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
      let gap = text[..<colon].lastIndex(where: { $0 == UInt8(ascii: " ") || $0 | 0x20 == UInt8(ascii: "t") })
    else { return PeriodText.parse(text, latest: latest).map { EventIntervals.Moment(day: $0) } }
    var end = gap
    while end > text.startIndex, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return PeriodText.parse(text[..<end], latest: latest).flatMap { day in
      fraction(text[(gap + 1)...]).map { EventIntervals.Moment(day: day, fraction: $0) }
    }
  }

  /// The time as a share of the day.
  private static func fraction(_ text: ArraySlice<UInt8>) -> Result<Double, PeriodText.Refusal> {
    func refused(_ message: String) -> Result<Double, PeriodText.Refusal> {
      .failure(PeriodText.Refusal(message: message, accepted: accepted))
    }
    var text = text
    if let last = text.last, last | 0x20 == UInt8(ascii: "z") { text.removeLast() }
    var isAfternoon: Bool?
    let ending = text.suffix(2).map { $0 | 0x20 }
    if ending == Array("am".utf8) || ending == Array("pm".utf8) {
      isAfternoon = ending[0] == UInt8(ascii: "p")
      text.removeLast(2)
      while text.last == UInt8(ascii: " ") { text.removeLast() }
    }
    if text.contains(UInt8(ascii: "+")) || text.contains(UInt8(ascii: "-")) {
      return refused("The time has an offset from UTC.")
    }
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let hour = whole(parts[0]), let minute = whole(parts[1]),
      parts[1].count == 2
    else { return refused("The time of day is not in a form that can be read.") }
    var second = 0.0
    if parts.count == 3 {
      let digits = parts[2].filter { $0 != UInt8(ascii: ".") }
      guard parts[2].count - digits.count <= 1, digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count <= 12,
        let number = Double(String(decoding: parts[2], as: UTF8.self))
      else { return refused("The seconds are not in a form that can be read.") }
      second = number
    }
    let hours = isAfternoon == nil ? 0...23 : 1...12
    guard hours.contains(hour), minute <= 59, second < 60 else {
      return refused("There is no such time of day.")
    }
    let start = isAfternoon.map { hour % 12 + ($0 ? 12 : 0) } ?? hour
    return .success((Double(start * 60 + minute) * 60 + second) / 86_400)
  }

  private static func whole(_ text: ArraySlice<UInt8>) -> Int? {
    guard !text.isEmpty, text.count <= 2, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
