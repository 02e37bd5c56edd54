// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Steps of a schema")
struct MigrationTests {
  private static func step(_ number: Int, _ statements: SchemaStatement..., name: String? = nil) -> Migration {
    Migration(number: number, name: name ?? "step \(number)", sql: statements)
  }

  private static let more = [
    step(2, "ALTER TABLE notes ADD COLUMN colour TEXT"), step(3, "UPDATE notes SET colour = 'red'"),
  ]

  /// The steps that a store has been through.
  private static func steps(of store: Database) async throws -> [String] {
    try await store.read { transaction in
      try transaction.rows("SELECT name FROM schema_migrations ORDER BY number").map { try $0.text("name") }
    }
  }

  @Test("steps run once each, in their order, and only those that are new", arguments: ScratchStore.engines)
  func inOrder(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let first = try scratch.store()
      try await first.write { try $0.insertNote("a") }
      try first.close()
      for _ in 0..<2 {
        let store = try scratch.open(Scratch.notes + Self.more)
        #expect(try await Self.steps(of: store) == ["notes", "step 2", "step 3"])
        let colours = try await store.read { try $0.rows("SELECT colour FROM notes").map { try $0.text("colour") } }
        #expect(colours == ["red"])
        try await store.write { try $0.execute("UPDATE notes SET colour = 'red'") }
        try store.close()
      }
    }
  }

  @Test("a step that fails is named, and leaves the store as it was before it", arguments: ScratchStore.engines)
  func failedStep(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let first = try scratch.store()
      try await first.write { try $0.insertNote("a") }
      try first.close()
      let broken = Self.step(3, "UPDATE notes SET colour = 'blue'", "INSERT INTO nowhere VALUES (1)")
      let error = scratch.refusal(Scratch.notes + [Self.more[0], broken])
      guard case .migration(_, number: 3, let problem) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(problem.contains("nowhere"))
      #expect(error?.description.contains("schema 3") == true)
      // Step 2 stays; the store can be opened by whoever knows it.
      #expect(scratch.refusal() == .newer(path: try scratch.location().description, found: 2, known: 1))
      let second = try scratch.open(Scratch.notes + [Self.more[0]])
      #expect(try await second.read { try $0.notes() } == ["a"])
      #expect(try await second.read { try $0.row("SELECT colour FROM notes") }?.optionalText("colour") == nil)
    }
  }

  @Test("a step for one engine runs on that one alone", arguments: ScratchStore.engines)
  func ofOneEngine(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let step = Self.step(
        2, .sqlite("CREATE TABLE of_sqlite (id INTEGER PRIMARY KEY AUTOINCREMENT)"),
        .postgres("CREATE TABLE of_postgres (id BIGINT GENERATED ALWAYS AS IDENTITY)"))
      let store = try scratch.open(Scratch.notes + [step])
      let made: SQL = engine == .sqlite ? "SELECT id FROM of_sqlite" : "SELECT id FROM of_postgres"
      #expect(try await store.read { try $0.rows(made) }.isEmpty)
    }
  }

  @Test("a store of a newer version is refused with both numbers", arguments: ScratchStore.engines)
  func newer(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    try scratch.open(Scratch.notes + Self.more).close()
    let error = scratch.refusal()
    #expect(error == .newer(path: try scratch.location().description, found: 3, known: 1))
    #expect(error?.description.contains("newer version") == true)
    try scratch.open(Scratch.notes + Self.more).close()
  }

  @Test("a store whose common tables are of a newer version is refused", arguments: ScratchStore.engines)
  func newerCommonTables(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    try scratch.store().close()
    try scratch.change("INSERT INTO platform_migrations VALUES (99, 'of tomorrow', 0, '')")
    #expect(scratch.refusal()?.kind == "newer")
  }

  @Test(
    "a store whose steps have other names, or were made by other statements, is refused",
    arguments: ScratchStore.engines)
  func otherSteps(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    try scratch.open(Scratch.notes + Self.more).close()
    let renamed = Scratch.notes + [Self.more[0], Self.step(3, "UPDATE notes SET colour = 'red'", name: "paint")]
    guard case .foreign(_, let problem) = scratch.refusal(renamed) else {
      Issue.record("the store was taken")
      return
    }
    #expect(problem == "step 3 of its schema is “step 3”, not “paint”")
    let edited = Scratch.notes + [Self.more[0], Self.step(3, "UPDATE notes SET colour = 'blue'")]
    guard case .foreign(_, let problem) = scratch.refusal(edited) else {
      Issue.record("the store was taken")
      return
    }
    #expect(problem == "step “step 3” of its schema was made by other statements than this program's")
    // Only the layout of a statement may be changed.
    let laidOut = Self.step(3, "UPDATE notes\n    SET colour = 'red'")
    try scratch.open(Scratch.notes + [Self.more[0], laidOut]).close()
  }

  @Test("the store of another service is refused, also one with the same schema", arguments: ScratchStore.engines)
  func anotherService(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    try scratch.store().close()
    try scratch.change("UPDATE store_properties SET value = $1 WHERE name = 'service'", [.blob(Array("people".utf8))])
    guard case .foreign(_, let problem) = scratch.refusal() else {
      Issue.record("the store was taken")
      return
    }
    #expect(problem == "it is the store of “people”, not of “test”")
  }

  @Test("a store that lacks its key or the end of its events is refused", arguments: ScratchStore.engines)
  func incomplete(engine: EngineName) throws {
    for statement in [
      "DELETE FROM store_properties WHERE name = 'page_token_key'", "DELETE FROM store_properties WHERE name = 'id'",
      "UPDATE store_properties SET value = $1 WHERE name = 'page_token_key'", "DELETE FROM event_head",
    ] {
      let scratch = try ScratchStore(engine)
      defer { scratch.remove() }
      try scratch.store().close()
      try scratch.change(statement, statement.contains("$1") ? [.blob([1, 2, 3])] : [])
      #expect(scratch.refusal()?.kind == "foreign", "\(statement)")
    }
  }

  @Test(
    "steps of stores that kept no checksums are taken as they are, and hold from then on",
    arguments: ScratchStore.engines)
  func adopted(engine: EngineName) throws {
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    try scratch.open(Scratch.notes + Self.more).close()
    try scratch.change("UPDATE schema_migrations SET checksum = '' WHERE number < 3")
    try scratch.open(Scratch.notes + Self.more).close()
    let edited = [Scratch.notes[0], Self.step(2, "ALTER TABLE notes ADD COLUMN colour BLOB"), Self.more[1]]
    #expect(scratch.refusal(edited)?.kind == "foreign")
    try scratch.open(Scratch.notes + Self.more).close()
  }

  @Test("a checksum depends on name, statements, their order and engines, and not on white space")
  func checksum() {
    let step = Self.step(1, "CREATE TABLE a (b TEXT)", "CREATE TABLE c (d TEXT)")
    #expect(
      Self.step(7, " CREATE  TABLE a\n(b TEXT) ", "CREATE TABLE c (d TEXT)", name: "step 1").checksum == step.checksum)
    for other in [
      Self.step(1, "CREATE TABLE a (b TEXT)", "CREATE TABLE c (d TEXT)", name: "other"),
      Self.step(1, "CREATE TABLE a (b BLOB)", "CREATE TABLE c (d TEXT)"),
      Self.step(1, "CREATE TABLE c (d TEXT)", "CREATE TABLE a (b TEXT)"),
      Self.step(1, "CREATE TABLE a (b TEXT) CREATE TABLE c (d TEXT)"),
      Self.step(1, "CREATE TABLE a (b TEXT)", .sqlite("CREATE TABLE c (d TEXT)")),
      Self.step(1, "CREATE TABLE a (b TEXT)", .postgres("CREATE TABLE c (d TEXT)")),
      Self.step(1, "CREATE TABLE a (b TEXT)"),
    ] { #expect(other.checksum != step.checksum) }
    #expect(step.checksum.count == 64)
  }
}
