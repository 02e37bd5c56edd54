// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import RPC
import ServiceRuntime
import Storage

/// Runs the four services on this machine.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Run all services on this machine.",
    discussion: """
      Starts people, projects, measurement and gateway, found beside this executable, as child processes. Their logs \
      are merged on standard error. When all are healthy, one line on standard output says so:

        gateway ready: http://127.0.0.1:8080

      A service that ends is started again, after a pause that grows while it keeps ending. Ctrl-C or SIGTERM stops \
      all; a second one kills them. No service outlives this process, however it ends.

      Only this machine can reach the gateway unless --host says otherwise; nobody signs in yet, so think first. With \
      --public-tls-cert and --public-tls-key it speaks HTTPS. Behind a proxy see --public-url, --trusted-proxies and \
      --drain-time.

      With --backup-dir a backup of all stores is made whenever --backup-every has passed since the last one, and at once \
      if there is none. If one fails, that is logged and tried again, and the services carry on.

      The services read their own variables as well: with WAYMARK_STORE=postgres://… the stores are in PostgreSQL.

      Environment: WAYMARK_DATA_DIR, WAYMARK_GATEWAY_PORT, WAYMARK_LOG_LEVEL, WAYMARK_BACKUP_DIR, WAYMARK_BACKUP_EVERY, \
      WAYMARK_KEEP_BACKUPS, WAYMARK_PUBLIC_TLS_CERT, WAYMARK_PUBLIC_TLS_KEY and WAYMARK_DRAIN_TIME say what the flags of \
      the same name say, and so do WAYMARK_GATEWAY_HOST, WAYMARK_GATEWAY_PUBLIC_URL and WAYMARK_GATEWAY_TRUSTED_PROXIES; \
      a flag wins.
      """)

  @Option(
    name: .customLong("data-dir"),
    help: ArgumentHelp(
      "Folder for the stores; made if it is not there. (default: $XDG_DATA_HOME/waymark or ~/.local/share/waymark)",
      valueName: "folder"),
    completion: .directory)
  var dataDirectory: String?

  @Option(
    help: ArgumentHelp(
      "Address that browsers and other clients connect to, such as 0.0.0.0 for all of this machine. (default: 127.0.0.1)",
      discussion: "Nobody signs in yet: anyone who reaches it can read and change everything."))
  var host: String?

  @Option(
    help: ArgumentHelp(
      "Port for browsers and other clients, 0 for any free one. (default: 8080)", valueName: "port"),
    transform: Accepted.wholeNumber(0...65535))
  var gatewayPort: Int?

  @Option(
    help: ArgumentHelp(
      "PEM file with the certificate that browsers are shown; then the port speaks HTTPS. (default: none)",
      valueName: "file"), completion: .file())
  var publicTlsCert: String?

  @Option(
    help: ArgumentHelp("PEM file with the key of that certificate.", valueName: "file"), completion: .file())
  var publicTlsKey: String?

  @Option(
    help: ArgumentHelp(
      "The address at which people find Waymark when a proxy stands before it, such as https://qi.example.org.",
      valueName: "url"))
  var publicUrl: String?

  @Option(
    help: ArgumentHelp(
      "Addresses and networks of proxies whose X-Forwarded-… are believed, such as 127.0.0.1,10.0.0.0/8. (default: none)",
      valueName: "networks"))
  var trustedProxies: String?

  @Option(
    help: ArgumentHelp(
      "How long the gateway goes on serving after SIGTERM, so that a proxy notices. (default: 0)",
      discussion: "Such as 5s. Here it is 0 unless set, so that Ctrl-C is quick.", valueName: "time"))
  var drainTime: String?

  @Option(
    help: ArgumentHelp(
      "Least important messages to log: trace, debug, info, notice, warning, error or critical. (default: info)",
      valueName: "level"))
  var logLevel: LogLevel?

  @Flag(help: "Also stop when standard input ends, so as not to outlive the program that started this one.")
  var exitWithParent = false

  @Flag(help: "Load demonstration data: real A&E waiting times of 25 hospital trusts. May be repeated.")
  var demo = false

  @Option(
    help: ArgumentHelp(
      "Folder for backups and nothing else; each is a folder in it, named after its time.", valueName: "folder"),
    completion: .directory)
  var backupDir: String?

  @Option(
    help: ArgumentHelp(
      "Time from one backup to the next, such as 90s, 15m, 24h or 7d. (default: 24h)", valueName: "time"))
  var backupEvery: String?

  @Option(
    help: ArgumentHelp(
      "How many backups are kept; when one was made, the oldest beyond that are removed. (default: 7)",
      valueName: "number"), transform: Accepted.wholeNumber(BackupPlan.kept))
  var keepBackups: Int?

  /// The levels of swift-log.
  enum LogLevel: String, WordArgument {
    case trace, debug, info, notice, warning, error, critical
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let settings = try await UpSettings(command: self, environment: environment)
    try BusyPort.refuse(
      host: settings.gatewayHost, port: settings.gatewayPort,
      command: ["waymark"] + ProcessInfo.processInfo.arguments.dropFirst())
    let data = try DataDirectory(path: settings.dataDirectory)
    let log = LogMerger.standardError(names: ServiceName.allCases.map(\.rawValue))
    log.line("data in \(data.path)", from: "waymark")

    let folder = ExecutableLocation.directoryOfThisExecutable()
    let stack = Stack(log: log, gatewayPort: settings.gatewayPort, grace: settings.grace) { service in
      "\(folder)/\(service.rawValue)"
    } arguments: { service, port, peers in
      settings.arguments(of: service, port: port, peers: peers, dataDirectory: data.path)
    }
    let requests = await StopRequests.requests(atEndOfInput: exitWithParent)
    let demo = demo
    let backups = settings.backups.map { plan in
      let backup = Backup(of: data.path, services: KnownStores.services, program: ProgramVersion.name)
      return ScheduledBackups(
        plan: plan, make: { try await backup.write(to: $0, at: $1, ordinal: $2) },
        log: { log.line($0, from: "waymark") })
    }
    try await stack.run(until: requests) { addresses in
      for service in ServiceName.allCases {
        guard let address = addresses[service] else { continue }
        try await HealthProbe(target: address.reachable, tls: service == .gateway ? settings.gatewayProbeTLS : nil)
          .untilServing(within: .seconds(30))
      }
      if demo, let demo = DemoLoader(addresses: addresses) {
        let summary = try await demo.load()
        log.line("\(summary)", from: "waymark")
      }
      if let gateway = addresses[.gateway] {
        if !gateway.isLoopback {
          log.line("nobody signs in yet: anyone who reaches \(gateway) can read and change everything", from: "waymark")
        }
        let scheme = settings.gatewayProbeTLS == nil ? "http" : "https"
        writeAll(Array("gateway ready: \(scheme)://\(gateway.reachable)\n".utf8), to: 1)
      }
    } meanwhile: {
      await backups?.run()
    }
    withExtendedLifetime(data) {}
  }
}

/// What `waymark up` was asked for, flags before environment before defaults.
struct UpSettings: Sendable {
  let dataDirectory: String
  let gatewayPort: Int
  let logLevel: String
  /// The backups to be made; nil for none.
  let backups: BackupPlan?
  /// How the gateway is asked for its health; nil for plaintext.
  let gatewayProbeTLS: ClientTLS?
  /// How long a service may take to stop.
  let grace: Duration
  /// The address that the gateway listens on.
  let gatewayHost: String
  /// What the gateway alone is told.
  private let gatewayArguments: [String]

  init(command: UpCommand, environment: [String: String]) async throws {
    let gateway = try await Settings(service: "gateway", file: nil, environment: environment)
    gatewayProbeTLS = gateway.text("publicTlsCert", flag: command.publicTlsCert).map(ClientTLS.init(pinned:))
    let drainTime = try gateway.duration(
      "drainTime", flag: command.drainTime, range: .zero ... .seconds(3600), default: .zero)
    grace = .seconds(12) + drainTime
    let milliseconds = drainTime.components.seconds * 1000 + drainTime.components.attoseconds / 1_000_000_000_000_000
    gatewayHost = command.host ?? gateway.own("host") ?? "127.0.0.1"
    gatewayArguments =
      ["--host", gatewayHost, "--drain-time", "\(milliseconds)ms"]
      + [
        ("--public-tls-cert", command.publicTlsCert), ("--public-tls-key", command.publicTlsKey),
        ("--public-url", command.publicUrl), ("--trusted-proxies", command.trustedProxies),
      ].flatMap { name, value in value.map { [name, $0] } ?? [] }
    dataDirectory =
      command.dataDirectory ?? environment["WAYMARK_DATA_DIR"] ?? DataDirectory.standard(environment: environment)
    logLevel = command.logLevel?.rawValue ?? environment["WAYMARK_LOG_LEVEL"] ?? "info"
    backups = try BackupPlan(
      folder: command.backupDir, every: command.backupEvery, keep: command.keepBackups, environment: environment)
    if let port = command.gatewayPort {
      gatewayPort = port
    } else if let text = environment["WAYMARK_GATEWAY_PORT"] {
      guard let port = Int(text), (0...65535).contains(port) else {
        throw ValidationError("WAYMARK_GATEWAY_PORT is '\(text)'; a port is a number from 0 to 65535.")
      }
      gatewayPort = port
    } else {
      gatewayPort = 8080
    }
  }

  /// The command line of a service.
  func arguments(
    of service: ServiceName, port: Int, peers: Stack.Addresses, dataDirectory: String
  ) -> [String] {
    // Nobody but the gateway calls the others, and it stops first.
    var arguments = service == .gateway ? gatewayArguments : ["--host", "127.0.0.1", "--drain-time", "0"]
    arguments += ["--port", "\(port)", "--exit-with-parent"]
    arguments += ["--log-level", logLevel, "--log-format", "text"]
    if service.keepsData { arguments += ["--data-dir", dataDirectory] }
    for peer in service.peers {
      if let address = peers[peer] { arguments += ["--\(peer.rawValue)-address", "\(address)"] }
    }
    return arguments
  }
}
