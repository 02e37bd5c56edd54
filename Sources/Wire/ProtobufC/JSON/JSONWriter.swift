// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// Writes C twins as JSON, by their descriptors.
struct JSONWriter {
  private(set) var output: [UInt8] = []
  private let options: JSONOptions

  init(options: JSONOptions) {
    self.options = options
    output.reserveCapacity(256)
  }

  /// Why a message has no JSON form.
  struct Refusal: Error {
    var path = ""
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  mutating func write(_ message: UnsafePointer<ProtobufCMessage>) throws(Refusal) {
    if let form = SpecialForm(message.descriptor) {
      write(string: try form.text(of: message).get())
      return
    }
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in message.fields {
      guard field.isPresent(in: message) || (options.includesDefaults && field.hasDefault) else { continue }
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      write(nameOf: field)
      guard field.isRepeated else {
        do throws(Refusal) {
          try write(field, at: field.address(of: 0, in: message))
        } catch {
          throw Self.within(field.fieldName, error)
        }
        continue
      }
      output.append(UInt8(ascii: "["))
      for index in 0..<field.count(in: message) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        do throws(Refusal) {
          try write(field, at: field.address(of: index, in: message))
        } catch {
          throw Self.within("\(field.fieldName)[\(index)]", error)
        }
      }
      output.append(UInt8(ascii: "]"))
    }
    output.append(UInt8(ascii: "}"))
  }

  /// Writes the name and a colon; the rule is that of `FieldName.camelCase`.
  private mutating func write(nameOf field: ProtobufCFieldDescriptor) {
    output.append(UInt8(ascii: "\""))
    var next: UnsafePointer<CChar> = field.name
    var afterUnderscore = false
    while next.pointee != 0 {
      let byte = UInt8(bitPattern: next.pointee)
      next += 1
      if byte == UInt8(ascii: "_"), !options.keepsProtoNames {
        afterUnderscore = true
        continue
      }
      let isSmall = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      output.append(afterUnderscore && isSmall ? byte - 0x20 : byte)
      afterUnderscore = false
    }
    output.append(UInt8(ascii: "\""))
    output.append(UInt8(ascii: ":"))
  }

  private static func within(_ name: String, _ refusal: Refusal) -> Refusal {
    var refusal = refusal
    refusal.path = FieldPath.join(name, refusal.path)
    return refusal
  }

  private mutating func write(_ field: ProtobufCFieldDescriptor, at value: UnsafeRawPointer) throws(Refusal) {
    switch field.type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32:
      append("\(value.load(as: Int32.self))")
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: append("\(value.load(as: UInt32.self))")
    // JavaScript's numbers do not hold 64 bits, hence strings.
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
      append("\"\(value.load(as: Int64.self))\"")
    case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: append("\"\(value.load(as: UInt64.self))\"")
    case PROTOBUF_C_TYPE_FLOAT:
      let number = value.load(as: Float.self)
      // The shortest text of the largest float lies above it, and strict readers refuse that.
      if number.magnitude == .greatestFiniteMagnitude {
        write(number: Double(number))
      } else {
        write(number: number)
      }
    case PROTOBUF_C_TYPE_DOUBLE: write(number: value.load(as: Double.self))
    case PROTOBUF_C_TYPE_BOOL: append(value.load(as: protobuf_c_boolean.self) != 0 ? "true" : "false")
    case PROTOBUF_C_TYPE_ENUM: write(enumeration: value.load(as: Int32.self), field.enumDescriptor)
    case PROTOBUF_C_TYPE_STRING: write(string: value.load(as: UnsafePointer<CChar>?.self))
    case PROTOBUF_C_TYPE_BYTES:
      let bytes = value.load(as: ProtobufCBinaryData.self)
      output.append(UInt8(ascii: "\""))
      Base64.encode(UnsafeBufferPointer(start: bytes.data, count: bytes.data == nil ? 0 : bytes.len), to: &output)
      output.append(UInt8(ascii: "\""))
    default:
      guard let message = value.load(as: UnsafePointer<ProtobufCMessage>?.self) else { return append("null") }
      try write(message)
    }
  }

  private mutating func write(number: some BinaryFloatingPoint & LosslessStringConvertible) {
    if number.isNaN {
      append("\"NaN\"")
    } else if number.isInfinite {
      append(number < 0 ? "\"-Infinity\"" : "\"Infinity\"")
    } else {
      append(number.description)
    }
  }

  private mutating func write(enumeration number: Int32, _ descriptor: UnsafePointer<ProtobufCEnumDescriptor>) {
    if !options.writesEnumerationsAsNumbers,
      let value = protobuf_c_enum_descriptor_get_value(descriptor, number), let name = value.pointee.name
    {
      write(string: name)
    } else {
      append("\(number)")
    }
  }

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

  // MARK: Strings

  private mutating func write(string text: String) {
    var text = text
    text.withUTF8 { write(characters: $0) }
  }

  private mutating func write(string text: UnsafePointer<CChar>?) {
    guard let text else { return append("\"\"") }
    var length = 0
    while text[length] != 0 { length += 1 }
    text.withMemoryRebound(to: UInt8.self, capacity: length) {
      write(characters: UnsafeBufferPointer(start: $0, count: length))
    }
  }

  private mutating func write(characters: UnsafeBufferPointer<UInt8>) {
    output.append(UInt8(ascii: "\""))
    for byte in characters {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0x0a: append("\\n")
      case 0x0d: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20:
        append("\\u00")
        for digit in [byte >> 4, byte & 15] { output.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}

extension ProtobufCFieldDescriptor {
  /// Whether an unset field of this kind still has a value to show.
  fileprivate var hasDefault: Bool { isRepeated || !(isOneofMember || type == PROTOBUF_C_TYPE_MESSAGE) }
}
