// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What backups `waymark up` was asked to make.
struct BackupPlan: Sendable, Hashable {
  /// The folder of the sets.
  var folder: String
  var every: BackupInterval
  /// How many sets are kept.
  var keep: Int

  /// How many sets can be kept.
  static let kept = 1...10_000

  /// Flags before environment before defaults; nil when no folder is named.
  ///
  /// - Throws: `ValidationError` that names the setting, its value and what is accepted.
  init?(folder: String?, every: String?, keep: Int?, environment: [String: String]) throws {
    let interval = every.map { ("--backup-every", $0) } ?? Self.variable("WAYMARK_BACKUP_EVERY", environment)
    let number = keep.map { ("--keep-backups", "\($0)") } ?? Self.variable("WAYMARK_KEEP_BACKUPS", environment)
    guard let folder = folder ?? Self.variable("WAYMARK_BACKUP_DIR", environment)?.value, !folder.isEmpty else {
      guard let (name, _) = interval ?? number else { return nil }
      throw ValidationError("\(name) needs --backup-dir, the folder for the backups.")
    }
    if let variable = KnownStores.postgresVariable(in: environment) {
      throw ValidationError("\(variable) names a store in PostgreSQL, for which --backup-dir is not: use pg_dump.")
    }
    self.folder = folder
    let (intervalName, intervalText) = interval ?? ("", "24h")
    guard let every = BackupInterval(intervalText) else {
      throw ValidationError("\(intervalName) is '\(intervalText)'; it is \(BackupInterval.accepted).")
    }
    self.every = every
    let (numberName, numberText) = number ?? ("", "7")
    guard let keep = Int(numberText), Self.kept.contains(keep) else {
      throw ValidationError(
        "\(numberName) is '\(numberText)'; it is a number from \(Self.kept.lowerBound) to \(Self.kept.upperBound).")
    }
    self.keep = keep
  }

  /// A variable that is empty counts as not set.
  private static func variable(_ name: String, _ environment: [String: String]) -> (name: String, value: String)? {
    environment[name].flatMap { $0.isEmpty ? nil : (name, $0) }
  }
}
