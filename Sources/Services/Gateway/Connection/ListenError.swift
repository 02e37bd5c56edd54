// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RPC

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The gateway could not listen.
///
/// Says why in one sentence, with what to do about it.
public struct ListenError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ error: IOError, host: String, port: Int) {
    let reason =
      switch error.errnoCode {
      case EADDRINUSE: "another program uses this port; stop it or choose another"
      case EACCES, EPERM: "not permitted; choose a port from 1024 up"
      case EADDRNOTAVAIL: "this machine has no such address"
      default: SystemError.text(error, doing: "bind")
      }
    description = "cannot listen on \(host):\(port): \(reason)"
  }
}
