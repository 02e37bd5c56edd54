// SPDX-License-Identifier: Apache-2.0

import CProtobufC

// Walking C structs by their descriptors.

extension UnsafePointer<ProtobufCMessage> {
  var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { pointee.descriptor }
  var fields: UnsafeBufferPointer<ProtobufCFieldDescriptor> { descriptor.fields }
}

extension UnsafePointer<ProtobufCMessageDescriptor> {
  var fullName: String { String(cString: pointee.name) }

  var fields: UnsafeBufferPointer<ProtobufCFieldDescriptor> {
    UnsafeBufferPointer(start: pointee.fields, count: pointee.fields == nil ? 0 : Int(pointee.n_fields))
  }

  /// Index of the field with this number, as in protobuf-c: numbers come in ranges without gaps.
  func index(ofField number: UInt32) -> Int? {
    guard pointee.n_field_ranges > 0, let number = Int32(exactly: number), let ranges = pointee.field_ranges
    else { return nil }
    var low = 0
    var count = Int(pointee.n_field_ranges)
    while count > 0 {
      let middle = low + count / 2
      let range = ranges[middle]
      let size = Int32(ranges[middle + 1].orig_index &- range.orig_index)
      if number < range.start_value {
        count /= 2
      } else if number &- range.start_value >= size {
        count = low + count - middle - 1
        low = middle + 1
      } else {
        return Int(range.orig_index) + Int(number - range.start_value)
      }
    }
    return nil
  }
}

extension ProtobufCFieldDescriptor {
  var fieldName: String { String(cString: name) }
  var isRepeated: Bool { label == PROTOBUF_C_LABEL_REPEATED }
  var isOneofMember: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 }
  var isPacked: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue) != 0 }

  var messageDescriptor: UnsafePointer<ProtobufCMessageDescriptor> {
    // For a field of type message, protoc-c always sets it.
    descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
  }

  var enumDescriptor: UnsafePointer<ProtobufCEnumDescriptor> {
    descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
  }

  /// Bytes that one value takes in its struct or array.
  var elementSize: Int {
    switch type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_UINT32,
      PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_ENUM:
      4
    case PROTOBUF_C_TYPE_BOOL: MemoryLayout<protobuf_c_boolean>.size
    case PROTOBUF_C_TYPE_BYTES: MemoryLayout<ProtobufCBinaryData>.stride
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_MESSAGE: MemoryLayout<UnsafeRawPointer>.size
    default: 8
    }
  }

  /// Whether the field is set: the chosen member of its oneof, a message that is there, a value other than the default.
  func isPresent(in message: UnsafePointer<ProtobufCMessage>) -> Bool {
    let base = UnsafeRawPointer(message)
    if isRepeated { return count(in: message) > 0 }
    if isOneofMember { return base.load(fromByteOffset: Int(quantifier_offset), as: UInt32.self) == id }
    let value = base + Int(offset)
    switch type {
    case PROTOBUF_C_TYPE_MESSAGE: return value.load(as: UnsafeRawPointer?.self) != nil
    case PROTOBUF_C_TYPE_STRING:
      guard let text = value.load(as: UnsafePointer<CChar>?.self) else { return false }
      return text.pointee != 0
    case PROTOBUF_C_TYPE_BYTES: return value.load(as: ProtobufCBinaryData.self).len > 0
    default:
      // All bits, so that a negative zero counts as set.
      return elementSize == 4 ? value.load(as: UInt32.self) != 0 : value.load(as: UInt64.self) != 0
    }
  }

  /// Number of elements of a repeated field; 1 for any other.
  func count(in message: UnsafePointer<ProtobufCMessage>) -> Int {
    isRepeated ? UnsafeRawPointer(message).load(fromByteOffset: Int(quantifier_offset), as: Int.self) : 1
  }

  /// Where the value, or the element of a repeated field, lies.
  ///
  /// The index must be below `count(in:)`.
  func address(of index: Int, in message: UnsafePointer<ProtobufCMessage>) -> UnsafeRawPointer {
    let place = UnsafeRawPointer(message) + Int(offset)
    guard isRepeated else { return place }
    // A repeated field with elements has an array.
    return place.load(as: UnsafeRawPointer.self) + index * elementSize
  }
}
