// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC
public import Storage

/// The `people` service: the tree of organisations, the people in it, and their teams.
public enum PeopleService {
  /// Name of the service in logs, files and variables.
  public static let name = "people"

  /// What the service keeps, version by version.
  public static let migrations: [Migration] = [
    Migration(number: 1, name: "organisations, people and teams", sql: Schema.first),
    Migration(number: 2, name: "requests of all stores alike", sql: Schema.requests),
  ]

  /// The RPC surface over an open store.
  ///
  /// - Parameter now: the clock that stamps creations and changes.
  public static func services(
    database: Database, now: @escaping @Sendable () -> GoogleProtobuf.Timestamp = { .now }
  ) -> [any RegistrableService] {
    [
      OrganisationHandler(database: database, now: now),
      PersonHandler(database: database, now: now),
      TeamHandler(database: database, now: now),
    ]
  }
}
