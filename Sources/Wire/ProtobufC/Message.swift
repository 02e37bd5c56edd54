// SPDX-License-Identifier: Apache-2.0

/// A protocol buffer message.
public protocol Message: Sendable, Hashable {
  /// The message with every field at its default.
  init()

  /// What the message is made of.
  static var descriptor: MessageDescriptor { get }

  /// Decodes a message in the binary format.
  init(serialized bytes: UnsafeRawBufferPointer) throws

  /// Encodes the message straight into memory of the caller.
  func withSerialized<R>(
    _ body: (_ size: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) throws -> R
  ) throws -> R
}

/// What a message is made of.
public struct MessageDescriptor: Sendable {
  /// Such as `waymark.projects.v1.Project`.
  public let fullName: String
}
