// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage

/// Copies stores into another place, such as from files into PostgreSQL.
struct MigrateStoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate-store",
    abstract: "Copy stores from files into PostgreSQL, or back.",
    discussion: """
      Everything is copied: every table, the store's id, the key of its page tokens, the trail of events. Then each table \
      is read on both sides and compared, rows and SHA-256, and the trail is verified. What is copied is not changed. Its \
      services must be stopped; they cannot use the copy before it is whole. A copy that was killed goes on where it was \
      when the same command is given again.

        waymark migrate-store --from /srv/waymark --to postgres://waymark@db.example.org/waymark
        waymark migrate-store --from sqlite:/srv/waymark/people.sqlite --to postgres://… --service people
        waymark migrate-store --from postgres://… --to /srv/waymark

      Exit code 0 when all went well, 64 when the options are wrong, 65 when a store cannot be used or copied, 66 \
      when there is none, 73 when the place of the copy has something else or cannot be written, 75 when a service has the \
      store open or a database cannot be reached.
      """)

  @Option(
    help: ArgumentHelp("The stores: a folder, a file ending in .sqlite, or a PostgreSQL URL.", valueName: "place"))
  var from: String

  @Option(
    help: ArgumentHelp("Where to: a PostgreSQL URL, a folder, or a file ending in .sqlite.", valueName: "place"))
  var to: String

  @Option(
    help: ArgumentHelp(
      "Only the store of this service: people, projects or measurement. May be repeated.", valueName: "name"))
  var service: [String] = []

  func validate() throws {
    for name in service where !KnownStores.services.contains(name) {
      throw ValidationError(KnownStores.refusal(of: name))
    }
    for (option, text) in [("--from", from), ("--to", to)] where service.count != 1 && Self.isFile(text) {
      throw ValidationError("\(option) names one file: say with --service whose store it is.")
    }
  }

  func run() async throws {
    try await CommandFailure.reporting {
      try await CommandFailure.ofStores {
        var reports: [(String, StoreMove.Report)] = []
        for (name, migrations) in KnownStores.schemas where service.isEmpty || service.contains(name) {
          let source = try Self.location(from, of: name)
          // A folder need not have the store of every service.
          if service.isEmpty, case .sqlite(let path) = source, !FileManager.default.fileExists(atPath: path) {
            continue
          }
          let move = StoreMove(
            from: source, to: try Self.location(to, of: name), service: name, migrations: migrations)
          reports.append((name, try move.run { Console.tell("\(name): \($0.inWords)") }))
        }
        guard !reports.isEmpty else { throw CommandFailure(.noInput, "There is no store in \(from).") }
        reports.forEach(show)
      }
    }
  }

  private static func isFile(_ text: String) -> Bool { !text.contains("://") && text.hasSuffix(".sqlite") }

  private static func location(_ text: String, of service: String) throws -> StoreLocation {
    let location = try StoreLocation(text)
    guard case .sqlite(let path) = location, !isFile(text) else { return location }
    return .sqlite(path: path + (path.hasSuffix("/") ? "" : "/") + "\(service).sqlite")
  }

  private func show(_ service: String, _ report: StoreMove.Report) {
    let outcome = report.isNew ? "copied and the same" : "was copied before and is the same"
    Console.say("\(service): store \(report.store), \(report.events) events, \(outcome)")
    let width = report.tables.map(\.name.count).max() ?? 0
    let digits = report.tables.map { "\($0.rows)".count }.max() ?? 0
    for table in report.tables {
      let name = table.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let rows = String(repeating: " ", count: digits - "\(table.rows)".count) + "\(table.rows)"
      Console.say("  \(name)  \(rows) rows  \(table.hash)")
    }
  }
}

extension StoreMove.Progress {
  fileprivate var inWords: String {
    switch self {
    case .copied(let table, let rows): "\(table): \(rows) rows copied"
    case .compared(let table): "\(table.name): \(table.rows) rows are the same on both sides"
    }
  }
}
