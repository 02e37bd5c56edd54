// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The commands and options that the executables say they have.
struct KnownOptions: Sendable {
  /// The options in the help of `waymark chart`, `people` and so on.
  let byCommand: [String: Set<String>]
  var all: Set<String> { byCommand.values.reduce(into: []) { $0.formUnion($1) } }

  static let services = ["people", "projects", "measurement", "gateway"]

  /// Asks all executables for their help.
  init() async throws {
    var found: [String: Set<String>] = [:]
    for service in KnownOptions.services {
      found[service] = KnownOptions.options(in: try await KnownOptions.help(service, []))
    }
    let root = try await KnownOptions.help("waymark", [])
    found["waymark"] = KnownOptions.options(in: root)
    for command in KnownOptions.subcommands(in: root) {
      let help = try await KnownOptions.help("waymark", [command])
      found["waymark \(command)"] = KnownOptions.options(in: help)
      for inner in KnownOptions.subcommands(in: help) {
        found["waymark \(command) \(inner)"] = KnownOptions.options(
          in: try await KnownOptions.help("waymark", [command, inner]))
      }
    }
    byCommand = found
  }

  private static func help(_ program: String, _ words: [String]) async throws -> String {
    let finished = try await finish(Products.executable(program), words + ["--help"])
    try #require(finished.succeeded, "\(finished.said)")
    return finished.output
  }

  private static func options(in help: String) -> Set<String> {
    Set(help.matches(of: /(?m)^\s+(?:-\w, )?(--[a-z][a-z0-9-]*)/).map { String($0.1) }).union(["--help", "--version"])
  }

  private static func subcommands(in help: String) -> [String] {
    guard let list = help.range(of: "SUBCOMMANDS:\n") else { return [] }
    return help[list.upperBound...].matches(of: #/(?m)^  ([a-z][a-z-]*)  /#).map { String($0.1) }
  }

  /// What is wrong with a command as it is printed: `waymark cahrt`, or an option that it does not have; nil when nothing
  /// is, or when it is another program's.
  func fault(in command: String) -> String? {
    // What stands behind a pipe or a redirection is another command, or a file.
    let words = command.split(whereSeparator: { $0.isWhitespace || $0 == "'" }).map(String.init)
    guard let start = words.firstIndex(where: { KnownOptions.services.contains($0) || $0 == "waymark" }),
      // The name stands first, or behind variables, or is run in a container.
      start == 0 || words[0].contains("=") || words[0] == "docker-compose"
    else { return nil }
    var name = words[start]
    var rest = words[(start + 1)...].prefix { !["|", ">", "&&", ";", "&", "#"].contains($0) }
    while let next = rest.first, byCommand.keys.contains(where: { $0.hasPrefix("\(name) ") }) {
      guard !next.hasPrefix("-") else { break }
      guard byCommand["\(name) \(next)"] != nil else {
        return byCommand.keys.contains { $0.hasPrefix("\(name) \(next) ") } || next == "help"
          ? nil : "there is no command '\(name) \(next)'"
      }
      name += " \(next)"
      rest = rest.dropFirst()
    }
    for word in rest where word.hasPrefix("--") && word.count > 2 {
      let option = String(word.prefix { $0 != "=" })
      guard option.wholeMatch(of: /--[a-z][a-z0-9-]*/) != nil else { continue }
      if byCommand[name]?.contains(option) != true { return "'\(name)' has no option \(option)" }
    }
    return nil
  }
}
