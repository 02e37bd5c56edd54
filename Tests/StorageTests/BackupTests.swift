// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Making a backup", .timeLimit(.minutes(5)))
struct BackupTests {
  private let fixture: BackupFixture

  init() throws { fixture = try BackupFixture() }

  private func refusal(_ body: () async throws -> Backup.Report) async -> BackupError? {
    await #expect(throws: BackupError.self) { _ = try await body() }
  }

  @Test("a set is one plain file a store and a manifest, for its owner alone")
  func plain() async throws {
    try await fixture.fill(note: "a")
    let report = try await fixture.backup()
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.set).sorted()
    #expect(names == ["manifest.json", "measurement.sqlite", "people.sqlite", "projects.sqlite"])
    for name in names {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(fixture.set)/\(name)")[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
    #expect(report.manifest.stores.map(\.service) == BackupFixture.services)
    #expect(report.manifest.stores.allSatisfy { $0.schema == 1 && $0.bytes > 0 && $0.sha256.count == 64 })
    #expect(try BackupSet(folder: fixture.set).manifest == report.manifest)
    let mode: String? = try BackupFixture.look("\(fixture.set)/people.sqlite", "PRAGMA journal_mode")
    #expect(mode == "delete")
  }

  @Test("stores that are open are copied with what was acknowledged, whether it is in their log or not")
  func running() async throws {
    let stores = try BackupFixture.services.map { try fixture.open($0) }
    for store in stores { try await store.write { try $0.insertNote("acknowledged") } }
    let log = fixture.path(of: "people") + "-wal"
    #expect(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0 > 0)
    let report = try await fixture.backup()
    for service in BackupFixture.services {
      let note: String? = try BackupFixture.look("\(fixture.set)/\(service).sqlite", "SELECT id FROM notes")
      #expect(note == "acknowledged")
    }
    #expect(report.writesHeld > .zero && report.writesHeld <= report.duration)
    for store in stores { try await store.write { try $0.insertNote("after") } }
  }

  @Test("the data folder is left with the files it had")
  func untouched() async throws {
    try await fixture.fill(note: "a")
    let before = try FileManager.default.contentsOfDirectory(atPath: fixture.data).sorted()
    _ = try await fixture.backup()
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.data).sorted() == before)
  }

  @Test("the last event is named, and a store that has none yet has 0")
  func events() async throws {
    try await fixture.fill(["people", "projects"], note: "a")
    try BackupFixture.change(
      fixture.path(of: "people"), "DROP TABLE events", "CREATE TABLE events (sequence INTEGER, organisation_id TEXT)",
      "INSERT INTO events VALUES (4711, 'a'), (17, 'b')")
    let report = try await fixture.backup()
    #expect(report.manifest.stores.map(\.lastEvent) == [4711, 0])
  }

  @Test("a store that no service has made yet is no part of the set")
  func some() async throws {
    try await fixture.fill(["projects"], note: "a")
    #expect(try await fixture.backup().manifest.stores.map(\.file) == ["projects.sqlite"])
  }

  @Test("a folder without stores is refused, and no folder is made for the set")
  func noStores() async throws {
    let error = await refusal { try await fixture.backup() }
    #expect(error == .noStores(folder: fixture.data, files: BackupFixture.services.map { $0 + ".sqlite" }))
    #expect(!FileManager.default.fileExists(atPath: fixture.set))
  }

  @Test("another program's database is refused, and not a byte of it is changed")
  func foreign() async throws {
    try await fixture.fill(["people"], note: "a")
    try BackupFixture.change(fixture.path(of: "projects"), "CREATE TABLE recipes (id TEXT)")
    let before = try Data(contentsOf: URL(filePath: fixture.path(of: "projects")))
    #expect(await refusal { try await fixture.backup() } == .foreign(path: fixture.path(of: "projects")))
    #expect(try Data(contentsOf: URL(filePath: fixture.path(of: "projects"))) == before)
    #expect(!FileManager.default.fileExists(atPath: fixture.set))
  }

  @Test("a file that is no database is refused")
  func noDatabase() async throws {
    try await fixture.fill(["people"], note: "a")
    try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: fixture.path(of: "projects")))
    guard case .damaged(fixture.path(of: "projects"), _) = await refusal({ try await fixture.backup() }) else {
      Issue.record("it was copied")
      return
    }
  }

  @Test("a store with damaged pages makes no backup, and nothing is left of the attempt", arguments: [2, 9, 20])
  func damaged(page: Int) async throws {
    let store = try fixture.open("people")
    try await store.write { transaction in
      for number in 0..<2000 { try transaction.insertNote("note number \(number)", position: Int64(number)) }
    }
    try store.close()
    let file = try FileHandle(forUpdating: URL(filePath: fixture.path(of: "people")))
    try file.seek(toOffset: UInt64(page * 4096))
    try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try file.close()
    guard case .damaged = await refusal({ try await fixture.backup() }) else {
      Issue.record("it was copied")
      return
    }
    #expect(!FileManager.default.fileExists(atPath: fixture.set))
  }

  @Test("a folder with something in it is refused and left as it is; an empty one is taken")
  func destination() async throws {
    try await fixture.fill(note: "a")
    try FileManager.default.createDirectory(atPath: fixture.set, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(filePath: fixture.set + "/letter.txt"))
    #expect(await refusal { try await fixture.backup() } == .notEmpty(path: fixture.set, found: "letter.txt"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.set) == ["letter.txt"])
    try FileManager.default.removeItem(atPath: fixture.set + "/letter.txt")
    _ = try await fixture.backup()
  }

  @Test("a place where no folder can be made is refused by its name")
  func unwritable() async throws {
    try await fixture.fill(note: "a")
    try Data().write(to: URL(filePath: fixture.set))
    let below = fixture.set + "/deep/er"
    guard case .unwritable(let path, let problem) = await refusal({ try await fixture.backup(to: below) }) else {
      Issue.record("it was made")
      return
    }
    #expect(path.hasPrefix(fixture.set) && !problem.isEmpty)
  }

  @Test("a store in the middle of a write that does not end is named, and the others' writes were not kept waiting")
  func busy() async throws {
    try await fixture.fill(note: "a")
    let writer = try BackupFixture.change(fixture.path(of: "projects"), "BEGIN IMMEDIATE")
    defer { try? writer.close() }
    let people = try fixture.open("people")
    async let refused = refusal { try await fixture.backup(patience: .seconds(1)) }
    for number in 0..<20 { try await people.write { try $0.insertNote("meanwhile \(number)") } }
    #expect(await refused == .busy(path: fixture.path(of: "projects"), seconds: 1))
    #expect(!FileManager.default.fileExists(atPath: fixture.set))
  }

  @Test("a cancelled backup leaves nothing")
  func cancelled() async throws {
    try await fixture.fill(note: "a")
    let fixture = fixture
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await fixture.backup()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(!FileManager.default.fileExists(atPath: fixture.set))
  }

  @Test("each refusal is one sentence that names the place")
  func sentences() {
    let path = "/srv/waymark"
    for error: BackupError in [
      .noStores(folder: path, files: ["people.sqlite"]), .foreign(path: path), .damaged(path: path, problem: "p"),
      .unreadable(path: path, problem: "p"), .busy(path: path, seconds: 3), .full(path: path, needed: 5),
      .full(path: path, needed: nil), .unwritable(path: path, problem: "p"), .notEmpty(path: path, found: "f"),
      .noSet(folder: path, problem: "p"), .newerFormat(folder: path, found: 2, known: 1),
      .mixed(path: path, problem: "p"), .newerStore(path: path, found: 2, known: 1), .inUse(path: path),
      .occupied(folder: path, files: ["people.sqlite"]), .halfway(folder: path, aside: path, problem: "p"),
    ] {
      #expect(error.description.contains(path))
      #expect(error.description.hasSuffix("."))
      #expect(!error.description.dropLast().contains(". "))
      #expect(!error.description.contains("\n"))
    }
  }
}
