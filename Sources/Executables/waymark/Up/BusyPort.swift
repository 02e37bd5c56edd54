// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A port that cannot be had because another program listens there.
///
/// Looked at before anything is started: the services behind the gateway would be up for nothing, and the gateway's own
/// sentence knows neither who has the port nor which one is free.
struct BusyPort: Error, CustomStringConvertible {
  let host: String
  let port: Int
  /// Such as `gateway, process 4711`; nil where that cannot be seen.
  let owner: String?
  /// The next port that is free; nil when none of the next hundred is.
  let free: Int?
  /// The command that was typed.
  let command: [String]

  /// - Throws: itself, when something listens on the port of an IP address. Whatever else keeps a port from being had is
  ///   for the gateway to say.
  static func refuse(host: String, port: Int, command: [String]) throws(BusyPort) {
    guard port != 0, isTaken(host, port) else { return }
    let free = (port + 1..<min(port + 101, 65536)).first { !isTaken(host, $0) }
    throw BusyPort(host: host, port: port, owner: owner(of: port), free: free, command: command)
  }

  var description: String {
    let place = "port \(port) of \(host) is in use" + (owner.map { " by \($0)" } ?? " by another program")
    guard let free else { return "\(place); choose another with --gateway-port" }
    return "\(place); stop that program, or take another port: \(TypedArguments.typed(again(on: free)))"
  }

  /// The same command with another port.
  private func again(on free: Int) -> [String] {
    var words: [String] = []
    var isValue = false
    for word in command {
      if isValue {
        isValue = false
      } else if word == "--gateway-port" {
        isValue = true
      } else if !word.hasPrefix("--gateway-port=") {
        words.append(word)
      }
    }
    return words + ["--gateway-port", "\(free)"]
  }

  // MARK: The system

  private static func isTaken(_ host: String, _ port: Int) -> Bool {
    let text = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    guard let bytes = IPAddressBytes(text)?.bytes else { return false }
    let isV6 = bytes.count == 16
    let socket = socket(isV6 ? AF_INET6 : AF_INET, streamType, 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var on: Int32 = 1
    // As servers do, so that connections of a server that has just ended do not count.
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let status: Int32
    if isV6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = in_port_t(port).bigEndian
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
      status = bound(socket, &address)
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
      status = bound(socket, &address)
    }
    return status != 0 && errno == EADDRINUSE
  }

  #if canImport(Darwin)
    private static let streamType = SOCK_STREAM
  #else
    private static let streamType = Int32(SOCK_STREAM.rawValue)
  #endif

  private static func bound<Address>(_ socket: Int32, _ address: inout Address) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  /// The program that listens on a port, as Linux's `/proc` has it: only of programs that one may look into.
  private static func owner(of port: Int) -> String? {
    let files = FileManager.default
    let inodes = ["tcp", "tcp6"].flatMap { name -> [String] in
      guard let table = try? String(contentsOfFile: "/proc/net/\(name)", encoding: .utf8) else { return [] }
      return table.split(separator: "\n").dropFirst().compactMap { line in
        // sl, local address, remote address, state (0A: listens), …, inode
        let words = line.split(separator: " ")
        guard words.count > 9, words[3] == "0A", let text = words[1].split(separator: ":").last,
          Int(text, radix: 16) == port
        else { return nil }
        return "socket:[\(words[9])]"
      }
    }
    guard !inodes.isEmpty else { return nil }
    for process in (try? files.contentsOfDirectory(atPath: "/proc"))?.compactMap({ Int($0) }) ?? [] {
      let folder = "/proc/\(process)/fd"
      for file in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
        guard let target = try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(file)"), inodes.contains(target)
        else { continue }
        let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        return "\(name?.split(separator: "\n").first.map(String.init) ?? "a program"), process \(process)"
      }
    }
    return nil
  }
}
