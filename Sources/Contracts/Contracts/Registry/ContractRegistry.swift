// SPDX-License-Identifier: Apache-2.0

public import ProtobufC
public import RPC

/// All contracts of this build, as data: what reflection answers from and what JSON is transcoded by.
public enum ContractRegistry {
  /// Every file, by name.
  public static var files: [ContractFile] { allFiles }

  /// The file of this name, such as `waymark/projects/v1/project.proto`.
  public static func file(named name: String) -> ContractFile? { filesByName[name] }

  /// The file that declares a message, enumeration, service or method.
  /// - Parameter symbol: full name without a leading dot, such as `waymark.projects.v1.ProjectService.GetProject`.
  public static func file(containing symbol: String) -> ContractFile? { filesBySymbol[symbol] }

  /// Every method by its path, such as `/waymark.projects.v1.ProjectService/GetProject`.
  public static let methods: [String: ContractMethod] = Dictionary(
    allMethods.map { ($0.descriptor.path, $0) }
  ) { first, _ in first }

  private static let filesByName = Dictionary(allFiles.map { ($0.name, $0) }) { first, _ in first }
  private static let filesBySymbol = Dictionary(
    allFiles.flatMap { file in file.symbols.map { ($0, file) } }
  ) { first, _ in first }
}

/// One `.proto` file.
public struct ContractFile: @unchecked Sendable {
  /// Name as others import it, such as `waymark/projects/v1/project.proto`.
  public let name: String
  /// Names of the files it imports.
  public let dependencies: [String]
  /// Full names of the messages, enumerations, services and methods it declares.
  public let symbols: [String]
  // Safe to share: the bytes are constants of the executable.
  private let descriptor: UnsafeBufferPointer<UInt8>

  /// The serialised `google.protobuf.FileDescriptorProto`.
  public var serializedDescriptor: [UInt8] { Array(descriptor) }

  /// A file whose serialised descriptor lies at an address, for ever and unchanged; generated code makes them.
  public init(name: String, dependencies: [String], symbols: [String], start: UnsafePointer<UInt8>?, size: Int) {
    self.name = name
    self.dependencies = dependencies
    self.symbols = symbols
    descriptor = UnsafeBufferPointer(start: start, count: size)
  }
}

/// One method, with the types of its messages.
public struct ContractMethod: Sendable {
  /// Its names and kind.
  public let descriptor: RPC.MethodDescriptor
  /// What it takes: one message or a stream of them.
  public let input: any Message.Type
  /// What it gives: one message or a stream of them.
  public let output: any Message.Type

  public init(descriptor: RPC.MethodDescriptor, input: any Message.Type, output: any Message.Type) {
    self.descriptor = descriptor
    self.input = input
    self.output = output
  }
}
