// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// How one field is typed, read from its C twin and written to it.
struct FieldSource {
  private let field: FieldDescriptor
  private var member: String { "c.pointee.\(Names.cField(field))" }
  private var count: String { "c.pointee.n_\(field.name.lowercased())" }
  private var property: String { "self.\(Names.property(field))" }

  init(_ field: FieldDescriptor) { self.field = field }

  /// Type of one value.
  var elementType: String {
    switch field.type {
    case .double: "Double"
    case .float: "Float"
    case .int32, .sint32, .sfixed32: "Int32"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint32, .fixed32: "UInt32"
    case .uint64, .fixed64: "UInt64"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    case .enum: Names.swiftType(field.enumType)
    case .message, .group: Names.swiftType(field.messageType)
    }
  }

  var defaultValue: String {
    switch field.type {
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "[]"
    case .enum: EnumSource.zero(field.enumType)
    case .message, .group: "nil"
    default: "0"
    }
  }

  /// The expression that reads the field.
  var unpacked: String {
    if field.isRepeated {
      switch field.type {
      case .bool: return "ProtobufC.Unpacked.booleans(\(count), \(member))"
      case .string: return "ProtobufC.Unpacked.strings(\(count), \(member))"
      case .bytes: return "ProtobufC.Unpacked.byteStrings(\(count), \(member))"
      case .enum: return "ProtobufC.Unpacked.enumerations(\(count), \(member))"
      case .message, .group: return "ProtobufC.Unpacked.messages(\(count), \(member))"
      default: return "ProtobufC.Unpacked.array(\(count), \(member))"
      }
    }
    if field.type == .message { return "ProtobufC.Unpacked.message(\(member))" }
    return unpackedMember
  }

  /// The expression that reads the field when it is known to be there.
  var unpackedMember: String {
    switch field.type {
    case .bool: "\(member) != 0"
    case .string: "ProtobufC.Unpacked.string(\(member))"
    case .bytes: "ProtobufC.Unpacked.bytes(\(member).len, \(member).data)"
    case .enum: "\(elementType)(rawValue: Int32(truncatingIfNeeded: \(member).rawValue))"
    case .message, .group: "ProtobufC.Unpacked.present(\(member))"
    default: member
    }
  }

  func writePacking(to text: inout Text) {
    if field.isRepeated {
      let function =
        switch field.type {
        case .bool: "booleans"
        case .string: "strings"
        case .bytes: "byteStrings"
        case .enum: "enumerations"
        case .message, .group: "messages"
        default: "array"
        }
      text.line("\(count) = \(property).count")
      text.line("\(member) = arena.\(function)(\(property))")
      return
    }
    switch field.type {
    case .string, .bytes:
      text.line("if !\(property).isEmpty { \(packedMember(property)) }")
    case .double, .float:
      text.line(packedMember(property))
      text.line("arena.keepSign(of: \(property), field: \(field.number), in: target)")
    case .message, .group:
      text.line("\(member) = arena.optional(\(property))")
    default:
      text.line(packedMember(property))
    }
  }

  /// The statement that writes a value to the field.
  func packedMember(_ value: String) -> String {
    switch field.type {
    case .bool: "\(member) = \(value) ? 1 : 0"
    case .string: "\(member) = arena.string(\(value))"
    case .bytes: "\(member) = ProtobufCBinaryData(len: \(value).count, data: arena.bytes(\(value)))"
    case .enum: "\(member) = .init(rawValue: .init(truncatingIfNeeded: \(value).rawValue))"
    case .message, .group: "\(member) = arena.message(\(value))"
    default: "\(member) = \(value)"
    }
  }
}
