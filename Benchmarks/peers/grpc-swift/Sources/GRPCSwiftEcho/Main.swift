// SPDX-License-Identifier: Apache-2.0

import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The echo service on grpc-swift-2, as a server or as a client that makes calls.
///
///     grpc-swift-echo server [LOOPS]                          prints `listening on 127.0.0.1:PORT`
///     grpc-swift-echo client PORT WARM_UP CALLS CONCURRENCY   prints what unary calls cost, as JSON, in nanoseconds
@main
struct Main {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    switch (arguments.first, numbers.count) {
    case ("server", 0...1): try await serve(loops: numbers.first ?? 1)
    case ("client", 4): try await call(numbers[0], warmUp: numbers[1], calls: numbers[2], concurrency: numbers[3])
    default:
      print("usage: grpc-swift-echo server [LOOPS] | client PORT WARM_UP CALLS CONCURRENCY")
      exit(2)
    }
  }

  static func serve(loops: Int) async throws {
    let transport = HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext,
      eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: loops))
    let server = GRPCServer(transport: transport, services: [EchoService()])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      let address = try await transport.listeningAddress
      print("listening on 127.0.0.1:\(address.ipv4?.port ?? 0)")
      fflush(nil)
      try await group.waitForAll()
    }
  }

  static func call(_ port: Int, warmUp: Int, calls: Int, concurrency: Int) async throws {
    let transport = try HTTP2ClientTransport.Posix(
      target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext,
      eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    try await withGRPCClient(transport: transport) { client in
      _ = try await run(client, calls: warmUp, concurrency: concurrency)
      let (cpu, wall) = (now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC))
      let times = try await run(client, calls: calls, concurrency: concurrency)
      let spent = (cpu: now(CLOCK_PROCESS_CPUTIME_ID) - cpu, wall: now(CLOCK_MONOTONIC) - wall)
      let sorted = times.sorted()
      print(
        """
        {"calls": \(calls), "cpu_ns": \(spent.cpu), "wall_ns": \(spent.wall), \
        "p50_ns": \(sorted[calls / 2]), "p99_ns": \(sorted[calls * 99 / 100])}
        """)
    }
  }

  /// So many calls, so many at a time, and what each took; each answer is compared.
  private static func run<Transport: ClientTransport>(
    _ client: GRPCClient<Transport>, calls: Int, concurrency: Int
  ) async throws -> [Int] {
    let message: [UInt8] = [0x0A, 0x40] + [UInt8](repeating: 0x61, count: 64) + [0x10, 0x2A]
    let method = EchoService.method("Echo")
    return try await withThrowingTaskGroup(of: [Int].self) { group in
      for index in 0..<concurrency {
        group.addTask {
          var times: [Int] = []
          for _ in stride(from: index, to: calls, by: concurrency) {
            let begin = now(CLOCK_MONOTONIC)
            let answer = try await client.unary(
              request: ClientRequest(message: message), descriptor: method, serializer: BytesSerializer(),
              deserializer: BytesDeserializer(), options: .defaults
            ) { try $0.message }
            guard answer == message else { throw RPCError(code: .dataLoss, message: "a wrong answer") }
            times.append(now(CLOCK_MONOTONIC) - begin)
          }
          return times
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static func now(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
