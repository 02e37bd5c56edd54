// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// Starts servers and ends them while they are called, again and again.
struct Restarts {
  let tally: Tally
  let end: ContinuousClock.Instant

  func run() async {
    while ContinuousClock.now < end {
      do {
        let server = try await SoakServer(tls: nil, gracePeriod: .milliseconds(Int.random(in: 0...300)))
        let client = RPCClient(target: "127.0.0.1:\(server.port)")
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<4 { group.addTask { await call(client) } }
          try? await Task.sleep(for: .milliseconds(Int.random(in: 0...500)))
          await server.stop(tally)
          await client.close()
        }
        tally.note("servers ended under load")
      } catch {
        tally.fail("a server did not start: \(error)")
      }
    }
  }

  /// Calls until the server is gone; no call may end otherwise than with OK or by the server's going.
  private func call(_ client: RPCClient) async {
    let test = GrpcTesting.TestServiceClient(client)
    let request = GrpcTesting.StreamingOutputCallRequest(
      responseParameters: Array(repeating: .init(size: 1000, intervalUs: 2000), count: 20))
    while ContinuousClock.now < end + .seconds(5) {
      do {
        _ = try await test.unaryCall(.init(responseSize: 1000), options: CallOptions(timeout: .seconds(30)))
        let count = try await test.streamingOutputCall(request, options: CallOptions(timeout: .seconds(30))) {
          try await $0.reduce(0) { count, _ in count + 1 }
        }
        if count != 20 { tally.fail("a call during a restart gave \(count) responses of 20, and OK") }
      } catch let error as RPCError where error.code == .unavailable {
        return
      } catch {
        return tally.fail("a call during a restart: \(error)")
      }
    }
  }
}
