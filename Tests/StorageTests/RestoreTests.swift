// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Storage

@Suite("Restoring a set", .timeLimit(.minutes(5)))
struct RestoreTests {
  private let fixture: BackupFixture

  init() throws { fixture = try BackupFixture() }

  private func notes(in folder: String) async throws -> [[String]?] {
    var all: [[String]?] = []
    for service in BackupFixture.services { all.append(try await fixture.notes(service, in: folder)) }
    return all
  }

  private static func expected(_ note: String) -> [[String]?] { BackupFixture.services.map { ["\(note) of \($0)"] } }

  @Test("into a new folder, the stores are as they were, and what comes later is written to them")
  func fresh() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    let new = fixture.scratch.path("deep/new")
    let report = try await fixture.restore(to: new)
    #expect(report.setAside.isEmpty)
    let left = try FileManager.default.contentsOfDirectory(atPath: new).filter { !$0.hasSuffix(".lock") }.sorted()
    #expect(left == ["measurement.sqlite", "people.sqlite", "projects.sqlite"])
    #expect(try await notes(in: new) == Self.expected("a"))
    let store = try fixture.open("people", in: new)
    try await store.write { try $0.insertNote("later") }
    #expect(try await store.read { try $0.notes() }.count == 2)
    try store.close()
    let mode = try FileManager.default.attributesOfItem(atPath: new + "/people.sqlite")[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("stores that are there are refused, each by its name, and nothing is touched")
  func occupied() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try await fixture.fill(["projects"], note: "b")
    let before = try BackupFixture.files(in: fixture.data)
    await #expect(
      throws: BackupError.occupied(
        folder: fixture.data, files: ["people.sqlite", "projects.sqlite", "measurement.sqlite"])
    ) { _ = try await fixture.restore() }
    #expect(try BackupFixture.files(in: fixture.data) == before)
  }

  @Test("stores that are to be replaced are moved aside with their logs, and are whole there")
  func replacing() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try await fixture.fillUnclosed(note: "b")
    let before = try BackupFixture.files(in: fixture.data)
    #expect(before["people.sqlite-wal"]?.isEmpty == false)

    let report = try await fixture.restore(replacing: true)
    #expect(report.setAside == ["replaced-20260131T020000Z"])
    let aside = "\(fixture.data)/\(try #require(report.setAside.first))"
    let moved = try BackupFixture.files(in: aside)
    for (name, content) in before { #expect(moved[name] == content, "\(name)") }
    #expect(try await notes(in: fixture.data) == Self.expected("a"))
    for service in BackupFixture.services {
      #expect(try await fixture.notes(service, in: aside) == ["a of \(service)", "b of \(service)"])
    }
  }

  @Test("a second restore moves aside into a folder of its own")
  func twice() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    for expected in ["replaced-20260131T020000Z", "replaced-20260131T020000Z-2", "replaced-20260131T020000Z-3"] {
      try await fixture.fill(["people"], note: expected)
      #expect(try await fixture.restore(replacing: true).setAside == [expected])
    }
    #expect(try await notes(in: fixture.data) == Self.expected("a"))
  }

  @Test("a store that the set does not have is moved aside, too: it would not go with the others")
  func absent() async throws {
    try await fixture.fill(["people", "projects"], note: "a")
    _ = try await fixture.backup()
    try await fixture.fill(["measurement"], note: "b")
    _ = try await fixture.restore(replacing: true)
    #expect(!FileManager.default.fileExists(atPath: fixture.path(of: "measurement")))
    #expect(FileManager.default.fileExists(atPath: "\(fixture.data)/replaced-20260131T020000Z/measurement.sqlite"))
  }

  @Test("a damaged store, and a lone log, are moved aside as they are")
  func damaged() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try Data("garbage".utf8).write(to: URL(filePath: fixture.path(of: "people")))
    try FileManager.default.removeItem(atPath: fixture.path(of: "projects"))
    try Data("log".utf8).write(to: URL(filePath: fixture.path(of: "projects") + "-wal"))
    _ = try await fixture.restore(replacing: true)
    let moved = try BackupFixture.files(in: fixture.data + "/replaced-20260131T020000Z")
    #expect(moved["people.sqlite"] == Data("garbage".utf8) && moved["projects.sqlite-wal"] == Data("log".utf8))
    #expect(try await notes(in: fixture.data) == Self.expected("a"))
  }

  @Test("a store that a service has open is refused, and nothing is touched", arguments: BackupFixture.services)
  func inUse(service: String) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    let store = try fixture.open(service)
    await #expect(throws: BackupError.inUse(path: fixture.path(of: service))) {
      _ = try await fixture.restore(replacing: true)
    }
    try store.close()
    #expect(try await notes(in: fixture.data) == Self.expected("a"))
    #expect(!FileManager.default.fileExists(atPath: fixture.data + "/replaced-20260131T020000Z"))
  }

  @Test("no service can open a store while it is restored")
  func claimed() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    let fixture = fixture
    _ = try await fixture.restore(replacing: true) { _ in
      for service in BackupFixture.services {
        #expect(throws: StorageError.inUse(path: fixture.path(of: service))) { _ = try fixture.open(service) }
      }
    }
  }

  @Test("a set that changes after it was verified is not put in place")
  func changedMeanwhile() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try await fixture.fillUnclosed(note: "b")
    let before = try BackupFixture.files(in: fixture.data)
    let path = "\(fixture.set)/projects.sqlite"
    let error = await #expect(throws: BackupError.self) {
      _ = try await fixture.restore(replacing: true) { step in
        guard step == .copied("people") else { return }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 5000)
        try file.write(contentsOf: Data([1, 2, 3]))
        try file.close()
      }
    }
    guard case .mixed(path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try BackupFixture.files(in: fixture.data) == before)
  }

  @Test("the same restore again finds all done")
  func again() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    let new = fixture.scratch.path("new")
    _ = try await fixture.restore(to: new)
    let before = try BackupFixture.files(in: new)
    #expect(try await fixture.restore(to: new).setAside.isEmpty)
    #expect(try BackupFixture.files(in: new) == before)
  }
}
