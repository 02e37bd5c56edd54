// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import StorageTesting
import Testing

@testable import Storage

@Suite("What opening a store would do to its schema")
struct SchemaReportTests {
  private static let more = Scratch.notes + [Migration(number: 2, name: "more", sql: ["CREATE TABLE more (id TEXT)"])]

  private func report(_ scratch: ScratchStore, _ migrations: [Migration] = Scratch.notes, service: String = "test")
    throws -> SchemaReport
  {
    SchemaReport(of: try scratch.location(), migrations: migrations, service: service)
  }

  @Test("no store lacks all steps, and is not made by looking", arguments: ScratchStore.engines)
  func none(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    for _ in 0..<2 {
      let report = try report(scratch)
      #expect(!report.isThere && report.applied.isEmpty && report.refusal == nil)
      #expect(report.pending.map(\.name) == (CommonSchema.migrations + Scratch.notes).map(\.name))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder).isEmpty)
  }

  @Test(
    "steps that were made and steps to be made are told, also while a service has the store open",
    arguments: ScratchStore.engines)
  func steps(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    let store = try scratch.store()
    for _ in 0..<2 {
      let report = try report(scratch, Self.more)
      #expect(report.isThere && report.refusal == nil)
      #expect(report.applied.last == SchemaReport.Step(number: 1, name: "notes", isCommon: false))
      #expect(report.pending == [SchemaReport.Step(number: 2, name: "more", isCommon: false)])
    }
    #expect(try report(scratch).pending.isEmpty)
    try store.close()
    try scratch.open(Self.more).close()
    #expect(try report(scratch, Self.more).pending.isEmpty)
  }

  @Test("a store that would be refused is told with the reason, and not changed", arguments: ScratchStore.engines)
  func refused(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    try scratch.open(Self.more).close()
    #expect(try report(scratch).refusal == scratch.refusal())
    let edited = [Migration(number: 1, name: "notes", sql: ["CREATE TABLE notes (id TEXT)"]), Self.more[1]]
    #expect(try report(scratch, edited).refusal?.kind == "foreign")
    try scratch.change("UPDATE store_properties SET value = $1 WHERE name = 'service'", [.blob(Array("people".utf8))])
    #expect(try report(scratch, Self.more).refusal?.description.contains("“people”") == true)
  }

  @Test("a file is the same byte for byte afterwards, and one that is no store is refused")
  func untouched() throws {
    let scratch = try ScratchStore(.sqlite)
    defer { scratch.remove() }
    try scratch.store().close()
    let path = URL(filePath: scratch.folder + "/test.sqlite")
    let before = SHA256.hash(data: try Data(contentsOf: path))
    #expect(try report(scratch, Self.more).pending.count == 1)
    #expect(SHA256.hash(data: try Data(contentsOf: path)) == before)
    try Data(
      "no database at all, but a text of more than a hundred bytes, so that it has the length of a header ............"
        .utf8
    )
    .write(to: path)
    #expect(try report(scratch).refusal?.kind == "corrupt")
  }

  @Test("a PostgreSQL that cannot be reached is told as such")
  func unreachable() throws {
    let report = SchemaReport(
      of: try StoreLocation("postgres://x@127.0.0.1:1/x"), migrations: Scratch.notes, service: "test")
    #expect(report.refusal?.kind == "unavailable")
  }
}
