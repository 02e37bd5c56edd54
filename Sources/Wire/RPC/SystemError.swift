// SPDX-License-Identifier: Apache-2.0

public import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Words for an error of the system.
///
/// NIO's own description of an `IOError` has one closing bracket too many.
public enum SystemError {
  /// What the system says of its error, with the number: `connect: Connection refused (errno 111)`.
  /// - Parameter action: what was tried, such as `connect`.
  public static func text(_ error: IOError, doing action: String) -> String {
    let code = error.errnoCode
    let words = strerror(code).map { String(cString: $0) } ?? "unknown error"
    return "\(action): \(words) (errno \(code))"
  }
}
