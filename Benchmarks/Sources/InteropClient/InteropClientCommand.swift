// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Interoperability
import RPC

/// Runs gRPC's interoperability cases against a server of `grpc.testing.TestService`.
@main
struct InteropClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop-client", abstract: "Run gRPC's interoperability cases against a server.",
    discussion: """
      Prints a line for each case; exit code 0 if all passed, 1 if any failed. The cases: \
      \(InteropCase.allCases.map(\.rawValue).joined(separator: ", ")).
      """)

  @Argument(help: "Where the server listens: host:port, [v6 address]:port or unix:/path.")
  var address: String

  @Option(name: .customLong("case"), help: "Name of a case, or all; may be repeated.")
  var cases: [String] = ["all"]

  @Flag(help: "Call over TLS, believing the authorities that the system believes, unless --tls-ca names others.")
  var tls = false

  @Option(help: ArgumentHelp("PEM file with the authorities to believe; calls over TLS.", valueName: "file"))
  var tlsCa: String?

  @Option(help: ArgumentHelp("PEM file with a certificate to show.", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("PEM file with its key.", valueName: "file"))
  var tlsKey: String?

  @Option(
    help: ArgumentHelp("Name that the server's certificate has to have. (default: the host)", valueName: "name"))
  var tlsServerName: String?

  func validate() throws {
    for name in cases where name != "all" && InteropCase(rawValue: name) == nil {
      throw ValidationError("--case is \(name); it is all or one of those that --help lists.")
    }
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together.")
    }
    guard tls || tlsCa != nil || (tlsCert == nil && tlsServerName == nil) else {
      throw ValidationError("--tls-cert and --tls-server-name need --tls or --tls-ca.")
    }
  }

  func run() async throws {
    let chosen = cases.contains("all") ? InteropCase.allCases : cases.compactMap { InteropCase(rawValue: $0) }
    var failures = 0
    for interopCase in chosen {
      let client = RPCClient(target: address, configuration: configuration)
      let start = ContinuousClock.now
      do {
        try await interopCase.run(over: client)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        print("\(interopCase.rawValue): passed in \(Int(milliseconds)) ms")
      } catch let skipped as CaseSkipped {
        print("\(interopCase.rawValue): skipped: \(skipped)")
      } catch {
        failures += 1
        print("\(interopCase.rawValue): failed: \(error)")
      }
      await client.close()
    }
    if failures > 0 { throw ExitCode(1) }
  }

  private var configuration: RPCClient.Configuration {
    var configuration = RPCClient.Configuration()
    guard tls || tlsCa != nil else { return configuration }
    configuration.tls = ClientTLS(trustRoots: tlsCa, serverName: tlsServerName)
    if let tlsCert, let tlsKey { configuration.tls?.certificate = .init(chain: tlsCert, privateKey: tlsKey) }
    return configuration
  }
}
