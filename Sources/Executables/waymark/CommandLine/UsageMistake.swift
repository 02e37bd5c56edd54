// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Tables

/// What the parser says of a command line that it cannot read, without the list of everything that could be said.
struct UsageMistake {
  let text: String

  /// - Parameters:
  ///   - full: the parser's message with its help and usage.
  ///   - message: the message alone.
  init(full: String, message: String) {
    let lines = full.split(separator: "\n")
    let help = lines.first { $0.hasPrefix("Help:  ") }.map { String($0.dropFirst("Help:  ".count)) }
    // See 'waymark chart --help' for more information.
    let more = lines.last { $0.hasPrefix("  See '") }?.split(separator: "'").dropFirst().first.map(String.init)
    var text = "waymark: " + (Self.unknownOption(message, command: more ?? "") ?? message) + "\n"
    // What a value means is of no use where the message says what is accepted.
    if let help, !message.contains("accepted"), !message.contains("Please provide") { text += "  \(help)\n" }
    if let more { text += "See '\(more)'.\n" }
    self.text = text
  }

  /// What other programs call an option of ours.
  private static let otherNames: [String: [String]] = [
    "x": ["--date", "--dates", "--time", "--period-column", "--day", "--month"],
    "y": ["--value", "--values", "--numerator", "--column", "--count"],
    "n": ["--denominator", "--total", "--size"],
    "by": ["--group", "--groups", "--group-by", "--facet", "--facets"],
    "output": ["-o", "--file", "--save", "--out-file", "--format"],
    "kind": ["--type", "--chart", "--chart-type"],
    "target": ["--goal", "--aim"],
    "filter": ["--where", "--only"],
    "multiply": ["--scale", "--factor", "--per", "--multiplier"],
    "freeze": ["--baseline"],
    "phase": ["--part", "--split", "--rebase", "--break", "--step-change"],
    "exclude": ["--ghost", "--omit", "--skip"],
    "annotate": ["--note", "--notes", "--label", "--annotation"],
    "centre": ["--mean", "--cl"],
    "data-dir": ["--dir", "--folder", "--directory", "-d", "--store-dir"],
    "gateway-port": ["--port", "-p"],
  ]

  /// The message of an option that does not exist, with the one that was probably meant; nil for other messages.
  ///
  /// The parser has suggestions of its own, which for `--out` is `--x`.
  private static func unknownOption(_ message: String, command: String) -> String? {
    guard message.hasPrefix("Unknown option '"), let name = message.split(separator: "'").dropFirst().first else {
      return nil
    }
    let options = options(of: command)
    let other = otherNames.first { $0.value.contains(String(name)) && options.contains($0.key) }?.key
    let near = other ?? NearestName.of(String(name.drop { $0 == "-" }), among: options)
    return "Unknown option '\(name)'." + (near.map { " Did you mean '--\($0)'?" } ?? "")
  }

  /// The long names of a command's options, from its help.
  ///
  /// - Parameter command: as it is asked for its help: `waymark chart --help`.
  private static func options(of command: String) -> [String] {
    var type: any ParsableCommand.Type = WaymarkCommand.self
    for word in command.split(separator: " ").dropFirst().dropLast() {
      guard let next = type.configuration.subcommands.first(where: { $0.configuration.commandName ?? "" == word })
      else {
        return []
      }
      type = next
    }
    return type.helpMessage(columns: 200).matches(of: /(?m)^\s+(?:-\w, )?--([a-z-]+)/).map { String($0.1) }
  }
}
