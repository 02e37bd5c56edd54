// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import Subprocess
import Testing

/// `waymark backup` and `waymark restore` on the stores of real services.
@Suite("Backup and restore of running services", .timeLimit(.minutes(5)))
struct BackupCommandTests {
  static let waymark = Products.executable("waymark")
  static let codes = (data: 65, noInput: 66, cannotCreate: 73, temporary: 75)

  private let folder: TemporaryDirectory
  private var data: String { folder.path + "/data" }
  private var set: String { folder.path + "/set" }

  init() throws { folder = try TemporaryDirectory() }

  private func run(_ arguments: String...) async throws -> Finished { try await finish(Self.waymark, arguments) }

  /// Expects one sentence on standard error that names what is wrong, and the exit code for it.
  private func expectRefusal(_ finished: Finished, code: Int, naming: String) {
    #expect(finished.status == .exited(Int32(code)), "\(finished.said)")
    let lines = finished.error.split(separator: "\n")
    #expect(lines.count == 1 && finished.output.isEmpty, "\(finished.said)")
    #expect(finished.error.contains(naming), "\(finished.said)")
  }

  @Test("a set made under load holds all that was acknowledged before, refers nowhere else, and is what it was")
  func underLoad() async throws {
    let set = set
    let data = data
    let (before, all) = try await withWaymark(data: data) { waymark in
      try await withLoad(on: waymark) { ledger in
        #expect(try await eventually { ledger.objects.count >= 60 })
        let before = ledger.objects
        let made = try await finish(Self.waymark, "backup", set, "--data-dir", data)
        #expect(made.succeeded && made.output.contains("people, projects, measurement"), "\(made.said)")
        let after = ledger.objects.count
        #expect(try await eventually { ledger.objects.count >= after + 20 })
        return before
      } then: { before in
        (before, try await StoredObjects(of: waymark))
      }
    }
    let verified = try await run("backup", "--verify", set)
    #expect(verified.succeeded && verified.output.contains("is sound"), "\(verified.said)")

    let new = folder.path + "/new"
    let restored = try await run("restore", set, "--data-dir", new)
    #expect(restored.succeeded, "\(restored.said)")
    let there = try await withWaymark(data: new) { waymark in
      let there = try await StoredObjects(of: waymark)
      let project = try #require(there.projects.values.first)
      // What was restored is a store as any other: it takes new objects.
      _ = try await Chain.measure(waymark, of: project.id, named: "later")
      return there
    }
    for object in before { #expect(there.holds(object), "\(object) was acknowledged before") }
    #expect(there.isPart(of: all))
    #expect(there.count < all.count, "nothing was written after the set was made")
    #expect(there.danglingReferences == [])

    // In the place of stores that went on meanwhile.
    let replaced = try await run("restore", set, "--data-dir", data, "--replace")
    #expect(replaced.succeeded && replaced.output.contains("replaced-"), "\(replaced.said)")
    let again = try await withWaymark(data: data) { waymark in try await StoredObjects(of: waymark) }
    #expect(again == there)
  }

  @Test("waymark up makes sets on its own, keeps as many as asked for, and each is sound")
  func scheduled() async throws {
    let sets = folder.path + "/sets"
    let environment: [Environment.Key: String] = [
      "WAYMARK_BACKUP_DIR": sets, "WAYMARK_BACKUP_EVERY": "1s", "WAYMARK_KEEP_BACKUPS": "2",
    ]
    try await withWaymark(demo: true, data: data, environment: environment) { waymark in
      let areKept = try await eventually { waymark.lines(of: "waymark", with: "old backup", "removed").count >= 2 }
      #expect(areKept, "\(waymark.text)")
      #expect(waymark.lines(of: "waymark", with: "error:").isEmpty, "\(waymark.text)")
      #expect(waymark.lines(of: "waymark", with: "backup in", "MB", "writes waited").count >= 4, "\(waymark.text)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: sets)
    // One more when it was stopped between making one and removing another.
    #expect((2...3).contains(names.count), "\(names)")
    for name in names {
      let verified = try await run("backup", "--verify", "\(sets)/\(name)")
      #expect(verified.succeeded, "\(verified.said)")
    }
  }

  @Test("a schedule that cannot be kept is told, and the services go on")
  func scheduledFailure() async throws {
    let file = folder.path + "/file"
    try Data("no folder".utf8).write(to: URL(filePath: file))
    try await withWaymark(data: data, environment: ["WAYMARK_BACKUP_DIR": file]) { waymark in
      let isTold = try await eventually {
        !waymark.lines(of: "waymark", with: "error: no backup was made", file).isEmpty
      }
      #expect(isTold, "\(waymark.text)")
      #expect(try await waymark.call("waymark.people.v1.OrganisationService/ListOrganisations").status == 200)
    }
  }

  @Test("each failure is one sentence and an exit code of its kind")
  func failures() async throws {
    expectRefusal(
      try await run("backup", set, "--data-dir", folder.path + "/nowhere"), code: Self.codes.noInput,
      naming: folder.path + "/nowhere")
    let data = data
    let set = set
    try await withWaymark(data: data) { _ in
      let made = try await finish(Self.waymark, "backup", set, "--data-dir", data)
      #expect(made.succeeded, "\(made.said)")
      expectRefusal(
        try await finish(Self.waymark, "restore", set, "--data-dir", data, "--replace"), code: Self.codes.temporary,
        naming: data)
    }
    expectRefusal(try await run("backup", set, "--data-dir", data), code: Self.codes.cannotCreate, naming: set)
    let file = folder.path + "/file"
    try Data().write(to: URL(filePath: file))
    expectRefusal(
      try await run("backup", file + "/set", "--data-dir", data), code: Self.codes.cannotCreate, naming: file)
    expectRefusal(try await run("restore", set, "--data-dir", data), code: Self.codes.cannotCreate, naming: data)
    expectRefusal(
      try await run("restore", data, "--data-dir", folder.path + "/new"), code: Self.codes.noInput, naming: data)

    let bytes = try FileHandle(forUpdating: URL(filePath: set + "/projects.sqlite"))
    try bytes.seek(toOffset: 4096 + 17)
    try bytes.write(contentsOf: Data([0x5A]))
    try bytes.close()
    for arguments in [["backup", "--verify", set], ["restore", set, "--data-dir", folder.path + "/new"]] {
      expectRefusal(try await finish(Self.waymark, arguments), code: Self.codes.data, naming: set + "/projects.sqlite")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))

    let foreign = try await finish(
      "python3", "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE recipes (id)')",
      data + "/people.sqlite.foreign")
    #expect(foreign.succeeded, "\(foreign.said)")
    let people = data + "/people.sqlite"
    try FileManager.default.removeItem(atPath: people)
    try FileManager.default.moveItem(atPath: people + ".foreign", toPath: people)
    for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: people + end) }
    let other = folder.path + "/other"
    expectRefusal(try await run("backup", other, "--data-dir", data), code: Self.codes.data, naming: people)
    #expect(!FileManager.default.fileExists(atPath: other))
  }

  /// A disk of its own for one command, where this machine lets its users have one.
  private static func onDisk(options: String, _ disk: String, _ arguments: [String]) async throws -> Finished {
    let script = "mount -t tmpfs -o \"$0\" none \"$1\" && shift && \"$@\"; code=$?; ls \"$DISK\" >&2; exit $code"
    return try await finish(
      "unshare", ["-rm", "env", "DISK=\(disk)", "sh", "-c", script, options, disk] + arguments)
  }

  private static func canMount() async throws -> Bool {
    let disk = try TemporaryDirectory()
    return try await onDisk(options: "size=64k", disk.path, ["true"]).succeeded
  }

  @Test(
    "a disk that is full is told, and nothing of the set is left on it",
    .enabled("needs a file system of its own") { try await canMount() }, arguments: ["size=64k", "nr_inodes=4"])
  func fullDisk(options: String) async throws {
    try await withWaymark(data: data) { _ in }
    let disk = folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let finished = try await Self.onDisk(
      options: options, disk, [Self.waymark, "backup", disk + "/set", "--data-dir", data])
    // The folder was listed after the sentence: it is empty.
    expectRefusal(finished, code: Self.codes.cannotCreate, naming: "There is no room left for \(disk)/set")
  }
}
