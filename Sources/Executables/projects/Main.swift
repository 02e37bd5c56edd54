// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Projects
import ServiceRuntime

/// The `projects` service.
@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projects", abstract: "Waymark's service of quality improvement projects.",
    version: ProgramVersion.number)

  @OptionGroup var options: ServiceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var people: PeopleAddressOption

  func run() async throws {
    let (store, people) = (store, people)
    await ServiceMain.run(ProjectsService.name, options: options, defaultPort: 50052) { environment in
      ProjectsService.services(
        database: try environment.database(store, migrations: ProjectsService.migrations),
        people: try environment.client(of: "people", address: people.address))
    }
  }
}
