// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// A message as a Swift struct.
struct MessageSource {
  private let message: Descriptor
  private let members: [Member]

  init(_ message: Descriptor) {
    self.message = message
    var members: [Member] = []
    for field in message.fields {
      guard let oneof = field.realContainingOneof else {
        members.append(.field(field))
        continue
      }
      if oneof.fields.count == 1 {
        members.append(.presence(oneof, field))
      } else if oneof.fields.first === field {
        members.append(.choice(oneof))
      }
    }
    self.members = members
  }

  func write(to text: inout Text) {
    let name = Names.swiftType(message).split(separator: ".").last.map(String.init) ?? message.name
    text.documentation(message.comment)
    text.block("public struct \(name): ProtobufC.Message {") { text in
      for member in members {
        text.documentation(member.comment)
        text.line("public var \(member.name): \(member.type) = \(member.defaultValue)")
      }
      for case .choice(let oneof) in members {
        text.line()
        Self.write(oneof, to: &text)
      }
      if !members.isEmpty { text.line() }
      text.line("/// The message with every field at its default.")
      text.line("public init() {}")
      if !members.isEmpty {
        text.line()
        text.line("/// The message with the fields given, the others at their defaults.")
        text.block("public init(", close: ") {") { text in
          for (index, member) in members.enumerated() {
            let comma = index == members.count - 1 ? "" : ","
            text.line("\(member.name): \(member.type) = \(member.defaultValue)\(comma)")
          }
        }
        text.indented { text in
          for member in members { text.line("self.\(member.name) = \(member.name)") }
        }
        text.line("}")
      }
      text.line()
      let address = Names.cDescriptor(message) + "_address()"
      text.line("/// Describes `\(message.fullName)`.")
      text.line("public static var descriptor: ProtobufC.MessageDescriptor { .init(\(address)) }")
      text.line()
      text.block("public init(unpacking source: UnsafeRawPointer) {") { text in
        guard !members.isEmpty else { return }
        text.line("let c = source.assumingMemoryBound(to: \(Names.cStruct(message)).self)")
        for member in members { member.writeUnpacking(to: &text) }
      }
      text.line()
      text.block("public func pack(into target: UnsafeMutableRawPointer, arena: ProtobufC.Arena) {") { text in
        guard !members.isEmpty else { return }
        text.line("let c = target.assumingMemoryBound(to: \(Names.cStruct(message)).self)")
        for member in members { member.writePacking(to: &text) }
      }
    }
  }

  private static func write(_ oneof: OneofDescriptor, to text: inout Text) {
    if oneof.comment.isEmpty {
      text.line("/// One of the members of `\(oneof.name)`.")
    } else {
      text.documentation(oneof.comment)
    }
    text.block("public enum \(Names.oneofType(oneof)): Sendable, Hashable {") { text in
      for field in oneof.fields {
        text.documentation(field.comment)
        text.line("case \(Names.property(field))(\(FieldSource(field).elementType))")
      }
    }
  }

  /// A stored property.
  private enum Member {
    /// A field outside any oneof.
    case field(FieldDescriptor)
    /// The only field of a oneof, which is there for its presence.
    case presence(OneofDescriptor, FieldDescriptor)
    /// A oneof with several fields.
    case choice(OneofDescriptor)

    var name: String {
      switch self {
      case .field(let field), .presence(_, let field): Names.property(field)
      case .choice(let oneof): Names.property(oneof)
      }
    }

    var comment: String {
      switch self {
      case .field(let field): field.comment
      case .presence(let oneof, let field): field.comment.isEmpty ? oneof.comment : field.comment
      case .choice(let oneof): oneof.comment
      }
    }

    var type: String {
      switch self {
      case .field(let field):
        if field.isRepeated { return "[\(FieldSource(field).elementType)]" }
        return FieldSource(field).elementType + (field.type == .message ? "?" : "")
      case .presence(_, let field): return FieldSource(field).elementType + "?"
      case .choice(let oneof): return Names.oneofType(oneof) + "?"
      }
    }

    var defaultValue: String {
      switch self {
      case .field(let field): field.isRepeated ? "[]" : FieldSource(field).defaultValue
      case .presence, .choice: "nil"
      }
    }

    func writeUnpacking(to text: inout Text) {
      switch self {
      case .field(let field):
        text.line("self.\(name) = \(FieldSource(field).unpacked)")
      case .presence(let oneof, let field):
        text.line(
          "if c.pointee.\(Names.cCase(oneof)).rawValue == \(field.number) { "
            + "self.\(name) = \(FieldSource(field).unpackedMember) }")
      case .choice(let oneof):
        text.line("switch c.pointee.\(Names.cCase(oneof)).rawValue {")
        for field in oneof.fields {
          text.line(
            "case \(field.number): self.\(name) = .\(Names.property(field))(\(FieldSource(field).unpackedMember))")
        }
        text.line("default: break")
        text.line("}")
      }
    }

    func writePacking(to text: inout Text) {
      switch self {
      case .field(let field):
        FieldSource(field).writePacking(to: &text)
      case .presence(let oneof, let field):
        text.block("if let member = self.\(name) {") { text in
          text.line("c.pointee.\(Names.cCase(oneof)) = .init(rawValue: \(field.number))")
          text.line(FieldSource(field).packedMember("member"))
        }
      case .choice(let oneof):
        text.line("switch self.\(name) {")
        for field in oneof.fields {
          text.line("case .\(Names.property(field))(let member):")
          text.indented { text in
            text.line("c.pointee.\(Names.cCase(oneof)) = .init(rawValue: \(field.number))")
            text.line(FieldSource(field).packedMember("member"))
          }
        }
        text.line("case nil: break")
        text.line("}")
      }
    }
  }
}
