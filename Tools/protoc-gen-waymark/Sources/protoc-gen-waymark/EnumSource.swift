// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// An enumeration as Swift.
struct EnumSource {
  private let enumeration: EnumDescriptor

  init(_ enumeration: EnumDescriptor) { self.enumeration = enumeration }

  func write(to text: inout Text) {
    let values = enumeration.values
    let name = Names.swiftType(enumeration).split(separator: ".").last.map(String.init) ?? enumeration.name
    text.documentation(enumeration.comment)
    text.block("public enum \(name): ProtobufC.Enumeration {") { text in
      for value in values {
        text.documentation(value.comment)
        text.line("case \(Names.enumerationCase(value))")
      }
      text.line("/// A number that this build has no name for.")
      text.line("case unrecognized(Int32)")
      text.line()
      text.line("/// All values that have a name.")
      text.block("public static var allCases: [Self] {") { text in
        text.block("[", close: "]") { text in
          for value in values { text.line(".\(Names.enumerationCase(value)),") }
        }
      }
      text.line()
      text.block("public init(rawValue: Int32) {") { text in
        text.line("switch rawValue {")
        for value in values { text.line("case \(value.number): self = .\(Names.enumerationCase(value))") }
        text.line("default: self = .unrecognized(rawValue)")
        text.line("}")
      }
      text.line()
      text.block("public var rawValue: Int32 {") { text in
        text.line("switch self {")
        for value in values { text.line("case .\(Names.enumerationCase(value)): \(value.number)") }
        text.line("case .unrecognized(let rawValue): rawValue")
        text.line("}")
      }
    }
  }

  /// The case whose number is zero.
  static func zero(_ enumeration: EnumDescriptor) -> String {
    enumeration.values.first { $0.number == 0 }.map { ".\(Names.enumerationCase($0))" } ?? ".unrecognized(0)"
  }
}
