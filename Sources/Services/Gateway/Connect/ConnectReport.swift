// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Tracing

/// Tells the reporters of one JSON call, as they are told of gRPC calls.
///
/// Bytes are those of the bodies, which a JSON call has one of in each direction.
final class ConnectReport {
  private let path: String
  private let method: MethodDescriptor?
  private let peer: String
  private let reporters: [any CallReporter]
  private let start = ContinuousClock.now
  var received: Int?
  var sent: Int?

  init(_ path: String, peer: String, reporters: [any CallReporter]) {
    self.path = path
    self.peer = peer
    self.reporters = reporters
    method = ContractRegistry.methods[path]?.descriptor
    if let method { for reporter in reporters { reporter.callStarted(method) } }
  }

  func end(_ error: ConnectError?) {
    let report = CallReport(
      method: method, path: path, peer: peer,
      status: error?.error, duration: start.duration(to: .now),
      receivedMessages: received == nil ? 0 : 1, receivedBytes: received ?? 0, sentMessages: sent == nil ? 0 : 1,
      sentBytes: sent ?? 0, traceID: ServiceContext.current?.traceContext?.traceID)
    for reporter in reporters { reporter.callEnded(report) }
  }
}
