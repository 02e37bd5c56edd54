// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage

/// Brings the schemas of the stores up to date, or says what that would mean.
struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the stores to this program's schema, or say what would be done.",
    discussion: """
      Services do this themselves when they start. With --check nothing is changed, and services may be running: it says \
      of each store which steps this program would make, and whether it would refuse the store, and why. Without --check \
      the steps are made; services with stores in files must be stopped first. A store that does not exist is made.

      Exit code of --check: 0 when all stores are up to date, 3 when steps would be made, 1 when a store would be refused \
      or cannot be read. Without --check: 0 when all stores are up to date, 1 when one was refused.

      Environment: WAYMARK_STORE, WAYMARK_PEOPLE_STORE and so on, and WAYMARK_DATA_DIR, as for the services.
      """)

  /// The exit code of a check that found steps to be made.
  static let pending: Int32 = 3

  @OptionGroup var places: StorePlaces

  @Flag(help: "Change nothing; say what would be done.")
  var check = false

  func run() async throws {
    try await CommandFailure.reporting {
      try await CommandFailure.ofStores {
        let stores = try await places.stores()
        let found = stores.map { store in (store, report(of: store)) }
        for (store, report) in found { Console.say("\(store.service): \(report.inWords(afterwards: false))") }
        if found.contains(where: { $0.1.refusal != nil }) { throw ExitCode(1) }
        if check {
          if found.contains(where: { !$0.1.pending.isEmpty }) { throw ExitCode(Self.pending) }
        } else {
          for (store, report) in found where !report.pending.isEmpty { try apply(store) }
        }
      }
    }
  }

  private func apply(_ store: StorePlaces.Store) throws {
    do {
      try Database.open(store.location, migrations: store.migrations, service: store.service).close()
    } catch let error as StorageError {
      Console.say("\(store.service): refused: \(error)")
      throw ExitCode(1)
    }
    Console.say("\(store.service): \(report(of: store).inWords(afterwards: true))")
  }

  private func report(of store: StorePlaces.Store) -> SchemaReport {
    SchemaReport(of: store.location, migrations: store.migrations, service: store.service)
  }
}

extension SchemaReport {
  /// What was found, a line for each step that is to be made.
  func inWords(afterwards: Bool) -> String {
    let number = applied.last { !$0.isCommon }?.number ?? 0
    if let refusal { return "refused: \(refusal)" }
    let schema = isThere ? "schema \(number)" : "no store yet"
    if pending.isEmpty { return "\(afterwards ? "now " : "")up to date, \(schema), in \(place)" }
    let steps = pending.map { "\n  \($0.isCommon ? "all stores" : "schema") \($0.number): \($0.name)" }.joined()
    return "\(schema), \(pending.count) step\(pending.count == 1 ? "" : "s") to make, in \(place)\(steps)"
  }
}
