// SPDX-License-Identifier: Apache-2.0

/// Why a store could not be copied into another place.
///
/// `description` is one sentence for the person who runs the command. What concerns one of the stores as such is a
/// ``StorageError``.
public enum StoreMoveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no store to be copied.
  case noStore(path: String)
  /// Steps of the schema are missing in the store that is to be copied.
  case outdated(path: String, missing: Int)
  /// The schemas of the two stores are not the same.
  case schema(table: String, problem: String)
  /// A text with U+0000, which PostgreSQL cannot keep.
  case nullCharacter(table: String, column: String, key: String)
  /// The copy is not what was copied.
  case differs(table: String, rows: Int64, copied: Int64, difference: String)
  /// The trail of events does not fit together.
  case trail(path: String, problem: String)

  public var description: String {
    switch self {
    case .noStore(let path): "There is no store in \(path): name the one to be copied with --from."
    case .outdated(let path, let missing):
      "\(path) lacks \(missing) step\(missing == 1 ? "" : "s") of this program's schema: run 'waymark migrate' first."
    case .schema(let table, let problem): "The table \(table) \(problem), so that it cannot be copied."
    case .nullCharacter(let table, let column, let key):
      "The \(column) of the row with \(key) in \(table) has the character U+0000, which PostgreSQL cannot keep: change it "
        + "first."
    case .differs(let table, let rows, let copied, let difference):
      "The copy of \(table) is not what was copied (\(rows) rows and \(copied) in the copy; \(difference)): remove the "
        + "copy and begin anew."
    case .trail(let path, let problem):
      "The events of \(path) do not fit together (\(problem)): look with 'waymark audit verify'; the copy is not usable."
    }
  }
}
