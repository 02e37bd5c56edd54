// SPDX-License-Identifier: Apache-2.0

/// A protocol buffer message: a plain value, generated from a `.proto` file, with a twin in C that libprotobuf-c reads
/// and writes.
///
/// Fields of proto3 have their default value until they are set; fields that know whether they were set are optionals.
/// Fields that a sender knows and this build does not are dropped when the message is decoded.
public protocol Message: Sendable, Hashable {
  /// The message with every field at its default.
  init()

  /// What the message is made of.
  static var descriptor: MessageDescriptor { get }

  /// Reads the message from its C twin. For generated code.
  /// - Parameter source: a C struct of the type that `descriptor` describes.
  init(unpacking source: UnsafeRawPointer)

  /// Writes the message into its C twin. For generated code.
  /// - Parameters:
  ///   - target: a C struct of the type that `descriptor` describes, initialised.
  ///   - arena: where strings, arrays and nested messages of the twin live.
  func pack(into target: UnsafeMutableRawPointer, arena: Arena)
}

/// An enumeration of proto3: open, so a number that this build has no name for survives as `unrecognized`.
public protocol Enumeration: RawRepresentable, CaseIterable, Sendable, Hashable where RawValue == Int32 {
  /// The value with this number.
  init(rawValue: Int32)
}

extension Enumeration {
  public static func == (one: Self, other: Self) -> Bool { one.rawValue == other.rawValue }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
