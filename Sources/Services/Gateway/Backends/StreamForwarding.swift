// SPDX-License-Identifier: Apache-2.0

import ProtobufC
import RPC

/// Passes the messages of a call on in both directions, one by one: whoever is slow slows the other side, not the gateway.
enum StreamForwarding {
  /// Returns when the service has answered everything.
  ///
  /// - Throws: what the service's answer ended with; when the caller went away, what its requests ended with.
  static func forward<Request: Message, Answer: Message>(
    _ requests: RequestStream<Request>, to service: RequestWriter<Request>, _ answers: ResponseStream<Answer>,
    to caller: ResponseWriter<Answer>
  ) async throws {
    let answering = Task { for try await answer in answers { try await caller.write(answer) } }
    // Waiting for the next request ends with the call at the latest, not with the task: so nobody may wait for it.
    let asking = Task {
      do {
        for try await request in requests { try await service.write(request) }
        service.finish()
      } catch {
        // When the service has ended the call, its answer says why; when the caller has, nobody waits for the rest.
        if (error as? RPCError)?.code == .cancelled { answering.cancel() }
        throw error
      }
    }
    defer { asking.cancel() }
    try await withTaskCancellationHandler {
      try await answering.value
    } onCancel: {
      answering.cancel()
    }
  }
}
