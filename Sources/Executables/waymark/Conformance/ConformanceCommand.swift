// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Conformance
import Foundation

/// Holds the engine against reference cases.
struct ConformanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Check the chart engine against a folder of reference cases.",
    discussion: """
      Runs the cases of every .json file of the folder, prints a line for each case that fails, and at the end \
      "N passed, N failed". docs/conformance-cases.md says what a case is.
      """)

  @Argument(help: "Folder with files of cases.", completion: .directory)
  var dir: String

  func run() async throws {
    try await CommandFailure.reporting {
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: dir).filter { $0.hasSuffix(".json") }.sorted()
      } catch {
        throw CommandFailure(.noInput, FileTrouble.readingFolder(dir))
      }
      var report = Suite.Report()
      for name in names {
        guard let data = FileManager.default.contents(atPath: "\(dir)/\(name)") else {
          throw CommandFailure(.noInput, FileTrouble.reading("\(dir)/\(name)"))
        }
        report.add(Suite.run(file: name, data: data))
      }
      for failure in report.failures {
        Console.say("\(failure.file) \(failure.id): \(failure.differences.joined(separator: "; "))")
      }
      Console.say("\(report.passed) passed, \(report.failures.count) failed")
      if !report.failures.isEmpty || report.passed == 0 { throw ExitCode(1) }
    }
  }
}
