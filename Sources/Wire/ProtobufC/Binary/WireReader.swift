// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// Reads the bytes of a message into its C twin and checks them, in one pass.
///
/// It takes what messages are made of almost always, and declines everything else: bytes that are damaged in any way,
/// that have a message field or a oneof more than once, that take too much memory. What it declines is read by
/// `WireCheck`, which says what is wrong, `WireMerge` and libprotobuf-c, which read a message twice and more. What it
/// takes it reads as they do; fields that this build does not know it passes over.
struct WireReader {
  private typealias Field = UnsafePointer<ProtobufCFieldDescriptor>

  private let arena: Arena
  private let maximumNesting: Int

  init(_ arena: Arena, maximumNesting: Int) {
    self.arena = arena
    self.maximumNesting = maximumNesting
  }

  /// The twin of the message in the bytes, or nil where it declines.
  func read(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
    depth: Int = 1
  ) -> UnsafeRawPointer? {
    guard depth <= maximumNesting, let twin = arena.allocate(descriptor.pointee.sizeof_message) else { return nil }
    descriptor.pointee.message_init(twin.assumingMemoryBound(to: ProtobufCMessage.self))
    let fields = descriptor.fields
    var cursor = ReadCursor(start, end)
    var current = 0
    while !cursor.isAtEnd {
      var tag: UInt64 = 0
      guard cursor.tag(&tag) else { return nil }
      let number = UInt32(truncatingIfNeeded: tag >> 3)
      // The numbers of a message's fields have few gaps, and come mostly in order.
      if current < fields.count, fields[current].id != number {
        let guess = current &+ Int(number) &- Int(fields[current].id)
        current = guess >= 0 && guess < fields.count && fields[guess].id == number ? guess : fields.count
      }
      if current >= fields.count {
        guard let index = descriptor.index(ofField: number) else {
          guard cursor.skip(tag & 7) else { return nil }
          current = 0
          continue
        }
        current = index
      }
      let field = fields.baseAddress.unsafelyUnwrapped + current
      guard value(of: field, tag & 7, &cursor, into: twin, depth: depth) else { return nil }
    }
    return UnsafeRawPointer(twin)
  }

  @inline(__always)
  private func value(
    of field: Field, _ wireType: UInt64, _ cursor: inout ReadCursor, into twin: UnsafeMutableRawPointer, depth: Int
  ) -> Bool {
    switch wireType {
    case 0:
      var value: UInt64 = 0
      guard field.pointee.wireType == 0, cursor.varint(&value),
        let place = place(of: field, in: twin, stride: field.pointee.isWide ? 8 : 4)
      else { return false }
      store(value, of: field, at: place)
      return true
    case 1:
      guard field.pointee.wireType == 1, let bytes = cursor.take(8), let place = place(of: field, in: twin, stride: 8)
      else { return false }
      place.storeBytes(of: bytes.loadUnaligned(as: UInt64.self), as: UInt64.self)
      return true
    case 5:
      guard field.pointee.wireType == 5, let bytes = cursor.take(4), let place = place(of: field, in: twin, stride: 4)
      else { return false }
      place.storeBytes(of: bytes.loadUnaligned(as: UInt32.self), as: UInt32.self)
      return true
    case 2:
      var length = 0
      guard cursor.length(&length), let start = cursor.take(length) else { return false }
      return slice(start, length, of: field, into: twin, depth: depth)
    default: return false
    }
  }

  private func slice(
    _ start: UnsafeRawPointer, _ length: Int, of field: Field, into twin: UnsafeMutableRawPointer, depth: Int
  ) -> Bool {
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_STRING:
      guard case .valid = UTF8Check.check(start, start + length),
        let place = place(of: field, in: twin, stride: 8), let copy = arena.allocate(length + 1)
      else { return false }
      copy.copyMemory(from: start, byteCount: length)
      copy.storeBytes(of: 0, toByteOffset: length, as: UInt8.self)
      place.storeBytes(of: copy, as: UnsafeMutableRawPointer.self)
      return true
    case PROTOBUF_C_TYPE_BYTES:
      guard let copy = arena.allocate(length),
        let place = place(of: field, in: twin, stride: MemoryLayout<ProtobufCBinaryData>.stride)
      else { return false }
      copy.copyMemory(from: start, byteCount: length)
      place.assumingMemoryBound(to: ProtobufCBinaryData.self).initialize(
        to: ProtobufCBinaryData(len: length, data: length == 0 ? nil : copy.assumingMemoryBound(to: UInt8.self)))
      return true
    case PROTOBUF_C_TYPE_MESSAGE:
      guard let place = place(of: field, in: twin, stride: 8),
        // Parts of one message have to be merged.
        field.pointee.isRepeated || field.pointee.isOneofMember || place.load(as: UnsafeRawPointer?.self) == nil,
        let nested = read(start, start + length, field.pointee.messageDescriptor, depth: depth + 1)
      else { return false }
      place.storeBytes(of: nested, as: UnsafeRawPointer.self)
      return true
    default:
      return field.pointee.isRepeated && packed(start, length, of: field, into: twin)
    }
  }

  /// The elements of a packed field.
  private func packed(
    _ start: UnsafeRawPointer, _ length: Int, of field: Field, into twin: UnsafeMutableRawPointer
  ) -> Bool {
    guard length > 0 else { return true }
    let wireType = field.pointee.wireType
    guard wireType == 0 else {
      let size = wireType == 1 ? 8 : 4
      guard length % size == 0, let place = append(length / size, to: field, in: twin, stride: size)
      else { return false }
      place.copyMemory(from: start, byteCount: length)
      return true
    }
    // Each varint has one byte without the continuation bit.
    let count = UnsafeRawBufferPointer(start: start, count: length).reduce(0) { $0 &+ ($1 < 0x80 ? 1 : 0) }
    let stride = field.pointee.isWide ? 8 : 4
    guard var place = append(count, to: field, in: twin, stride: stride) else { return false }
    var cursor = ReadCursor(start, start + length)
    while !cursor.isAtEnd {
      var value: UInt64 = 0
      guard cursor.varint(&value) else { return false }
      store(value, of: field, at: place)
      place += stride
    }
    return true
  }

  /// Stores what a varint stands for.
  @inline(__always)
  private func store(_ value: UInt64, of field: Field, at place: UnsafeMutableRawPointer) {
    let low = UInt32(truncatingIfNeeded: value)
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64: place.storeBytes(of: value, as: UInt64.self)
    case PROTOBUF_C_TYPE_SINT64: place.storeBytes(of: (value >> 1) ^ (0 &- (value & 1)), as: UInt64.self)
    case PROTOBUF_C_TYPE_SINT32: place.storeBytes(of: (low >> 1) ^ (0 &- (low & 1)), as: UInt32.self)
    case PROTOBUF_C_TYPE_BOOL: place.storeBytes(of: value == 0 ? 0 : 1, as: protobuf_c_boolean.self)
    default: place.storeBytes(of: low, as: UInt32.self)
    }
  }

  /// Where a value of the field goes, or nil where it cannot go.
  @inline(__always)
  private func place(of field: Field, in twin: UnsafeMutableRawPointer, stride: Int) -> UnsafeMutableRawPointer? {
    if field.pointee.isRepeated { return append(1, to: field, in: twin, stride: stride) }
    guard field.pointee.label == PROTOBUF_C_LABEL_NONE else { return nil }
    if field.pointee.isOneofMember {
      // The number of the member that is set. A second one has to be merged, or replaces the first.
      let member = twin + Int(field.pointee.quantifier_offset)
      guard member.load(as: UInt32.self) == 0 else { return nil }
      member.storeBytes(of: field.pointee.id, as: UInt32.self)
    }
    return twin + Int(field.pointee.offset)
  }

  /// Room for more elements of a repeated field, which the caller fills.
  private func append(
    _ added: Int, to field: Field, in twin: UnsafeMutableRawPointer, stride: Int
  ) -> UnsafeMutableRawPointer? {
    let counter = twin + Int(field.pointee.quantifier_offset)
    let array = twin + Int(field.pointee.offset)
    let count = counter.load(as: Int.self)
    var elements = array.load(as: UnsafeMutableRawPointer?.self)
    if count == 0 || count + added > Self.capacity(for: count) {
      guard let grown = arena.allocate(Self.capacity(for: count + added) * stride) else { return nil }
      if let elements { grown.copyMemory(from: elements, byteCount: count * stride) }
      array.storeBytes(of: grown, as: UnsafeMutableRawPointer.self)
      elements = grown
    }
    counter.storeBytes(of: count + added, as: Int.self)
    return elements.map { $0 + count * stride }
  }

  /// Elements that an array of so many has room for: a power of two.
  private static func capacity(for count: Int) -> Int {
    max(4, 1 << (Int.bitWidth - max(count - 1, 0).leadingZeroBitCount))
  }
}

extension ProtobufCFieldDescriptor {
  /// Whether a varint of the field fills 64 bits.
  @inline(__always)
  fileprivate var isWide: Bool {
    type == PROTOBUF_C_TYPE_INT64 || type == PROTOBUF_C_TYPE_UINT64 || type == PROTOBUF_C_TYPE_SINT64
  }
}
