// SPDX-License-Identifier: Apache-2.0

import SPC

/// One case of a rule set: a series, a specification by name, and the signals that it must give.
struct RuleSetCase {
  private let item: JSON
  private let series: Series
  private let spec: ChartSpec

  init(_ item: JSON) throws {
    self.item = item
    let input = item["input"]
    let options = item["options"]
    let kindName = try CaseError.require(item["chart"].text, "chart")
    let kind = try CaseError.require(ChartKind(rawValue: kindName), "a chart that is known in “\(kindName)”")
    let values = try CaseError.require(input["y"].numbers, "input.y")
    let denominators = input["n"].numbers
    guard denominators == nil || denominators?.count == values.count else {
      throw CaseError("the columns of the input differ in length")
    }
    let days = try input["date"].texts.map { try $0.map { try CaseError.require(Day($0), "a date in “\($0)”") } }
    series = try Series(
      values.indices.map { row in
        Series.Point(
          day: days.flatMap { row < $0.count ? $0[row] : nil } ?? Day(daysSinceEpoch: 18_000 + row),
          value: values[row].isNaN ? nil : values[row],
          denominator: denominators.flatMap { $0[row].isNaN ? nil : $0[row] })
      })
    let direction = options["direction"].text ?? "neutral"
    spec = ChartSpec(
      kind: kind, ruleSet: try RuleSet.named(try CaseError.require(options["rules"].text, "options.rules")),
      direction: try CaseError.require(Direction(rawValue: direction), "a direction that is known in “\(direction)”"),
      targets: options["target"].number.map { Targets($0) } ?? .none,
      multiplier: options["multiply"].number ?? 1,
      baseline: options["freeze"].integer.map { .first($0) } ?? .all,
      phases: (options["phases"].integers ?? []).map { PhaseStart(index: $0 - 1) },
      exclusions: Exclusions((options["exclude"].integers ?? []).map { $0 - 1 }),
      knownCentreLine: options["cl"].number)
  }

  func check(_ comparison: inout Comparison) throws {
    let chart = try Chart(series, spec: spec)
    let expected = try CaseError.require(item["signals"].array, "signals")
    func line(rule: String, first: String, side: String, meaning: String) -> String {
      "\(rule) \(side) \(meaning): \(first)"
    }
    comparison.expect(
      "signals",
      chart.signals.map { signal in
        let members = signal.members.map { String($0 + 1) }.joined(separator: " ")
        return line(
          rule: signal.rule.id, first: members, side: signal.side.rawValue, meaning: signal.meaning.rawValue)
      },
      expected.map { signal in
        let members = (signal["members"].integers ?? []).map(String.init).joined(separator: " ")
        return line(
          rule: signal["rule"].text ?? "", first: members, side: signal["side"].text ?? "",
          meaning: signal["meaning"].text ?? "neutral")
      })
    if !item["variation"].isNull { comparison.expect("variation", chart.variation?.rawValue, item["variation"].text) }
    if !item["assurance"].isNull { comparison.expect("assurance", chart.assurance?.rawValue, item["assurance"].text) }
  }
}
