// SPDX-License-Identifier: Apache-2.0

/// How many messages go in each direction of a call.
public enum CallKind: Sendable, Hashable {
  /// One request, one response.
  case unary
  /// Any number of requests, then one response.
  case clientStreaming
  /// One request, then any number of responses.
  case serverStreaming
  /// Requests and responses flow independently of one another.
  case bidirectional
}

/// Names one method of one service.
public struct MethodDescriptor: Sendable, Hashable {
  /// The full name of the service, such as `waymark.projects.v1.ProjectService`.
  public let service: String
  /// The name of the method within its service, such as `GetProject`.
  public let method: String
  /// How many messages go in each direction.
  public let kind: CallKind
  /// What the method is called on the wire: `/waymark.projects.v1.ProjectService/GetProject`.
  public let path: String

  /// Names a method of a service.
  public init(service: String, method: String, kind: CallKind) {
    self.service = service
    self.method = method
    self.kind = kind
    self.path = "/\(service)/\(method)"
  }

  /// Reads a method's name from a `:path`; `nil` unless it is of the form `/service/method`.
  public init?(path: String, kind: CallKind) {
    guard path.utf8.first == UInt8(ascii: "/"), let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      return nil
    }
    let service = path[path.index(after: path.startIndex)..<slash]
    let method = path[path.index(after: slash)...]
    guard !service.isEmpty, !method.isEmpty else { return nil }
    self.init(service: String(service), method: String(method), kind: kind)
  }
}
