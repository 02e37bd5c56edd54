// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The Swift types of one `.proto` file.
struct SwiftFile {
  let name: String
  let contents: String

  init(_ file: FileDescriptor, options: Options, isGenerated: (FileDescriptor) -> Bool) {
    name = "swift/" + Self.baseName(file) + ".swift"

    var text = Text()
    text.line("import \(options.cModule)")
    if file.messages.contains(where: Self.hasBytes) { text.line("import CProtobufC") }
    text.line("public import ProtobufC")
    // What an imported file declares may live in another module.
    if file.dependencies.contains(where: { !isGenerated($0) }) {
      for module in options.imports { text.line("public import \(module)") }
    }
    for enumeration in file.enums {
      text.line()
      text.block("extension \(Names.namespace(file)) {") { EnumSource(enumeration).write(to: &$0) }
    }
    for message in file.messages {
      text.line()
      text.block("extension \(Names.namespace(file)) {") { MessageSource(message).write(to: &$0) }
      Self.writeNested(in: message, to: &text)
    }
    contents = Text.header + "// Source: \(file.name)\n\n" + text.contents
  }

  /// `ProjectsV1.project` of `waymark/projects/v1/project.proto`: unique within a module.
  static func baseName(_ file: FileDescriptor) -> String {
    let last = file.name.split(separator: "/").last.map(String.init) ?? file.name
    return Names.namespace(file) + "." + (last.hasSuffix(".proto") ? String(last.dropLast(6)) : last)
  }

  private static func writeNested(in message: Descriptor, to text: inout Text) {
    for enumeration in message.enums {
      text.line()
      text.block("extension \(Names.swiftType(message)) {") { EnumSource(enumeration).write(to: &$0) }
    }
    for nested in message.messages {
      text.line()
      text.block("extension \(Names.swiftType(message)) {") { MessageSource(nested).write(to: &$0) }
      writeNested(in: nested, to: &text)
    }
  }

  private static func hasBytes(_ message: Descriptor) -> Bool {
    message.fields.contains { $0.type == .bytes } || message.messages.contains(where: hasBytes)
  }
}

extension ProvidesSourceCodeLocation where Self: ProvidesLocationPath {
  /// The comment above a declaration or, without one, the comment on its line.
  var comment: String {
    // The well-known types come with protoc; their comments stay there.
    guard let location = sourceCodeInfoLocation, !file.name.hasPrefix("google/protobuf/") else { return "" }
    return location.leadingComments.isEmpty ? location.trailingComments : location.leadingComments
  }
}
