// SPDX-License-Identifier: Apache-2.0

import GRPCCore

/// `waymark.bench.v1.EchoService`: gives back the bytes that it gets, once or as often as asked.
struct EchoService: RegistrableRPCService {
  static let name = "waymark.bench.v1.EchoService"

  static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(fullyQualifiedService: Self.name, method: name)
  }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    for unary in ["Echo", "EchoData"] {
      router.registerHandler(
        forMethod: Self.method(unary), deserializer: BytesDeserializer(), serializer: BytesSerializer()
      ) { request, _ in
        let request = try await ServerRequest(stream: request)
        return StreamingServerResponse(single: ServerResponse(message: request.message))
      }
    }
    router.registerHandler(
      forMethod: Self.method("Repeat"), deserializer: BytesDeserializer(), serializer: BytesSerializer()
    ) { request, _ in
      let request = try await ServerRequest(stream: request)
      let (count, message) = try Self.parse(repeat: request.message)
      return StreamingServerResponse { writer in
        for _ in 0..<count { try await writer.write(message) }
        return [:]
      }
    }
  }

  /// Reads a `RepeatRequest`: field 1, a varint, and field 2, the bytes of a message.
  private static func parse(repeat bytes: [UInt8]) throws -> (count: Int, message: [UInt8]) {
    var rest = bytes[...]
    func varint() -> Int? {
      var value = 0
      for shift in stride(from: 0, to: 63, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      return nil
    }
    guard rest.popFirst() == 0x08, let count = varint(), rest.popFirst() == 0x12, let size = varint(),
      size == rest.count
    else { throw RPCError(code: .invalidArgument, message: "not a RepeatRequest") }
    return (count, Array(rest))
  }
}
