// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The part of protocol buffers that contracts may use: what `protoc-c` handles well.
enum Restrictions {
  static func check(_ file: FileDescriptor) throws {
    guard file.edition == .proto3 else { throw Refusal("\(file.name): only proto3 is supported") }
    guard file.extensions.isEmpty else { throw Refusal("\(file.name): extensions are not supported") }
    for enumeration in file.enums { try check(enumeration) }
    for message in file.messages { try check(message) }
  }

  private static func check(_ message: Descriptor) throws {
    for field in message.fields {
      if field.isMap { throw Refusal("\(field.fullName): use repeated messages of key and value instead of a map") }
      if field.type == .group { throw Refusal("\(field.fullName): groups are not supported") }
      if field.containingOneof != nil, field.realContainingOneof == nil {
        throw Refusal("\(field.fullName): protoc-c refuses `optional`; use a oneof with this field alone")
      }
      if let name = field.jsonName, name != Names.json(field.name) {
        throw Refusal("\(field.fullName): json_name is not supported, JSON names follow from field names")
      }
    }
    try refuseRecursion(of: message, path: [message])
    for enumeration in message.enums { try check(enumeration) }
    for nested in message.messages { try check(nested) }
  }

  private static func refuseRecursion(of message: Descriptor, path: [Descriptor]) throws {
    for case let next? in message.fields.map({ $0.type == .message ? $0.messageType : nil }) {
      if path.contains(where: { $0 === next }) {
        throw Refusal("\(next.fullName): messages must not contain themselves; send a flat list with parent ids")
      }
      try refuseRecursion(of: next, path: path + [next])
    }
  }

  private static func check(_ enumeration: EnumDescriptor) throws {
    if enumeration.options.allowAlias { throw Refusal("\(enumeration.fullName): aliases are not supported") }
  }
}
