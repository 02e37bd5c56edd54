// SPDX-License-Identifier: Apache-2.0

import CProtobufC

/// Names fields in errors: `project.aim.by_when`, `measures[2].name`.
enum FieldPath {
  static func join(_ outer: String, _ inner: String) -> String {
    if outer.isEmpty { return inner }
    if inner.isEmpty { return outer }
    // An index stands directly behind its field.
    return inner.hasPrefix("[") ? outer + inner : "\(outer).\(inner)"
  }

  /// The path of the string that lies at `text` in a C struct, or an empty path when there is none.
  static func path(to text: UnsafeMutablePointer<CChar>, in message: UnsafePointer<ProtobufCMessage>) -> String {
    for field in message.fields where field.isPresent(in: message) {
      for index in 0..<field.count(in: message) {
        let suffix = field.isRepeated ? "[\(index)]" : ""
        let value = field.address(of: index, in: message)
        switch field.type {
        case PROTOBUF_C_TYPE_STRING:
          if value.load(as: UnsafeMutablePointer<CChar>?.self) == text { return field.fieldName + suffix }
        case PROTOBUF_C_TYPE_MESSAGE:
          guard let nested = value.load(as: UnsafePointer<ProtobufCMessage>?.self) else { continue }
          let inner = path(to: text, in: nested)
          if !inner.isEmpty { return join(field.fieldName + suffix, inner) }
        default: break
        }
      }
    }
    return ""
  }
}
