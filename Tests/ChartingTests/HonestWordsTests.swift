// SPDX-License-Identifier: Apache-2.0

import Charting
import Foundation
import SPC
import Testing

/// Sentence, icon, signals, numbers and drawing of a chart, held to one another over thousands of random charts.
@Suite("charts say one thing")
struct HonestWordsTests {
  private static let chartsASeed = 250

  @Test("whatever the data: words, figures, icons and drawing agree", arguments: 1...16)
  func agreement(seed: Int) throws {
    var random = RandomCharts(seed: seed)
    for number in 0..<Self.chartsASeed {
      let chart = random.chart()
      var faults = Faults(chart)
      faults.checkTarget()
      faults.checkSignals()
      faults.checkLatest()
      faults.checkWords()
      if number % 6 == 0 { faults.checkDrawing() }
      #expect(faults.found.isEmpty, "seed \(seed), chart \(number), \(chart.spec.kind) \(chart.spec.ruleSet.id)")
      if !faults.found.isEmpty { return }
    }
  }
}

/// What in a chart does not hold together.
private struct Faults {
  let chart: Chart
  let words: ChartWords
  /// The rows of the latest phase that have a value and are not left out.
  let rows: [Int]
  private(set) var found: [String] = []

  init(_ chart: Chart) {
    self.chart = chart
    words = chart.words
    let excluded = chart.spec.exclusions
    rows = (chart.phases.last?.points).map { $0.filter { chart.value(at: $0) != nil && !excluded.contains($0) } } ?? []
  }

  mutating func require(_ condition: Bool, _ what: String) {
    if !condition { found.append(what + " — " + words.summary) }
  }

  /// As the engine counts values on a line: to 12 digits.
  static func side(_ value: Double, _ line: Double) -> Int {
    abs(value - line) <= 2e-12 * max(abs(value), abs(line)) ? 0 : value > line ? 1 : -1
  }

  func isMet(_ row: Int, _ target: Double) -> Bool {
    let side = Faults.side(chart.value(at: row) ?? .nan, target)
    return chart.spec.direction == .up ? side >= 0 : chart.spec.direction == .down ? side <= 0 : side > 0
  }

  // MARK: The target

  mutating func checkTarget() {
    guard let target = words.targetAssessment else {
      require(chart.assurance == nil, "an icon without a verdict")
      require(chart.spec.targets.isEmpty || rows.isEmpty || chart.targetInForce == nil, "a target without an answer")
      return
    }
    require(words.summary.hasSuffix(target.sentence), "the summary leaves the target out")
    require(chart.assurance == nil || chart.assurance == target.verdict, "icon and verdict differ")
    require(target.target == chart.targetInForce, "another target")
    let from = chart.spec.targets.steps.last { $0.from.map { $0 <= chart.series.days[rows.last ?? 0] } ?? true }?.from
    let since = rows.filter { row in from.map { chart.series.days[row] >= $0 } ?? true }
    let counted = target.basis == .latest ? Array(since.suffix(target.counted)) : since
    require(counted.count == target.counted, "\(target.counted) counted instead of \(counted.count)")
    require(counted.count { isMet($0, target.target) } == target.met, "\(target.met) is not how many met it")

    let promises =
      target.sentence.contains("every time") || target.sentence.contains("will not be met")
      || target.sentence.contains("by chance")
    require(!promises || target.basis == .limits, "a promise that does not rest on limits")
    if target.basis == .limits || target.verdict != nil {
      require(rows.count >= Phase.firmBaseline, "a verdict from \(rows.count) values")
      require(chart.phases.last?.isTrial == false, "a verdict from trial limits")
      require(chart.spec.kind.hasLimits && chart.spec.direction != .neutral, "a verdict without limits or direction")
    }
    if let last = rows.last {
      if target.verdict == .pass { require(isMet(last, target.target), "the latest value contradicts a pass") }
      if target.verdict == .fail { require(!isMet(last, target.target), "the latest value contradicts a fail") }
      if target.basis == .limits {
        require(chart.mark(at: last).map { $0.side == .neither } ?? true, "a promise in spite of a signal at the end")
      }
    }
    let numbers = target.sentence.split(separator: " ").compactMap { Int($0) }
    if target.basis == .values, target.counted > 1 {
      require(numbers.starts(with: [target.met, target.counted]), "the sentence has other numbers")
    }
  }

  // MARK: Signals

  mutating func checkSignals() {
    require(words.sentences.count == chart.signals.count && words.labels.count == chart.signals.count, "words missing")
    for (signal, sentence) in zip(chart.signals, words.sentences) {
      let values = signal.members.compactMap(chart.value(at:))
      require(values.count == signal.members.count, "a member without a value")
      if chart.spec.kind.isSpread { require(signal.rule.pattern == .outside, "\(signal.rule.id) on ranges") }
      let first = sentence.split(separator: " ").first.flatMap { Int($0) }
      switch signal.rule.pattern {
      case .outside:
        for row in signal.members {
          let limit = chart.limit(signal.side == .high ? 3 : -3, at: row)
          let side = limit.map { Faults.side(chart.value(at: row) ?? .nan, $0) }
          require(side == (signal.side == .high ? 1 : -1), "a point that is not outside")
        }
        if signal.members.count > 1 { require(first == signal.members.count, "another count: " + sentence) }
      case .shift, .longestRun:
        require(first == signal.members.count, "another count: " + sentence)
        for row in signal.members {
          let side = Faults.side(chart.value(at: row) ?? .nan, chart.centreLine(at: row) ?? .nan)
          require(side != (signal.side == .high ? -1 : 1), "a point on the other side")
        }
      case .trend:
        require(first == signal.members.count, "another count: " + sentence)
        let steps = zip(values, values.dropFirst())
        require(steps.allSatisfy { signal.side == .high ? $0 < $1 : $0 > $1 }, "a trend that does not go on")
      case .hugging, .avoiding, .alternating: require(first == signal.members.count, "another count: " + sentence)
      case .crossings:
        let runs = chart.phases[signal.phase].runs
        let count = runs?.crossings ?? -1
        let told =
          count == 0 ? "not once" : count == 1 ? "only once" : count == 2 ? "only twice" : "only \(count) times"
        require(sentence.contains(told), "other crossings: " + sentence)
      case .zone, .box, .runCount: break
      }
    }
  }

  // MARK: The latest values

  mutating func checkLatest() {
    guard !rows.isEmpty else { return }
    guard let last = rows.last, chart.mark(at: last) != nil else {
      require(
        !words.summary.hasPrefix("The last ") && !words.summary.hasPrefix("The latest month is"), "no signal there")
      if chart.variation != nil { require(chart.variation == .commonCause, "an icon without a signal") }
      return
    }
    let numbers = words.summary.prefix { $0 != ":" }.split(whereSeparator: { $0 == " " || $0 == "," }).compactMap {
      Int($0)
    }
    let above = words.summary.contains("above the median:") || words.summary.contains("above the centre line:")
    let isAll = words.summary.contains(" are all above the ") || words.summary.contains(" are all below the ")
    if isAll, let count = numbers.first, let mark = chart.mark(at: last) {
      let latest = rows.suffix(count)
      switch mark.rule.pattern {
      case .shift, .longestRun:
        require(latest.count == count, "\(count) are more than there are")
        let side = above ? 1 : -1
        require(
          latest.allSatisfy { Faults.side(chart.value(at: $0) ?? .nan, chart.centreLine(at: $0) ?? .nan) == side },
          "not all on that side")
      default: break
      }
    }
    if numbers.count > 1, words.summary.contains(" of the last ") {
      require(numbers[0] <= numbers[1] && numbers[1] <= chart.points.count, "more than there are")
    }
  }

  // MARK: Grammar

  private static let nouns = ["value", "point", "day", "week", "month", "quarter", "year", "crossing"]

  mutating func checkWords() {
    var texts = [words.summary] + words.cautions + words.sentences + words.suggestions.map(\.sentence)
    if let target = words.targetAssessment { texts.append(target.sentence) }
    if let runs = words.runs { texts.append(runs) }
    for text in texts {
      require(text.hasSuffix("."), "no full stop: " + text)
      require(text.first.map { !$0.isLowercase } ?? false, "no capital: " + text)
      require(!text.utf8.contains(0) && !text.contains("  ") && !text.contains(".."), "untidy: " + text)
      let parts = text.split(whereSeparator: { " ,.;:()".contains($0) })
      for (number, noun) in zip(parts, parts.dropFirst()) {
        if number == "nan" || number == "inf" || noun == "nan" || noun == "inf" { require(false, "no number: " + text) }
        // The year of a date, as in “week of 31 March 2023, week of 7 April”, counts nothing.
        guard let count = Int(number), count < 1900 || noun.hasSuffix("s"),
          Faults.nouns.contains(where: { noun == $0 || noun == $0 + "s" })
        else {
          continue
        }
        require((count == 1) == !noun.hasSuffix("s"), "\(count) \(noun): " + text)
      }
    }
  }

  // MARK: The drawing

  mutating func checkDrawing() {
    let svg = ChartDrawing(title: "Waits").svg(of: chart)
    require(svg.range(of: "nan") == nil && svg.range(of: "inf") == nil, "a number that is none in the drawing")
    require(svg.contains(Faults.escaped(words.summary)), "the description says something else")
    if chart.assurance != nil, let target = words.targetAssessment {
      require(svg.contains("<title>" + Faults.escaped(target.sentence)), "the icon says something else")
    }
    // Every point with a value has its mark, in the group of its meaning.
    let excluded = chart.spec.exclusions
    for (name, meaning) in [("improvement", Meaning.improvement), ("concern", .concern), ("neutral", .neutral)] {
      let flagged = chart.points.indices.count {
        !excluded.contains($0) && chart.value(at: $0) != nil && chart.mark(at: $0)?.meaning == meaning
      }
      let group = svg.range(of: "<g class=\"\(name)\"").map { svg[$0.lowerBound...] }
      let drawn = group.map { $0[..<($0.range(of: "</g>")?.lowerBound ?? $0.endIndex)] } ?? ""
      let marks = drawn.components(separatedBy: "<title>").count - 1
      require(marks == flagged, "\(marks) of \(flagged) points drawn as \(name)")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}
