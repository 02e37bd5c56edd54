// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Measurement
import ServiceRuntime

/// The `measurement` service.
@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measurement", abstract: "Waymark's service of measures, their observations and charts.",
    version: ProgramVersion.number)

  @OptionGroup var options: ServiceOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var projects: ProjectsAddressOption

  func run() async throws {
    let (store, projects) = (store, projects)
    await ServiceMain.run(MeasurementService.name, options: options, defaultPort: 50053) { environment in
      MeasurementService.services(
        database: try environment.database(store, migrations: MeasurementService.migrations),
        projects: try environment.client(of: "projects", address: projects.address))
    }
  }
}
