// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds the addresses of a target.
enum AddressResolution {
  /// A name could not be resolved.
  struct Failure: Error, CustomStringConvertible {
    let host: String
    let reason: String
    var description: String { "the name \(host) does not resolve: \(reason)" }
  }

  /// All addresses of the target, in the order in which they should be tried.
  static func addresses(of target: ClientTarget, on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
    switch target.place {
    case .unixSocket(let path):
      eventLoop.makeCompletedFuture { [try SocketAddress(unixDomainSocketPath: path)] }
    case .addresses(let addresses):
      eventLoop.makeCompletedFuture { try addresses.map { try SocketAddress(ipAddress: $0.host, port: $0.port) } }
    case .name(let host, let port):
      if let address = try? SocketAddress(ipAddress: host, port: port) {
        eventLoop.makeSucceededFuture([address])
      } else {
        // The system's resolver blocks, perhaps for many seconds.
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try resolve(host, port) }
      }
    }
  }

  private static func resolve(_ host: String, _ port: Int) throws -> [SocketAddress] {
    var hints = addrinfo()
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else { throw Failure(host: host, reason: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = entry.pointee.ai_addr {
        switch entry.pointee.ai_family {
        case AF_INET:
          address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            addresses.append(SocketAddress($0.pointee, host: host))
          }
        case AF_INET6:
          address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
            addresses.append(SocketAddress($0.pointee, host: host))
          }
        default: break
        }
      }
      next = entry.pointee.ai_next
    }
    guard !addresses.isEmpty else { throw Failure(host: host, reason: "it has no address") }
    return addresses
  }
}
