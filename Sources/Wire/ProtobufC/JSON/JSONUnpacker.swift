// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// Makes the C twin of a message from JSON, by the message's descriptor.
struct JSONUnpacker {
  private var reader: JSONReader
  private let options: JSONOptions
  private let arena: Arena

  typealias Target = UnsafeMutableRawPointer
  typealias Field = UnsafePointer<ProtobufCFieldDescriptor>

  static func unpack(
    _ text: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ options: JSONOptions,
    _ arena: Arena
  ) throws(JSONFailure) -> UnsafeRawPointer {
    var unpacker = JSONUnpacker(reader: JSONReader(text, arena: arena), options: options, arena: arena)
    if let start = text.baseAddress, UTF8Check.check(start, start + text.count) == .invalid {
      throw unpacker.reader.failure("the text is not valid UTF-8", "JSON in UTF-8 is accepted")
    }
    let message = try unpacker.message(descriptor, depth: 1)
    try unpacker.reader.expectEnd()
    return UnsafeRawPointer(message)
  }

  // MARK: Messages

  private mutating func message(
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, depth: Int
  ) throws(JSONFailure) -> Target {
    guard depth <= options.limits.maximumNesting else { throw reader.tooDeep(options.limits.maximumNesting) }
    let target = try allocate(descriptor.pointee.sizeof_message)
    descriptor.pointee.message_init(target.assumingMemoryBound(to: ProtobufCMessage.self))
    if let form = SpecialForm(descriptor) {
      try special(form, target, descriptor)
      return target
    }
    guard try reader.take(UInt8(ascii: "{")) else {
      throw reader.failure(
        "`\(reader.excerpt)` is no object", "an object with the fields of \(descriptor.fullName) is accepted")
    }
    if try reader.take(UInt8(ascii: "}")) { return target }
    // One bit for each field that came.
    var seen: [Bool] = []
    repeat {
      _ = try reader.peek()
      let offset = reader.position
      let key = try reader.string()
      try reader.expect(UInt8(ascii: ":"))
      guard let index = Self.field(named: key, in: descriptor) else {
        guard options.ignoresUnknownFields else { throw unknownField(key, descriptor, at: offset) }
        try reader.skipValue(depth: depth + 1, limit: options.limits.maximumNesting)
        continue
      }
      let field = descriptor.pointee.fields + index
      if seen.isEmpty { seen = Array(repeating: false, count: descriptor.fields.count) }
      guard !seen[index] else {
        throw reader.failure("the field came before", "each field once is accepted", at: offset)
          .within(field.pointee.fieldName)
      }
      seen[index] = true
      do throws(JSONFailure) {
        try self.field(field, target, descriptor, keyOffset: offset, depth: depth)
      } catch {
        throw error.within(field.pointee.fieldName)
      }
    } while try reader.take(UInt8(ascii: ","))
    try reader.expect(UInt8(ascii: "}"))
    return target
  }

  private mutating func field(
    _ field: Field, _ target: Target, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, keyOffset: Int,
    depth: Int
  ) throws(JSONFailure) {
    // null stands for the default, whatever the type.
    if try reader.takeNull() { return }
    if field.pointee.isRepeated { return try array(field, target, depth: depth) }
    let place = target + Int(field.pointee.offset)
    guard field.pointee.isOneofMember else {
      _ = try value(field, at: place, depth: depth)
      return
    }
    let chosen = (target + Int(field.pointee.quantifier_offset)).assumingMemoryBound(to: UInt32.self)
    if chosen.pointee != 0 {
      let other = descriptor.fields.first { $0.isOneofMember && $0.id == chosen.pointee }?.fieldName ?? ""
      throw reader.failure(
        "`\(other)` is set, and only one of the two can be", "one member of the oneof is accepted", at: keyOffset)
    }
    if try value(field, at: place, depth: depth) { chosen.pointee = field.pointee.id }
  }

  private mutating func array(_ field: Field, _ target: Target, depth: Int) throws(JSONFailure) {
    guard try reader.take(UInt8(ascii: "[")) else {
      throw reader.failure("`\(reader.excerpt)` is no array", "an array is accepted")
    }
    if try reader.take(UInt8(ascii: "]")) { return }
    let size = field.pointee.elementSize
    var elements: Target? = nil
    var (count, capacity, index) = (0, 0, 0)
    repeat {
      if count == capacity {
        let larger = max(4, capacity * 2)
        let room = try allocate(larger * size)
        if let elements { room.copyMemory(from: elements, byteCount: count * size) }
        (elements, capacity) = (room, larger)
      }
      guard let elements else { break }
      let place = elements + count * size
      place.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      do throws(JSONFailure) {
        if try reader.peek() == UInt8(ascii: "n") {
          throw reader.failure("null is no element", "values are accepted in an array")
        }
        if try value(field, at: place, depth: depth) { count += 1 }
      } catch {
        throw error.within("[\(index)]")
      }
      index += 1
    } while try reader.take(UInt8(ascii: ","))
    try reader.expect(UInt8(ascii: "]"))
    guard count > 0 else { return }
    target.storeBytes(of: count, toByteOffset: Int(field.pointee.quantifier_offset), as: Int.self)
    target.storeBytes(of: elements, toByteOffset: Int(field.pointee.offset), as: Target?.self)
  }

  // MARK: Values

  /// Reads a value into its place.
  /// - Returns: false when it is an enumeration value to be ignored.
  private mutating func value(_ field: Field, at place: Target, depth: Int) throws(JSONFailure) -> Bool {
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32:
      place.storeBytes(of: try signed(Int32.self), as: Int32.self)
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
      place.storeBytes(of: try signed(Int64.self), as: Int64.self)
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32:
      place.storeBytes(of: try unsigned(UInt32.self), as: UInt32.self)
    case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
      place.storeBytes(of: try unsigned(UInt64.self), as: UInt64.self)
    case PROTOBUF_C_TYPE_FLOAT: place.storeBytes(of: try floatingPoint(Float.self), as: Float.self)
    case PROTOBUF_C_TYPE_DOUBLE: place.storeBytes(of: try floatingPoint(Double.self), as: Double.self)
    case PROTOBUF_C_TYPE_BOOL:
      guard [UInt8(ascii: "t"), UInt8(ascii: "f")].contains(try reader.peek()) else {
        throw reader.failure("`\(reader.excerpt)` is no truth value", "true or false is accepted")
      }
      place.storeBytes(of: try reader.boolean() ? 1 : 0, as: protobuf_c_boolean.self)
    case PROTOBUF_C_TYPE_ENUM:
      guard let number = try enumeration(field.pointee.enumDescriptor) else { return false }
      place.storeBytes(of: number, as: Int32.self)
    case PROTOBUF_C_TYPE_STRING:
      place.storeBytes(of: try text(), as: Target.self)
    case PROTOBUF_C_TYPE_BYTES:
      place.storeBytes(of: try bytes(), as: ProtobufCBinaryData.self)
    default:
      place.storeBytes(of: try message(field.pointee.messageDescriptor, depth: depth + 1), as: Target.self)
    }
    return true
  }

  /// A number, as such or in a string: its characters, by the grammar of JSON.
  private mutating func numberText(_ accepted: @autoclosure () -> String) throws(JSONFailure) -> UnsafeRawBufferPointer
  {
    guard try reader.peek() == UInt8(ascii: "\"") else { return try reader.number() }
    let offset = reader.position
    let text = try reader.string()
    guard JSONNumber.length(text) == text.count else {
      throw reader.failure("`\(JSONReader.excerpt(text))` is not a number", accepted(), at: offset)
    }
    return text
  }

  private mutating func signed<Integer: SignedInteger & FixedWidthInteger>(
    _ type: Integer.Type
  ) throws(JSONFailure) -> Integer {
    var accepted: String { "a whole number from \(Integer.min) to \(Integer.max) is accepted" }
    _ = try reader.peek()
    let offset = reader.position
    let text = try numberText(accepted)
    if let (isNegative, magnitude) = JSONNumber.integer(text) {
      if !isNegative, let value = Integer(exactly: magnitude) { return value }
      if isNegative, magnitude <= UInt64(Integer.max) + 1 { return Integer(truncatingIfNeeded: 0 &- magnitude) }
    }
    throw reader.failure("`\(JSONReader.excerpt(text))` is out of range", accepted, at: offset)
  }

  private mutating func unsigned<Integer: UnsignedInteger & FixedWidthInteger>(
    _ type: Integer.Type
  ) throws(JSONFailure) -> Integer {
    var accepted: String { "a whole number from 0 to \(Integer.max) is accepted" }
    _ = try reader.peek()
    let offset = reader.position
    let text = try numberText(accepted)
    if let (isNegative, magnitude) = JSONNumber.integer(text), !isNegative || magnitude == 0,
      let value = Integer(exactly: magnitude)
    {
      return value
    }
    throw reader.failure("`\(JSONReader.excerpt(text))` is out of range", accepted, at: offset)
  }

  private mutating func floatingPoint<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    _ type: Value.Type
  ) throws(JSONFailure) -> Value {
    var accepted: String {
      "a number up to \(Value.greatestFiniteMagnitude), or \"NaN\", \"Infinity\" or \"-Infinity\", is accepted"
    }
    let isString = try reader.peek() == UInt8(ascii: "\"")
    let offset = reader.position
    let text = isString ? try reader.string() : try reader.number()
    if isString {
      if text.elementsEqual("NaN".utf8) { return .nan }
      if text.elementsEqual("Infinity".utf8) { return .infinity }
      if text.elementsEqual("-Infinity".utf8) { return -.infinity }
      guard JSONNumber.length(text) == text.count else {
        throw reader.failure("`\(JSONReader.excerpt(text))` is not a number", accepted, at: offset)
      }
    }
    // The grammar is checked: what else Swift would read, such as `0x1p3`, does not come here.
    guard let value = Value(String(decoding: text, as: UTF8.self)), value.isFinite else {
      throw reader.failure("`\(JSONReader.excerpt(text))` is out of range", accepted, at: offset)
    }
    return value
  }

  /// - Returns: nil for a name that is not known and to be ignored.
  private mutating func enumeration(
    _ descriptor: UnsafePointer<ProtobufCEnumDescriptor>
  ) throws(JSONFailure) -> Int32? {
    guard try reader.peek() == UInt8(ascii: "\"") else { return try signed(Int32.self) }
    let offset = reader.position
    let name = try reader.string()
    let values = UnsafeBufferPointer(start: descriptor.pointee.values, count: Int(descriptor.pointee.n_values))
    for value in values where name.matches(value.name) { return Int32(value.value) }
    if options.ignoresUnknownFields { return nil }
    let names = values.map { "`\(String(cString: $0.name))`" }.joined(separator: ", ")
    throw reader.failure(
      "`\(JSONReader.excerpt(name))` is no value of \(String(cString: descriptor.pointee.name))",
      "\(names) or a number is accepted", at: offset)
  }

  private mutating func text() throws(JSONFailure) -> Target {
    _ = try reader.peek()
    let offset = reader.position
    let text = try reader.string()
    guard !text.contains(0) else {
      throw reader.failure("the string has a NUL character", "strings without one are accepted", at: offset)
    }
    let copy = try allocate(text.count + 1)
    if let start = text.baseAddress { copy.copyMemory(from: start, byteCount: text.count) }
    copy.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
    return copy
  }

  private mutating func bytes() throws(JSONFailure) -> ProtobufCBinaryData {
    _ = try reader.peek()
    let offset = reader.position
    let text = try reader.string()
    let room = UnsafeMutableRawBufferPointer(start: try allocate(text.count), count: text.count)
    guard let count = Base64.decode(text, to: room) else {
      throw reader.failure(
        "`\(JSONReader.excerpt(text))` is not base64", "base64 in the standard or the URL alphabet is accepted",
        at: offset)
    }
    return ProtobufCBinaryData(
      len: count, data: count > 0 ? room.baseAddress?.assumingMemoryBound(to: UInt8.self) : nil)
  }

  private mutating func special(
    _ form: SpecialForm, _ target: Target, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(JSONFailure) {
    _ = try reader.peek()
    let offset = reader.position
    guard form != .any else {
      throw reader.failure(
        "google.protobuf.Any has no JSON form here", "messages without it are accepted in JSON", at: offset)
    }
    let text = String(decoding: try reader.string(), as: UTF8.self)
    guard try form.read(text, into: target, descriptor, arena) else {
      throw reader.failure("`\(text.prefix(40))` is no \(form.noun)", "\(form.example) is accepted", at: offset)
    }
  }

  // MARK: Names

  private static func field(
    named key: UnsafeRawBufferPointer, in descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> Int? {
    descriptor.fields.firstIndex { key.matches($0.name) || key.matchesCamelCase(of: $0.name) }
  }

  private func unknownField(
    _ key: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, at offset: Int
  ) -> JSONFailure {
    let names = descriptor.fields.map { "`\(FieldName.camelCase($0.fieldName))`" }.joined(separator: ", ")
    return reader.failure(
      "\(descriptor.fullName) has no field `\(JSONReader.excerpt(key))`",
      names.isEmpty ? "an empty object is accepted" : "\(names) are accepted", at: offset)
  }

  private func allocate(_ size: Int) throws(JSONFailure) -> Target {
    guard let memory = arena.allocate(size) else { throw reader.tooLarge }
    return memory
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these are the bytes of a C string.
  fileprivate func matches(_ name: UnsafePointer<CChar>) -> Bool {
    var next = name
    for byte in self {
      guard next.pointee != 0, UInt8(bitPattern: next.pointee) == byte else { return false }
      next += 1
    }
    return next.pointee == 0
  }

  /// Whether these are the bytes of a field's name in lower camel case.
  fileprivate func matchesCamelCase(of name: UnsafePointer<CChar>) -> Bool {
    var next = name
    for byte in self {
      var expected = UInt8(bitPattern: next.pointee)
      if expected == UInt8(ascii: "_") {
        while next.pointee == 0x5f { next += 1 }
        expected = UInt8(bitPattern: next.pointee)
        if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(expected) { expected -= 0x20 }
      }
      guard next.pointee != 0, expected == byte else { return false }
      next += 1
    }
    while next.pointee == 0x5f { next += 1 }
    return next.pointee == 0
  }
}
