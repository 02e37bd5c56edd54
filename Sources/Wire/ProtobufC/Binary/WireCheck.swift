// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// The pass over the bytes of a message that `WireReader` declined, before libprotobuf-c reads them.
///
/// It refuses what libprotobuf-c lets through or stumbles over: strings that are not UTF-8 or that C would cut short,
/// nesting without end, values of another type than the field's. It allocates nothing unless something is wrong.
struct WireCheck {
  private let maximumNesting: Int
  /// Whether a message field, or a oneof, came more than once.
  ///
  /// libprotobuf-c does not merge them as the specification says, so such bytes are rewritten first: see `WireMerge`.
  private var needsMerge = false

  /// - Returns: whether the bytes need `WireMerge`.
  static func check(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: MessageDescriptor, _ limits: DecodingLimits
  ) throws(DecodingError) -> Bool {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return false }
    var check = WireCheck(maximumNesting: limits.maximumNesting)
    do {
      try check.message(start, start + bytes.count, descriptor.pointer, depth: 1)
    } catch {
      throw DecodingError(message: descriptor.fullName, field: error.path, problem: error.problem)
    }
    return check.needsMerge
  }

  private init(maximumNesting: Int) { self.maximumNesting = maximumNesting }

  /// What is wrong, with the path as seen from the message being read.
  struct Failure: Error {
    var path = ""
    var problem: DecodingError.Problem
  }

  private mutating func message(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
    depth: Int
  ) throws(Failure) {
    guard depth <= maximumNesting else { throw Failure(problem: .nestedTooDeeply(limit: maximumNesting)) }
    let fields = descriptor.fields
    var cursor = WireCursor(start, end)
    var current = 0
    var seen = SeenFields()
    while cursor.position < end {
      let tag = try cursor.tag()
      // Fields mostly come in order: the same one again, or the next.
      if current >= fields.count || fields[current].id != tag.field {
        if current + 1 < fields.count, fields[current + 1].id == tag.field {
          current += 1
        } else if let index = descriptor.index(ofField: tag.field) {
          current = index
        } else {
          try cursor.skip(tag.wireType)
          continue
        }
      }
      let field = fields.baseAddress.unsafelyUnwrapped + current
      if seen.isAgain(field, at: current) { needsMerge = true }
      let valueStart = cursor.position
      do throws(Failure) {
        try value(of: field, tag.wireType, &cursor, depth: depth)
      } catch {
        throw named(error, field: field, start: start, valueStart: valueStart)
      }
    }
  }

  private mutating func value(
    of field: UnsafePointer<ProtobufCFieldDescriptor>, _ wireType: Int, _ cursor: inout WireCursor, depth: Int
  ) throws(Failure) {
    let expected = field.pointee.wireType
    guard wireType == expected else {
      if field.pointee.isRepeated, wireType == 2, expected != 2 {
        return try packed(field, in: cursor.slice())
      }
      switch wireType {
      case 3, 4: throw Failure(problem: .group)
      case 6, 7: throw Failure(problem: .invalidWireType)
      default: throw Failure(problem: .wrongWireType(found: wireType, expected: expected))
      }
    }
    guard wireType == 2 else { return try cursor.skip(wireType) }
    let (start, end) = try cursor.slice()
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      try message(start, end, field.pointee.messageDescriptor, depth: depth + 1)
    case PROTOBUF_C_TYPE_STRING:
      switch UTF8Check.check(start, end) {
      case .valid: break
      case .hasNul: throw Failure(problem: .nulInString)
      case .invalid: throw Failure(problem: .notUTF8)
      }
    default: break
    }
  }

  /// The elements of a packed field.
  private func packed(
    _ field: UnsafePointer<ProtobufCFieldDescriptor>, in slice: (start: UnsafeRawPointer, end: UnsafeRawPointer)
  ) throws(Failure) {
    switch field.pointee.wireType {
    case 0:
      var cursor = WireCursor(slice.start, slice.end)
      while cursor.position < slice.end { _ = try cursor.varint() }
    case 1: guard slice.start.distance(to: slice.end) % 8 == 0 else { throw Failure(problem: .unevenPackedLength) }
    default: guard slice.start.distance(to: slice.end) % 4 == 0 else { throw Failure(problem: .unevenPackedLength) }
    }
  }

  /// The failure with the name of the field it was found in, and the index for a repeated message or string.
  private func named(
    _ failure: Failure, field: UnsafePointer<ProtobufCFieldDescriptor>, start: UnsafeRawPointer,
    valueStart: UnsafeRawPointer
  ) -> Failure {
    var name = field.pointee.fieldName
    if field.pointee.isRepeated, field.pointee.wireType == 2 {
      // The values before this one were read without a failure: count those of the same field.
      var index = -1
      var cursor = WireCursor(start, valueStart)
      while cursor.position < valueStart, let tag = try? cursor.tag() {
        if tag.field == field.pointee.id { index += 1 }
        guard (try? cursor.skip(tag.wireType)) != nil else { break }
      }
      name += "[\(max(index, 0))]"
    }
    return Failure(path: FieldPath.join(name, failure.path), problem: failure.problem)
  }
}

/// Which singular message fields and oneofs of a message came already.
///
/// Two fields may share a bit. That costs a needless merge, never a missed one.
private struct SeenFields {
  private var messages: UInt64 = 0
  private var oneofs: UInt64 = 0

  /// Whether the field, or another member of its oneof, came before.
  mutating func isAgain(_ field: UnsafePointer<ProtobufCFieldDescriptor>, at index: Int) -> Bool {
    if field.pointee.isOneofMember {
      let bit: UInt64 = 1 << UInt64(field.pointee.quantifier_offset / 8 % 64)
      defer { oneofs |= bit }
      return oneofs & bit != 0
    }
    guard field.pointee.type == PROTOBUF_C_TYPE_MESSAGE, !field.pointee.isRepeated else { return false }
    let bit: UInt64 = 1 << UInt64(index % 64)
    defer { messages |= bit }
    return messages & bit != 0
  }
}

extension ProtobufCFieldDescriptor {
  /// Wire type of one value that is not packed.
  var wireType: Int {
    switch type {
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: 2
    case PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_FLOAT: 5
    case PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_DOUBLE: 1
    default: 0
    }
  }
}
