// SPDX-License-Identifier: Apache-2.0

/// A folder that becomes a set.
final class NewSet {
  private let folder: String
  private let isNew: Bool
  private var made: [String] = []

  /// Takes a folder that is empty or not there.
  init(folder: String) throws(BackupError) {
    self.folder = folder
    isNew = try DurableFiles.makeFolder(folder)
    if let found = try DurableFiles.names(in: folder)?.first { throw .notEmpty(path: folder, found: found) }
  }

  /// - Throws: ``BackupError/full(path:needed:)`` when so much does not fit.
  func makeSure(ofRoomFor bytes: Int64) throws(BackupError) {
    if let room = DurableFiles.room(at: folder), room < bytes { throw .full(path: folder, needed: bytes) }
  }

  /// Adds a copy of a store that was checked and is on the disk.
  func add(_ snapshot: StoreSnapshot, _ interruption: Interruption) throws -> BackupManifest.Store {
    let file = StoreFiles.name(of: snapshot.service)
    let path = "\(folder)/\(file)"
    let partial = path + ".partial"
    // Its owner's alone from the first byte on; and should another backup be made in the same folder, only one is.
    try DurableFiles.create(partial)
    made.append(partial)
    let copy = StoreCopy(path: partial)
    try copy.write(snapshot, interruption)
    snapshot.close()
    let content = try copy.check(interruption)
    let digest = try DurableFiles.digest(of: partial, interruption)
    try DurableFiles.rename(partial, to: path)
    made.append(path)
    return BackupManifest.Store(
      service: snapshot.service, file: file, bytes: digest.bytes, sha256: digest.sha256, schema: content.schema,
      lastEvent: content.lastEvent)
  }

  /// Makes the folder a set.
  func finish(_ manifest: BackupManifest) throws {
    try DurableFiles.sync(folder)
    let path = "\(folder)/\(BackupManifest.fileName)"
    made.append(path)
    try DurableFiles.write(try manifest.encoded(), to: path)
  }

  /// Removes what was made, and nothing else.
  func discard() {
    for path in made.reversed() {
      for end in [""] + StoreFiles.companions { try? DurableFiles.remove(path + end) }
    }
    if isNew { DurableFiles.removeFolder(folder) }
  }
}
