// SPDX-License-Identifier: Apache-2.0

/// A backup as it lies in its folder.
public struct BackupSet: Sendable {
  /// The store of a service that a program knows.
  public struct KnownStore: Sendable, Hashable {
    /// Name of the service.
    public var service: String
    /// The last step of the schema that the program knows.
    public var schema: Int

    public init(service: String, schema: Int) {
      self.service = service
      self.schema = schema
    }
  }

  public let folder: String
  public let manifest: BackupManifest

  /// Reads the manifest of a set, and nothing else.
  ///
  /// - Throws: ``BackupError``.
  public init(folder: String) throws(BackupError) {
    self.folder = folder
    manifest = try BackupManifest(folder: folder)
  }

  /// Looks at every byte of every file.
  ///
  /// - Parameter known: the stores that the program knows.
  /// - Throws: a ``BackupError`` that names the file when one is missing, is not as the manifest says, is too new, or is
  ///   there without being named; `CancellationError` when the task was cancelled.
  public func verify(known: [KnownStore]) async throws {
    try await Interruption.offload { interruption in try verify(known: known, interruption) }
  }

  func verify(known: [KnownStore], _ interruption: Interruption) throws {
    try checkNames()
    for store in manifest.stores {
      let path = path(of: store)
      guard let newest = known.first(where: { $0.service == store.service })?.schema else {
        throw BackupError.mixed(path: path, problem: "this program knows no service \(store.service)")
      }
      guard store.schema <= newest else {
        throw BackupError.newerStore(path: path, found: store.schema, known: newest)
      }
      guard DurableFiles.length(path) == store.bytes else {
        throw BackupError.mixed(
          path: path,
          problem: "it has \(DurableFiles.length(path) ?? 0) bytes, and the manifest says \(store.bytes)")
      }
    }
    for store in manifest.stores {
      let path = path(of: store)
      try Self.compare(try DurableFiles.digest(of: path, interruption), with: store, path: path)
      let content = try StoreCopy(path: path).check(interruption)
      guard content == StoreCopy.Content(schema: store.schema, lastEvent: store.lastEvent) else {
        throw BackupError.mixed(
          path: path,
          problem: "it has schema \(content.schema) and event \(content.lastEvent), and the manifest says "
            + "\(store.schema) and \(store.lastEvent)")
      }
    }
  }

  /// Removes the set with its folder.
  ///
  /// - Throws: a ``BackupError``; when there is something in the folder that is not of the set, nothing is removed.
  public func remove() throws(BackupError) {
    try checkNames()
    // From here on it is no backup any more, however far this comes.
    try DurableFiles.remove("\(folder)/\(BackupManifest.fileName)")
    try DurableFiles.sync(folder)
    for store in manifest.stores { try DurableFiles.remove(path(of: store)) }
    DurableFiles.removeFolder(folder)
  }

  /// Whether what is in the folder is what the manifest names, no more and no less.
  private func checkNames() throws(BackupError) {
    let named = Set(manifest.stores.map(\.file) + [BackupManifest.fileName])
    let found = Set(try DurableFiles.names(in: folder) ?? [])
    if let missing = named.subtracting(found).min() {
      throw .mixed(path: "\(folder)/\(missing)", problem: "it is missing")
    }
    if let extra = found.subtracting(named).min() {
      throw .mixed(path: "\(folder)/\(extra)", problem: "the manifest does not name it")
    }
  }

  func path(of store: BackupManifest.Store) -> String { "\(folder)/\(store.file)" }

  static func compare(
    _ digest: FileDigest, with store: BackupManifest.Store, path: String
  ) throws(BackupError) {
    guard digest == FileDigest(bytes: store.bytes, sha256: store.sha256) else {
      throw .mixed(path: path, problem: "its content is not what the manifest says (SHA-256)")
    }
  }
}
