// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The claim of one process on a database file: a lock on the file `<database>.lock` beside it.
///
/// The lock file stays when the claim ends; only the kernel's lock on it counts.
final class FileClaim: Sendable {
  private let descriptor: Mutex<Int32>

  /// Makes the folder of the database when it is not there, and claims the database.
  ///
  /// - Throws: ``StorageError/unwritable(path:problem:)`` or ``StorageError/inUse(path:)``.
  init(databasePath path: String) throws(StorageError) {
    try Self.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), of: path)
    let opened = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .unwritable(path: path, problem: String(cString: strerror(errno))) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let problem = errno
      _ = close(opened)
      if problem == EWOULDBLOCK { throw .inUse(path: path) }
      throw .unwritable(path: path, problem: String(cString: strerror(problem)))
    }
    descriptor = Mutex(opened)
  }

  /// Makes a folder and those above it, where they are not there, for the owner alone.
  private static func makeFolder(_ folder: String, of path: String) throws(StorageError) {
    var state = stat()
    guard !folder.isEmpty, stat(folder, &state) != 0 else { return }
    if let slash = folder.lastIndex(of: "/") { try makeFolder(String(folder[..<slash]), of: path) }
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw .unwritable(path: path, problem: String(cString: strerror(errno)))
    }
  }

  /// Ends the claim.
  func release() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { _ = close(descriptor) }
      descriptor = -1
    }
  }

  deinit { release() }
}
