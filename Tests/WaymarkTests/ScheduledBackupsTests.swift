// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import Testing

@testable import WaymarkMain

@Suite("Scheduled backups", .timeLimit(.minutes(2)))
struct ScheduledBackupsTests {
  private let shop: BackupShop

  init() throws { shop = try BackupShop() }

  private static let hour = Duration.seconds(3600)

  @Test("the first is made at once when there is none, and the others at the interval")
  func interval() async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 100, clock, for: .seconds(73 * 3600))
    #expect(shop.hours(since: clock.start) == [0, 24, 48, 72])
    #expect(shop.shelf.sets().map(\.manifest.ordinal) == [1, 2, 3, 4])
  }

  @Test("a restart neither delays the next one nor makes one more", arguments: [1, 10, 23])
  func restart(hours: Int) async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 100, clock, for: .seconds(hours * 3600))
    for _ in 0..<5 { await shop.run(every: "24h", keep: 100, clock, for: .seconds(hours * 3600)) }
    let expected = Array(stride(from: 0, through: 6 * hours, by: 24).map(Double.init))
    #expect(shop.hours(since: clock.start) == expected)
  }

  @Test("one that is overdue after a long stop is made at once")
  func overdue() async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 100, clock, for: Self.hour)
    clock.advance(by: Self.hour * 50)
    await shop.run(every: "24h", keep: 100, clock, for: Self.hour * 25)
    #expect(shop.hours(since: clock.start) == [0, 51, 75])
  }

  @Test("the time that a backup takes does not push the next ones back")
  func noDrift() async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 100, clock, for: .seconds(73 * 3600)) { _ in clock.advance(by: .seconds(600)) }
    #expect(shop.hours(since: clock.start) == [0, 24, 48, 72])
  }

  @Test("backups that take longer than the interval follow one another, and those that were missed are left out")
  func slow() async throws {
    let clock = FakeClock()
    await shop.run(every: "1h", keep: 100, clock, for: Self.hour * 6) { _ in clock.advance(by: .seconds(9000)) }
    #expect(shop.hours(since: clock.start) == [0, 3])
  }

  @Test(
    "a clock that is corrected while it runs, in either direction, changes no interval", arguments: [-240, -1, 1, 240])
  func clockCorrected(hours: Int) async throws {
    let clock = FakeClock()
    let made = Count()
    await shop.run(every: "24h", keep: 100, clock, for: .seconds(49 * 3600)) { ordinal in
      made.add(clock.passedSince)
      if ordinal == 1 { clock.correct(by: .seconds(hours * 3600)) }
    }
    #expect(made.values == [.zero, Self.hour * 24, Self.hour * 48])
  }

  @Test("after a clock was set back a backup is made at once, only one, and the newest made are kept")
  func setBack() async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 3, clock, for: Self.hour * 49)
    #expect(shop.shelf.sets().map(\.manifest.ordinal) == [1, 2, 3])
    clock.correct(by: .seconds(-10 * 365 * 86400))
    let corrected = clock.now
    await shop.run(every: "24h", keep: 3, clock, for: Self.hour * 25)
    #expect(shop.shelf.sets().map(\.manifest.ordinal) == [3, 4, 5])
    #expect(shop.hours(since: corrected).suffix(2) == [0, 24])
    await shop.run(every: "24h", keep: 3, clock, for: Self.hour)
    #expect(shop.shelf.sets().map(\.manifest.ordinal) == [3, 4, 5])
  }

  @Test("as many as asked for are kept, whatever else is in the folder")
  func retention() async throws {
    let clock = FakeClock()
    let others = try await shop.addOthers(clock)
    await shop.run(every: "1h", keep: 2, clock, for: .seconds(4 * 3600 + 60))
    #expect(shop.shelf.sets().map(\.manifest.ordinal) == [4, 5])
    for other in others {
      #expect(FileManager.default.fileExists(atPath: other), "\(other) was removed")
    }
    #expect(shop.log.contains { $0.hasPrefix("warning: ") && $0.contains("20200101T000000Z has no manifest") })
  }

  @Test("a set with a stranger's file in it is not removed, and that is told")
  func stranger() async throws {
    let clock = FakeClock()
    await shop.run(every: "1h", keep: 1, clock, for: .seconds(60))
    let first = try #require(shop.shelf.sets().first).folder
    try Data("mine".utf8).write(to: URL(filePath: first + "/letter.txt"))
    await shop.run(every: "1h", keep: 1, clock, for: Self.hour)
    #expect(try FileManager.default.contentsOfDirectory(atPath: first).count == 3)
    #expect(shop.log.contains { $0.hasPrefix("error: the old backup \(first) could not be removed") })
  }

  @Test("a failure is told and tried again, after pauses that grow; it removes nothing, and the schedule goes on")
  func failures() async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 1, clock, for: .seconds(60))
    let tries = Count()
    await shop.run(every: "24h", keep: 1, clock, for: Self.hour * 60) { _ in
      tries.add(clock.passedSince)
      if tries.values.count <= 8 { throw BackupError.busy(path: "/x", seconds: 60) }
    }
    let minutes = tries.values.map { $0.components.seconds / 60 }
    let pauses = zip(minutes.dropFirst(), minutes).map { $0 - $1 }
    #expect(pauses.prefix(8) == [1, 2, 4, 8, 16, 32, 60, 60])
    #expect(shop.log.filter { $0.hasPrefix("error: no backup was made: /x was being written to") }.count == 8)
    #expect(shop.shelf.sets().map(\.manifest.ordinal) == [3])
    // The one after the failures is due when it would have been without them.
    #expect(minutes.last == minutes[0] + 24 * 60)
  }

  @Test("a folder that cannot be made is a failure like others: it is tried again")
  func noFolder() async throws {
    let clock = FakeClock()
    try Data().write(to: URL(filePath: shop.sets))
    await shop.run(every: "24h", keep: 1, clock, for: .seconds(90))
    #expect(shop.log.count == 2)
    try FileManager.default.removeItem(atPath: shop.sets)
    await shop.run(every: "24h", keep: 1, clock, for: .seconds(90))
    #expect(shop.shelf.sets().count == 1)
  }

  @Test("two backups of one second have folders of their own")
  func sameSecond() async throws {
    let clock = FakeClock()
    await shop.run(every: "24h", keep: 9, clock, for: .seconds(60))
    clock.correct(by: .seconds(-60))
    #expect(shop.shelf.place(at: clock.now) == shop.sets + "/20260131T020000Z-2")
  }

  @Test(
    "an interval is a number and a unit",
    arguments: [("1s", 1), ("90s", 90), ("15m", 900), ("24h", 86400), ("366d", 31_622_400)])
  func intervals(text: String, seconds: Int) {
    #expect(BackupInterval(text)?.duration == .seconds(seconds))
  }

  @Test(
    "anything else is no interval",
    arguments: [
      "", "h", "24", "0s", "-1h", "1.5h", "24 h", "24H", "367d", "9223372036854775807d", "99999999999999999999s", "٣h",
    ])
  func noIntervals(text: String) {
    #expect(BackupInterval(text) == nil)
  }

  @Test("flags win over variables, and both over defaults")
  func plan() throws {
    let environment = ["WAYMARK_BACKUP_DIR": "/e", "WAYMARK_BACKUP_EVERY": "2h", "WAYMARK_KEEP_BACKUPS": "3"]
    let flags = try BackupPlan(folder: "/f", every: "1h", keep: 9, environment: environment)
    #expect(flags?.folder == "/f" && flags?.every == BackupInterval("1h") && flags?.keep == 9)
    let variables = try BackupPlan(folder: nil, every: nil, keep: nil, environment: environment)
    #expect(variables?.folder == "/e" && variables?.every == BackupInterval("2h") && variables?.keep == 3)
    let defaults = try BackupPlan(folder: "/f", every: nil, keep: nil, environment: [:])
    #expect(defaults?.every == BackupInterval("24h") && defaults?.keep == 7)
    #expect(try BackupPlan(folder: nil, every: nil, keep: nil, environment: ["WAYMARK_BACKUP_DIR": ""]) == nil)
  }

  @Test(
    "a setting that cannot be used is named with its value and what is accepted",
    arguments: [
      ("/f", "soon", nil, [:], "--backup-every is 'soon'"), ("/f", nil, 0, [:], "--keep-backups is '0'"),
      ("/f", nil, nil, ["WAYMARK_KEEP_BACKUPS": "many"], "WAYMARK_KEEP_BACKUPS is 'many'"),
      ("/f", nil, nil, ["WAYMARK_BACKUP_EVERY": "1y"], "WAYMARK_BACKUP_EVERY is '1y'"),
      (nil, "1h", nil, [:], "--backup-every needs --backup-dir"),
      ("/f", nil, nil, ["WAYMARK_STORE": "postgres://db/waymark"], "WAYMARK_STORE names a store in PostgreSQL"),
      ("/f", nil, nil, ["WAYMARK_PEOPLE_STORE": "postgresql://db/w"], "WAYMARK_PEOPLE_STORE names a store"),
    ] as [(String?, String?, Int?, [String: String], String)])
  func wrongPlans(folder: String?, every: String?, keep: Int?, environment: [String: String], says: String) {
    let error = #expect(throws: (any Error).self) {
      _ = try BackupPlan(folder: folder, every: every, keep: keep, environment: environment)
    }
    #expect("\(String(describing: error))".contains(says))
  }
}
