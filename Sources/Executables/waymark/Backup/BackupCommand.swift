// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import ServiceRuntime
import Storage

/// Copies the stores of all services as they are at one moment.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the stores of all services, as they are at one moment, into a folder.",
    discussion: """
      Services may be running; their writes wait for some milliseconds. The folder is a backup once it has a \
      manifest.json, which is written last. 'waymark restore' puts it in place; --verify checks every byte of it and \
      changes nothing.

      Stores in PostgreSQL are backed up with pg_dump (docs/operations.md).

      Exit code 0 when all went well, 65 when a store or backup is damaged or another program's, 66 when there is \
      nothing to copy or it cannot be read, 73 when the folder cannot be written or its disk is full, 75 when a store \
      was written to without a pause.

      Environment: WAYMARK_DATA_DIR says what --data-dir says; the flag wins.
      """)

  @Argument(help: "Folder for the backup: one that does not exist yet, or is empty.", completion: .directory)
  var dir: String

  @OptionGroup var data: DataDirectoryOption

  @Flag(help: "Check that the backup in the folder is complete and undamaged, and change nothing.")
  var verify = false

  func run() async throws {
    try await CommandFailure.reporting {
      try await CommandFailure.ofBackup {
        if verify { try await check() } else { try await write() }
      }
    }
  }

  private func write() async throws {
    if let variable = KnownStores.postgresVariable(in: ProcessInfo.processInfo.environment) {
      throw CommandFailure(
        .usage, "\(variable) names a store in PostgreSQL: copy it with pg_dump (docs/operations.md).")
    }
    if FileTrouble.isClosed(data.path) { throw CommandFailure(.noInput, FileTrouble.readingFolder(data.path)) }
    let backup = Backup(of: data.path, services: KnownStores.services, program: ProgramVersion.name)
    let report = try await untilSignalled { try await backup.write(to: dir, at: Date()) }
    Console.say("backup in \(dir): \(report.inWords)")
  }

  private func check() async throws {
    try FileTrouble.requireFolder(dir)
    let set = try BackupSet(folder: dir)
    try await untilSignalled { try await set.verify(known: KnownStores.all) }
    let services = set.manifest.stores.map(\.service).joined(separator: ", ")
    Console.say(
      "\(dir) is sound: \(services) as of \(set.manifest.time.formatted(.iso8601)), \(set.manifest.bytes.inBytes)")
  }
}

/// Where the stores are: the flag before the environment before the default, as for `waymark up`.
struct DataDirectoryOption: ParsableArguments {
  @Option(
    name: .customLong("data-dir"),
    help: ArgumentHelp(
      "Folder of the stores. (default: $XDG_DATA_HOME/waymark or ~/.local/share/waymark)", valueName: "folder"),
    completion: .directory)
  var dataDirectory: String?

  /// The directory as it is meant.
  var path: String {
    let environment = ProcessInfo.processInfo.environment
    return dataDirectory ?? environment["WAYMARK_DATA_DIR"] ?? DataDirectory.standard(environment: environment)
  }
}

extension Backup.Report {
  /// What was copied and what it cost.
  var inWords: String {
    let services = manifest.stores.map(\.service).joined(separator: ", ")
    let time = duration < .seconds(1) ? duration.inMilliseconds : duration.inSeconds
    return "\(services), \(manifest.bytes.inBytes) in \(time); writes waited \(writesHeld.inMilliseconds)"
  }
}

extension Int64 {
  /// Such as `12.3 MB`.
  var inBytes: String {
    var value = Double(self)
    for unit in ["bytes", "kB", "MB", "GB", "TB"] {
      // 999.95 would be rounded to 1000.0.
      if value < 999.95 || unit == "TB" {
        return unit == "bytes" ? "\(self) bytes" : String(format: "%.1f %@", value, unit)
      }
      value /= 1000
    }
    return "\(self) bytes"
  }
}

extension Duration {
  /// Such as `2.4 ms`.
  var inMilliseconds: String {
    let tenths = components.seconds * 10_000 + components.attoseconds / 100_000_000_000_000
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
