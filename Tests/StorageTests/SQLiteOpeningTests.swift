// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Storage
import Testing

@Suite("Opening a SQLite file")
struct SQLiteOpeningTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The sentence that opening the store ends with.
  private func refusal(_ path: String) -> StorageError? {
    #expect(throws: StorageError.self) {
      _ = try Storage.Database.open(path: path, migrations: Scratch.notes, service: "test")
    }
  }

  @Test("the folder and the file are made when they are not there, for the owner alone")
  func made() async throws {
    let path = scratch.path("new/deeper/store.sqlite")
    let store = try Storage.Database.open(path: path, migrations: Scratch.notes, service: "test")
    try await store.write { try $0.insertNote("a") }
    for file in [path, path + "-wal", path + ".lock"] {
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(file)")
    }
  }

  @Test("every acknowledged write is on disk: write-ahead log with synchronous=FULL, and foreign keys hold")
  func durable() async throws {
    let store = try scratch.store()
    let settings = try await store.write { transaction in
      (
        try transaction.row("PRAGMA synchronous")?.integer("synchronous"),
        try transaction.row("PRAGMA journal_mode")?.text("journal_mode"),
        try transaction.row("PRAGMA foreign_keys")?.integer("foreign_keys")
      )
    }
    #expect(settings == (2, "wal", 1))
  }

  @Test("what was written is there when the store is opened again")
  func again() async throws {
    let first = try scratch.store()
    try await first.write { try $0.insertNote("a") }
    try first.close()
    #expect(try FileManager.default.attributesOfItem(atPath: scratch.path("store.sqlite"))[.size] as? Int ?? 0 > 4096)
    let second = try scratch.store()
    #expect(try await second.read { try $0.notes() } == ["a"])
  }

  @Test("what was written is there after an end without a close: the log is read again")
  func withoutClose() async throws {
    let first = try scratch.store()
    try await first.write { try $0.insertNote("a") }
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: scratch.path() + suffix, toPath: scratch.path("copy.sqlite") + suffix)
    }
    let second = try scratch.store("copy.sqlite")
    #expect(try await second.read { try $0.notes() } == ["a"])
  }

  @Test("a store that is open is refused to a second one, and free once the first is closed")
  func claimed() throws {
    let first = try scratch.store()
    #expect(refusal(scratch.path()) == .inUse(path: scratch.path()))
    try first.close()
    _ = try scratch.store()
  }

  @Test("a database of another program is refused, and not a byte of it is changed")
  func anotherProgram() throws {
    let queue = try DatabaseQueue(path: scratch.path())
    try queue.write { try $0.execute(sql: "CREATE TABLE recipes (id TEXT)") }
    try queue.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path()))
    guard case .foreign = refusal(scratch.path()) else {
      Issue.record("the file was taken")
      return
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path())) == before)
  }

  @Test("a file that is no database is refused as it is", arguments: [1, 15, 99, 100, 5000])
  func noDatabase(length: Int) throws {
    let text = Data(repeating: UInt8(ascii: "x"), count: length)
    try text.write(to: URL(fileURLWithPath: scratch.path()))
    guard case .corrupt = refusal(scratch.path()) else {
      Issue.record("the file was taken")
      return
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path())) == text)
  }

  @Test("a file with damaged pages is refused", arguments: [1, 2, 9, 20])
  func damaged(page: Int) async throws {
    let store = try scratch.store()
    try await store.write { transaction in
      for number in 0..<2000 { try transaction.insertNote("note number \(number)", position: Int64(number)) }
    }
    try store.close()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path()))
    try file.seek(toOffset: UInt64(page * 4096))
    try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try file.close()
    guard case .corrupt(_, let problem) = refusal(scratch.path()) else {
      Issue.record("the file was taken")
      return
    }
    #expect(!problem.isEmpty)
  }

  @Test("a file that was cut is refused")
  func cut() async throws {
    let store = try scratch.store()
    try await store.write { transaction in
      for number in 0..<2000 { try transaction.insertNote("note number \(number)", position: Int64(number)) }
    }
    try store.close()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path()))
    try file.truncate(atOffset: 4096 * 3)
    try file.close()
    guard case .corrupt = refusal(scratch.path()) else {
      Issue.record("the file was taken")
      return
    }
  }

  @Test("a folder that cannot be made is refused with its path and the system's reason")
  func unwritable() throws {
    try Data().write(to: URL(fileURLWithPath: scratch.path("file")))
    let path = scratch.path("file/store.sqlite")
    guard case .unwritable(path, let problem) = refusal(path) else {
      Issue.record("the folder was made")
      return
    }
    #expect(!problem.isEmpty)
  }

  @Test("a folder in the place of the file is refused")
  func folder() throws {
    try FileManager.default.createDirectory(atPath: scratch.path(), withIntermediateDirectories: true)
    guard case .unwritable = refusal(scratch.path()) else {
      Issue.record("the folder was taken")
      return
    }
  }

  @Test("each refusal is one sentence that names the file and what to do")
  func sentences() {
    let path = "/srv/waymark/people.sqlite"
    for error: StorageError in [
      .unwritable(path: path, problem: "p"), .corrupt(path: path, problem: "p"), .foreign(path: path, problem: "p"),
      .newer(path: path, found: 2, known: 1), .inUse(path: path), .migration(path: path, number: 2, problem: "p"),
    ] {
      #expect(error.description.contains(path))
      #expect(error.description.contains(": "))
      #expect(error.description.hasSuffix("."))
      #expect(!error.description.contains("\n"))
    }
  }
}
