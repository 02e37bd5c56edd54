// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage

/// A folder in which a schedule keeps its sets, each in a folder named after its time.
///
/// Only what a schedule made is its own: a folder with a manifest that says which backup of the schedule it is. Sets
/// made by hand, unfinished ones and everything else are left alone.
struct BackupShelf: Sendable {
  let folder: String

  /// The schedule's sets, the oldest first: in the order in which they were made, whatever the clock said.
  func sets() -> [BackupSet] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { try? BackupSet(folder: "\(folder)/\($0)") }
      .filter { $0.manifest.ordinal != nil }
      .sorted { ($0.manifest.ordinal ?? 0, $0.folder) < ($1.manifest.ordinal ?? 0, $1.folder) }
  }

  /// Folders named as a set's that have no manifest: of backups that were killed.
  func unfinished() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in
      (try? CompactTime.style.parse(String(name.prefix(16)))) != nil
        && !FileManager.default.fileExists(atPath: "\(folder)/\(name)/manifest.json")
    }
    .sorted()
  }

  /// A folder for a new set, which is not there yet.
  func place(at time: Date) -> String {
    let name = "\(folder)/\(time.formatted(CompactTime.style))"
    var place = name
    var number = 1
    while FileManager.default.fileExists(atPath: place) {
      number += 1
      place = "\(name)-\(number)"
    }
    return place
  }

  /// Which backup the next one is.
  func nextOrdinal() -> Int {
    let last = sets().last?.manifest.ordinal ?? 0
    return last < .max ? last + 1 : last
  }

  /// Removes the oldest sets until `count` are left.
  ///
  /// - Parameter failed: is told what could not be removed, and why; the others are.
  /// - Returns: the folders that were removed.
  func keep(_ count: Int, failed: (BackupSet, any Error) -> Void) -> [String] {
    var removed: [String] = []
    for set in sets().dropLast(count) {
      do {
        try set.remove()
        removed.append(set.folder)
      } catch {
        failed(set, error)
      }
    }
    return removed
  }
}
