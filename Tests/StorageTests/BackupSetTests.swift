// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("A set that is not as it was made", .timeLimit(.minutes(5)))
struct BackupSetTests {
  private let fixture: BackupFixture

  init() throws { fixture = try BackupFixture() }

  /// What `verify` and `restore` say of the set: the same, with nothing made where it would be restored to.
  private func refusal(_ set: String? = nil, known: [BackupSet.KnownStore] = BackupFixture.known) async -> BackupError?
  {
    let set = set ?? fixture.set
    let error = await #expect(throws: BackupError.self) { try await BackupSet(folder: set).verify(known: known) }
    let new = fixture.scratch.path("new")
    let restoring = await #expect(throws: BackupError.self) {
      _ = try await fixture.restore(set, to: new, known: known)
    }
    #expect(restoring == error)
    #expect(!FileManager.default.fileExists(atPath: new))
    return error
  }

  private func path(_ file: String) -> String { "\(fixture.set)/\(file)" }

  private func manifest() throws -> String { try String(contentsOfFile: path("manifest.json"), encoding: .utf8) }

  private func write(manifest: String) throws {
    try Data(manifest.utf8).write(to: URL(filePath: path("manifest.json")))
  }

  @Test("a set that is as it was made is sound, however often it is asked for, and nothing appears in it")
  func sound() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    let before = try BackupFixture.files(in: fixture.set)
    for _ in 0..<2 { try await BackupSet(folder: fixture.set).verify(known: BackupFixture.known) }
    #expect(try BackupFixture.files(in: fixture.set) == before)
  }

  @Test(
    "one changed bit in any file is found", arguments: ["people.sqlite", "measurement.sqlite"], [0, 19, 500, 9000, -1])
  func changedBit(file: String, place: Int) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    var content = try Data(contentsOf: URL(filePath: path(file)))
    let index = place < 0 ? content.count - 1 : place
    content[index] ^= 0x10
    try content.write(to: URL(filePath: path(file)))
    guard case .mixed(path(file), _) = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test("any bit of the manifest that is changed is found, or changes nothing of its meaning")
  func changedManifest() async throws {
    try await fixture.fill(note: "a")
    let made = try await fixture.backup().manifest
    let content = try Data(contentsOf: URL(filePath: path("manifest.json")))
    for index in content.indices {
      var damaged = content
      damaged[index] ^= 1 << UInt8(index % 8)
      try damaged.write(to: URL(filePath: path("manifest.json")))
      do {
        let read = try BackupSet(folder: fixture.set).manifest
        #expect(read == made, "byte \(index)")
      } catch {
        #expect(error.description.contains(fixture.set))
      }
    }
  }

  @Test(
    "a file that is missing, cut or longer is named", arguments: ["people.sqlite", "projects.sqlite"], [nil, -1, 1])
  func length(file: String, change: Int?) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    if let change {
      let content = try Data(contentsOf: URL(filePath: path(file)))
      let changed = change < 0 ? content.dropLast() : content + Data([0])
      try Data(changed).write(to: URL(filePath: path(file)))
    } else {
      try FileManager.default.removeItem(atPath: path(file))
    }
    guard case .mixed(path(file), let problem) = await refusal() else {
      Issue.record("it was taken")
      return
    }
    #expect(problem.contains(change == nil ? "missing" : "bytes"))
  }

  @Test("a file of another set is found", arguments: BackupFixture.services)
  func mixed(service: String) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try await fixture.fill(note: "b")
    let later = fixture.scratch.path("later")
    _ = try await fixture.backup(to: later)
    try FileManager.default.removeItem(atPath: path("\(service).sqlite"))
    try FileManager.default.copyItem(atPath: "\(later)/\(service).sqlite", toPath: path("\(service).sqlite"))
    guard case .mixed(path("\(service).sqlite"), _) = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test("the manifest of another set is found")
  func otherManifest() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try await fixture.fill(note: "b")
    let later = fixture.scratch.path("later")
    _ = try await fixture.backup(to: later)
    try write(manifest: try String(contentsOfFile: "\(later)/manifest.json", encoding: .utf8))
    guard case .mixed = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test(
    "a file that the manifest does not name is found",
    arguments: ["notes.txt", "people.sqlite-wal", "people.sqlite.partial"])
  func extra(name: String) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try Data("x".utf8).write(to: URL(filePath: path(name)))
    #expect(await refusal() == .mixed(path: path(name), problem: "the manifest does not name it"))
  }

  @Test("two stores that have changed places are found")
  func swapped() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try FileManager.default.moveItem(atPath: path("people.sqlite"), toPath: path("x"))
    try FileManager.default.moveItem(atPath: path("projects.sqlite"), toPath: path("people.sqlite"))
    try FileManager.default.moveItem(atPath: path("x"), toPath: path("projects.sqlite"))
    guard case .mixed = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test("a manifest that names another program's database, with its right hash, is refused all the same")
  func foreign() async throws {
    try await fixture.fill(note: "a")
    var manifest = try await fixture.backup().manifest
    try BackupFixture.change(path("people.sqlite"), "PRAGMA application_id = 1").close()
    let digest = try DurableFiles.digest(of: path("people.sqlite"), Interruption())
    manifest.stores[0].sha256 = digest.sha256
    manifest.stores[0].bytes = digest.bytes
    try write(manifest: String(decoding: try manifest.encoded(), as: UTF8.self))
    #expect(await refusal() == .foreign(path: path("people.sqlite")))
  }

  @Test("a store of a newer schema, and one of a service that is not known, are refused")
  func newerStore() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    let older = BackupFixture.services.map { BackupSet.KnownStore(service: $0, schema: $0 == "projects" ? 0 : 1) }
    #expect(await refusal(known: older) == .newerStore(path: path("projects.sqlite"), found: 1, known: 0))
    guard case .mixed(path("projects.sqlite"), _) = await refusal(known: [older[0], older[2]]) else {
      Issue.record("it was taken")
      return
    }
  }

  @Test("a set of a newer format is refused with both numbers")
  func newerFormat() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try write(manifest: try manifest().replacingOccurrences(of: "\"format\" : 1", with: "\"format\" : 2"))
    #expect(await refusal() == .newerFormat(folder: fixture.set, found: 2, known: 1))
  }

  @Test(
    "a manifest that leads out of its folder is refused, though its hash is right",
    arguments: ["../people", "people/../../x", "/etc/passwd", ""])
  func outside(service: String) async throws {
    try await fixture.fill(note: "a")
    var manifest = try await fixture.backup().manifest
    manifest.stores[0].service = service
    manifest.stores[0].file = "\(service).sqlite"
    try write(manifest: String(decoding: try manifest.encoded(), as: UTF8.self))
    guard case .noSet(fixture.set, _) = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test(
    "what is no manifest is refused", arguments: ["", "{}", "[]", "{\"format\": \"1\"}", "{\"format\": 0}", "\u{0}"])
  func noManifest(text: String) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try write(manifest: text)
    guard case .noSet(fixture.set, _) = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test("a folder without a manifest, and one that is not there, are no sets")
  func noSet() async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try FileManager.default.removeItem(atPath: path("manifest.json"))
    for folder in [fixture.set, fixture.scratch.path("nowhere")] {
      guard case .noSet(folder, _) = await refusal(folder) else {
        Issue.record("\(folder) was taken")
        return
      }
    }
  }

  @Test("a manifest comes back as it was written", arguments: [nil, 1, Int.max])
  func manifests(ordinal: Int?) async throws {
    try await fixture.fill(note: "a")
    let made = try await fixture.backup(ordinal: ordinal).manifest
    #expect(made.ordinal == ordinal && made.time == BackupFixture.time && made.program == "test 1")
    #expect(try BackupSet(folder: fixture.set).manifest == made)
  }
}
