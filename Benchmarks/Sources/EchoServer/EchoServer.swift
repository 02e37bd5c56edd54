// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BenchContracts
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
    commandName: "echo-server", abstract: "Answers waymark.bench.v1.EchoService/Echo with what it is asked.")

  @Option(help: "The port to listen on; 0 for any that is free.")
  var port: Int

  @Option(help: "How many event loops (threads) serve connections.")
  var loops = 1

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port \(port) is not between 0 and 65535") }
    guard (1...256).contains(loops) else { throw ValidationError("--loops \(loops) is not between 1 and 256") }
  }

  func run() async throws {
    var router = RPCRouter()
    router.register(EchoService())
    let server = RPCServer(router: router, configuration: RPCServer.Configuration(eventLoops: loops))
    let address = try await server.bind(host: "127.0.0.1", port: port)
    print("listening on 127.0.0.1:\(address.port ?? port)")
    fflush(nil)
    try await server.run()
  }
}

/// Gives back what it gets.
struct EchoService: BenchV1.EchoServiceProtocol {
  func echo(_ request: BenchV1.EchoMessage, context: ServerContext) async throws -> BenchV1.EchoMessage { request }

  func echoData(_ request: BenchV1.Data, context: ServerContext) async throws -> BenchV1.Data { request }

  func `repeat`(
    _ request: BenchV1.RepeatRequest, responses: ResponseWriter<BenchV1.EchoMessage>, context: ServerContext
  ) async throws {
    guard let message = request.message else { return }
    for _ in 0..<request.count { try await responses.write(message) }
  }
}
