// SPDX-License-Identifier: Apache-2.0

import Identity
import StorageTesting
import Testing

@testable import Storage

@Suite("Changes that become durable together")
struct GroupCommitTests {
  /// A change that inserts a note, tells of it, and answers `number`.
  private static func good(_ number: Int) -> @Sendable (WriteTransaction) throws -> Int {
    { transaction in
      try transaction.insertNote("n\(number)", position: Int64(number))
      transaction.append(.noted("n\(number)"))
      return number
    }
  }

  /// Ways in which a change fails.
  enum Failure: CaseIterable, Sendable {
    case beforeWriting, afterWriting, conflict, conflictWaitedFor, conflictTurnedIntoAnother, badStatement, badRead, nul
    case tooMuch

    /// What the caller is told.
    func isTold(_ error: (any Error)?) -> Bool {
      switch self {
      case .beforeWriting, .afterWriting, .conflictTurnedIntoAnother: error is Unhappy
      case .conflict, .conflictWaitedFor: (error as? StorageError)?.kind == "conflict"
      case .badStatement, .badRead, .nul, .tooMuch: (error as? StorageError)?.kind == "statement"
      }
    }

    func happen(_ transaction: WriteTransaction) throws {
      transaction.append(.noted("never"))
      switch self {
      case .beforeWriting: break
      case .afterWriting: try transaction.insertNote("never")
      case .conflict: try transaction.insertNote("old")
      case .conflictWaitedFor:
        _ = try transaction.change("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'old', 1)")
      case .conflictTurnedIntoAnother:
        do {
          _ = try transaction.change("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'old', 1)")
        } catch { throw Unhappy() }
      case .badStatement: try transaction.execute("INSERT INTO nowhere VALUES (1)")
      case .badRead: _ = try transaction.rows("SELECT * FROM nowhere")
      case .nul: try transaction.insertNote("a\0b")
      case .tooMuch: try transaction.execute("INSERT INTO notes (organisation_id, id) VALUES ('o', 'x')")
      }
      if [.beforeWriting, .afterWriting].contains(self) { throw Unhappy() }
    }
  }

  @Test(
    "results belong to their callers, and changes are made in the order in which they came",
    arguments: ScratchStore.engines)
  func results(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let writer = try WriterProbe(scratch)
      let count = WriteQueue.largestGroup * 2 + 5
      let changes = writer.together((0..<count).map(Self.good))
      #expect(changes.map(\.value) == (0..<count).map { $0 })
      #expect(changes.allSatisfy { $0.runs == 1 })
      try writer.close()
      let store = try scratch.store()
      #expect(try await store.read { try $0.notes() } == (0..<count).map { "n\($0)" })
      #expect(try await store.objects() == (0..<count).map { "n\($0)" })
      #expect(try await store.chainIsWhole())
    }
  }

  @Test("each change of a group sees what those before it did", arguments: ScratchStore.engines)
  func seeing(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let writer = try WriterProbe(scratch)
      let bodies = (0..<50).map { number -> @Sendable (WriteTransaction) throws -> Int in
        { transaction in
          let count = try transaction.row("SELECT COUNT(*) AS n FROM notes")?.integer("n") ?? -1
          try transaction.insertNote("n\(number)")
          return Int(count)
        }
      }
      #expect(writer.together(bodies).map(\.value) == (0..<50).map { $0 })
      try writer.close()
    }
  }

  @Test(
    "a change of a group that fails fails alone, the others are kept", arguments: ScratchStore.engines, Failure.allCases
  )
  func failing(engine: EngineName, failure: Failure) async throws {
    try await ScratchStore.on(engine) { scratch in
      let writer = try WriterProbe(scratch)
      _ = writer.together([
        {
          try $0.insertNote("old"); return 0
        }
      ])
      var bad: Set<Int> = []
      for (round, places) in [[0], [4], [9], [2, 3, 7]].enumerated() {
        let numbers = (0..<10).map { round * 10 + $0 }
        let changes = writer.together(
          numbers.map { number in
            guard places.contains(number % 10) else { return Self.good(number) }
            return { transaction in
              try failure.happen(transaction)
              return number
            }
          })
        for (number, change) in zip(numbers, changes) {
          if places.contains(number % 10) {
            bad.insert(number)
            #expect(failure.isTold(change.error), "\(number): \(String(describing: change.error))")
          } else {
            #expect(change.value == number, "\(number): \(String(describing: change.error))")
          }
        }
      }
      #expect(writer.health.problem == nil)
      try writer.close()
      let kept = (0..<40).filter { !bad.contains($0) }.map { "n\($0)" }
      let store = try scratch.store()
      #expect(try await store.read { try $0.notes() }.sorted() == (kept + ["old"]).sorted())
      #expect(try await store.objects() == kept)
      #expect(try await store.chainIsWhole())
    }
  }

  @Test(
    "who hears of another change's failure, and makes an error of its own of it, is made again",
    arguments: ScratchStore.engines)
  func blamed(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let writer = try WriterProbe(scratch)
      let changes = writer.together([
        {
          try $0.insertNote("a"); return 0
        },
        {
          try $0.insertNote("a"); return 1
        },
        { transaction in
          do { return try transaction.notes().count } catch { throw Unhappy() }
        },
        { transaction in
          do { try transaction.insertNote("b") } catch { throw Unhappy() }
          return 3
        },
      ])
      #expect(changes.map(\.value) == [0, nil, 1, 3])
      #expect((changes[1].error as? StorageError)?.kind == "conflict")
      try writer.close()
    }
  }

  @Test(
    "one that was cancelled before its turn is not made, the others of its group are", arguments: ScratchStore.engines)
  func cancelled(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let writer = try WriterProbe(scratch)
      let changes = writer.together((0..<10).map(Self.good), cancelling: [0, 5, 9])
      for (number, change) in changes.enumerated() {
        let isCancelled = [0, 5, 9].contains(number)
        #expect(change.runs == (isCancelled ? 0 : 1))
        #expect((change.error is CancellationError) == isCancelled)
        #expect(change.value == (isCancelled ? nil : number))
      }
      #expect(writer.feed.last == 7)
      try writer.close()
    }
  }

  @Test(
    "what was asked for before the store is closed is made, what comes later is refused",
    arguments: ScratchStore.engines)
  func closed(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let writer = try WriterProbe(scratch)
      #expect(writer.together((0..<300).map(Self.good)).allSatisfy { $0.value != nil })
      try writer.close()
      let late = writer.together([Self.good(1)])
      #expect((late[0].error as? StorageError)?.kind == "unavailable")
      #expect(late[0].runs == 0)
    }
  }
}

extension Event {
  static func noted(_ object: String) -> Event {
    Event(kind: "note.created", object: object, organisation: "o", actor: .person(id: "p"), after: "{}", reason: "why")
  }
}
