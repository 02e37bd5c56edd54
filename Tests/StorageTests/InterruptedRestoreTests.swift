// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Storage

/// Failures and kills at every step of a restore.
///
/// A kill is shown by a copy of the folder as it is at that step: what a process that starts then would find.
@Suite("A restore that is cut short", .timeLimit(.minutes(5)))
struct InterruptedRestoreTests {
  private let fixture: BackupFixture

  init() throws { fixture = try BackupFixture() }

  /// The folders before a restore, and the steps that it takes.
  enum Before: CaseIterable, CustomTestStringConvertible {
    case stores, nothing, someStores

    var testDescription: String {
      switch self {
      case .stores: "stores with logs that hold what is not in their files"
      case .nothing: "an empty folder"
      case .someStores: "one store"
      }
    }

    /// The services that have a store.
    var services: [String] {
      switch self {
      case .stores: BackupFixture.services
      case .nothing: []
      case .someStores: ["projects"]
      }
    }
  }

  /// Makes a set with the notes `a`, and then stores with the note `b` as killed services leave them.
  private func prepare(_ before: Before) async throws {
    try await fixture.fill(note: "a")
    _ = try await fixture.backup()
    try FileManager.default.removeItem(atPath: fixture.data)
    try FileManager.default.createDirectory(atPath: fixture.data, withIntermediateDirectories: true)
    try await fixture.fillUnclosed(before.services, note: "b")
  }

  /// Restores, and copies the folder at each step.
  private func images(of before: Before) async throws -> [(step: RestoreStep, folder: String)] {
    try await prepare(before)
    let images = Images(data: fixture.data, base: fixture.scratch.path("image"))
    _ = try await fixture.restore(replacing: true) { step in try images.take(step) }
    return images.all
  }

  @Test("a failure at any step leaves all as it was", arguments: Before.allCases)
  func failures(before: Before) async throws {
    try await prepare(before)
    let files = try BackupFixture.files(in: fixture.data)
    var steps = 0
    while true {
      let failing = Countdown(steps)
      do {
        _ = try await fixture.restore(replacing: true) { _ in
          if failing.isOver() { throw Unhappy() }
        }
        break
      } catch is Unhappy {
        #expect(try BackupFixture.files(in: fixture.data) == files, "step \(steps)")
      }
      steps += 1
    }
    #expect(steps >= 6)
  }

  /// Also: the restore again completes it, and nothing of the old is lost.
  @Test("a kill at any step leaves stores that are all old or all new, or refused", arguments: Before.allCases)
  func kills(before: Before) async throws {
    let images = try await images(of: before)
    #expect(images.count >= 6)
    for (step, folder) in images {
      let looked = folder + "-looked"
      try Images.copy(folder, to: looked)
      var old = 0
      var new = 0
      for service in BackupFixture.services where FileManager.default.fileExists(atPath: "\(looked)/\(service).sqlite")
      {
        switch try await fixture.notes(service, in: looked) {
        case ["a of \(service)"]: new += 1
        case ["b of \(service)"]: old += 1
        case nil: break
        case let other: Issue.record("\(step): \(service) has \(String(describing: other))")
        }
      }
      #expect(old == 0 || new == 0, "\(step)")

      _ = try await fixture.restore(to: folder, replacing: true)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasSuffix(".lock") }.sorted()
      let aside = names.filter { $0.hasPrefix("replaced-") }
      #expect(names == ["measurement.sqlite", "people.sqlite", "projects.sqlite"] + aside, "\(step)")
      for service in BackupFixture.services {
        #expect(try await fixture.notes(service, in: folder) == ["a of \(service)"], "\(step)")
      }
      for service in before.services {
        let places = aside.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(service).sqlite") }
        #expect(places.count == 1, "\(step): \(service) is in \(places)")
        let place = try #require(places.first)
        #expect(try await fixture.notes(service, in: "\(folder)/\(place)") == ["b of \(service)"], "\(step)")
      }
    }
  }

  @Test("a store that is not in place yet is refused by its service, which changes nothing")
  func refused() async throws {
    let placed = try #require(try await images(of: .stores).first { $0.step == .placed("people") }).folder
    for service in ["projects", "measurement"] {
      let path = "\(placed)/\(service).sqlite"
      let before = try Data(contentsOf: URL(filePath: path))
      let error = #expect(throws: StorageError.self) { _ = try fixture.open(service, in: placed) }
      guard case .corrupt = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
    // Nor is it backed up.
    let backup = Backup(of: placed, services: BackupFixture.services, program: "test 1")
    await #expect(throws: BackupError.self) {
      _ = try await backup.write(to: fixture.scratch.path("other"), at: BackupFixture.time)
    }
  }

  @Test("a store that was put in place before the kill and then written to is moved aside by the restore again")
  func writtenMeanwhile() async throws {
    let placed = try #require(try await images(of: .stores).first { $0.step == .placed("people") }).folder
    let store = try fixture.open("people", in: placed)
    try await store.write { try $0.insertNote("c") }
    try store.close()
    let report = try await fixture.restore(to: placed, replacing: true)
    #expect(report.setAside.count == 2)
    var kept: Set<[String]> = []
    for folder in report.setAside {
      if let notes = try await fixture.notes("people", in: "\(placed)/\(folder)") { kept.insert(notes) }
    }
    #expect(kept == [["b of people"], ["a of people", "c"]])
  }
}

/// Copies of a folder at each step.
private final class Images: Sendable {
  private let data: String
  private let base: String
  private let taken = Mutex<[(step: RestoreStep, folder: String)]>([])

  init(data: String, base: String) {
    self.data = data
    self.base = base
  }

  var all: [(step: RestoreStep, folder: String)] { taken.withLock { $0 } }

  /// Copies a folder; what is one file under two names is so in the copy, too.
  static func copy(_ folder: String, to other: String) throws {
    let copying = try Process.run(URL(filePath: "/bin/cp"), arguments: ["-a", folder, other])
    copying.waitUntilExit()
    try #require(copying.terminationStatus == 0)
  }

  func take(_ step: RestoreStep) throws {
    let folder = "\(base)-\(all.count)"
    try Self.copy(data, to: folder)
    taken.withLock { $0.append((step, folder)) }
  }
}

/// Over once it was asked so many times before.
private final class Countdown: Sendable {
  private let left: Mutex<Int>
  init(_ count: Int) { left = Mutex(count) }

  func isOver() -> Bool {
    left.withLock { left in
      left -= 1
      return left < 0
    }
  }
}
