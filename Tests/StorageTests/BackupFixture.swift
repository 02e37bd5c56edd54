// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

@testable import Storage

/// Three stores in a folder, as the services keep them, and sets of them.
struct BackupFixture {
  static let services = ["people", "projects", "measurement"]
  static let known = services.map { BackupSet.KnownStore(service: $0, schema: 1) }
  static let time = Date(timeIntervalSince1970: 1_769_824_800)

  let scratch: Scratch
  /// The folder of the data.
  var data: String { scratch.path("data") }
  /// The folder of the set.
  var set: String { scratch.path("set") }

  init() throws { scratch = try Scratch() }

  func path(of service: String) -> String { "\(data)/\(service).sqlite" }

  func open(_ service: String, in folder: String? = nil) throws -> Storage.Database {
    try Storage.Database.open(
      path: "\(folder ?? data)/\(service).sqlite", migrations: Scratch.notes, service: service)
  }

  /// Makes the three stores, each with one note.
  func fill(_ services: [String] = services, note: String) async throws {
    for service in services {
      let store = try open(service)
      try await store.write { try $0.insertNote("\(note) of \(service)") }
      try store.close()
    }
  }

  /// Adds a note to each store and leaves it as a service that is killed does: the note is in the log alone.
  func fillUnclosed(_ services: [String] = services, note: String) async throws {
    let killed = scratch.path("killed")
    try FileManager.default.createDirectory(atPath: killed, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: killed) }
    for service in services {
      let store = try open(service)
      try await store.write { try $0.insertNote("\(note) of \(service)") }
      for end in ["", "-wal", "-shm"] {
        try FileManager.default.copyItem(atPath: path(of: service) + end, toPath: "\(killed)/\(service).sqlite\(end)")
      }
      try store.close()
      for end in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: path(of: service) + end)
        try FileManager.default.moveItem(atPath: "\(killed)/\(service).sqlite\(end)", toPath: path(of: service) + end)
      }
    }
  }

  func backup(to set: String? = nil, patience: Duration = .seconds(60), ordinal: Int? = nil) async throws
    -> Backup.Report
  {
    let backup = Backup(of: data, services: Self.services, program: "test 1", patience: patience)
    return try await backup.write(to: set ?? self.set, at: Self.time, ordinal: ordinal)
  }

  func restore(
    _ set: String? = nil, to folder: String? = nil, replacing: Bool = false, known: [BackupSet.KnownStore] = known,
    observe: @escaping @Sendable (RestoreStep) throws -> Void = { _ in }
  ) async throws -> Restore.Report {
    var restore = Restore(from: set ?? self.set, to: folder ?? data, known: known, replacing: replacing)
    restore.observe = observe
    return try await restore.run(at: Self.time)
  }

  /// The notes of a store, or nil when a service would not open it.
  func notes(_ service: String, in folder: String) async throws -> [String]? {
    let store: Storage.Database
    do {
      store = try open(service, in: folder)
    } catch StorageError.corrupt {
      return nil
    }
    let notes = try await store.read { try $0.notes() }
    try store.close()
    return notes
  }

  /// Every file below a folder with its content, but for the claims.
  static func files(in folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !name.hasSuffix(".lock") {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) else { continue }
      files[name] = isFolder.boolValue ? Data() : try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
    }
    return files
  }

  /// Changes a file that no service has open; a transaction that is begun lasts until the connection is closed.
  @discardableResult
  static func change(_ path: String, _ statements: String...) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.inDatabase { connection in
      for statement in statements { try connection.execute(sql: statement) }
    }
    return queue
  }

  /// Looks into a file that no service has open.
  static func look<Value: DatabaseValueConvertible>(_ path: String, _ sql: String) throws -> Value? {
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { try Value.fetchOne($0, sql: sql) }
  }
}
