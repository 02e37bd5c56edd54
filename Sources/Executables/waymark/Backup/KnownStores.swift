// SPDX-License-Identifier: Apache-2.0

import Measurement
import People
import Projects
import Storage
import Tables

/// The stores of the services of this version.
enum KnownStores {
  /// The steps of each store's schema, each store after those that it refers to: a project to people, a measure to its
  /// project.
  static let schemas: [(service: String, migrations: [Migration])] = [
    (PeopleService.name, PeopleService.migrations),
    (ProjectsService.name, ProjectsService.migrations),
    (MeasurementService.name, MeasurementService.migrations),
  ]

  static let all = schemas.map { BackupSet.KnownStore(service: $0.service, schema: $0.migrations.count) }

  static let services = all.map(\.service)

  /// What to say of a service that has no store.
  static func refusal(of name: String) -> String {
    let near = NearestName.of(name, among: services).map { " Did you mean \($0)?" } ?? ""
    return "--service is '\(name)'; \(services.joined(separator: ", ")) are accepted.\(near)"
  }

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
