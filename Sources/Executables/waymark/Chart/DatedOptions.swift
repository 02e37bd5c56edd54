// SPDX-License-Identifier: Apache-2.0

import Charting
import SPC
import Tables

/// Options that speak of days: `2024-03=new pathway`, `95@2024-04-01`.
enum DatedOption {
  /// `date=text`; the text may be missing.
  ///
  /// - Parameter isSequence: whether points are numbered, so that a number is what is wanted.
  static func day(
    _ text: String, option: String, isSequence: Bool = false
  ) throws(CommandFailure) -> (day: Day, text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if isSequence {
      guard let number = EventColumn.number(ArraySlice(parts[0].utf8)) else {
        throw CommandFailure(.usage, "\(option) \(text): “\(parts[0])” is not a number of the sequence, such as 47.")
      }
      return (Day(daysSinceEpoch: number), parts.count > 1 ? String(parts[1]) : "")
    }
    return (try period(parts[0], option: "\(option) \(text)"), parts.count > 1 ? String(parts[1]) : "")
  }

  /// `date=value`.
  static func milestone(_ text: String, option: String) throws(CommandFailure) -> Targets.Milestone {
    let (day, number) = try day(text, option: option)
    return Targets.Milestone(day: day, value: try value(number, option: "\(option) \(text)"))
  }

  /// `value` or `value@date`.
  static func step(_ text: String, option: String) throws(CommandFailure) -> Targets.Step {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let number = try value(String(parts[0]), option: "\(option) \(text)")
    if parts.count == 1 { return Targets.Step(value: number) }
    return Targets.Step(from: try period(parts[1], option: "\(option) \(text)"), value: number)
  }

  /// `date=text`, or `kind:date=text`.
  static func annotation(_ text: String, option: String) throws(CommandFailure) -> ChartAnnotation {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let kind = parts.count == 2 ? ChartAnnotation.Kind(rawValue: String(parts[0])) : nil
    let (day, words) = try day(kind == nil ? text : String(parts[1]), option: option)
    guard !words.isEmpty else {
      throw CommandFailure(.usage, "\(option) \(text): the text is missing; DATE=TEXT is accepted.")
    }
    return ChartAnnotation(day: day, kind: kind ?? .event, text: words)
  }

  private static func period(_ text: Substring, option: String) throws(CommandFailure) -> Day {
    switch PeriodText.parse(ArraySlice(text.utf8), latest: .latest) {
    case .success(let day): return day
    case .failure(let refusal):
      throw CommandFailure(.usage, "\(option): “\(text)” is not a date. \(refusal.accepted)")
    }
  }

  private static func value(_ text: String, option: String) throws(CommandFailure) -> Double {
    guard let value = Double(text), value.isFinite else {
      throw CommandFailure(.usage, "\(option): “\(text)” is not a number; one such as 95 or 0.5 is accepted.")
    }
    return value
  }
}
