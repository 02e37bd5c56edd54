// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BenchContracts
import RPC

/// Calls `waymark.bench.v1.EchoService`, for measurements.
@main
struct EchoClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo-client", abstract: "Makes unary calls, compares the answers, and prints what they cost.",
    discussion: """
      Prints a line of JSON: the calls, the CPU time of this process and the time that went by, and the median and the \
      99th percentile of what one call took; all times in nanoseconds.
      """)

  @Argument(help: "The server, such as 127.0.0.1:50051.")
  var target: String

  @Argument(help: "Calls before the measurement begins.")
  var warmUp: Int

  @Argument(help: "Calls that are measured.")
  var calls: Int

  @Argument(help: "Calls in flight at a time.")
  var concurrency: Int

  @Flag(help: "Call from Swift's pool of threads, not from the client's event loop.")
  var fromPool = false

  func validate() throws {
    guard (0...10_000_000).contains(warmUp) else { throw ValidationError("\(warmUp) warm-up calls are out of range") }
    guard (1...10_000_000).contains(calls) else { throw ValidationError("\(calls) calls are out of range") }
    guard (1...1024).contains(concurrency) else { throw ValidationError("--concurrency is between 1 and 1024") }
  }

  func run() async throws {
    let client = RPCClient(target: target)
    guard let executor = client.executor else { throw ValidationError("\(target) is not a target") }
    _ = try await call(client, warmUp)
    let before = Clock.now
    let times = try await withTaskExecutorPreference(fromPool ? nil : executor) { try await call(client, calls) }
    let spent = Clock.now - before
    let sorted = times.sorted()
    print(
      """
      {"calls": \(calls), "cpu_ns": \(spent.cpu), "wall_ns": \(spent.wall), \
      "p50_ns": \(sorted[calls / 2]), "p99_ns": \(sorted[calls * 99 / 100])}
      """)
    await client.close()
  }

  /// So many calls, and what each took.
  private func call(_ client: RPCClient, _ calls: Int) async throws -> [Int] {
    let echo = BenchV1.EchoServiceClient(client)
    let message = BenchV1.EchoMessage(text: String(repeating: "a", count: 64), number: 42)
    return try await withThrowingTaskGroup(of: [Int].self) { group in
      for index in 0..<concurrency {
        group.addTask {
          var times: [Int] = []
          for _ in stride(from: index, to: calls, by: concurrency) {
            let begin = Clock.wall
            guard try await echo.echo(message) == message else {
              throw RPCError(code: .dataLoss, message: "a wrong answer")
            }
            times.append(Clock.wall - begin)
          }
          return times
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }
}
