// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A listening socket on 127.0.0.1, at a port of the system's choice; each connection gets a thread.
final class LocalListener: Sendable {
  let port: UInt16
  private let socket: LocalSocket
  private let accepted = Mutex<[LocalSocket]>([])

  /// How many connections came.
  var count: Int { accepted.withLock { $0.count } }

  init(_ serve: @escaping @Sendable (LocalSocket) -> Void) throws {
    let descriptor = LocalSocket.open()
    guard descriptor >= 0 else { throw Unhappy() }
    socket = LocalSocket(descriptor)
    var address = LocalSocket.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard status else { throw Unhappy() }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [socket, weak self] in
      while true {
        let connection = accept(socket.descriptor, nil, nil)
        guard connection >= 0, let self else {
          if connection >= 0 { close(connection) }
          return
        }
        let accepted = LocalSocket(connection)
        self.accepted.withLock { $0.append(accepted) }
        Thread.detachNewThread { serve(accepted) }
      }
    }
  }

  /// Ends all connections, as a crash does.
  func breakConnections() { for socket in accepted.withLock({ $0 }) { socket.end() } }

  deinit {
    socket.end()
    breakConnections()
  }
}

/// A connected socket, closed with the last reference.
final class LocalSocket: Sendable {
  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Connects to a port of 127.0.0.1.
  init(port: UInt16) throws {
    descriptor = Self.open()
    var address = Self.address(port: port)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Unhappy() }
  }

  deinit { close(descriptor) }

  fileprivate static func open() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }

  fileprivate static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  /// Ends both directions; whoever reads or accepts returns.
  func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Says that no more is to come.
  func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// What has come, at most 64 KB; nil at the end.
  func read() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }

  /// Exactly so many bytes; nil when the end comes before.
  func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var part = [UInt8](repeating: 0, count: count - bytes.count)
      let read = recv(descriptor, &part, part.count, 0)
      guard read > 0 else { return nil }
      bytes += part.prefix(read)
    }
    return bytes
  }

  /// Waits until the other side has ended the connection, and drops what comes before.
  func waitForEnd() { while read() != nil {} }
}
