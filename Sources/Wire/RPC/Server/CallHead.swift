// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// What the server looks at in the header of a request, read in one pass without making strings.
struct CallHead {
  /// A `grpc-timeout`.
  enum Timeout {
    case none
    case after(Duration)
    case malformed
  }

  private(set) var isPost = false
  private(set) var isGRPC = false
  private(set) var timeout = Timeout.none
  /// What compressed messages are compressed with; `nil` for an encoding we do not know.
  private(set) var encoding: MessageEncoding? = .identity
  /// Whether the client waits to be told that its messages are wanted.
  private(set) var awaitsContinue = false
  /// Whether the client expects something that we do not know.
  private(set) var hasUnknownExpectation = false

  /// Reads the header.
  /// - Parameter path: is called with the `:path`.
  init(_ head: HeaderBlock, path: (UnsafeRawBufferPointer) -> Void) {
    head.forEach { name, value in
      switch name.count {
      case 5 where name.equals(":path"): path(value)
      case 6 where name.equals("expect"):
        awaitsContinue = Expectation.isContinue(value)
        if !awaitsContinue { hasUnknownExpectation = true }
      case 7 where name.equals(":method"): isPost = value.equals("POST")
      case 12 where name.equals("content-type"): isGRPC = Self.isGRPC(contentType: value)
      case 12 where name.equals("grpc-timeout"):
        timeout = TimeoutField.decode(value).map { .after($0) } ?? .malformed
      case 13 where name.equals("grpc-encoding"): encoding = MessageEncoding(name: value)
      default: break
      }
    }
  }

  /// Whether the header of a request says that it is a call.
  static func isGRPC(_ head: HeaderBlock) -> Bool {
    var found = false
    head.forEach { name, value in
      if name.count == 12, name.equals("content-type") { found = isGRPC(contentType: value) }
    }
    return found
  }

  /// Whether a content type is gRPC with messages in the protobuf encoding; `application/grpc-web` is another protocol.
  private static func isGRPC(contentType: UnsafeRawBufferPointer) -> Bool {
    let prefix: StaticString = "application/grpc"
    guard contentType.starts(with: prefix) else { return false }
    let rest = UnsafeRawBufferPointer(rebasing: contentType[prefix.utf8CodeUnitCount...])
    guard let next = rest.first else { return true }
    return next == UInt8(ascii: ";") || rest.equals("+proto") || rest.starts(with: "+proto;")
  }
}
