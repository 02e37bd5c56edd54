// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Identity
import Storage
import StorageTesting
import Testing

@testable import WaymarkMain

/// `waymark migrate`, `waymark audit verify` and `waymark migrate-store` as processes.
@Suite("Commands on stores", .timeLimit(.minutes(10))) struct StoreCommandTests {
  @Test("migrate --check says what is to be done, migrate does it", arguments: ScratchStore.engines)
  func migrate(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let flags = scratch.flags
      let missing = try Waymark.run(["migrate", "--check"] + flags)
      #expect(missing.status == 3, "\(missing)")
      #expect(missing.output.contains("people: no store yet"))
      let made = try Waymark.run(["migrate"] + flags)
      #expect(made.status == 0 && made.output.contains("measurement: now up to date"), "\(made)")
      // Also while a service has its store open.
      let store = try scratch.open(try #require(KnownStores.schemas.first).migrations, service: "people")
      let done = try Waymark.run(["migrate", "--check"] + flags)
      #expect(done.status == 0 && done.output.contains("projects: up to date"), "\(done)")
      try store.close()
    }
  }

  @Test("migrate --check ends with 1 and a sentence for a store that would be refused", arguments: ScratchStore.engines)
  func refused(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let newer = KnownStores.schemas[0].migrations
      let more =
        newer + [
          Migration(number: newer.count + 1, name: "of tomorrow", sql: ["CREATE TABLE tomorrow (id TEXT)"])
        ]
      try scratch.open(more, service: "people").close()
      for arguments in [["migrate", "--check"], ["migrate"]] {
        let refused = try Waymark.run(arguments + scratch.flags)
        #expect(refused.status == 1 && refused.output.contains("newer version"), "\(refused)")
      }
    }
  }

  @Test("audit verify prints heads that a later run is held against", arguments: ScratchStore.engines)
  func audit(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.open(KnownStores.schemas[0].migrations, service: "people")
      for number in 1...5 {
        try await store.write {
          $0.append(Event(kind: "person.created", object: "p\(number)", organisation: "o", actor: .anonymous))
        }
      }
      let found = try Waymark.run(["audit", "verify"] + scratch.flags)
      #expect(found.status == 0 && found.output.contains("\(store.id), 5 events, whole"), "\(found)")
      try store.close()
      let heads = scratch.folder + "/heads.txt"
      try Data(found.output.utf8).write(to: URL(filePath: heads))
      let held = try Waymark.run(["audit", "verify", "--expect", heads, "--json"] + scratch.flags)
      #expect(held.status == 0 && held.output.contains("\"events\" : 5"), "\(held)")
      let other = String(repeating: "0", count: 64)
      for (pin, words) in [
        ("people=3:\(other)", "event 3 is not the one"), ("people=9:\(other)", "event 9, whose hash"),
      ] {
        let refused = try Waymark.run(["audit", "verify", "--expect", pin] + scratch.flags)
        #expect(refused.status == 1 && refused.output.contains(words), "\(refused)")
      }
      let wrong = try Waymark.run(["audit", "verify", "--expect", "people=3"] + scratch.flags)
      #expect(wrong.status == 64 && wrong.error.contains("'people=3'"), "\(wrong)")
    }
  }

  @Test(
    "a copy that is killed with kill -9 is no store for a service, and the next one completes it",
    arguments: ScratchStore.engines)
  func killed(engine: EngineName) async throws {
    try await ScratchStore.on(.sqlite) { from in
      try await ScratchStore.on(engine) { to in
        let schema = try #require(KnownStores.schemas.first { $0.service == "measurement" })
        let rows = 200_000
        let store = try from.open(schema.migrations, service: "measurement")
        try await store.write { transaction in
          for measure in 0..<10 {
            try transaction.write(
              BulkRows(
                table: "observations", key: ["organisation_id", "measure_id", "period_day"],
                columns: [
                  BulkRows.Column("organisation_id", .same(.text("o\(measure % 3)"))),
                  BulkRows.Column("measure_id", .same(.text("m\(measure)"))),
                  BulkRows.Column("period_day", .integer((0..<rows / 10).map { Int64($0) })),
                  BulkRows.Column("value", .real((0..<rows / 10).map { Double($0) / 3 })),
                  BulkRows.Column("denominator", .same(.null)), BulkRows.Column("note", .same(.text("ä"))),
                  BulkRows.Column("update_time", .same(.integer(1))),
                ], count: rows / 10))
          }
        }
        try store.close()
        let arguments = [
          "migrate-store", "--from", from.folder, "--to", engine == .sqlite ? to.folder : to.place(of: "measurement"),
        ]
        let isKilled = try Waymark.kill(arguments, after: "observations: 60000 rows copied")
        #expect(isKilled)
        #expect(throws: StorageError.self) { try to.open(schema.migrations, service: "measurement").close() }
        let done = try Waymark.run(arguments)
        #expect(done.status == 0 && done.output.contains("copied and the same"), "\(done)")
        #expect(done.output.contains("\(rows) rows"))
        // What was there was not copied again.
        #expect(!done.error.contains("observations: 60000 rows copied") && done.error.contains("200000 rows copied"))
        let copy = try to.open(schema.migrations, service: "measurement")
        #expect(
          try await copy.read { try $0.row("SELECT count(*) AS n FROM observations") }?.integer("n") == Int64(rows))
        try copy.close()
        // Asked once more, it says what is there, and leaves it as it is.
        let again = try Waymark.run(arguments)
        #expect(again.status == 0 && again.output.contains("was copied before and is the same"), "\(again)")
        #expect(!again.error.contains("rows copied"))
        let written = try to.open(schema.migrations, service: "measurement")
        try await written.write { try $0.execute("DELETE FROM observations WHERE measure_id = 'm0'") }
        try written.close()
        let changed = try Waymark.run(arguments)
        #expect(changed.status == 73 && changed.error.contains("which was written to since ("), "\(changed)")
      }
    }
  }
}

extension ScratchStore {
  /// Where all stores of this place are.
  fileprivate var flags: [String] {
    engine == .sqlite ? ["--data-dir", folder] : ["--store", place(of: "people")]
  }
}

/// The program `waymark`, built beside these tests.
private struct Waymark: CustomStringConvertible {
  let status: Int32
  let output: String
  let error: String
  var description: String { "status \(status)\n\(output)\(error)" }

  private static func process(_ arguments: [String]) throws -> (Process, output: Pipe, error: Pipe) {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder =
      ProcessInfo.processInfo.environment["WAYMARK_TEST_BIN"] ?? URL(filePath: own).deletingLastPathComponent().path
    let process = Process()
    process.executableURL = URL(filePath: folder + "/waymark")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WAYMARK_") }
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    return (process, output, error)
  }

  /// Runs the program to its end.
  static func run(_ arguments: [String]) throws -> Waymark {
    let (process, output, error) = try process(arguments)
    // What it says fits into the pipes, but for progress, which is read first.
    let said = error.fileHandleForReading.readDataToEndOfFile()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Waymark(
      status: process.terminationStatus, output: String(decoding: answer, as: UTF8.self),
      error: String(decoding: said, as: UTF8.self))
  }

  /// Kills the program when it has said something on standard error.
  ///
  /// - Returns: whether it was killed before it ended.
  static func kill(_ arguments: [String], after words: String) throws -> Bool {
    let (process, _, error) = try process(arguments)
    var said = Data()
    while true {
      let new = error.fileHandleForReading.availableData
      said += new
      if new.isEmpty || String(decoding: said, as: UTF8.self).contains(words) { break }
    }
    _ = Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }
}
