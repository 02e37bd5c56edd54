// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage

/// What is done with the trail of events.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check the record of who changed what.", subcommands: [AuditVerifyCommand.self])
}

/// Looks whether the trails of events are whole.
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that no event was changed, removed or inserted.",
    discussion: """
      Every event has a hash over itself and the event before it. All are computed again, from the first event to the \
      last, and compared; the first that does not match is named. Nothing is changed, and services may be running.

      A line for each store begins with its last event and that one's hash. Keep these lines where nobody who can change a \
      store can change them, and give them to a later run: --expect finds a trail that was written anew with new hashes.

        waymark audit verify > heads.txt
        waymark audit verify --expect heads.txt

      Exit code 0 when all trails are whole, 1 when one is not, or cannot be read, or there is none.

      Environment: WAYMARK_STORE, WAYMARK_PEOPLE_STORE and so on, and WAYMARK_DATA_DIR, as for the services.
      """)

  @OptionGroup var places: StorePlaces

  @Option(
    help: ArgumentHelp(
      "An event that must be there with this hash, or a file with such lines. May be repeated.",
      valueName: "service=number:hash or file"))
  var expect: [String] = []

  @Flag(help: "Answer with JSON.")
  var json = false

  func run() async throws {
    try await CommandFailure.reporting {
      try await CommandFailure.ofStores {
        let pins = try EventPins(expect)
        var results: [Result] = []
        for store in try await places.stores() {
          results.append(Result(store, expecting: pins.byService[store.service] ?? [:]))
        }
        if json { try printJSON(results) } else { results.forEach { Console.say($0.line) } }
        if let nothing = Self.nothing(results) { throw CommandFailure(.failed, nothing) }
        guard results.allSatisfy({ $0.problem == nil }) else { throw ExitCode(1) }
      }
    }
  }

  /// What to say when there is no store to look at; nil when there is one.
  private static func nothing(_ results: [Result]) -> String? {
    guard results.allSatisfy({ $0.store == nil && $0.problem == nil }) else { return nil }
    let folders = Set(results.map { $0.place.split(separator: "/").dropLast().joined(separator: "/") })
    let place = folders.count == 1 && results.allSatisfy { $0.place.hasPrefix("/") } ? "/" + (folders.first ?? "") : nil
    if let place, FileTrouble.isClosed(place) { return FileTrouble.readingFolder(place) }
    return
      "There are no stores \(place.map { "in \($0)" } ?? "in these places"), so there was nothing to verify. Say with "
      + "--data-dir or --store where they are."
  }

  private func printJSON(_ results: [Result]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    Console.say(String(decoding: try encoder.encode(["stores": results]), as: UTF8.self))
  }

  /// What was found in a store.
  private struct Result: Encodable {
    let service: String
    let place: String
    /// Its id; nil when there is no store, or it cannot be read.
    var store: String?
    var events: Int64 = 0
    var head = ""
    /// Number of the first event that does not fit.
    var firstProblem: Int64?
    var problem: String?

    init(_ store: StorePlaces.Store, expecting pins: [Int64: [UInt8]]) {
      service = store.service
      place = "\(store.location)"
      do {
        guard let audit = try EventAudit(of: store.location, service: store.service, expecting: pins) else {
          if !pins.isEmpty { problem = "there is no store" }
          return
        }
        self.store = audit.store
        events = audit.events
        head = EventPins.text(of: audit.head)
        firstProblem = audit.problem?.sequence
        problem = audit.problem?.description
      } catch {
        problem = "\(error)"
      }
    }

    var line: String {
      guard let store else { return "# \(service): \(problem ?? "there is no store") in \(place)" }
      let found = problem.map { "NOT WHOLE: \($0)" } ?? "whole"
      return "\(service)=\(events):\(head)  store \(store), \(events) event\(events == 1 ? "" : "s"), \(found)"
    }
  }
}
