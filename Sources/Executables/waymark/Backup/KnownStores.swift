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

  /// The variable that puts a store into PostgreSQL; nil when none does.
  ///
  /// Files that are there nevertheless are what was left when the stores moved: a backup of them would look like one.
  static func postgresVariable(in environment: [String: String]) -> String? {
    (["WAYMARK_STORE"] + services.map { "WAYMARK_\($0.uppercased())_STORE" }).first { name in
      guard let place = environment[name] else { return false }
      return place.hasPrefix("postgres://") || place.hasPrefix("postgresql://")
    }
  }
}
