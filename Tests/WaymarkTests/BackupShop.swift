// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import Synchronization

@testable import WaymarkMain

/// A data folder with a store, a folder for its sets, and what a schedule said.
final class BackupShop: Sendable {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "waymark-shop-\(UUID().uuidString)").path
  private let lines = Mutex<[String]>([])

  var data: String { folder + "/data" }
  var sets: String { folder + "/sets" }
  var shelf: BackupShelf { BackupShelf(folder: sets) }
  /// What was logged, but for what went well.
  var log: [String] { lines.withLock { $0 }.filter { $0.hasPrefix("error") || $0.hasPrefix("warning") } }

  init() throws {
    let step = Migration(number: 1, name: "things", sql: ["CREATE TABLE things (id TEXT)"])
    try Database.open(path: data + "/people.sqlite", migrations: [step], service: "people").close()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Runs a schedule as one process would for some time.
  func run(
    every: String, keep: Int, _ clock: FakeClock, for time: Duration,
    _ making: @escaping @Sendable (_ ordinal: Int) throws -> Void = { _ in }
  ) async {
    guard let plan = try? BackupPlan(folder: sets, every: every, keep: keep, environment: [:]) else { return }
    let backup = Backup(of: data, services: ["people"], program: "test 1")
    let limited = clock.limited(to: time)
    await ScheduledBackups(plan: plan, clock: limited) { place, time, ordinal in
      try making(ordinal)
      return try await backup.write(to: place, at: time, ordinal: ordinal)
    } log: { line in
      self.lines.withLock { $0.append(line) }
    }
    .run()
  }

  /// When the sets were made, in hours since a time.
  func hours(since start: Date) -> [Double] {
    shelf.sets().map { $0.manifest.time.timeIntervalSince(start) / 3600 }
  }

  /// Puts into the folder what is not the schedule's: a set made by hand, an unfinished one, a set of somebody's own
  /// program, a file.
  func addOthers(_ clock: FakeClock) async throws -> [String] {
    let byHand = sets + "/before-upgrade"
    let backup = Backup(of: data, services: ["people"], program: "test 1")
    _ = try await backup.write(to: byHand, at: clock.now)
    let others = ["20200101T000000Z", "20200102T000000Z", "holiday"].map { "\(sets)/\($0)" }
    for other in others { try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true) }
    try Data("{}".utf8).write(to: URL(filePath: others[1] + "/manifest.json"))
    try Data("beach".utf8).write(to: URL(filePath: others[2] + "/picture.png"))
    try Data("x".utf8).write(to: URL(filePath: sets + "/file"))
    return others + [byHand + "/manifest.json", byHand + "/people.sqlite", others[2] + "/picture.png", sets + "/file"]
  }
}

/// Clocks that stand still but for sleeps and what a test does to them.
final class FakeClock: Sendable {
  private struct State {
    var wall: Date
    var passed = Duration.zero
    var begun = Duration.zero
  }

  let start = Date(timeIntervalSince1970: 1_769_824_800)
  private let state: Mutex<State>

  init() { state = Mutex(State(wall: start)) }

  var now: Date { state.withLock { $0.wall } }
  /// What has passed since the process began.
  var passedSince: Duration { state.withLock { $0.passed - $0.begun } }

  func advance(by time: Duration) {
    state.withLock { state in
      state.passed += time
      state.wall += TimeInterval(time.components.seconds)
    }
  }

  /// Somebody sets the clock.
  func correct(by time: Duration) { state.withLock { $0.wall += TimeInterval(time.components.seconds) } }

  /// The clocks as a new process sees them, whose task is cancelled when so much has passed.
  func limited(to time: Duration) -> BackupClock {
    let end = state.withLock { state in
      state.begun = state.passed
      return state.passed + time
    }
    return BackupClock(
      now: { self.now }, passed: { self.state.withLock { $0.passed } },
      sleep: { pause in
        let rest = end - self.state.withLock { $0.passed }
        guard rest > pause else {
          self.advance(by: max(.zero, rest))
          throw CancellationError()
        }
        self.advance(by: pause)
      })
  }
}

/// What happened when.
final class Count: Sendable {
  private let all = Mutex<[Duration]>([])
  var values: [Duration] { all.withLock { $0 } }
  func add(_ value: Duration) { all.withLock { $0.append(value) } }
}
