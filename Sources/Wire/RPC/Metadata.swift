// SPDX-License-Identifier: Apache-2.0

/// What travels beside the messages of a call: names with values, in order, a name as often as wanted.
///
/// Names are case-insensitive and kept in lower case. The value of a name that ends in `-bin` is bytes (base64 on the
/// wire), any other is printable ASCII.
///
/// ```swift
/// var metadata: Metadata = ["x-organisation": "north"]
/// metadata.add([0, 255], for: "x-trace-bin")
/// metadata.first("x-organisation")   // "north"
/// metadata.binary("x-trace-bin")     // [0, 255]
/// ```
///
/// Names that the protocol itself uses (`:path`, `content-type`, `te`, `grpc-timeout` and the like) and values with
/// bytes that HTTP does not carry are refused when a call sends them, with `INTERNAL` naming the entry.
public struct Metadata: Sendable, Hashable {
  /// A value: text, or bytes for a name that ends in `-bin`.
  public enum Value: Sendable, Hashable, ExpressibleByStringLiteral {
    case text(String)
    case binary([UInt8])

    public init(stringLiteral value: String) { self = .text(value) }
  }

  /// One name with one value.
  public struct Entry: Sendable, Hashable {
    /// In lower case.
    public let name: String
    public let value: Value
  }

  /// All entries in order.
  public private(set) var entries: [Entry]

  /// No entries.
  public init() { entries = [] }

  public var isEmpty: Bool { entries.isEmpty }

  /// Adds a text value behind those that the name has.
  public mutating func add(_ value: String, for name: String) {
    entries.append(Entry(name: name.lowercased(), value: .text(value)))
  }

  /// Adds a value of bytes; the name has to end in `-bin`.
  public mutating func add(_ value: [UInt8], for name: String) {
    entries.append(Entry(name: name.lowercased(), value: .binary(value)))
  }

  /// Adds all entries of the other metadata behind these.
  public mutating func add(contentsOf other: Metadata) {
    entries.append(contentsOf: other.entries)
  }

  /// Removes every value of the name.
  public mutating func removeAll(_ name: String) {
    let name = name.lowercased()
    entries.removeAll { $0.name == name }
  }

  /// The first text value of the name.
  public func first(_ name: String) -> String? {
    let name = name.lowercased()
    for entry in entries where entry.name == name {
      if case .text(let text) = entry.value { return text }
    }
    return nil
  }

  /// All text values of the name, in order.
  public func all(_ name: String) -> [String] {
    let name = name.lowercased()
    return entries.compactMap { entry in
      guard entry.name == name, case .text(let text) = entry.value else { return nil }
      return text
    }
  }

  /// The first value of bytes of the name, which ends in `-bin`.
  public func binary(_ name: String) -> [UInt8]? {
    let name = name.lowercased()
    for entry in entries where entry.name == name {
      if case .binary(let bytes) = entry.value { return bytes }
    }
    return nil
  }

  /// All values of bytes of the name, in order.
  public func allBinary(_ name: String) -> [[UInt8]] {
    let name = name.lowercased()
    return entries.compactMap { entry in
      guard entry.name == name, case .binary(let bytes) = entry.value else { return nil }
      return bytes
    }
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) {
    entries = elements.map { Entry(name: $0.lowercased(), value: $1) }
  }
}
