// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The directory that holds the stores of a stack, kept for one stack at a time.
///
/// The lock is the operating system's: it goes when this process ends, however that happens.
final class DataDirectory: Sendable {
  /// Why a directory cannot be used, in a sentence.
  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  let path: String
  private let lock: Int32

  /// Makes the directory if it is not there, and takes it.
  /// - Throws: ``Unusable`` when it cannot be made or written, or when another stack has it.
  init(path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Unusable(description: "cannot make the data directory \(path): \(Self.reason(error))")
    }
    let file = path + "/waymark.lock"
    lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw Unusable(description: "cannot write to the data directory \(path): \(String(cString: strerror(errno)))")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw Unusable(
        description: "the data directory \(path) is in use by another 'waymark up'; stop that one, or choose another "
          + "directory with --data-dir")
    }
  }

  deinit { close(lock) }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    return switch error.code {
    case .fileWriteNoPermission: "permission denied"
    case .fileWriteFileExists: "there is a file of that name"
    case .fileWriteOutOfSpace: "the disk is full"
    case .fileWriteVolumeReadOnly: "the file system is read-only"
    default: (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
    }
  }

  /// Where data goes unless told otherwise: `$XDG_DATA_HOME/waymark`, else `~/.local/share/waymark`.
  static func standard(environment: [String: String]) -> String {
    if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return base + "/waymark" }
    if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/share/waymark" }
    return "waymark-data"
  }
}
