// SPDX-License-Identifier: Apache-2.0

/// What came back from a call with one response.
public struct UnaryResponse<Message: Sendable>: Sendable {
  /// The response.
  public let message: Message
  /// Metadata that came before it.
  public let initialMetadata: Metadata
  /// Metadata that came with the status.
  public let trailingMetadata: Metadata

  /// Whether the response came compressed.
  public var wasCompressed = false

  public init(message: Message, initialMetadata: Metadata = [:], trailingMetadata: Metadata = [:]) {
    self.message = message
    self.initialMetadata = initialMetadata
    self.trailingMetadata = trailingMetadata
  }
}
