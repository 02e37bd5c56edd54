// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser

/// What every service can be told on its command line.
///
/// What is not said there is looked up in the environment, then in the configuration file, then has a default; see
/// ``Settings``.
public struct ServiceOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Address to listen on. [WAYMARK_<SERVICE>_HOST, WAYMARK_HOST; default: 127.0.0.1]",
      discussion: "Nobody signs in yet: anyone who reaches the address can read and write."))
  public var host: String?

  @Option(
    help: """
      Port to listen on, 0 for any that is free. [WAYMARK_<SERVICE>_PORT; default: people 50051, projects 50052, \
      measurement 50053, gateway 8080]
      """)
  public var port: String?

  @Option(
    help: ArgumentHelp(
      "Least important messages to log: trace, debug, info, notice, warning, error or critical. [WAYMARK_LOG_LEVEL; default: info]"
    ))
  public var logLevel: String?

  @Option(
    help: "How to log, to standard error: text or json. [WAYMARK_LOG_FORMAT; default: text at a terminal, else json]")
  public var logFormat: String?

  @Option(help: "Which calls to log, one line each: off, errors or all. [WAYMARK_ACCESS_LOG; default: errors]")
  public var accessLog: String?

  @Option(
    help: ArgumentHelp(
      "Port for those who look after the service, 0 for any that is free. [WAYMARK_<SERVICE>_ADMIN_PORT; default: none]",
      discussion: "Answers /livez, /readyz, /metrics and /channelz over HTTP/1.1, without TLS."))
  public var adminPort: String?

  @Option(help: "Address of the admin port. [WAYMARK_ADMIN_HOST; default: 127.0.0.1]")
  public var adminHost: String?

  @Option(
    help: """
      Whether calls are followed through the services by W3C trace contexts, and named in log lines: yes or no. \
      [WAYMARK_TRACING; default: yes]
      """)
  public var tracing: String?

  @Option(
    help: ArgumentHelp(
      "PEM file with the certificate of the service, and those between it and the root. [WAYMARK_TLS_CERT; default: none]",
      discussion: "Other services are shown it too. The gateway's own port has --public-tls-cert.", valueName: "file"))
  public var tlsCert: String?

  @Option(
    help: ArgumentHelp("PEM file with the key of that certificate. [WAYMARK_TLS_KEY; default: none]", valueName: "file")
  )
  public var tlsKey: String?

  @Option(
    help: ArgumentHelp(
      "PEM file with the authorities whose certificates are believed. [WAYMARK_TLS_CA; default: none]",
      discussion: "With it, other services are called over TLS.", valueName: "file"))
  public var tlsCa: String?

  @Option(
    help: ArgumentHelp(
      "Whether callers show a certificate: none, optional or required. [WAYMARK_TLS_CLIENT_CERTIFICATES; default: required with --tls-ca, otherwise none]"
    ))
  public var tlsClientCertificates: String?

  @OptionGroup public var connections: ConnectionOptions

  @Option(
    help: ArgumentHelp(
      "JSON file with settings. [WAYMARK_CONFIG; default: none]",
      discussion: #"For example {"dataDir": "/srv/waymark", "logLevel": "debug", "people": {"port": 50051}}."#,
      valueName: "file"))
  public var config: String?

  @Flag(help: "Stop when standard input ends, so as not to outlive the program that started this one.")
  public var exitWithParent = false

  public init() {}
}

/// Where a service with a store keeps it.
public struct StoreOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Where the store is: a file, or a PostgreSQL database. [WAYMARK_<SERVICE>_STORE, WAYMARK_STORE; default: a file in the data folder]",
      discussion: "For example postgres://waymark@db.example.org/waymark; each service has a schema of its name there.",
      valueName: "url"))
  public var store: String?

  @Option(
    name: .customLong("data-dir"),
    help: ArgumentHelp(
      "Folder of the store. [WAYMARK_DATA_DIR; default: $XDG_DATA_HOME/waymark or ~/.local/share/waymark]",
      valueName: "folder"))
  public var dataDirectory: String?

  public init() {}
}

/// Where the service finds `people`.
public struct PeopleAddressOption: ParsableArguments, Sendable {
  @Option(
    name: .customLong("people-address"),
    help: ArgumentHelp(
      "Where people listens. [WAYMARK_PEOPLE_ADDRESS; default: 127.0.0.1:50051]", valueName: "host:port"))
  public var address: String?

  public init() {}
}

/// Where the service finds `projects`.
public struct ProjectsAddressOption: ParsableArguments, Sendable {
  @Option(
    name: .customLong("projects-address"),
    help: ArgumentHelp(
      "Where projects listens. [WAYMARK_PROJECTS_ADDRESS; default: 127.0.0.1:50052]", valueName: "host:port"))
  public var address: String?

  public init() {}
}

/// Where the service finds `measurement`.
public struct MeasurementAddressOption: ParsableArguments, Sendable {
  @Option(
    name: .customLong("measurement-address"),
    help: ArgumentHelp(
      "Where measurement listens. [WAYMARK_MEASUREMENT_ADDRESS; default: 127.0.0.1:50053]", valueName: "host:port"))
  public var address: String?

  public init() {}
}
