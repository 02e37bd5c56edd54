// SPDX-License-Identifier: Apache-2.0

import Contracts
import Logging
public import RPC

/// A service behind the gateway.
struct Backend: Sendable {
  /// `people`, `projects` or `measurement`.
  let name: String
  let client: RPCClient
  /// Prefix of the full names of its gRPC services.
  let package: String
}

/// The services behind the gateway, each with one connection that all calls share.
public struct Backends: Sendable {
  let people: Backend
  let projects: Backend
  let measurement: Backend
  /// Where goes what callers outside are not told.
  var logger = Logger(label: "gateway")

  /// The services at these addresses, such as `127.0.0.1:50051`.
  ///
  /// Nothing is connected before the first call, and a connection that was lost is made again.
  /// - Parameter configuration: how all of them are called, such as over TLS.
  public init(
    people: String, projects: String, measurement: String,
    configuration: RPCClient.Configuration = RPCClient.Configuration()
  ) {
    self.people = Backend(
      name: "people", client: RPCClient(target: people, configuration: configuration), package: "waymark.people.v1.")
    self.projects = Backend(
      name: "projects", client: RPCClient(target: projects, configuration: configuration),
      package: "waymark.projects.v1.")
    self.measurement = Backend(
      name: "measurement", client: RPCClient(target: measurement, configuration: configuration),
      package: "waymark.measurement.v1.")
  }

  /// How a gateway calls the services behind it.
  ///
  /// Answers may be as large as the gateway itself sends, and requests as large as services take. A service that starts
  /// again is found within two seconds, and one that is gone without a word within a minute.
  /// - Parameters:
  ///   - base: how the process calls services.
  ///   - largestAnswer: the largest answer that is taken, in bytes.
  public static func configuration(_ base: RPCClient.Configuration, largestAnswer: Int) -> RPCClient.Configuration {
    var configuration = base
    configuration.maximumSendSize = configuration.maximumMessageSize
    configuration.maximumMessageSize = largestAnswer
    configuration.backoff.maximum = .seconds(2)
    configuration.keepalive = .init(interval: .seconds(30))
    return configuration
  }

  /// A client for each.
  var clients: [RPCClient] { all.map(\.client) }

  var all: [Backend] { [people, projects, measurement] }

  /// The backend that owns a gRPC service, by its full name.
  func owner(of service: String) -> Backend? {
    all.first { service.hasPrefix($0.package) }
  }

  /// The backend of a name: `people`, `projects` or `measurement`.
  func named(_ name: String) -> Backend? { all.first { $0.name == name } }

  /// Closes the connections.
  func close() async {
    for backend in all { await backend.client.close() }
  }

  var organisations: PeopleV1.OrganisationServiceClient { .init(people.client) }
  var teams: PeopleV1.TeamServiceClient { .init(people.client) }
  var projectList: ProjectsV1.ProjectServiceClient { .init(projects.client) }
  var measures: MeasurementV1.MeasureServiceClient { .init(measurement.client) }
  var observations: MeasurementV1.ObservationServiceClient { .init(measurement.client) }
  var charts: MeasurementV1.ChartServiceClient { .init(measurement.client) }
}

/// A point in time that several calls share: each gets what is left.
struct SharedDeadline: Sendable {
  private let end: ContinuousClock.Instant

  init(_ limit: Duration) {
    self.end = ContinuousClock.now.advanced(by: limit)
  }

  /// Options for a call that begins now.
  ///
  /// Never less than a millisecond, so that the call itself reports the timeout.
  var options: CallOptions {
    var options = CallOptions.default
    options.timeout = max(.milliseconds(1), ContinuousClock.now.duration(to: end))
    return options
  }
}
