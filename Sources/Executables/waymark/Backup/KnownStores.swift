// SPDX-License-Identifier: Apache-2.0

import Measurement
import People
import Projects
import Storage

/// The stores of the services of this version.
enum KnownStores {
  /// Each after those that it refers to: a project to people, a measure to its project.
  static let all = [
    BackupSet.KnownStore(service: PeopleService.name, schema: PeopleService.migrations.count),
    BackupSet.KnownStore(service: ProjectsService.name, schema: ProjectsService.migrations.count),
    BackupSet.KnownStore(service: MeasurementService.name, schema: MeasurementService.migrations.count),
  ]

  static let services = all.map(\.service)
}
