// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The services of one `.proto` file: for each its methods, the protocol a server implements and the client.
struct ServiceFile {
  let name: String
  let contents: String

  /// - Returns: nil for a file without services.
  init?(_ file: FileDescriptor, options: Options, isGenerated: (FileDescriptor) -> Bool) {
    guard !file.services.isEmpty else { return nil }
    name = "swift/" + SwiftFile.baseName(file) + ".services.swift"

    var text = Text()
    text.line("public import RPC")
    if file.dependencies.contains(where: { !isGenerated($0) }) {
      for module in options.imports { text.line("public import \(module)") }
    }
    for service in file.services {
      let source = ServiceSource(service)
      for part in [source.writeMethods, source.writeProtocol, source.writeClient] {
        text.line()
        text.block("extension \(Names.namespace(file)) {") { part(&$0) }
      }
      text.line()
      source.writeRegistration(to: &text)
    }
    contents = Text.header + "// Source: \(file.name)\n\n" + text.contents
  }
}

/// A service as Swift.
private struct ServiceSource {
  private let service: ServiceDescriptor
  private var methodsType: String { service.name + "Methods" }
  private var protocolType: String { service.name + "Protocol" }

  init(_ service: ServiceDescriptor) { self.service = service }

  func writeMethods(to text: inout Text) {
    text.line("/// The methods of `\(service.fullName)`.")
    text.block("public enum \(methodsType) {") { text in
      text.line("/// Full name of the service.")
      text.line("public static let serviceName = \"\(service.fullName)\"")
      for method in service.methods {
        text.documentation(method.comment)
        text.line("public static let \(Names.method(method)) = RPC.MethodDescriptor(")
        text.indented { text in
          text.line("service: serviceName, method: \"\(method.name)\", kind: \(method.kind)")
        }
        text.line(")")
      }
      text.line("/// All of them, in the order of the file.")
      let all = service.methods.map { Names.method($0) }.joined(separator: ", ")
      text.line("public static let all: [RPC.MethodDescriptor] = [\(all)]")
    }
  }

  func writeProtocol(to text: inout Text) {
    text.documentation(service.comment)
    text.block("public protocol \(protocolType): RPC.RegistrableService {") { text in
      for (index, method) in service.methods.enumerated() {
        if index > 0 { text.line() }
        text.documentation(method.comment)
        text.line("func \(Names.method(method))(")
        text.indented { text in text.line(method.serverParameters.joined(separator: ", ")) }
        text.line(") async throws\(method.serverStreaming ? "" : " -> \(Names.swiftType(method.outputType))")")
      }
    }
  }

  func writeRegistration(to text: inout Text) {
    text.block("extension \(Names.namespace(service.file)).\(protocolType) {") { text in
      text.line("/// Registers every method of the service.")
      text.block("public func registerMethods(with router: inout RPC.RPCRouter) {") { text in
        for method in service.methods {
          let descriptor = "\(Names.namespace(service.file)).\(methodsType).\(Names.method(method))"
          text.line("router.register(\(method.registrationLabel): \(descriptor)) {")
          text.indented { text in
            text.line("(\(method.handlerParameters.joined(separator: ", "))) in")
            text.line("try await self.\(Names.method(method))(\(method.handlerArguments))")
          }
          text.line("}")
        }
      }
    }
  }

  func writeClient(to text: inout Text) {
    text.line("/// Calls `\(service.fullName)`.")
    if !service.comment.isEmpty { text.line("///") }
    text.documentation(service.comment)
    text.block("public struct \(service.name)Client: Sendable {") { text in
      text.line("private let client: RPC.RPCClient")
      text.line()
      text.line("/// A client that makes its calls over `client`.")
      text.line("public init(_ client: RPC.RPCClient) { self.client = client }")
      for method in service.methods {
        text.line()
        text.documentation(method.comment)
        writeCall(of: method, to: &text)
      }
    }
  }

  private func writeCall(of method: MethodDescriptor, to text: inout Text) {
    let isStreaming = method.clientStreaming || method.serverStreaming
    text.line("public func \(Names.method(method))\(method.serverStreaming ? "<Result: Sendable>" : "")(")
    text.indented { text in
      let last = isStreaming ? "," : ""
      if method.clientStreaming {
        text.line("metadata: RPC.Metadata = [:], options: RPC.CallOptions = .default\(last)")
      } else {
        text.line("_ request: \(Names.swiftType(method.inputType)), metadata: RPC.Metadata = [:],")
        text.line("options: RPC.CallOptions = .default\(last)")
      }
      if isStreaming {
        text.line("_ body: @Sendable (")
        text.indented { text in method.closureParameters.forEach { text.line($0) } }
        text.line(") async throws -> \(method.serverStreaming ? "Result" : "Void")")
      }
    }
    let returned = method.serverStreaming ? "Result" : Names.swiftType(method.outputType)
    text.block(") async throws -> \(returned) {") { text in
      text.line("try await client.\(method.registrationLabel)(")
      text.indented { text in
        let request = method.clientStreaming ? "" : "request, "
        let descriptor = "\(methodsType).\(Names.method(method))"
        let body = isStreaming ? ", body" : ""
        text.line("\(request)method: \(descriptor), metadata: metadata, options: options\(body))")
      }
    }
  }
}

extension MethodDescriptor {
  /// The case of `RPC.CallKind`.
  var kind: String { "." + registrationLabel }

  fileprivate var registrationLabel: String {
    switch (clientStreaming, serverStreaming) {
    case (false, false): "unary"
    case (true, false): "clientStreaming"
    case (false, true): "serverStreaming"
    case (true, true): "bidirectional"
    }
  }

  private var requestType: String {
    let type = Names.swiftType(inputType)
    return clientStreaming ? "RPC.RequestStream<\(type)>" : type
  }

  /// What the closure is given that makes up the streams of a client's call.
  fileprivate var closureParameters: [String] {
    let requests = "RPC.RequestWriter<\(Names.swiftType(inputType))>"
    let responses = "RPC.ResponseStream<\(Names.swiftType(outputType))>"
    switch (clientStreaming, serverStreaming) {
    case (true, true): return [requests + ",", responses]
    case (true, false): return [requests]
    case (false, true): return [responses]
    case (false, false): return []
    }
  }

  private var responsesType: String { "RPC.ResponseWriter<\(Names.swiftType(outputType))>" }

  fileprivate var serverParameters: [String] {
    ["_ \(clientStreaming ? "requests" : "request"): \(requestType)"]
      + (serverStreaming ? ["responses: \(responsesType)"] : []) + ["context: RPC.ServerContext"]
  }

  fileprivate var handlerParameters: [String] {
    ["request: \(requestType)"] + (serverStreaming ? ["responses: \(responsesType)"] : [])
      + ["context: RPC.ServerContext"]
  }

  fileprivate var handlerArguments: String {
    "request, " + (serverStreaming ? "responses: responses, " : "") + "context: context"
  }
}
