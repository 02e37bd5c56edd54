// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Tables

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writes the lines of several processes as one log: whole lines, each with the name it comes from in a column.
///
/// ```
/// people       10:02:11 info   serving  address=127.0.0.1:41233
/// waymark      measurement was killed by signal 9; starting it again in 0.2 s
/// ```
final class LogMerger: Sendable {
  private static let nameWidth = 12
  private static let colours = [36, 32, 33, 35, 34]

  private let names: [String]
  private let coloured: Bool
  private let write: @Sendable ([UInt8]) -> Void
  private let lock = Mutex<Void>(())

  /// - Parameters:
  ///   - names: who will write, in the order that gives each its colour.
  ///   - coloured: whether the names are coloured.
  ///   - write: takes the bytes of whole lines; never called twice at the same time.
  init(names: [String], coloured: Bool, write: @escaping @Sendable ([UInt8]) -> Void) {
    self.names = names
    self.coloured = coloured
    self.write = write
  }

  /// A log on standard error: coloured at a terminal, unless `NO_COLOR` is set.
  static func standardError(names: [String]) -> LogMerger {
    let coloured = isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil
    return LogMerger(names: names, coloured: coloured) { writeAll($0, to: STDERR_FILENO) }
  }

  /// Writes one line of `name`; an empty line is left out.
  func line(_ text: String, from name: String) {
    guard !text.isEmpty else { return }
    var column = name + String(repeating: " ", count: max(1, Self.nameWidth - name.count))
    if coloured, let index = names.firstIndex(of: name) {
      column = "\u{1B}[\(Self.colours[index % Self.colours.count])m\(column)\u{1B}[0m"
    }
    // A service that fails may write anything at all, such as what a client sent.
    let bytes = Array("\(column) \(VisibleText.lines(text))\n".utf8)
    lock.withLock { _ in write(bytes) }
  }
}

/// Writes all bytes to a file descriptor; what cannot be written (a closed pipe, a full disk) is lost, since there is
/// nowhere left to say so.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  bytes.withUnsafeBytes { buffer in
    var rest = buffer[...]
    while !rest.isEmpty {
      let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR && errno != EAGAIN {
        return
      }
    }
  }
}
