// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RPC
import ServiceRuntime

/// Asks a running service whether it can take calls.
struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Ask a service whether it can take calls (grpc.health.v1).",
    discussion: """
      Exit code 0 and 'serving' when it can; otherwise 1 and the reason. For health checks of containers.

      With the name of a service instead of an address, its port on this machine and its certificates are those that the \
      service itself finds in the environment and in WAYMARK_CONFIG: 'waymark health gateway' is right with TLS and \
      without. Of what the service was told by flags it knows nothing.
      """)

  @Argument(
    help: "Where it listens: host:port, [v6 address]:port or unix:/path; or gateway, people, projects or measurement.")
  var address: String

  @Option(help: "Full name of a gRPC service of it, such as waymark.people.v1.TeamService. (default: all of them)")
  var service = ""

  @Option(
    help: ArgumentHelp("Seconds to wait for an answer, at most 3600.", valueName: "seconds"),
    transform: Accepted.number(above: 0, atMost: 3600))
  var timeout = 3.0

  @Option(help: ArgumentHelp("PEM file with the authorities to believe; asks over TLS.", valueName: "file"))
  var tlsCa: String?

  @Option(help: ArgumentHelp("PEM file with a certificate to show.", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("PEM file with its key.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("The name in its certificate. (default: the host of the address)", valueName: "name"))
  var tlsName: String?

  @Option(
    help: ArgumentHelp(
      "PEM file with the certificate that it has to show, no matter who issued it; asks over TLS.", valueName: "file"))
  var tlsPin: String?

  mutating func validate() throws {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together.")
    }
    guard tlsCa != nil || tlsPin != nil || (tlsCert == nil && tlsName == nil) else {
      throw ValidationError("--\(tlsCert == nil ? "tls-name" : "tls-cert") needs --tls-ca or --tls-pin.")
    }
  }

  private var tls: ClientTLS? {
    guard tlsCa != nil || tlsPin != nil else { return nil }
    var tls = ClientTLS(trustRoots: tlsCa, serverName: tlsName)
    tls.pinnedCertificate = tlsPin
    if let tlsCert, let tlsKey { tls.certificate = .init(chain: tlsCert, privateKey: tlsKey) }
    return tls
  }

  func run() async throws {
    do {
      var probe = HealthProbe(target: address, service: service, tls: tls)
      if let name = ServiceName(rawValue: address) {
        let settings = try await Settings(service: address, file: nil)
        probe.target = try name.localAddress(settings)
        probe.tls = tls ?? name.ownTLS(settings)
      }
      try await probe.check(timeout: .seconds(timeout))
      Console.say("serving")
    } catch let error as RPCError {
      throw CleanFailure("\(error.code.name): \(error.message)")
    }
  }
}

extension ServiceName {
  /// Where the service listens for who is on its machine.
  ///
  /// - Throws: `SettingsError` for a port that is none.
  func localAddress(_ settings: Settings) throws -> String {
    let usual =
      switch self {
      case .people: 50051
      case .projects: 50052
      case .measurement: 50053
      case .gateway: 8080
      }
    let port = try settings.integer("port", flag: nil, range: 1...65535, default: usual)
    let host = settings.text("host", flag: nil) ?? "127.0.0.1"
    if host.hasPrefix("unix:") { return host }
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    return ServiceAddress(address)?.reachable ?? address
  }

  /// How its certificate is known, and what it is shown; nil when it has none.
  func ownTLS(_ settings: Settings) -> ClientTLS? {
    if self == .gateway { return settings.text("publicTlsCert", flag: nil).map { ClientTLS(pinned: $0) } }
    guard let chain = settings.text("tlsCert", flag: nil) else { return nil }
    var tls = ClientTLS(pinned: chain)
    // Who may call a service has a certificate, and it has one itself.
    if let key = settings.text("tlsKey", flag: nil) { tls.certificate = .init(chain: chain, privateKey: key) }
    return tls
  }
}

/// A failure told as one sentence.
struct CleanFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
