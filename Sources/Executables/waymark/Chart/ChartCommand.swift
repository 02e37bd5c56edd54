// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Charting
import Foundation
import SPC

/// Makes a chart of a file.
struct ChartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chart",
    abstract: "Make a run or control chart of a CSV file.",
    discussion: """
      Shows the chart in the terminal, or writes it as a picture (.svg, .png), as data (.json, with everything; .csv, with \
      a row for each point). Needs no service.

      For example:
        waymark chart waits.csv
        waymark chart waits.csv --direction down --target 5 --output waits.svg
        waymark chart waits.csv --x month --y breaches --n attendances
        waymark chart waits.csv --phase 2024-04=triage --rules making-data-count
      """)

  @OptionGroup var options: ChartOptions

  @Option(
    help: ArgumentHelp(
      "File to write, in the format that its name ends in: .svg, .png, .json or .csv; may be repeated.",
      valueName: "file"),
    completion: .file())
  var output: [String] = []

  @Option(
    help: ArgumentHelp("Width of a drawing in CSS pixels.", valueName: "pixels"),
    transform: Accepted.wholeNumber(ChartDrawing.sizes))
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "Height of a drawing in CSS pixels; of each chart where there are several.", valueName: "pixels"),
    transform: Accepted.wholeNumber(ChartDrawing.sizes))
  var height: Int?

  @Option(help: ArgumentHelp("Axes of several charts.", valueName: "common|free"))
  var axes: SmallMultiples.Axes = .common

  @Flag(help: "Draw on a dark background. (default: as the reader has it; light in PNG)")
  var dark = false

  func run() async throws {
    try await CommandFailure.reporting {
      let formats = try output.map {
        (path: $0, format: try OutputFormat(path: $0, accepted: [.svg, .png, .json, .csv]))
      }
      if let companion = try options.companion() {
        defer { ReadingRemarks.say(companion.remarks) }
        for (path, format) in formats { try OutputFile.write(try await data(of: companion, format), to: path) }
        if formats.isEmpty {
          Console.say(
            Terminal.current().wrapped(([companion.title] + companion.words).joined(separator: "\n")), terminator: "")
        }
        return
      }
      let set = try ChartSet(options)
      defer { ReadingRemarks.say(set.remarks) }
      if let recommendation = set.recommendation {
        let reasons = recommendation.reasons.joined(separator: " ")
        Console.tell("\(set.members[0].charts[0].spec.kind.title): \(reasons)")
      }
      for (path, format) in formats { try OutputFile.write(try await data(of: set, format), to: path) }
      if formats.isEmpty { Console.say(ChartCommand.text(of: set, on: .current()), terminator: "") }
    }
  }

  private func data(of set: ChartSet, _ format: OutputFormat) async throws -> Data {
    switch format {
    case .csv: return Data(ChartTable.text(of: set).utf8)
    case .json: return try ChartDocuments.data(of: set)
    case .png:
      let drawing = ChartSVG(width: width, height: height, appearance: dark ? .dark : .light, axes: axes)
      return try await OutputFile.png(of: drawing.svg(of: set))
    default:
      return Data(
        ChartSVG(width: width, height: height, appearance: dark ? .dark : .automatic, axes: axes).svg(of: set).utf8)
    }
  }

  private func data(of companion: CompanionRequest, _ format: OutputFormat) async throws -> Data {
    func svg(_ appearance: ChartDrawing.Appearance) -> String {
      companion.svg(width: width, height: height, appearance: dark ? .dark : appearance)
    }
    switch format {
    case .svg: return Data(svg(.automatic).utf8)
    case .png: return try await OutputFile.png(of: svg(.light))
    case .json: return try companion.json()
    default: throw CommandFailure(.usage, "This kind of chart can be written as .svg, .png or .json.")
    }
  }

  /// What the terminal shows.
  static func text(of set: ChartSet, on terminal: Terminal) -> String {
    if set.members.count > 1 {
      return set.title + "\n" + TerminalList(terminal: terminal).text(of: set)
    }
    var text = ""
    for chart in set.members.first?.charts ?? [] {
      let rules = "\(chart.spec.kind.title), \(chart.spec.ruleSet.title) rules"
      text += TerminalChart(terminal: terminal).text(of: chart, title: "\(set.title) (\(rules))")
      text += terminal.wrapped(([chart.summary] + chart.cautions).joined(separator: "\n"))
    }
    return text
  }
}

/// Charts as JSON: of one chart its document, of several a list of them with their names.
enum ChartDocuments {
  private struct Named: Encodable {
    let name: String
    let charts: [Chart]
  }

  static func data(of set: ChartSet) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    if set.members.count == 1, set.members[0].charts.count == 1 {
      return try encoder.encode(set.members[0].charts[0]) + Data("\n".utf8)
    }
    return try encoder.encode(set.members.map { Named(name: $0.name, charts: $0.charts) }) + Data("\n".utf8)
  }
}

extension SmallMultiples.Axes: WordArgument {}
