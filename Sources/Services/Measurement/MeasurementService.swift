// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC
public import Storage

/// The measurement service: measures, their observations, what people judge about them, and charts of them.
public enum MeasurementService {
  /// Name of the service in logs, files and variables.
  public static let name = "measurement"

  /// The gRPC services, over a store that was opened with ``migrations``.
  ///
  /// - Parameters:
  ///   - projects: A client of the `projects` service, asked whether a project exists when a measure is created.
  ///   - clock: The time now: stamps changes, and tells which periods lie in the future.
  public static func services(
    database: Database, projects: RPCClient, now clock: @escaping @Sendable () -> GoogleProtobuf.Timestamp = { .now }
  ) -> [any RegistrableService] {
    let now: @Sendable () -> Instant = {
      let time = clock()
      return Instant(nanoseconds: time.seconds * 1_000_000_000 + Int64(time.nanos))
    }
    let measures = MeasureStore(database: database)
    let observations = ObservationStore(database: database)
    return [
      MeasureHandler(store: measures, projects: ProjectDirectory(ProjectsV1.ProjectServiceClient(projects)), now: now),
      ObservationHandler(measures: measures, observations: observations, now: now),
      JudgementHandler(store: JudgementStore(database: database), now: now),
      ChartHandler(
        observations: observations, portfolio: PortfolioStore(database: database, cache: VerdictCache())),
    ]
  }
}
