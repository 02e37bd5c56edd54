// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Storage

/// A store that an earlier version of a service left behind, kept as a file.
public struct KeptStore: Sendable, CustomStringConvertible {
  private let file: URL

  /// All of a test target's folder `Stores`, by name.
  public static func all(in bundle: Bundle) throws -> [KeptStore] {
    guard let folder = bundle.url(forResource: "Stores", withExtension: nil) else {
      throw ScratchFailure(problem: "there is no folder of kept stores")
    }
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return files.filter { $0.pathExtension == "sqlite" }.sorted { $0.path < $1.path }.map(KeptStore.init)
  }

  private init(file: URL) { self.file = file }

  /// Name of the service and number of its schema.
  public var description: String { file.deletingPathExtension().lastPathComponent }

  /// Opens a copy with the steps of today.
  public func open(_ migrations: [Migration], service: String, in scratch: ScratchStore) throws -> Database {
    let copy = "\(scratch.folder)/\(service).sqlite"
    try FileManager.default.copyItem(atPath: file.path, toPath: copy)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
    return try Database.open(path: copy, migrations: migrations, service: service)
  }
}

extension Database {
  /// How many events there are when their chain holds; nil when it does not.
  public func soundEvents() async throws -> Int? {
    try await read { transaction in
      let rows = try transaction.rows(
        """
        SELECT organisation_id, sequence, kind, object_id, actor, before_json, after_json, reason, happened_at, hash
        FROM events ORDER BY sequence
        """)
      var hash = EventChain.beginning
      for (index, row) in rows.enumerated() {
        let event = StoredEvent(
          sequence: try row.integer("sequence"), time: try row.integer("happened_at"),
          organisation: try row.text("organisation_id"), kind: try row.text("kind"), object: try row.text("object_id"),
          actor: try row.text("actor"), before: try row.optionalText("before_json"),
          after: try row.optionalText("after_json"), reason: try row.text("reason"), hash: try row.blob("hash"))
        hash = EventChain.hash(of: event, after: hash)
        guard event.sequence == Int64(index) + 1, event.hash == hash else { return nil }
      }
      return rows.count
    }
  }
}
