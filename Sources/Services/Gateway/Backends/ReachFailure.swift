// SPDX-License-Identifier: Apache-2.0

import Logging
import RPC

extension Backends {
  /// Calls a service for somebody outside.
  ///
  /// Where services are is nobody's business there: an error that says so goes to the log, and the caller is told which
  /// service it was.
  func shielded<R>(
    _ backend: Backend, isolation: isolated (any Actor)? = #isolation, _ call: () async throws -> R
  ) async throws -> R {
    do {
      return try await call()
    } catch let error as RPCError where Self.namesAddress(error) {
      logger.warning(
        "A service cannot be reached", metadata: ["service": "\(backend.name)", "error": "\(error.message)"])
      var shown = RPCError(
        code: error.code, message: "The \(backend.name) service, or one that it needs, cannot be reached just now.")
      shown.metadata = error.metadata
      throw shown
    }
  }

  /// Whether an error is that of a client that has no connection, here or in a service that calls another.
  private static func namesAddress(_ error: RPCError) -> Bool {
    error.code == .unavailable && (error.message.contains("cannot reach ") || error.message.contains("the client of "))
  }
}
