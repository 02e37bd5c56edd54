// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SPC

/// Says in words what a chart of a file shows.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say in words what a chart of a CSV file shows.",
    discussion: """
      Takes the options of waymark chart, and needs no service.

      For example:
        waymark explain waits.csv --direction down --target 5
      """)

  @OptionGroup var options: ChartOptions

  @Option(
    help: ArgumentHelp("File to write instead of the terminal, ending in .txt or .md.", valueName: "file"),
    completion: .file())
  var output: String?

  /// `24 values`.
  static func values(in chart: Chart) -> String {
    let count = chart.points.indices.count { chart.value(at: $0) != nil }
    return count == 1 ? "1 value" : "\(count) values"
  }

  func run() async throws {
    try await CommandFailure.reporting {
      let format = try output.map { try OutputFormat(path: $0, accepted: [.txt, .md]) }
      if let companion = try options.companion() {
        defer { ReadingRemarks.say(companion.remarks) }
        let section = Explanation.Section(heading: companion.title, lines: companion.words, isList: false)
        if let output {
          try OutputFile.write(Data((format == .md ? section.markdown : section.plain(nil)).utf8), to: output)
        } else {
          Console.say(section.plain(.current()), terminator: "")
        }
        return
      }
      let set = try ChartSet(options)
      defer { ReadingRemarks.say(set.remarks) }
      let sections = set.members.flatMap { member in
        member.charts.map { chart in
          Explanation(chart, title: member.name.isEmpty ? set.title : member.name, why: set.recommendation).sections
        }
      }
      if let output {
        let text = sections.map { $0.map { format == .md ? $0.markdown : $0.plain(nil) }.joined(separator: "\n") }
        try OutputFile.write(Data(text.joined(separator: "\n").utf8), to: output)
      } else {
        let terminal = Terminal.current()
        Console.say(
          sections.map { $0.map { $0.plain(terminal) }.joined(separator: "\n") }.joined(separator: "\n"), terminator: ""
        )
      }
    }
  }
}

/// What a chart shows, in sections.
struct Explanation {
  struct Section {
    let heading: String
    /// Each begins a line of its own; those of a list have a mark.
    let lines: [String]
    var isList = false

    var markdown: String {
      "## \(heading)\n\n" + lines.map { (isList ? "- " : "") + $0 }.joined(separator: isList ? "\n" : "\n\n") + "\n"
    }

    func plain(_ terminal: Terminal?) -> String {
      let body = lines.map { line in
        let text = isList ? "- " + line : line
        return terminal.map { $0.wrapped(text, indent: "  ") } ?? "  \(text)\n"
      }
      return heading + "\n" + body.joined()
    }
  }

  let sections: [Section]

  init(_ chart: Chart, title: String, why: ChartRecommendation?) {
    let spec = chart.spec
    let period = chart.period
    var sections: [Section] = []
    func add(_ heading: String, _ lines: [String], isList: Bool = false) {
      if !lines.isEmpty { sections.append(Section(heading: heading, lines: lines, isList: isList)) }
    }
    add(title, [chart.summary])
    let reasons = why.map { $0.reasons.joined(separator: " ") }
    let span = chart.series.days.first.map { first in
      "\(ExplainCommand.values(in: chart)), \(period.name(of: first)) to "
        + "\(period.name(of: chart.series.days.last ?? first))."
    }
    add("The chart", [[spec.kind.title + ".", reasons, span].compactMap(\.self).joined(separator: " ")])
    add("The lines", chart.phases.enumerated().map { Explanation.lines(of: $1, number: $0 + 1, chart) }, isList: true)
    let excluded = spec.exclusions.reasons.sorted { $0.key < $1.key }.map { index, reason in
      "\(period.name(of: chart.series.days[index]))\(reason.isEmpty ? "" : ": \(reason)")"
    }
    add("Left out of the lines", excluded, isList: true)
    add(
      chart.signals.isEmpty ? "No special cause" : "Special causes",
      chart.signals.isEmpty
        ? ["None of the rules is met: what varies here is the process as it always is."] : chart.sentences, isList: true
    )
    if let runs = chart.runsSentence { add("Runs", [runs]) }
    let suggestions = chart.phaseSuggestions.map {
      $0.sentence + " Should a new phase begin there? Only if the change is understood and will last."
    }
    add("A new phase?", suggestions, isList: true)
    add("Keep in mind", chart.cautions, isList: true)
    add("How special causes were looked for", [Explanation.method(of: spec)])
    self.sections = sections
  }

  private static func lines(of phase: Phase, number: Int, _ chart: Chart) -> String {
    let spec = chart.spec
    let name = spec.centreStatistic.title.lowercased()
    let unit = spec.unit
    func amount(_ value: Double) -> String {
      quantity(figure(value, places: abs(value) < 1 ? 3 : abs(value) < 10 ? 2 : abs(value) < 1000 ? 1 : 0), unit: unit)
    }
    let place =
      chart.phases.count > 1 ? "Phase \(number)\(phase.reason.isEmpty ? "" : " (\(phase.reason))"): the" : "The"
    guard let centre = phase.centreLine else { return "\(place) \(name) cannot be computed." }
    var text = "\(place) \(name) is \(amount(centre)), "
    text +=
      spec.centreStatistic == .given
      ? "as it was given." : "from \(phase.baselineValues) \(phase.baselineValues == 1 ? "value" : "values")."
    let rows = phase.points.filter { chart.limit(3, at: $0) != nil }
    if let first = rows.first, let last = rows.last, let high = chart.limit(3, at: last) {
      let low = chart.limit(-3, at: last)
      let varies = chart.limit(3, at: first) != high
      text +=
        " Common cause alone reaches from \(low.map(amount) ?? "no lower bound") to \(amount(high))"
        + (varies ? " at the latest point." : ".")
    }
    return text
  }

  private static func method(of spec: ChartSpec) -> String {
    if spec.rulesApplied.isEmpty {
      return "\(spec.ruleSet.title) rules (\(spec.ruleSet.id)) have none that applies to an \(spec.kind.title)."
    }
    let set = spec.ruleSet
    let treatment = set.treatment
    func handling(_ handling: Treatment.Handling) -> String {
      handling == .breaks ? "ends a pattern" : "is passed over"
    }
    return
      "\(set.title) rules (\(set.id)): \(spec.rulesApplied.map(\.id).joined(separator: ", ")). A point on the centre line "
      + "\(handling(treatment.centreLine)), an equal neighbour \(handling(treatment.equalNeighbours)), a gap "
      + "\(handling(treatment.gaps)). No pattern goes across phases. Source: \(set.source)."
  }
}
