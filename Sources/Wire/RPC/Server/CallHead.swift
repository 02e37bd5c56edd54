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

  /// Reads the header.
  /// - Parameter path: is called with the `:path`.
  init(_ head: HeaderBlock, path: (UnsafeRawBufferPointer) -> Void) {
    head.forEach { name, value in
      switch name.count {
      case 5 where name.equals(":path"): path(value)
      case 7 where name.equals(":method"): isPost = value.equals("POST")
      case 12 where name.equals("content-type"): isGRPC = Self.isGRPC(contentType: value)
      case 12 where name.equals("grpc-timeout"):
        timeout = TimeoutField.decode(value).map { .after($0) } ?? .malformed
      case 13 where name.equals("grpc-encoding"): encoding = MessageEncoding(name: value)
      default: break
      }
    }
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
