// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RPC

/// Asks a running service whether it can take calls.
struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Ask a service whether it can take calls (grpc.health.v1).",
    discussion: "Exit code 0 and 'serving' when it can; otherwise 1 and the reason. For health checks of containers.")

  @Argument(help: "Where it listens: host:port, [v6 address]:port or unix:/path.")
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

  mutating func validate() throws {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together.")
    }
    guard tlsCa != nil || tlsCert == nil else { throw ValidationError("--tls-cert needs --tls-ca.") }
  }

  private var tls: ClientTLS? {
    guard let tlsCa else { return nil }
    var tls = ClientTLS(trustRoots: tlsCa)
    if let tlsCert, let tlsKey { tls.certificate = .init(chain: tlsCert, privateKey: tlsKey) }
    return tls
  }

  func run() async throws {
    do {
      try await HealthProbe(target: address, service: service, tls: tls).check(timeout: .seconds(timeout))
      print("serving")
    } catch let error as RPCError {
      throw CleanFailure("\(error.code.name): \(error.message)")
    }
  }
}

/// A failure told as one sentence.
struct CleanFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
