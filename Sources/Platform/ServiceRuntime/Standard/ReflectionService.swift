// SPDX-License-Identifier: Apache-2.0

public import Contracts
import ProtobufC
public import RPC

/// Server reflection: the contracts of this server, for tools such as `buf curl` and `grpcurl`.
///
/// Answers `grpc.reflection.v1` and its older twin `v1alpha`, which have the same messages.
public struct ReflectionService: RegistrableService {
  private let answers: ReflectionAnswers

  /// - Parameters:
  ///   - services: full names of the services that the server has, besides reflection itself.
  ///   - files: contracts that ``ContractRegistry`` does not have.
  public init(services: [String], files: [ContractFile] = []) {
    answers = ReflectionAnswers(
      services: (services + ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"])
        .sorted(), files: files)
  }

  public func registerMethods(with router: inout RPCRouter) {
    ReflectionV1(answers: answers).registerMethods(with: &router)
    ReflectionV1alpha(answers: answers).registerMethods(with: &router)
  }
}

private struct ReflectionV1: GrpcReflectionV1.ServerReflectionProtocol {
  let answers: ReflectionAnswers

  func serverReflectionInfo(
    _ requests: RequestStream<GrpcReflectionV1.ServerReflectionRequest>,
    responses: ResponseWriter<GrpcReflectionV1.ServerReflectionResponse>, context: ServerContext
  ) async throws {
    for try await request in requests { try await responses.write(answers.answer(request)) }
  }
}

private struct ReflectionV1alpha: GrpcReflectionV1alpha.ServerReflectionProtocol {
  let answers: ReflectionAnswers

  func serverReflectionInfo(
    _ requests: RequestStream<GrpcReflectionV1alpha.ServerReflectionRequest>,
    responses: ResponseWriter<GrpcReflectionV1alpha.ServerReflectionResponse>, context: ServerContext
  ) async throws {
    for try await request in requests {
      // The two versions are the same on the wire.
      let answer = answers.answer(try GrpcReflectionV1.ServerReflectionRequest(serialized: request.serialized()))
      try await responses.write(.init(serialized: answer.serialized()))
    }
  }
}

/// What reflection says, without a connection.
struct ReflectionAnswers: Sendable {
  let services: [String]
  /// Contracts beyond those of the registry.
  private let filesByName: [String: ContractFile]
  private let filesBySymbol: [String: ContractFile]

  init(services: [String], files: [ContractFile] = []) {
    self.services = services
    filesByName = Dictionary(files.map { ($0.name, $0) }) { first, _ in first }
    filesBySymbol = Dictionary(files.flatMap { file in file.symbols.map { ($0, file) } }) { first, _ in first }
  }

  private func file(named name: String) -> ContractFile? { filesByName[name] ?? ContractRegistry.file(named: name) }

  private func file(containing symbol: String) -> ContractFile? {
    filesBySymbol[symbol] ?? ContractRegistry.file(containing: symbol)
  }

  func answer(_ request: GrpcReflectionV1.ServerReflectionRequest) -> GrpcReflectionV1.ServerReflectionResponse {
    GrpcReflectionV1.ServerReflectionResponse(
      validHost: request.host, originalRequest: request, messageResponse: response(to: request.messageRequest))
  }

  private func response(
    to question: GrpcReflectionV1.ServerReflectionRequest.MessageRequest?
  ) -> GrpcReflectionV1.ServerReflectionResponse.MessageResponse {
    switch question {
    case .listServices:
      .listServicesResponse(.init(service: services.map { .init(name: $0) }))
    case .fileByFilename(let name):
      files(from: file(named: name), notFound: "No file has the name \(name.shortened).")
    case .fileContainingSymbol(let symbol):
      files(from: file(containing: symbol), notFound: "No file declares \(symbol.shortened).")
    case .fileContainingExtension(let question):
      error(.notFound, "\(question.containingType.shortened) has no extensions: the contracts are proto3.")
    case .allExtensionNumbersOfType(let type):
      file(containing: type) == nil
        ? error(.notFound, "No file declares \(type.shortened).")
        : .allExtensionNumbersResponse(.init(baseTypeName: type))
    case nil:
      error(.invalidArgument, "The request asks nothing: one of its message_request fields is needed.")
    }
  }

  /// The file and, after it, all files that it needs, each once.
  private func files(
    from first: ContractFile?, notFound: String
  ) -> GrpcReflectionV1.ServerReflectionResponse.MessageResponse {
    guard let first else { return error(.notFound, notFound) }
    var found = [first]
    var seen: Set<String> = [first.name]
    var next = 0
    while next < found.count {
      for name in found[next].dependencies where seen.insert(name).inserted {
        if let file = file(named: name) { found.append(file) }
      }
      next += 1
    }
    return .fileDescriptorResponse(.init(fileDescriptorProto: found.map(\.serializedDescriptor)))
  }

  private func error(
    _ code: RPCError.Code, _ message: String
  ) -> GrpcReflectionV1.ServerReflectionResponse.MessageResponse {
    .errorResponse(.init(errorCode: Int32(code.rawValue), errorMessage: message))
  }
}
