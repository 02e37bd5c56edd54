// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a message.
public struct DecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Full name of the message that was to be decoded.
  public var message: String
  /// Path of the field, such as `project.aim.by_when` or `measures[2].name`; empty when no field can be named.
  public var field: String
  /// What is wrong.
  public var problem: Problem

  /// What can be wrong with the bytes of a message.
  public enum Problem: Sendable, Hashable {
    /// The bytes end within a value, or a length points past the end of its message.
    case truncated
    /// A variable-length integer has more than ten bytes, or more than 64 bits.
    case varintOverflow
    /// A field number is 0 or above 536,870,911.
    case invalidFieldNumber
    /// Wire type 3 or 4, which only groups of proto2 have.
    case group
    /// Wire type 6 or 7, which mean nothing.
    case invalidWireType
    /// The field is known, and has another type.
    case wrongWireType(found: Int, expected: Int)
    /// The bytes of a packed field are not a whole number of elements.
    case unevenPackedLength
    /// A string is not UTF-8.
    case notUTF8
    /// A string has a NUL character in it, which C strings cannot carry.
    case nulInString
    /// Messages are nested more deeply than `DecodingLimits.maximumNesting`.
    case nestedTooDeeply(limit: Int)
    /// The message would take more memory than `DecodingLimits.maximumMemory`.
    case tooLarge(limit: Int)
    /// libprotobuf-c refused what the check before it had let pass.
    case unreadable
  }

  public var description: String {
    field.isEmpty ? "\(message): \(problem)" : "\(message): field `\(field)`: \(problem)"
  }
}

extension DecodingError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated: "the bytes end within a value"
    case .varintOverflow: "a variable-length integer has more than 64 bits"
    case .invalidFieldNumber: "the field number is not between 1 and 536870911"
    case .group: "groups are not supported"
    case .invalidWireType: "the wire type is neither 0, 1, 2 nor 5"
    case .wrongWireType(let found, let expected): "the wire type is \(found) where the field has \(expected)"
    case .unevenPackedLength: "the length is not a multiple of the element size"
    case .notUTF8: "the string is not valid UTF-8"
    case .nulInString: "the string has a NUL character; strings without one are accepted"
    case .nestedTooDeeply(let limit): "messages are nested more than \(limit) levels deep"
    case .tooLarge(let limit): "the message would take more than \(limit) bytes of memory"
    case .unreadable: "libprotobuf-c could not read it"
    }
  }
}

/// What a decoder puts up with.
public struct DecodingLimits: Sendable, Hashable {
  /// Levels of messages within messages.
  public var maximumNesting: Int
  /// Bytes of memory that libprotobuf-c may take for one message.
  ///
  /// A sender can make two bytes cost hundreds (an empty message as the element of a repeated field); this is the bound.
  public var maximumMemory: Int

  public init(maximumNesting: Int = 64, maximumMemory: Int = 64 * 1024 * 1024) {
    self.maximumNesting = maximumNesting
    self.maximumMemory = maximumMemory
  }

  /// 64 levels, 64 MiB.
  public static let `default` = DecodingLimits()
}

/// Why a message cannot be encoded.
public struct EncodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Full name of the message that was to be encoded.
  public var message: String
  /// Path of the field, such as `project.title`.
  public var field: String
  /// What is wrong.
  public var problem: Problem

  /// What can be wrong with a message.
  public enum Problem: Sendable, Hashable {
    /// A string has a NUL character in it, which C strings cannot carry.
    case nulInString
    /// The value has no form in JSON: a time out of range, a field mask path that does not survive camel case.
    case notRepresentableInJSON(String)
  }

  public var description: String { "\(message): field `\(field)`: \(problem)" }
}

extension EncodingError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nulInString: "the string has a NUL character; strings without one are accepted"
    case .notRepresentableInJSON(let reason): reason
    }
  }
}
