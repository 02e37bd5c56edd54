// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Tables

/// A word where the name of a command belongs, and what was probably meant.
///
/// The parser takes such a word for an argument too many, and never says which commands there are.
struct CommandName: Error, Hashable {
  /// One sentence or two: what is wrong, and what to type instead.
  let message: String

  /// What people type for a command that has another name here.
  private static let otherNames = [
    "start": "up", "run": "up", "serve": "up", "server": "up", "plot": "chart", "draw": "chart", "graph": "chart",
    "describe": "explain", "summary": "explain", "summarise": "explain", "summarize": "explain",
    "rule": "rules", "rulesets": "rules", "rule-sets": "rules", "certificates": "certs", "certificate": "certs",
    "verify": "audit verify", "status": "health", "ping": "health", "load": "demo", "version": "--version",
  ]

  /// Looks for the first word of a command line that is no command; nil when all is well, or for the parser to say.
  static func mistake(in arguments: [String], of root: any ParsableCommand.Type) -> CommandName? {
    var command = root
    var path = [name(of: root)]
    var words = arguments[...]
    // 'waymark help chart' names commands as 'waymark chart --help' does.
    if words.first == "help" { words = words.dropFirst() }
    while !command.configuration.subcommands.isEmpty {
      guard let word = words.popFirst(), !word.hasPrefix("-") else { return nil }
      guard let next = command.configuration.subcommands.first(where: { name(of: $0) == word }) else {
        return CommandName(message: message(word, path: path, among: command.configuration.subcommands.map(name(of:))))
      }
      command = next
      path.append(word)
    }
    return nil
  }

  private static func message(_ word: String, path: [String], among names: [String]) -> String {
    let before = path.joined(separator: " ")
    let near = NearestName.of(word, among: names) ?? (path.count == 1 ? otherNames[word.lowercased()] : nil)
    if near == nil, path.count == 1, isTable(word) {
      return "'\(word)' is a file, not a command. Did you mean '\(before) chart \(word)'?"
    }
    return "There is no command '\(before) \(word)'. "
      + (near.map { "Did you mean '\(before) \($0)'?" }
        ?? "The commands are \(names.joined(separator: ", ")).")
  }

  private static func isTable(_ word: String) -> Bool {
    [".csv", ".tsv", ".txt"].contains { word.lowercased().hasSuffix($0) }
      || FileManager.default.fileExists(atPath: word)
  }

  private static func name(of command: any ParsableCommand.Type) -> String { command.configuration.commandName ?? "" }
}
