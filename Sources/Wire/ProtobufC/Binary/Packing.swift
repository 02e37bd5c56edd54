// SPDX-License-Identifier: Apache-2.0

import CProtobufC

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// From Swift values to the C twin. These functions are for generated code: each returns what a field of a `protoc-c`
// struct holds, the pointee type being inferred from the field.
extension Arena {
  /// A C string.
  ///
  /// One with a NUL inside is remembered and fails the encoding: C would cut it short.
  @inlinable public func string(_ value: String) -> UnsafeMutablePointer<CChar> {
    var value = value
    return value.withUTF8 { utf8 in
      let copy = allocateTrusted(utf8.count + 1)
      if let start = utf8.baseAddress { copy.copyMemory(from: start, byteCount: utf8.count) }
      copy.storeBytes(of: 0, toByteOffset: utf8.count, as: UInt8.self)
      let text = copy.assumingMemoryBound(to: CChar.self)
      if Self.hasNUL(copy, utf8.count), state.pointee.cutString == nil { state.pointee.cutString = text }
      return text
    }
  }

  /// Whether a byte is zero, which ends a text in C.
  @usableFromInline static func hasNUL(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
    memchr(start, 0, count) != nil
  }

  /// The bytes, or nil for none.
  @inlinable public func bytes(_ value: [UInt8]) -> UnsafeMutablePointer<UInt8>? { array(value) }

  /// Numbers whose Swift and C layout is the same.
  @inlinable public func array<Number>(_ values: [Number]) -> UnsafeMutablePointer<Number>? {
    guard !values.isEmpty else { return nil }
    return values.withUnsafeBytes { source in
      let copy = allocateTrusted(source.count)
      if let start = source.baseAddress { copy.copyMemory(from: start, byteCount: source.count) }
      return copy.assumingMemoryBound(to: Number.self)
    }
  }

  /// Booleans, which C keeps as `int`.
  @inlinable public func booleans(_ values: [Bool]) -> UnsafeMutablePointer<Int32>? {
    map(values, to: Int32.self) { $0 ? 1 : 0 }
  }

  /// Numbers of enumeration values.
  @inlinable public func enumerations<Value: Enumeration, C>(_ values: [Value]) -> UnsafeMutablePointer<C>? {
    retyped(map(values, to: Int32.self) { $0.rawValue })
  }

  /// C strings.
  @inlinable public func strings(_ values: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    map(values, to: UnsafeMutablePointer<CChar>?.self) { string($0) }
  }

  /// Byte strings, as an array of `ProtobufCBinaryData`.
  public func byteStrings<C>(_ values: [[UInt8]]) -> UnsafeMutablePointer<C>? {
    retyped(map(values, to: ProtobufCBinaryData.self) { ProtobufCBinaryData(len: $0.count, data: bytes($0)) })
  }

  /// The twin of a nested message.
  @inlinable public func message<Value: Message, C>(_ value: Value) -> UnsafeMutablePointer<C> {
    twin(of: value).assumingMemoryBound(to: C.self)
  }

  /// The twin of a nested message, or nil when it is absent.
  @inlinable public func optional<Value: Message, C>(_ value: Value?) -> UnsafeMutablePointer<C>? {
    guard let value else { return nil }
    return twin(of: value).assumingMemoryBound(to: C.self)
  }

  /// The twins of nested messages.
  @inlinable public func messages<Value: Message, C>(
    _ values: [Value]
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<C>?>? {
    map(values, to: UnsafeMutablePointer<C>?.self) { twin(of: $0).assumingMemoryBound(to: C.self) }
  }

  /// Makes sure that the negative zero of a singular `double` reaches the wire.
  ///
  /// protobuf-c leaves out every zero, the protocol buffer specification only the one whose bits are all zero. The value
  /// travels as an unknown field of the struct, which protobuf-c writes as it is.
  @inlinable public func keepSign(of value: Double, field: UInt32, in target: UnsafeMutableRawPointer) {
    if value.bitPattern == (-0.0).bitPattern { addNegativeZero(field: field, size: 8, in: target) }
  }

  /// Makes sure that the negative zero of a singular `float` reaches the wire.
  @inlinable public func keepSign(of value: Float, field: UInt32, in target: UnsafeMutableRawPointer) {
    if value.bitPattern == (-0.0 as Float).bitPattern { addNegativeZero(field: field, size: 4, in: target) }
  }

  /// The C twin of a message.
  @inlinable func twin<Value: Message>(of value: Value) -> UnsafeMutableRawPointer {
    let target = makeTwin(Value.descriptor)
    value.pack(into: target, arena: self)
    return target
  }

  /// An initialised C struct.
  @usableFromInline func makeTwin(_ descriptor: MessageDescriptor) -> UnsafeMutableRawPointer {
    let target = allocateTrusted(descriptor.pointer.pointee.sizeof_message)
    descriptor.pointer.pointee.message_init(target.assumingMemoryBound(to: ProtobufCMessage.self))
    return target
  }

  @inlinable func map<Value, C>(
    _ values: [Value], to type: C.Type, _ transform: (Value) -> C
  ) -> UnsafeMutablePointer<C>? {
    guard !values.isEmpty else { return nil }
    let copy = allocateTrusted(values.count * MemoryLayout<C>.stride).bindMemory(to: C.self, capacity: values.count)
    for index in values.indices { (copy + index).initialize(to: transform(values[index])) }
    return copy
  }

  @inlinable func retyped<A, B>(_ pointer: UnsafeMutablePointer<A>?) -> UnsafeMutablePointer<B>? {
    pointer.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: B.self) }
  }

  @usableFromInline func addNegativeZero(field: UInt32, size: Int, in target: UnsafeMutableRawPointer) {
    let message = target.assumingMemoryBound(to: ProtobufCMessage.self)
    let stride = MemoryLayout<ProtobufCMessageUnknownField>.stride
    let count = Int(message.pointee.n_unknown_fields)
    let fields = allocateTrusted((count + 1) * stride)
      .bindMemory(to: ProtobufCMessageUnknownField.self, capacity: count + 1)
    if let earlier = message.pointee.unknown_fields { fields.update(from: earlier, count: count) }
    let data = allocateTrusted(size).bindMemory(to: UInt8.self, capacity: size)
    data.initialize(repeating: 0, count: size)
    data[size - 1] = 0x80
    (fields + count).initialize(
      to: ProtobufCMessageUnknownField(
        tag: field, wire_type: size == 8 ? PROTOBUF_C_WIRE_TYPE_64BIT : PROTOBUF_C_WIRE_TYPE_32BIT, len: size,
        data: data))
    message.pointee.n_unknown_fields += 1
    message.pointee.unknown_fields = fields
  }
}
