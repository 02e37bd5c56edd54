// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Looks names of machines up, for a limited time: the system's resolver sets its own limits, which are longer than a
/// caller waits.
enum NetworkNames {
  private final class Answer: Sendable {
    let addresses = Mutex<Result<[String], StorageError>?>(nil)
    let come = DispatchSemaphore(value: 0)
  }

  /// The numeric addresses of a machine, in the order in which they should be tried.
  static func addresses(of name: String, within limit: Duration) throws(StorageError) -> [String] {
    if let numeric = try? lookUp(name, flags: AI_NUMERICHOST) { return numeric }
    let answer = Answer()
    DispatchQueue.global().async {
      let found = Result { () throws(StorageError) in try lookUp(name, flags: AI_ADDRCONFIG) }
      answer.addresses.withLock { $0 = found }
      answer.come.signal()
    }
    guard answer.come.wait(timeout: .now() + .milliseconds(Int(clamping: limit.milliseconds))) == .success,
      let found = answer.addresses.withLock({ $0 })
    else { throw .unavailable(problem: "the name \(name) could not be looked up within \(limit)") }
    return try found.get()
  }

  private static func lookUp(_ name: String, flags: Int32) throws(StorageError) -> [String] {
    var hints = addrinfo()
    hints.ai_flags = flags
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(name, nil, &hints, &list)
    guard status == 0 else {
      throw .unavailable(problem: "the name \(name) cannot be looked up (\(String(cString: gai_strerror(status))))")
    }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
        addresses.append(text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" })
      }
      next = entry.ai_next
    }
    return addresses
  }
}
