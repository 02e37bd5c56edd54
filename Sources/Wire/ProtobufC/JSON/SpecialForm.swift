// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// The well-known types that canonical JSON writes as something other than an object.
enum SpecialForm {
  case timestamp
  case duration
  case fieldMask
  /// Refused: it would need the descriptors of all messages here.
  case any

  init?(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    // Asked for every message: a look at the first letter settles most.
    guard let package = descriptor.pointee.package_name, package.pointee == CChar(bitPattern: UInt8(ascii: "g")),
      String(cString: package) == "google.protobuf"
    else { return nil }
    switch String(cString: descriptor.pointee.short_name) {
    case "Timestamp": self = .timestamp
    case "Duration": self = .duration
    case "FieldMask": self = .fieldMask
    case "Any": self = .any
    default: return nil
    }
  }

  var noun: String {
    switch self {
    case .timestamp: "time"
    case .duration: "duration"
    case .fieldMask: "field mask"
    case .any: "message"
    }
  }

  var example: String {
    switch self {
    case .timestamp: "a time such as \"2026-01-31T09:30:00Z\""
    case .duration: "a number of seconds such as \"1.5s\""
    case .fieldMask: "names in lower camel case with commas between them, such as \"title,aim.byWhen\","
    case .any: "nothing"
    }
  }

  // MARK: Reading

  /// Fills the C twin of the type.
  /// - Returns: false when the text does not have the form.
  func read(
    _ text: String, into target: UnsafeMutableRawPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
    _ arena: Arena
  ) throws(JSONFailure) -> Bool {
    switch self {
    case .timestamp: return store(JSONTime.timestamp(text), into: target, descriptor)
    case .duration: return store(JSONTime.duration(text), into: target, descriptor)
    case .fieldMask:
      guard !text.isEmpty else { return true }
      var paths: [String] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard !part.isEmpty, !part.utf8.contains(0), let path = FieldName.snakeCase(part) else { return false }
        paths.append(path)
      }
      let field = descriptor.fields[0]
      guard
        let array = arena.allocate(paths.count * MemoryLayout<UnsafeRawPointer>.stride)?
          .bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: paths.count)
      else { return false }
      for (index, path) in paths.enumerated() { (array + index).initialize(to: arena.string(path)) }
      target.storeBytes(of: paths.count, toByteOffset: Int(field.quantifier_offset), as: Int.self)
      target.storeBytes(
        of: UnsafeMutableRawPointer(array), toByteOffset: Int(field.offset), as: UnsafeMutableRawPointer.self)
      return true
    case .any: return false
    }
  }

  private func store(
    _ time: (seconds: Int64, nanos: Int32)?, into target: UnsafeMutableRawPointer,
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> Bool {
    guard let time else { return false }
    target.storeBytes(of: time.seconds, toByteOffset: Int(descriptor.fields[0].offset), as: Int64.self)
    target.storeBytes(of: time.nanos, toByteOffset: Int(descriptor.fields[1].offset), as: Int32.self)
    return true
  }

  // MARK: Writing

  /// The text of a value, or why it has none.
  func text(of message: UnsafePointer<ProtobufCMessage>) -> Result<String, JSONWriter.Refusal> {
    let base = UnsafeRawPointer(message)
    let fields = message.fields
    switch self {
    case .timestamp:
      let seconds = base.load(fromByteOffset: Int(fields[0].offset), as: Int64.self)
      let nanos = base.load(fromByteOffset: Int(fields[1].offset), as: Int32.self)
      return JSONTime.text(timestamp: seconds, nanos).map(Result.success)
        ?? .failure(.init("the time is not between the years 1 and 9999 with 0 to 999999999 nanoseconds"))
    case .duration:
      let seconds = base.load(fromByteOffset: Int(fields[0].offset), as: Int64.self)
      let nanos = base.load(fromByteOffset: Int(fields[1].offset), as: Int32.self)
      return JSONTime.text(duration: seconds, nanos).map(Result.success)
        ?? .failure(.init("the duration is above 10000 years, or its nanoseconds do not go with its seconds"))
    case .fieldMask:
      var names: [String] = []
      for index in 0..<fields[0].count(in: message) {
        let address = fields[0].address(of: index, in: message)
        let path = address.load(as: UnsafePointer<CChar>?.self).map { String(cString: $0) } ?? ""
        let name = FieldName.camelCase(path)
        guard !path.isEmpty, !path.contains(","), FieldName.snakeCase(name) == path else {
          return .failure(.init("the field mask path `\(path)` does not survive being written in camel case"))
        }
        names.append(name)
      }
      return .success(names.joined(separator: ","))
    case .any: return .failure(.init("google.protobuf.Any has no JSON form here"))
    }
  }
}
