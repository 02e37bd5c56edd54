// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Storage
import Synchronization

/// A place for the stores of one test, on either engine; gone when the test is.
///
/// On SQLite it is a folder, on PostgreSQL a database of its own: services may keep their names.
///
/// ```swift
/// @Test("…", arguments: ScratchStore.engines)
/// func kept(engine: EngineName) async throws {
///   try await ScratchStore.on(engine) { scratch in
///     let store = try scratch.open(migrations, service: "people")
///     …
///   }
/// }
/// ```
public final class ScratchStore: Sendable {
  /// The engines that tests can run on: PostgreSQL is one of them when `WAYMARK_TEST_POSTGRES` is set.
  public static let engines: [EngineName] = ScratchDatabase.url.isEmpty ? [.sqlite] : EngineName.allCases

  /// The engine for the tests of services, which all run once on each: the one that `WAYMARK_TEST_ENGINE` names, SQLite
  /// when it names none.
  public static let chosen =
    EngineName(
      rawValue: ProcessInfo.processInfo.environment["WAYMARK_TEST_ENGINE"] ?? EngineName.sqlite.rawValue) ?? .sqlite

  /// Whether tests run on PostgreSQL, too.
  public static var hasPostgres: Bool { !ScratchDatabase.url.isEmpty }

  public let engine: EngineName
  /// The folder of the SQLite files, and of whatever else a test keeps.
  public let folder: String
  private let database: ScratchDatabase?
  private let stores = Mutex<[Database]>([])
  private let isRemoved = Mutex(false)

  /// - Throws: ``ScratchFailure`` when the engine cannot be used.
  public init(_ engine: EngineName) throws {
    self.engine = engine
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("waymark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    database = engine == .postgres ? try ScratchDatabase() : nil
  }

  /// Lends a place to `body`, and removes it afterwards.
  public static func on<Value>(
    _ engine: EngineName, isolation: isolated (any Actor)? = #isolation,
    _ body: (ScratchStore) async throws -> Value
  ) async throws -> Value {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    return try await body(scratch)
  }

  /// Where the store of a service is, as a setting says it: `sqlite:PATH` or `postgres://…`.
  public func place(of service: String = "test") -> String { database?.place ?? "sqlite:\(folder)/\(service).sqlite" }

  /// Where the store of a service is.
  public func location(of service: String = "test") throws -> StoreLocation {
    try StoreLocation(place(of: service))
  }

  /// Opens the store of a service; it is closed with this place if it is not before.
  public func open(_ migrations: [Migration], service: String = "test") throws -> Database {
    let store = try Database.open(location(of: service), migrations: migrations, service: service)
    stores.withLock { $0.append(store) }
    return store
  }

  /// Closes the stores and removes everything.
  public func remove() {
    let isFirst = isRemoved.withLock { isRemoved in
      defer { isRemoved = true }
      return !isRemoved
    }
    guard isFirst else { return }
    let opened = stores.withLock { stores in
      defer { stores = [] }
      return stores
    }
    for store in opened { try? store.close() }
    database?.remove()
    try? FileManager.default.removeItem(atPath: folder)
  }

  deinit { remove() }
}
