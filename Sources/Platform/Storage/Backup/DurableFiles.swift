// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a file holds: how much, and its hash.
struct FileDigest: Sendable, Hashable {
  let bytes: Int64
  /// SHA-256 in 64 lower-case hexadecimal digits.
  let sha256: String
}

/// Files and folders that are there after a power cut once a function here has returned.
///
/// Everything is made for its owner alone.
enum DurableFiles {
  private static let chunk = 1 << 20

  // MARK: Looking

  static func exists(_ path: String) -> Bool {
    var state = stat()
    return lstat(path, &state) == 0
  }

  /// The length of a regular file; nil when there is none of that name.
  static func length(_ path: String) -> Int64? {
    var state = stat()
    guard stat(path, &state) == 0, state.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(state.st_size)
  }

  /// Whether two names are of one file.
  static func isSame(_ path: String, _ other: String) -> Bool {
    var one = stat()
    var two = stat()
    guard lstat(path, &one) == 0, lstat(other, &two) == 0 else { return false }
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }

  /// The names in a folder, sorted; nil when there is no such folder.
  static func names(in folder: String) throws(BackupError) -> [String]? {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return nil }
      throw .unreadable(path: folder, problem: problem(errno))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Bytes that may still be written where `path` is; nil when the system does not say.
  static func room(at path: String) -> Int64? {
    var state = statvfs()
    guard statvfs(path, &state) == 0 else { return nil }
    let blocks = Int64(clamping: state.f_bavail)
    let (bytes, overflow) = blocks.multipliedReportingOverflow(by: Int64(clamping: state.f_frsize))
    return overflow ? .max : bytes
  }

  /// Whether neither a byte nor a file more can be written where `path` is.
  static func isFull(at path: String) -> Bool {
    var state = statvfs()
    guard statvfs(path, &state) == 0 else { return false }
    // Some file systems do not count files: they say that there are none.
    return state.f_bavail == 0 || (state.f_files > 0 && state.f_favail == 0)
  }

  /// The content of a small file.
  ///
  /// - Throws: ``BackupError/unreadable(path:problem:)``, also when it is longer than `limit` bytes.
  static func content(of path: String, limit: Int) throws(BackupError) -> [UInt8] {
    let file = try open(path, O_RDONLY)
    defer { _ = close(file) }
    var content: [UInt8] = []
    while let part = try read(file, path) {
      content += part
      guard content.count <= limit else { throw .unreadable(path: path, problem: "it is longer than \(limit) bytes") }
    }
    return content
  }

  static func digest(of path: String, _ interruption: Interruption) throws -> FileDigest {
    let file = try open(path, O_RDONLY)
    defer { _ = close(file) }
    return try digest(of: file, path, interruption) { _ in }
  }

  // MARK: Changing

  /// Makes a folder and those above it.
  ///
  /// - Returns: whether it is new.
  @discardableResult
  static func makeFolder(_ folder: String) throws(BackupError) -> Bool {
    guard !folder.isEmpty, !exists(folder) else { return false }
    let parent = Self.parent(of: folder)
    try makeFolder(parent)
    guard mkdir(folder, 0o700) == 0 else {
      if errno == EEXIST { return false }
      throw failure(errno, folder)
    }
    try sync(parent.isEmpty ? "." : parent)
    return true
  }

  /// Makes an empty file; one that is there is an error.
  static func create(_ path: String) throws(BackupError) {
    _ = close(try open(path, O_WRONLY | O_CREAT | O_EXCL))
  }

  /// Writes a file whole, or leaves what is there.
  static func write(_ content: [UInt8], to path: String) throws(BackupError) {
    let temporary = path + ".new"
    _ = unlink(temporary)
    let file = try open(temporary, O_WRONLY | O_CREAT | O_EXCL)
    do throws(BackupError) {
      defer { _ = close(file) }
      try write(content[...], file, temporary)
      guard fsync(file) == 0 else { throw failure(errno, temporary) }
    } catch {
      _ = unlink(temporary)
      throw error
    }
    try rename(temporary, to: path)
    try sync(parent(of: path))
  }

  /// Copies a file to a new one, and tells what was copied.
  ///
  /// The name of the copy is durable only once its folder is.
  static func copy(_ source: String, to path: String, _ interruption: Interruption) throws -> FileDigest {
    let input = try open(source, O_RDONLY)
    defer { _ = close(input) }
    let output = try open(path, O_WRONLY | O_CREAT | O_EXCL)
    defer { _ = close(output) }
    let copied = try digest(of: input, source, interruption) { part in try write(part[...], output, path) }
    guard fsync(output) == 0 else { throw failure(errno, path) }
    return copied
  }

  static func rename(_ path: String, to new: String) throws(BackupError) {
    #if canImport(Darwin)
      let status = Darwin.rename(path, new)
    #else
      let status = Glibc.rename(path, new)
    #endif
    guard status == 0 else { throw failure(errno, new) }
  }

  /// Gives a file a second name in the same file system, so that it is never without one.
  ///
  /// - Returns: whether the file system can do that.
  static func link(_ path: String, as second: String) throws(BackupError) -> Bool {
    #if canImport(Darwin)
      let status = Darwin.link(path, second)
    #else
      let status = Glibc.link(path, second)
    #endif
    guard status != 0 else { return true }
    let problem = errno
    guard [EPERM, EOPNOTSUPP, ENOTSUP, ENOSYS, EMLINK].contains(problem) else { throw failure(problem, second) }
    return false
  }

  /// Removes a file; one that is not there is as good as removed.
  static func remove(_ path: String) throws(BackupError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure(errno, path) }
  }

  /// Removes a folder that is empty.
  ///
  /// - Returns: whether it is gone.
  @discardableResult
  static func removeFolder(_ folder: String) -> Bool { rmdir(folder) == 0 }

  /// Brings a file, or the names of a folder, to the disk.
  static func sync(_ path: String) throws(BackupError) {
    let file = try open(path, O_RDONLY)
    defer { _ = close(file) }
    guard fsync(file) == 0 else { throw failure(errno, path) }
  }

  // MARK: Names

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  // MARK: The system's calls

  private static func open(_ path: String, _ flags: Int32) throws(BackupError) -> Int32 {
    let path = path.isEmpty ? "." : path
    #if canImport(Darwin)
      let file = Darwin.open(path, flags | O_CLOEXEC, 0o600)
    #else
      let file = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    #endif
    guard file >= 0 else {
      if flags & O_CREAT == 0 { throw .unreadable(path: path, problem: problem(errno)) }
      throw failure(errno, path)
    }
    return file
  }

  /// The next bytes of a file; nil at its end.
  private static func read(_ file: Int32, _ path: String) throws(BackupError) -> [UInt8]? {
    var failed: Int32 = 0
    let part = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
      while true {
        #if canImport(Darwin)
          let got = Darwin.read(file, buffer.baseAddress, chunk)
        #else
          let got = Glibc.read(file, buffer.baseAddress, chunk)
        #endif
        if got < 0, errno == EINTR { continue }
        if got < 0 { failed = errno }
        count = max(0, got)
        return
      }
    }
    guard failed == 0 else { throw .unreadable(path: path, problem: problem(failed)) }
    return part.isEmpty ? nil : part
  }

  private static func write(_ content: ArraySlice<UInt8>, _ file: Int32, _ path: String) throws(BackupError) {
    var rest = content
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        #if canImport(Darwin)
          Darwin.write(file, bytes.baseAddress, bytes.count)
        #else
          Glibc.write(file, bytes.baseAddress, bytes.count)
        #endif
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(errno, path) }
      rest = rest.dropFirst(count)
    }
  }

  private static func digest(
    of file: Int32, _ path: String, _ interruption: Interruption, _ part: ([UInt8]) throws -> Void
  ) throws -> FileDigest {
    var hash = SHA256()
    var bytes: Int64 = 0
    while let content = try read(file, path) {
      try interruption.check()
      hash.update(data: content)
      bytes += Int64(content.count)
      try part(content)
    }
    return FileDigest(bytes: bytes, sha256: hash.finalize().hexadecimal)
  }

  private static func failure(_ code: Int32, _ path: String) -> BackupError {
    code == ENOSPC || code == EDQUOT
      ? .full(path: path, needed: nil) : .unwritable(path: path, problem: problem(code))
  }

  private static func problem(_ code: Int32) -> String { String(cString: strerror(code)) }
}

extension SHA256.Digest {
  /// The digest in 64 lower-case hexadecimal digits.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
  }
}
