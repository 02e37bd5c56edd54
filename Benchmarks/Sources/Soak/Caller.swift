// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import Interoperability
import RPC

/// Makes one random call after another.
struct Caller {
  let server: SoakServer
  /// Authorities to believe, for a server with TLS.
  let roots: String?
  let tally: Tally
  let end: ContinuousClock.Instant

  func run() async {
    while ContinuousClock.now < end {
      let client = RPCClient(target: "localhost:\(server.port)", configuration: configuration)
      for _ in 0..<Int.random(in: 1...60) where ContinuousClock.now < end { await act(client) }
      if Bool.random() {
        // Goes with a call in flight, which may end any way that calls end.
        let call = Task {
          try await GrpcTesting.TestServiceClient(client).unaryCall(
            .init(responseSize: 100_000), options: CallOptions(timeout: .seconds(30)))
        }
        if Bool.random() { await Task.yield() }
        await client.close()
        _ = await call.result
        tally.note("clients closed with a call in flight")
      } else if Bool.random() {
        await client.close()
        tally.note("clients closed")
      } else {
        tally.note("clients dropped")
      }
    }
  }

  private var configuration: RPCClient.Configuration {
    var configuration = RPCClient.Configuration()
    if server.isEncrypted { configuration.tls = ClientTLS(trustRoots: roots) }
    configuration.idleTimeout = .milliseconds(Int.random(in: 50...5000))
    if Bool.random() { configuration.keepalive = .init(interval: .seconds(1), timeout: .seconds(10)) }
    return configuration
  }

  private func act(_ client: RPCClient) async {
    guard let action = SoakAction.allCases.randomElement() else { return }
    do {
      // A task of its own, because some cancel their task.
      try await Task { try await action.run(over: client) }.value
      tally.note("\(action)")
    } catch let error as RPCError where action.mayEndWith.contains(error.code) {
      tally.note("\(action), \(error.code.name)")
    } catch {
      tally.fail("\(action): \(error)")
    }
  }
}
