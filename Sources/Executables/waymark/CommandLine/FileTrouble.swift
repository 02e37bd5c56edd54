// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tables

/// Why a file could not be read or written, as somebody who looks at the folder would say it.
enum FileTrouble {
  /// Why there is nothing to read at `path`.
  ///
  /// - Parameter reason: what the system said, for what a look at the folder does not show.
  static func reading(_ path: String, reason: String = "the system gave no reason") -> String {
    switch kind(path) {
    case .folder: return "\(path) is a folder; name a file in it."
    case .file where access(path, R_OK) != 0: return "\(path) cannot be read: you do not have permission to read it."
    case .file: return "\(path) cannot be read: \(reason)."
    case .nothing:
      if let blocked = blocked(path) { return "There is no file \(path): \(blocked)." }
      let folder = folder(of: path)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
      let near = NearestName.of(URL(filePath: path).lastPathComponent, among: names)
      let prefix = path.contains("/") ? (folder == "/" ? "/" : folder + "/") : ""
      return "There is no file \(path)." + (near.map { " Did you mean \(prefix)\($0)?" } ?? "")
    }
  }

  /// Why there is no folder to read at `path`.
  static func readingFolder(_ path: String) -> String {
    switch kind(path) {
    case .nothing: "There is no folder \(path)."
    case .file: "\(path) is a file; the folder that it is in is needed."
    case .folder: "The folder \(path) cannot be read: you do not have permission to read it."
    }
  }

  /// - Throws: `CommandFailure` when there is no folder at `path`, or none that may be looked into.
  static func requireFolder(_ path: String) throws(CommandFailure) {
    guard kind(path) == .folder, !isClosed(path) else { throw CommandFailure(.noInput, readingFolder(path)) }
  }

  /// Whether there is a folder that may not be looked into: what is in it seems not to be there.
  static func isClosed(_ path: String) -> Bool { kind(path) == .folder && access(path, R_OK | X_OK) != 0 }

  /// Why no folder can be made at `path`.
  static func makingFolder(_ path: String, reason: String) -> String {
    if kind(path) == .file { return "\(path) is a file, not a folder; choose another name." }
    // The nearest folder above that is there.
    var above = folder(of: path)
    while kind(above) == .nothing, above != ".", above != "/" { above = folder(of: above) }
    if kind(above) == .file { return "The folder \(path) cannot be made: \(above) is a file, not a folder." }
    if access(above, W_OK) != 0 {
      return "The folder \(path) cannot be made: you do not have permission to write in \(above)."
    }
    return "The folder \(path) cannot be made: \(reason)."
  }

  /// Why no file can be written at `path`.
  static func writing(_ path: String, reason: String = "the system gave no reason") -> String {
    let cannot = "\(path) cannot be written: "
    if kind(path) == .folder { return cannot + "it is a folder; name a file in it." }
    if let blocked = blocked(path) { return cannot + "\(blocked)." }
    let folder = folder(of: path)
    if access(folder, W_OK) != 0 {
      return cannot + (errno == EROFS ? "the disk is read-only." : "you do not have permission to write in \(folder).")
    }
    return cannot + "\(reason)."
  }

  private enum Kind { case nothing, file, folder }

  private static func kind(_ path: String) -> Kind {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .nothing }
    return isFolder.boolValue ? .folder : .file
  }

  /// The folder that a file is in.
  private static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.isEmpty ? "." : parts.count == 1 && parts[0].isEmpty ? "/" : parts.joined(separator: "/")
  }

  /// What is wrong with the folder of `path`; nil when it is one.
  private static func blocked(_ path: String) -> String? {
    let folder = folder(of: path)
    switch kind(folder) {
    case .folder: return nil
    case .file: return "\(folder) is a file, not a folder"
    case .nothing: return "the folder \(folder) does not exist"
    }
  }
}
