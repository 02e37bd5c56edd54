// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// What a message is made of: the descriptor that `protoc-c` generated, which lives as long as the process.
public struct MessageDescriptor: @unchecked Sendable, Hashable {
  // Safe to share: it points at constant data of the executable.
  @usableFromInline let address: UnsafeRawPointer

  /// Wraps a `const ProtobufCMessageDescriptor *`.
  ///
  /// For generated code.
  @inlinable public init(_ address: UnsafeRawPointer) { self.address = address }

  /// Name with package, such as `waymark.projects.v1.Project`.
  public var fullName: String { String(cString: pointer.pointee.name) }

  var pointer: UnsafePointer<ProtobufCMessageDescriptor> {
    address.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
  }
}
