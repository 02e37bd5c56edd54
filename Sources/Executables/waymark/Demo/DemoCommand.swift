// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials

/// Loads the demonstration into services that run already.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Load demonstration data into services that run already.",
    discussion: """
      25 hospital trusts with three years of their published A&E waiting times. Contains public sector information \
      licensed under the Open Government Licence v3.0; source: NHS England, A&E waiting times and activity. The \
      projects and teams are made up. May be repeated: what is there stays. For services that 'waymark up' runs, use \
      'waymark up --demo' instead.

      Environment: WAYMARK_PEOPLE_ADDRESS, WAYMARK_PROJECTS_ADDRESS and WAYMARK_MEASUREMENT_ADDRESS say what the flags \
      of the same name say; a flag wins.
      """)

  @Option(help: ArgumentHelp("Where people listens. (default: 127.0.0.1:50051)", valueName: "host:port"))
  var peopleAddress: String?

  @Option(help: ArgumentHelp("Where projects listens. (default: 127.0.0.1:50052)", valueName: "host:port"))
  var projectsAddress: String?

  @Option(help: ArgumentHelp("Where measurement listens. (default: 127.0.0.1:50053)", valueName: "host:port"))
  var measurementAddress: String?

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let loader = DemoLoader(
      peopleAddress: peopleAddress ?? environment["WAYMARK_PEOPLE_ADDRESS"] ?? "127.0.0.1:50051",
      projectsAddress: projectsAddress ?? environment["WAYMARK_PROJECTS_ADDRESS"] ?? "127.0.0.1:50052",
      measurementAddress: measurementAddress ?? environment["WAYMARK_MEASUREMENT_ADDRESS"] ?? "127.0.0.1:50053")
    try await CommandFailure.reporting {
      do {
        Console.say("\(try await loader.load())")
      } catch let failure as DemoLoader.Failure {
        throw CommandFailure(
          .unavailable,
          "\(failure). The services of 'waymark up' have ports of their own: start it as 'waymark up --demo' instead.")
      }
    }
  }
}
