// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// How names of a `.proto` file read in Swift and in the C of `protoc-c`.
enum Names {
  // MARK: Swift

  /// `waymark.people.v1` is `PeopleV1`, `google.protobuf` is `GoogleProtobuf`.
  static func namespace(_ file: FileDescriptor) -> String {
    var parts = file.package.split(separator: ".").map(String.init)
    if parts.first == "waymark", parts.count > 1 { parts.removeFirst() }
    return parts.map { upperCamel($0) }.joined()
  }

  static func swiftType(_ message: Descriptor) -> String {
    "\(scope(of: message.containingType, in: message.file)).\(escapedType(message.name))"
  }

  static func swiftType(_ enumeration: EnumDescriptor) -> String {
    "\(scope(of: enumeration.containingType, in: enumeration.file)).\(escapedType(enumeration.name))"
  }

  private static func scope(of container: Descriptor?, in file: FileDescriptor) -> String {
    container.map(swiftType) ?? namespace(file)
  }

  /// `organisation_id` is `organisationID`, `by_when` is `byWhen`.
  static func property(_ field: FieldDescriptor) -> String { escaped(lowerCamel(field.name)) }
  static func property(_ oneof: OneofDescriptor) -> String { escaped(lowerCamel(oneof.name)) }

  /// The type of a oneof with several members.
  static func oneofType(_ oneof: OneofDescriptor) -> String { escapedType(upperCamel(oneof.name)) }

  static func method(_ method: MethodDescriptor) -> String {
    let name = method.name
    return escaped(name.prefix(1).lowercased() + name.dropFirst())
  }

  /// `PROJECT_STATUS_ON_HOLD` of `ProjectStatus` is `onHold`.
  static func enumerationCase(_ value: EnumValueDescriptor) -> String {
    let prefix = snake(value.enumType.name).uppercased() + "_"
    var name = value.name
    if name.hasPrefix(prefix), let first = name.dropFirst(prefix.count).first, first.isLetter {
      name = String(name.dropFirst(prefix.count))
    }
    return escaped(lowerCamel(name.lowercased()))
  }

  static func lowerCamel(_ name: String) -> String {
    let parts = name.split(separator: "_").map(String.init)
    guard let first = parts.first else { return name }
    let head = first.prefix(1).lowercased() + first.dropFirst()
    return head + parts.dropFirst().map { component($0) }.joined()
  }

  static func upperCamel(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static func component(_ part: String) -> String {
    switch part {
    case "id": "ID"
    case "ids": "IDs"
    default: part.prefix(1).uppercased() + part.dropFirst()
    }
  }

  private static func snake(_ name: String) -> String {
    var result = ""
    var previousIsLower = false
    for character in name {
      if character.isUppercase, previousIsLower { result.append("_") }
      result.append(character)
      previousIsLower = character.isLowercase || character.isNumber
    }
    return result
  }

  private static let keywords: Set<String> = [
    "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else",
    "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "init",
    "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat",
    "rethrows", "return", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try",
    "typealias", "var", "where", "while", "Any",
  ]

  static func escaped(_ name: String) -> String {
    if name == "self" || name == "hashValue" { return name + "_" }
    return keywords.contains(name) ? "`\(name)`" : name
  }

  private static func escapedType(_ name: String) -> String {
    name == "Any" ? "AnyMessage" : ["Type", "Protocol", "Self"].contains(name) ? name + "_" : name
  }

  // MARK: JSON

  /// The rule of protoc: underscores go, the letter after one becomes a capital.
  static func json(_ name: String) -> String {
    var result = ""
    var capital = false
    for character in name {
      if character == "_" {
        capital = true
      } else {
        result += capital ? character.uppercased() : String(character)
        capital = false
      }
    }
    return result
  }

  // MARK: C

  /// `Waymark__People__V1__TeamMember`.
  static func cStruct(_ message: Descriptor) -> String {
    message.fullName.split(separator: ".").map { cCamel($0) }.joined(separator: "__")
  }

  /// `waymark__people__v1__team_member__descriptor`.
  static func cDescriptor(_ message: Descriptor) -> String {
    message.fullName.split(separator: ".").map { cLower($0) }.joined(separator: "__") + "__descriptor"
  }

  /// As Swift has to write it: `x.self` and `x.init` mean something else.
  static func cField(_ field: FieldDescriptor) -> String {
    let name = cWord(field.name.lowercased())
    return ["self", "init"].contains(name) ? "`\(name)`" : name
  }

  static func cCase(_ oneof: OneofDescriptor) -> String { cLower(oneof.name[...]) + "_case" }

  /// protoc-c's `ToCamel`: the first letter and each one after an underscore become capitals.
  private static func cCamel(_ name: Substring) -> String {
    var result = ""
    var capital = true
    for character in name {
      if character == "_" {
        capital = true
      } else {
        result += capital ? character.uppercased() : String(character)
        capital = false
      }
    }
    return result
  }

  /// protoc-c's `CamelToLower`: an underscore before each capital that does not follow a capital.
  private static func cLower(_ name: Substring) -> String {
    var result = ""
    var previousIsUpper = true
    for character in name {
      if character.isUppercase {
        if !previousIsUpper { result.append("_") }
        result += character.lowercased()
        previousIsUpper = true
      } else {
        result.append(character)
        previousIsUpper = false
      }
    }
    return result
  }

  private static let cKeywords: Set<String> = [
    "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "class", "compl",
    "const", "const_cast", "continue", "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit",
    "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new",
    "not", "not_eq", "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
    "return", "short", "signed", "sizeof", "static", "static_cast", "struct", "switch", "template", "this", "throw",
    "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile",
    "wchar_t", "while", "xor", "xor_eq",
  ]

  private static func cWord(_ name: String) -> String { cKeywords.contains(name) ? name + "_" : name }
}
