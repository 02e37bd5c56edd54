// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC
public import Storage

/// The `projects` service: quality improvement projects and what they aim for.
public enum ProjectsService {
  /// Name of the service in logs, files and variables.
  public static let name = "projects"

  /// What the service keeps, version by version.
  public static let migrations: [Migration] = [
    Migration(number: 1, name: "projects", sql: Schema.first),
    Migration(number: 2, name: "requests of all stores alike", sql: Schema.requests),
  ]

  /// The RPC surface over an open store.
  ///
  /// - Parameters:
  ///   - people: a client of the `people` service, asked whether organisations and teams exist.
  ///   - now: the clock that stamps creations and changes.
  public static func services(
    database: Database, people: RPCClient, now: @escaping @Sendable () -> GoogleProtobuf.Timestamp = { .now }
  ) -> [any RegistrableService] {
    [ProjectHandler(database: database, directory: PeopleDirectory(people), now: now)]
  }
}
