// SPDX-License-Identifier: Apache-2.0

import Contracts
import Logging
public import RPC
public import Storage

/// Tells callers what the errors of a store mean for them.
///
/// What is wrong with the store in detail is for those who look after it, in the log.
struct StoreErrors: ServerInterceptor {
  let logger: Logger

  func intercept(_ context: ServerContext, next: @Sendable @concurrent () async throws -> Void) async throws {
    do {
      try await next()
    } catch let error as StorageError {
      let told = RPCError(error)
      if told.code == .internalError { logger.error("a call failed in the store", error: error) }
      throw told
    }
  }
}

extension RPCError {
  /// What an error of the store means for the caller.
  ///
  /// - `UNAVAILABLE`: the store cannot be used at present. With the reason `OUTCOME_UNKNOWN` the change may have been made.
  /// - `RESOURCE_EXHAUSTED`: there is no room left; nothing was written.
  /// - `ABORTED`: the change met others again and again.
  /// - `INTERNAL`: anything else.
  public init(_ error: StorageError) {
    self =
      switch error {
      case .unavailable, .refused, .pooled, .corrupt, .unwritable, .inUse:
        .failure(
          .unavailable, reason: "STORE_UNAVAILABLE",
          message: "The store cannot be used at present; nothing was changed. Try again in a while.")
      case .outcomeUnknown:
        .failure(
          .unavailable, reason: "OUTCOME_UNKNOWN",
          message: "The store was lost while the change was being made: it may have been made or not. Repeat it with "
            + "the same request_id, or look.")
      case .full:
        .failure(
          .resourceExhausted, reason: "STORE_FULL",
          message: "There is no room left in the store; nothing was changed.")
      case .repeatable:
        .failure(
          .aborted, reason: "STORE_CONFLICT", message: "The change met others again and again; nothing was changed.")
      case .pageToken:
        .invalidArgument(
          field: "page_token", "was not given by this service; next_page_token of the page before is accepted")
      default: RPCError(code: .internalError, message: "The store failed; nothing was changed.")
      }
  }
}
