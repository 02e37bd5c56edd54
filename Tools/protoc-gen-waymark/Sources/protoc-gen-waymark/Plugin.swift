// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// `protoc-gen-waymark`: Swift value types over the C that `protoc-c` makes of the same files.
///
/// Parameters (`--waymark_opt=`):
/// - `c_module`: the C target that holds the output of `protoc-c`, such as `CContracts`;
/// - `imports`: Swift modules, joined by `+`, that hold the messages of imported files which are not generated now;
/// - `registry`: the name of an enum to extend that knows all files and methods; without it, there is none. Unless it is
///   that of `Contracts` itself, `Contracts` has to be among the imports.
@main
struct Plugin: CodeGenerator {
  var supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] { [] }
  var projectURL: String? { nil }

  func generate(
    files: [FileDescriptor], parameter: any CodeGeneratorParameter, protoCompilerContext: any ProtoCompilerContext,
    generatorOutputs: any GeneratorOutputs
  ) throws {
    let options = try Options(parameter.parsedPairs)
    let files = files.sorted { $0.name < $1.name }
    for file in files { try Restrictions.check(file) }

    for file in files {
      let output = SwiftFile(file, options: options, isGenerated: { other in files.contains { $0 === other } })
      try generatorOutputs.add(fileName: output.name, contents: output.contents)
      if let services = ServiceFile(file, options: options, isGenerated: { other in files.contains { $0 === other } }) {
        try generatorOutputs.add(fileName: services.name, contents: services.contents)
      }
    }
    let namespaces = NamespaceFile(files, options: options)
    try generatorOutputs.add(fileName: namespaces.name, contents: namespaces.contents)
    let umbrella = CFiles(files, options: options)
    for (name, contents) in try umbrella.outputs { try generatorOutputs.add(fileName: name, contents: contents) }
    if let registry = options.registry {
      let output = RegistryFile(files, name: registry, options: options)
      try generatorOutputs.add(fileName: output.name, contents: output.contents)
    }
  }
}

/// The plugin's parameters.
struct Options {
  var cModule = "CContracts"
  var imports: [String] = []
  var registry: String?

  init(_ pairs: [(key: String, value: String)]) throws {
    for (key, value) in pairs {
      switch key {
      case "c_module": cModule = value
      case "imports": imports = value.split(separator: "+").map(String.init)
      case "registry": registry = value
      default: throw Refusal("unknown parameter `\(key)`; there are c_module, imports and registry")
      }
    }
  }
}

/// Why no code can be generated.
struct Refusal: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
