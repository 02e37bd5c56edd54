// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage

/// What is done with the trail of events.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Look after the trail of events.", subcommands: [AuditVerifyCommand.self])
}

/// Looks whether the trails of events are whole.
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Look whether nobody has changed, removed or inserted events.",
    discussion: """
      Every event has a hash over itself and the event before it. All are made again, from the first event to the last, \
      and compared; the first that does not fit is named. Nothing is changed, and services may run.

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
        if json { try printJSON(results) } else { results.forEach { print($0.line) } }
        guard results.contains(where: { $0.store != nil }), results.allSatisfy({ $0.problem == nil }) else {
          throw ExitCode(1)
        }
      }
    }
  }

  private func printJSON(_ results: [Result]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(["stores": results]), as: UTF8.self))
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
