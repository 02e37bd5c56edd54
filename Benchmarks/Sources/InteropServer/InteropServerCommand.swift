// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Interoperability
import NIOCore
public import RPC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Serves `grpc.testing.TestService`, for other implementations of gRPC to test themselves and us with.
@main
struct InteropServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop-server", abstract: "Serve grpc.testing.TestService, health and reflection on 127.0.0.1.")

  @Option(help: "Port to listen on, 0 for any that is free.")
  var port: Int

  @Option(
    help: ArgumentHelp(
      "PEM file with the certificate of the server, and those between it and the root; serves TLS.", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("PEM file with the key of that certificate.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("PEM file with the authorities whose certificates are believed.", valueName: "file"))
  var tlsCa: String?

  @Option(
    help: ArgumentHelp(
      "Whether callers show a certificate: none, optional or required. (default: optional with --tls-ca, otherwise none)"
    ))
  var tlsClientCertificates: ServerTLS.ClientCertificates?

  func validate() throws {
    guard (0...65535).contains(port) else {
      throw ValidationError("--port is \(port); it is between 0 and 65535.")
    }
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together.")
    }
    guard tlsCa == nil || tlsCert != nil else { throw ValidationError("--tls-ca needs --tls-cert and --tls-key.") }
    guard tlsCa != nil || tlsClientCertificates ?? .none == .none else {
      throw ValidationError("--tls-client-certificates needs --tls-ca.")
    }
  }

  func run() async throws {
    var configuration = RPCServer.Configuration()
    if let tlsCert, let tlsKey {
      configuration.tls = ServerTLS(
        certificateChain: tlsCert, privateKey: tlsKey, trustRoots: tlsCa,
        clientCertificates: tlsClientCertificates ?? (tlsCa == nil ? .none : .optional))
    }
    let server = RPCServer.interoperability(configuration: configuration)
    let address = try await server.bind(host: "127.0.0.1", port: port)
    print("listening on 127.0.0.1:\(address.port ?? port)")
    fflush(nil)
    try await server.run()
  }
}

extension ServerTLS.ClientCertificates: @retroactive ExpressibleByArgument {}
