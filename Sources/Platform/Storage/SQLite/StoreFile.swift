// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The file of a store before a database engine opens it.
///
/// Its header is looked at first, so that a file of another program is refused without a byte of it being changed: the
/// engine would turn its write-ahead log on, and the migrations would add tables.
enum StoreFile {
  /// Marks a SQLite file as one of Waymark's: `WayM` (the field `application_id` of the file's header).
  static let applicationID: UInt32 = 0x5761_794D

  /// The first 16 bytes of every SQLite file.
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let headerLength = 100
  private static let applicationIDOffset = 68

  /// Makes the file, readable by its owner alone, when there is none; checks its header when there is one.
  ///
  /// - Returns: whether the file is new.
  static func prepare(path: String) throws -> Bool {
    let header = try header(path: path, O_RDWR | O_CREAT)
    if header.isEmpty {
      try mark(path: path)
      return true
    }
    try check(header, path: path)
    return false
  }

  /// Whether there is a store, without making or changing anything.
  static func isThere(path: String) throws(StorageError) -> Bool {
    var state = stat()
    if stat(path, &state) != 0, errno == ENOENT || errno == ENOTDIR { return false }
    let header = try header(path: path, O_RDONLY)
    if header.isEmpty { return false }
    try check(header, path: path)
    return true
  }

  private static func check(_ header: [UInt8], path: String) throws(StorageError) {
    guard header.count == headerLength, header.starts(with: magic) else {
      throw StorageError.corrupt(path: path, problem: "it does not begin as a SQLite file does")
    }
    let found = header[applicationIDOffset..<applicationIDOffset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    guard found == applicationID else {
      throw StorageError.foreign(path: path, problem: "it does not have Waymark's mark")
    }
  }

  /// The first bytes of the file, at most ``headerLength``; none when the file is new or empty.
  private static func header(path: String, _ flags: Int32) throws(StorageError) -> [UInt8] {
    let descriptor = open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, problem: String(cString: strerror(errno))) }
    defer { _ = close(descriptor) }
    var header = [UInt8](repeating: 0, count: headerLength)
    let count = read(descriptor, &header, headerLength)
    guard count >= 0 else { throw .unwritable(path: path, problem: String(cString: strerror(errno))) }
    return Array(header.prefix(count))
  }

  /// Writes the mark while the file has no write-ahead log yet: it is in the header from the first byte on.
  private static func mark(path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { connection in
      try connection.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
    try queue.close()
  }
}
