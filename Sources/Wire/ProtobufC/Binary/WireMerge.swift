// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// Rewrites bytes in which a message field or a oneof comes more than once so that each comes once.
///
/// The specification says that the parts of a message field are merged, which is the same as joining their bytes, and
/// that the last member of a oneof wins. libprotobuf-c gets both wrong, hence this.
enum WireMerge {
  /// - Parameter bytes: have passed `WireCheck`.
  static func merged(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(WireCheck.Failure) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(start.distance(to: end))
    var messages: [Int: [UInt8]] = [:]
    var oneofs: [UInt32: (member: Int, bytes: [UInt8])] = [:]

    var cursor = WireCursor(start, end)
    while cursor.position < end {
      let tagStart = cursor.position
      let tag = try cursor.tag()
      guard let index = descriptor.index(ofField: tag.field) else {
        try cursor.skip(tag.wireType)
        output.append(
          contentsOf: UnsafeRawBufferPointer(start: tagStart, count: tagStart.distance(to: cursor.position)))
        continue
      }
      let field = descriptor.fields[index]
      if field.type == PROTOBUF_C_TYPE_MESSAGE {
        let slice = try cursor.slice()
        let bytes = UnsafeRawBufferPointer(start: slice.start, count: slice.start.distance(to: slice.end))
        if field.isRepeated {
          append(try merged(slice.start, slice.end, field.messageDescriptor), of: field, to: &output)
        } else if field.isOneofMember {
          if let earlier = oneofs[field.quantifier_offset], earlier.member == index {
            oneofs[field.quantifier_offset]?.bytes.append(contentsOf: bytes)
          } else {
            oneofs[field.quantifier_offset] = (index, Array(bytes))
          }
        } else {
          messages[index, default: []].append(contentsOf: bytes)
        }
      } else {
        try cursor.skip(tag.wireType)
        let whole = UnsafeRawBufferPointer(start: tagStart, count: tagStart.distance(to: cursor.position))
        if field.isOneofMember {
          oneofs[field.quantifier_offset] = (index, Array(whole))
        } else {
          output.append(contentsOf: whole)
        }
      }
    }

    for (index, bytes) in messages {
      append(try merged(bytes, descriptor.fields[index].messageDescriptor), of: descriptor.fields[index], to: &output)
    }
    for (index, bytes) in oneofs.values {
      let field = descriptor.fields[index]
      if field.type == PROTOBUF_C_TYPE_MESSAGE {
        append(try merged(bytes, field.messageDescriptor), of: field, to: &output)
      } else {
        output.append(contentsOf: bytes)
      }
    }
    return output
  }

  private static func merged(
    _ bytes: [UInt8], _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(WireCheck.Failure) -> [UInt8] {
    try bytes.withUnsafeBufferPointer { (buffer) throws(WireCheck.Failure) in
      guard let start = UnsafeRawPointer(buffer.baseAddress) else { return [] }
      return try merged(start, start + buffer.count, descriptor)
    }
  }

  private static func append(_ bytes: [UInt8], of field: ProtobufCFieldDescriptor, to output: inout [UInt8]) {
    append(varint: field.id << 3 | 2, to: &output)
    append(varint: UInt32(truncatingIfNeeded: bytes.count), to: &output)
    output.append(contentsOf: bytes)
  }

  private static func append(varint value: UInt32, to output: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    output.append(UInt8(value))
  }
}
