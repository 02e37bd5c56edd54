// SPDX-License-Identifier: Apache-2.0

/// Why a backup could not be made, is not whole, or could not be restored.
///
/// `description` is one sentence for the person who runs the command.
public enum BackupError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The data folder has none of the stores.
  case noStores(folder: String, files: [String])
  /// The file is a database, but not one of Waymark's.
  case foreign(path: String)
  /// A store, or a file of a set, is no sound database.
  case damaged(path: String, problem: String)
  /// A store cannot be opened or read.
  case unreadable(path: String, problem: String)
  /// Somebody has been writing to the store for so long that no moment between two writes came.
  case busy(path: String, seconds: Int)
  /// There is no room for what is to be written.
  case full(path: String, needed: Int64?)
  /// Files cannot be made or changed here.
  case unwritable(path: String, problem: String)
  /// The folder of a new set has something in it.
  case notEmpty(path: String, found: String)
  /// The folder is no backup: its manifest is missing or cannot be used.
  case noSet(folder: String, problem: String)
  /// The set was written in a form that this program does not know.
  case newerFormat(folder: String, found: Int, known: Int)
  /// A file of the set is not the one that the manifest names.
  case mixed(path: String, problem: String)
  /// The set has a store of a newer schema than this program knows.
  case newerStore(path: String, found: Int, known: Int)
  /// Another process has a store of the data folder open.
  case inUse(path: String)
  /// The data folder has stores already.
  case occupied(folder: String, files: [String])
  /// A restore failed between two stores, and what was there could not be put back.
  case halfway(folder: String, aside: String, problem: String)

  public var description: String {
    switch self {
    case .noStores(let folder, let files):
      "There is no store in \(folder) (\(files.joined(separator: ", "))): name the folder of the data with --data-dir, "
        + "or copy stores in PostgreSQL with pg_dump."
    case .foreign(let path):
      "\(path) is a database of another program: it does not have Waymark's mark."
    case .damaged(let path, let problem):
      "\(path) is damaged (\(problem)): it can be neither backed up nor restored."
    case .unreadable(let path, let problem):
      "\(path) cannot be read (\(problem)): run this as the user to whom it belongs."
    case .busy(let path, let seconds):
      "\(path) was being written to without a pause for \(seconds) s: try again when it is not."
    case .full(let path, let needed):
      "There is no room left for \(path)" + (needed.map { " (\($0) bytes are needed)" } ?? "")
        + ": make room, or choose another folder."
    case .unwritable(let path, let problem):
      "\(path) cannot be written (\(problem)): choose another folder, or change its rights."
    case .notEmpty(let path, let found):
      "\(path) is not empty (it has \(found)): choose a folder that is, or one that is not there."
    case .noSet(let folder, let problem):
      "\(folder) is not a backup that can be used: \(problem)."
    case .newerFormat(let folder, let found, let known):
      "\(folder) was written by a newer version of this program (format \(found), this one knows \(known)): use that "
        + "version."
    case .mixed(let path, let problem):
      "\(path) does not belong to this backup or is damaged: \(problem)."
    case .newerStore(let path, let found, let known):
      "\(path) was written by a newer version of this program (schema \(found), this one knows \(known)): use that "
        + "version."
    case .inUse(let path):
      "\(path) is in use by another process: stop it, or choose another data folder with --data-dir."
    case .occupied(let folder, let files):
      "There are stores in \(folder) (\(files.joined(separator: ", "))): choose another folder with --data-dir, or move "
        + "them aside with --replace."
    case .halfway(let folder, let aside, let problem):
      "The restore into \(folder) failed halfway (\(problem)), and its old files are in \(aside): repeat the restore, or "
        + "move them back by hand."
    }
  }
}
