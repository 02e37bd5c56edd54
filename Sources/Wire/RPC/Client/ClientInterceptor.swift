// SPDX-License-Identifier: Apache-2.0

/// What a client is about to do, for its interceptors.
public struct ClientContext: Sendable {
  /// The method that is called.
  public let method: MethodDescriptor
  /// Where the client's servers are, as it was told.
  public let target: String
  /// What goes out beside the messages.
  public var metadata: Metadata
  /// How the call is made.
  public var options: CallOptions
  /// The trace that the call is part of, for its reports: 32 hexadecimal digits; set by what traces calls.
  public var traceID: String?

  public init(method: MethodDescriptor, target: String, metadata: Metadata = [:], options: CallOptions = .default) {
    self.method = method
    self.target = target
    self.metadata = metadata
    self.options = options
  }
}

/// Stands around every call of a client, of whatever kind: to add metadata, to choose options, to follow it.
///
/// ```swift
/// struct AddTenant: ClientInterceptor {
///   let tenant: String
///   func intercept<Result: Sendable>(
///     _ context: ClientContext, next: @Sendable (ClientContext) async throws -> Result
///   ) async throws -> Result {
///     var context = context
///     context.metadata.add(tenant, for: "x-organisation")
///     return try await next(context)
///   }
/// }
/// ```
public protocol ClientInterceptor: Sendable {
  /// Called once per call, in the task of its caller; for a streaming call `next` lasts until the caller's closure has
  /// returned.
  /// - Parameter next: the rest: further interceptors, then the call. It may be called again, which makes the call
  ///   again. What it throws is what the call threw.
  func intercept<Result: Sendable>(
    _ context: ClientContext, next: @Sendable @concurrent (ClientContext) async throws -> Result
  ) async throws -> Result
}
