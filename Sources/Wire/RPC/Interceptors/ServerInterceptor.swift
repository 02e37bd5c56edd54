// SPDX-License-Identifier: Apache-2.0

/// Stands around the handler of every call, of whatever kind: to refuse it, to add metadata, to follow it.
///
/// ```swift
/// struct RequireTenant: ServerInterceptor {
///   func intercept(_ context: ServerContext, next: @Sendable () async throws -> Void) async throws {
///     guard context.metadata.first("x-organisation") != nil else {
///       throw RPCError(code: .unauthenticated, message: "x-organisation is missing")
///     }
///     try await next()
///   }
/// }
/// ```
public protocol ServerInterceptor: Sendable {
  /// Called once per call, in the task of its handler.
  ///
  /// Throw an ``RPCError`` to end the call with that status; return without calling `next` and the call ends with
  /// `INTERNAL`, as a call needs an answer.
  /// - Parameter next: the rest: further interceptors, then the handler. To be called at most once. What it throws is
  ///   what the handler threw.
  func intercept(_ context: ServerContext, next: @Sendable @concurrent () async throws -> Void) async throws
}

/// Calls interceptors one inside the other.
enum ServerInterception {
  static func call(
    _ interceptors: ArraySlice<any ServerInterceptor>, _ context: ServerContext,
    _ handler: @escaping @Sendable () async throws -> Void
  ) async throws {
    guard let first = interceptors.first else { return try await handler() }
    try await first.intercept(context) { try await call(interceptors.dropFirst(), context, handler) }
  }
}
