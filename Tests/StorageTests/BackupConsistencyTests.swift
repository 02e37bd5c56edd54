// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Storage

/// Writers that write to the stores in a fixed order, so that what a set holds tells whether it is of one moment.
@Suite("A backup under writes", .timeLimit(.minutes(5)))
struct BackupConsistencyTests {
  private let fixture: BackupFixture

  init() throws { fixture = try BackupFixture() }

  /// Counts how far each store of a set had come, and checks that no later one was ahead of an earlier one, nor an
  /// earlier one by more than the write between the two.
  private func expectOneMoment(_ set: String, atLeast acknowledged: Int) throws {
    let counts = try BackupFixture.services.map { service -> Int in
      let path = "\(set)/\(service).sqlite"
      let most: Int? = try BackupFixture.look(path, "SELECT MAX(position) FROM notes")
      let count: Int? = try BackupFixture.look(path, "SELECT COUNT(*) FROM notes WHERE position > 0")
      // Nothing is missing before the last.
      #expect(most == count, "\(service)")
      return most ?? 0
    }
    #expect(counts[0] >= acknowledged, "\(counts)")
    for (earlier, later) in zip(counts, counts.dropFirst()) { #expect((0...1).contains(earlier - later), "\(counts)") }
    #expect((0...1).contains(counts[0] - counts[2]), "\(counts)")
  }

  /// Makes stores large enough that copying takes many steps, so that writes come in between.
  private func fillLarge() async throws {
    for service in BackupFixture.services {
      let store = try fixture.open(service)
      try await store.write { transaction in
        for number in 0..<300 {
          try transaction.execute(
            "INSERT INTO notes (organisation_id, id, position, picture) VALUES ('o', $1, 0, $2)",
            [.text("large \(number)"), .blob([UInt8](repeating: UInt8(number % 256), count: 30_000))])
        }
      }
      try store.close()
    }
  }

  @Test("sets are of one moment while this process writes to all stores, one after the other")
  func sameProcess() async throws {
    try await fillLarge()
    let stores = try BackupFixture.services.map { try fixture.open($0) }
    let acknowledged = Acknowledged()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 1...200_000 {
          guard !Task.isCancelled else { return }
          for store in stores { try await store.write { try $0.insertNote("n\(number)", position: Int64(number)) } }
          acknowledged.set(number)
        }
      }
      for round in 1...5 {
        // Only when some writes more have been made does a further set say more.
        let target = round * 3
        while acknowledged.number < target { await Task.yield() }
        let before = acknowledged.number
        let set = fixture.scratch.path("set-\(round)")
        let report = try await fixture.backup(to: set)
        #expect(acknowledged.number > before, "nothing was written meanwhile")
        try expectOneMoment(set, atLeast: before)
        try await BackupSet(folder: set).verify(known: BackupFixture.known)
        #expect(report.manifest.stores.count == 3)
      }
      group.cancelAll()
    }
  }

  @Test("sets are of one moment while another process writes as fast as it can")
  func otherProcess() async throws {
    try await fillLarge()
    let writer = Process()
    writer.executableURL = URL(filePath: "/usr/bin/env")
    writer.arguments = ["python3", "-c", Self.writer] + BackupFixture.services.map { fixture.path(of: $0) }
    let input = Pipe()
    let output = Pipe()
    writer.standardInput = input
    writer.standardOutput = output
    try writer.run()
    defer {
      try? input.fileHandleForWriting.close()
      writer.waitUntilExit()
    }
    _ = try #require(try output.fileHandleForReading.read(upToCount: 1), "the writer did not begin")
    var last = 0
    for round in 1...5 {
      let set = fixture.scratch.path("set-\(round)")
      _ = try await fixture.backup(to: set)
      try expectOneMoment(set, atLeast: last)
      let position: Int? = try BackupFixture.look("\(set)/measurement.sqlite", "SELECT MAX(position) FROM notes")
      #expect(try #require(position) > last, "nothing was written between two sets")
      last = try #require(position)
      try await BackupSet(folder: set).verify(known: BackupFixture.known)
    }
  }

  /// Writes to the stores of its arguments in their order until its input ends, or it has written much.
  private static let writer = """
    import select, sqlite3, sys
    stores = [sqlite3.connect(path, isolation_level=None, timeout=20) for path in sys.argv[1:]]
    for store in stores:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = OFF")
    for number in range(1, 500000):
        for store in stores:
            store.execute("BEGIN IMMEDIATE")
            store.execute(
                "INSERT INTO notes (organisation_id, id, position) VALUES ('o', ?, ?)", ("n%d" % number, number))
            store.execute("COMMIT")
        if number == 10:
            print("writing", flush=True)
        if number % 100 == 0 and select.select([sys.stdin], [], [], 0)[0]:
            break
    """
}

/// The last number whose writes have all returned.
private final class Acknowledged: Sendable {
  private let last = Mutex(0)
  var number: Int { last.withLock { $0 } }
  func set(_ number: Int) { last.withLock { $0 = number } }
}
