// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NIOCore
import RPC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Serves `waymark.bench.v1.EchoService`, for measurements.
@main
struct EchoServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo-server", abstract: "Serves waymark.bench.v1.EchoService, which answers with what it is asked.")

  @Option(help: "The port to listen on; 0 for any that is free.")
  var port: Int

  @Option(help: "How many event loops (threads) serve connections.")
  var loops = 1

  @Option(help: "A PEM file with the server's certificate; has the connections encrypted.")
  var tlsCert: String?

  @Option(help: "A PEM file with the key of the certificate.")
  var tlsKey: String?

  @Flag(help: "Count calls by method and status, as swift-metrics wants it, and pass an interceptor.")
  var observed = false

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port \(port) is not between 0 and 65535") }
    guard (1...256).contains(loops) else { throw ValidationError("--loops \(loops) is not between 1 and 256") }
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key are given together or not at all")
    }
  }

  func run() async throws {
    var router = RPCRouter()
    router.register(EchoService())
    var configuration = RPCServer.Configuration(eventLoops: loops)
    if let tlsCert, let tlsKey { configuration.tls = ServerTLS(certificateChain: tlsCert, privateKey: tlsKey) }
    if observed {
      configuration.reporters = [CallMetrics(.server)]
      configuration.interceptors = [PassingInterceptor()]
    }
    let server = RPCServer(router: router, configuration: configuration)
    let address = try await server.bind(host: "127.0.0.1", port: port)
    print("listening on 127.0.0.1:\(address.port ?? port)")
    fflush(nil)
    try await server.run()
  }
}
