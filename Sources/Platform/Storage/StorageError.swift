// SPDX-License-Identifier: Apache-2.0

/// Why a store could not be opened or used. `description` is one sentence for the person who runs the service.
public enum StorageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder of the database cannot be made or written.
  case unwritable(path: String, problem: String)
  /// The file is no database, or is damaged.
  case corrupt(path: String, problem: String)
  /// The file was written by a newer version of the program.
  case newer(path: String, found: Int, known: Int)
  /// Another process has the store open.
  case inUse(path: String)
  /// A migration failed; the store is as it was before it.
  case migration(path: String, number: Int, problem: String)
  /// A statement failed.
  case statement(problem: String)
  /// A unique index refused a row.
  case conflict(problem: String)
  /// A stored value is not what the program expects.
  case unexpectedValue(column: String, problem: String)
  /// A page token that this program did not make.
  case pageToken

  public var description: String {
    switch self {
    case .unwritable(let path, let problem):
      "The data folder for \(path) cannot be written (\(problem)): choose another with --data-dir, or change its rights."
    case .corrupt(let path, let problem):
      "\(path) is no usable database (\(problem)): restore it from a backup, or move it away to begin anew."
    case .newer(let path, let found, let known):
      "\(path) was written by a newer version of this program (schema \(found), this one knows \(known)): run that "
        + "version, or restore a backup."
    case .inUse(let path):
      "\(path) is in use by another process: stop it, or choose another data folder with --data-dir."
    case .migration(let path, let number, let problem):
      "\(path) could not be brought to schema \(number) (\(problem)); it is as it was before."
    case .statement(let problem): "The database refused a statement: \(problem)."
    case .conflict(let problem): "The database refused a row that is there already: \(problem)."
    case .unexpectedValue(let column, let problem): "The stored value of \(column) \(problem)."
    case .pageToken: "The page token was not made by this service."
    }
  }
}
