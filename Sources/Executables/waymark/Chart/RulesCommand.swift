// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SPC

/// Lists rule sets, or shows them as data.
struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "List the rule sets for special causes, or show one as JSON.",
    discussion: """
      A rule set is data. To make your own, save one, change it, give it another name, and use it with --rules FILE.json:
        waymark rules nelson > own.json
      """)

  @Argument(help: "Rule set to show, NAME or NAME@VERSION; without one, all are listed.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Folder to write all of them to, a file each; made if it is not there.", valueName: "folder"),
    completion: .directory)
  var output: String?

  func run() async throws {
    try await CommandFailure.reporting {
      if let output {
        do {
          try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
          throw CommandFailure(.cannotCreate, FileTrouble.makingFolder(output, reason: error.localizedDescription))
        }
        for ruleSet in RuleSet.available {
          let file = "\(output)/\(ruleSet.id.name)-\(ruleSet.id.version).json"
          try OutputFile.write(Data(RuleSetFile.text(ruleSet).utf8), to: file)
        }
      } else if let name {
        Console.say(try RuleSetFile.text(try RuleSetFile.ruleSet(name)), terminator: "")
      } else {
        let width = RuleSet.available.map { $0.id.description.count }.max() ?? 0
        for ruleSet in RuleSet.available {
          let name = ruleSet.id.description
          let rules = ruleSet.rules.map(\.id).joined(separator: ", ")
          Console.say("\(name)\(String(repeating: " ", count: width - name.count))  \(ruleSet.title): \(rules)")
        }
      }
    }
  }
}
