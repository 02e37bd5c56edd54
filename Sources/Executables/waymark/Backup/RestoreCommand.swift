// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage
import Synchronization

/// Puts a backup in the place of the stores.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup in the place of the stores of all services.",
    discussion: """
      Every byte of the backup is checked before anything is touched. Afterwards either all stores are those of the \
      backup, or all are as they were. Stop the services first. If a restore is interrupted, give the same command again \
      to complete it; until then the services refuse to start.

      Exit code 0 when all went well, 65 when the backup is damaged, mixed or too new, 66 when there is none or it cannot be \
      read, 73 when the data folder cannot be written, has stores already or its disk is full, 75 when a service runs.

      Environment: WAYMARK_DATA_DIR says what --data-dir says; the flag wins.
      """)

  @Argument(help: "Folder with the backup.", completion: .directory)
  var dir: String

  @OptionGroup var data: DataDirectoryOption

  @Flag(help: "Move stores that are there into a folder replaced-TIME beside them. Nothing is removed.")
  var replace = false

  func run() async throws {
    let path = data.path
    let stack = HeldDirectory()
    try await CommandFailure.reporting {
      try await CommandFailure.ofBackup {
        try FileTrouble.requireFolder(dir)
        var restore = Restore(from: dir, to: path, known: KnownStores.all, replacing: replace)
        // A stack whose service is just being started again holds no claim on that service's store.
        restore.claimMore = { try stack.take(path) }
        let ready = restore
        let report = try await untilSignalled { try await ready.run(at: Date()) }
        let services = report.manifest.stores.map(\.service).joined(separator: ", ")
        Console.say("restored into \(path): \(services) as of \(report.manifest.time.formatted(.iso8601))")
        for folder in report.setAside { Console.say("what was there is in \(path)/\(folder)") }
      }
    }
    withExtendedLifetime(stack) {}
  }
}

/// A data directory that is taken later than it is named.
private final class HeldDirectory: Sendable {
  private let held = Mutex<DataDirectory?>(nil)

  func take(_ path: String) throws {
    let directory = try DataDirectory(path: path)
    held.withLock { $0 = directory }
  }
}
