// SPDX-License-Identifier: Apache-2.0

import SwiftProtobufPluginLibrary

/// What the registry knows: every file and every method.
struct RegistryFile {
  let name: String
  let contents: String

  init(_ files: [FileDescriptor], name registry: String, options: Options) {
    name = "swift/\(registry)+Contents.swift"
    var text = Text()
    text.line("import \(options.cModule)")
    for module in options.imports { text.line("import \(module)") }
    text.line()
    text.block("extension \(registry) {") { text in
      text.line("/// Every file of the contracts, those it imports before it.")
      text.block("static let allFiles: [ContractFile] = [", close: "]") { text in
        for (index, file) in files.enumerated() { Self.write(file, index, options, to: &text) }
      }
      text.line()
      text.line("/// Every method of the contracts.")
      text.block("static let allMethods: [ContractMethod] = [", close: "]") { text in
        for service in files.flatMap(\.services) {
          for method in service.methods { Self.write(method, to: &text) }
        }
      }
    }
    contents = Text.header + "\n" + text.contents
  }

  private static func write(_ file: FileDescriptor, _ index: Int, _ options: Options, to text: inout Text) {
    text.block("ContractFile(", close: "),") { text in
      text.line("name: \"\(file.name)\",")
      text.line("dependencies: [\(file.dependencies.map { "\"\($0.name)\"" }.joined(separator: ", "))],")
      text.block("symbols: [", close: "],") { text in
        for symbol in symbols(of: file) { text.line("\"\(symbol)\",") }
      }
      text.line("start: \(options.cModule)_file(\(index)), size: \(options.cModule)_file_size(\(index))")
    }
  }

  private static func write(_ method: MethodDescriptor, to text: inout Text) {
    text.block("ContractMethod(", close: "),") { text in
      let service = method.service.map(\.name) ?? ""
      text.line("descriptor: \(Names.namespace(method.file)).\(service)Methods.\(Names.method(method)),")
      text.line("input: \(Names.swiftType(method.inputType)).self,")
      text.line("output: \(Names.swiftType(method.outputType)).self")
    }
  }

  /// Full names of what a file declares: messages, enumerations, services and methods.
  private static func symbols(of file: FileDescriptor) -> [String] {
    func names(_ message: Descriptor) -> [String] {
      [message.fullName] + message.enums.map(\.fullName) + message.messages.flatMap(names)
    }
    return file.messages.flatMap(names) + file.enums.map(\.fullName)
      + file.services.flatMap { service in [service.fullName] + service.methods.map(\.fullName) }
  }
}
