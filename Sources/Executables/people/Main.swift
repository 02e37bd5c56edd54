// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import People
import ServiceRuntime

/// The `people` service.
@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "people", abstract: "Waymark's service of organisations, people and teams.",
    version: ProgramVersion.number)

  @OptionGroup var options: ServiceOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let store = store
    await ServiceMain.run(PeopleService.name, options: options, defaultPort: 50051) { environment in
      PeopleService.services(database: try environment.database(store, migrations: PeopleService.migrations))
    }
  }
}
