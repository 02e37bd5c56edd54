// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// From the C twin to Swift values.
///
/// For generated code: each function takes what a field of a `protoc-c` struct holds.
public enum Unpacked {
  /// A string; nil counts as empty.
  @inlinable public static func string(_ text: UnsafePointer<CChar>?) -> String {
    guard let text, text.pointee != 0 else { return "" }
    return String(cString: text)
  }

  /// A byte string.
  @inlinable public static func bytes(_ count: Int, _ data: UnsafePointer<UInt8>?) -> [UInt8] { array(count, data) }

  /// Numbers whose Swift and C layout is the same.
  @inlinable public static func array<Number>(_ count: Int, _ values: UnsafePointer<Number>?) -> [Number] {
    guard let values, count > 0 else { return [] }
    return Array(UnsafeBufferPointer(start: values, count: count))
  }

  /// Booleans, which C keeps as `int`.
  @inlinable public static func booleans(_ count: Int, _ values: UnsafePointer<Int32>?) -> [Bool] {
    array(count, values).map { $0 != 0 }
  }

  /// Enumeration values.
  @inlinable public static func enumerations<Value: Enumeration>(
    _ count: Int, _ values: UnsafeRawPointer?
  ) -> [Value] {
    guard let values else { return [] }
    return (0..<count).map { Value(rawValue: values.load(fromByteOffset: $0 * 4, as: Int32.self)) }
  }

  /// Strings.
  @inlinable public static func strings(
    _ count: Int, _ values: UnsafePointer<UnsafeMutablePointer<CChar>?>?
  ) -> [String] {
    guard let values else { return [] }
    return (0..<count).map { string(values[$0]) }
  }

  /// Byte strings, from an array of `ProtobufCBinaryData`.
  public static func byteStrings(_ count: Int, _ values: UnsafeRawPointer?) -> [[UInt8]] {
    guard let values else { return [] }
    let items = values.assumingMemoryBound(to: ProtobufCBinaryData.self)
    return (0..<count).map { bytes(items[$0].len, items[$0].data) }
  }

  /// A nested message, nil when it is absent.
  @inlinable public static func message<Value: Message>(_ twin: UnsafeRawPointer?) -> Value? {
    twin.map { Value(unpacking: $0) }
  }

  /// A nested message of a oneof, whose pointer is never nil.
  @inlinable public static func present<Value: Message>(_ twin: UnsafeRawPointer?) -> Value {
    twin.map { Value(unpacking: $0) } ?? Value()
  }

  /// Nested messages.
  @inlinable public static func messages<Value: Message, C>(
    _ count: Int, _ twins: UnsafePointer<UnsafeMutablePointer<C>?>?
  ) -> [Value] {
    guard let twins else { return [] }
    return (0..<count).map { present(UnsafeRawPointer(twins[$0])) }
  }
}
