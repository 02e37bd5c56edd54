// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Why a store could not be opened or used.
///
/// `description` is one sentence for the person who runs the service.
public enum StorageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder of the database cannot be made or written.
  case unwritable(path: String, problem: String)
  /// The file is no database, or is damaged.
  case corrupt(path: String, problem: String)
  /// The file is a database, but not one of this service.
  case foreign(path: String, problem: String)
  /// The file was written by a newer version of the program.
  case newer(path: String, found: Int, known: Int)
  /// The store is being copied here from another place, and is not whole yet.
  case unfinishedCopy(path: String)
  /// The store that is to be copied has become another one since, or the place of the copy has another store.
  case occupied(path: String, problem: String)
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
  /// The engine cannot be reached or does not answer at present; later it may.
  case unavailable(problem: String)
  /// There is no room left for what was to be written; nothing of it was.
  case full(problem: String)
  /// The connection broke while a transaction was being made durable: it may be there or not.
  case outcomeUnknown(problem: String)
  /// The engine asks to repeat the transaction, which met another one.
  case repeatable(problem: String)
  /// The engine does not let this program in, and will not without somebody's doing.
  case refused(store: String, problem: String)
  /// What stands before the database gives each transaction another connection.
  case pooled
  /// The place of a store is written in no form that is known.
  case location(text: String, problem: String)

  public var description: String {
    switch self {
    case .unwritable(let path, let problem):
      "The data folder for \(path) cannot be written (\(problem)): choose another with --data-dir, or change its rights."
    case .corrupt(let path, let problem):
      "\(path) is not a usable database (\(problem)): restore it from a backup, or move it away to begin anew."
    case .foreign(let path, let problem):
      "\(path) is a database of another program or service (\(problem)): choose another \(Self.place(path))."
    case .newer(let path, let found, let known):
      "\(path) was written by a newer version of this program (schema \(found), this one knows \(known)): run that "
        + "version, or restore a backup."
    case .unfinishedCopy(let path):
      "\(path) is the unfinished copy of another store: complete it with 'waymark migrate-store', or remove it."
    case .occupied(let path, let problem):
      "\(path) is not a place for the copy (\(problem)): empty it, or choose another."
    case .inUse(let path):
      "\(path) is in use by another process: stop it, or choose another \(Self.place(path))."
    case .migration(let path, let number, let problem):
      "\(path) could not be brought to schema \(number) (\(problem)): it is as it was before, so run the version that "
        + "wrote it, or report this."
    case .statement(let problem): "The database refused a statement: \(problem)."
    case .conflict(let problem): "The database refused a row that is there already: \(problem)."
    case .unexpectedValue(let column, let problem): "The stored value of \(column) \(problem)."
    case .pageToken: "The page token was not made by this service."
    case .unavailable(let problem): "The database cannot be used at present: \(problem)."
    case .full(let problem): "There is no room left where the database is (\(problem)); nothing was written."
    case .outcomeUnknown(let problem):
      "The connection to the database broke while a change was being made durable (\(problem)): it may be there or not."
    case .repeatable(let problem): "The change met another one (\(problem)); repeat it."
    case .refused(let store, let problem):
      "\(store) does not let this program in (\(problem)): check the store's URL and the rights of its user."
    case .pooled:
      "A pooler in transaction mode stands before the database; Waymark needs pool_mode = session."
    case .location(let text, let problem):
      "The store “\(text)” \(problem): a path or sqlite:PATH is accepted, or postgres://USER:PASSWORD@HOST:PORT/DATABASE."
    }
  }
}

extension StorageError {
  /// How another place is chosen for the store at `path`.
  private static func place(_ path: String) -> String {
    path.hasPrefix("postgres") ? "database with --store" : "data folder with --data-dir"
  }

  /// What an error means while a store is opened.
  static func opening(path: String, _ error: any Error) -> StorageError {
    if let error = error as? StorageError { return error }
    guard let error = error as? DatabaseError else { return .corrupt(path: path, problem: "\(error)") }
    return switch error.resultCode {
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_AUTH:
      .unwritable(path: path, problem: error.problem)
    case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path: path)
    default: .corrupt(path: path, problem: error.problem)
    }
  }

  /// Whether the error says that the store as a whole cannot be used at present.
  var isOfStore: Bool {
    switch self {
    case .unavailable, .full, .outcomeUnknown, .unwritable, .corrupt, .refused, .pooled: true
    default: false
    }
  }

  /// Whether the error says that the connection is no good.
  var isOfConnection: Bool {
    if case .unavailable = self { true } else { isRepeatable }
  }

  /// Whether the transaction may go through when it is made again.
  var isRepeatable: Bool {
    if case .repeatable = self { true } else { false }
  }

  /// Whether the error is of the engine, so that making the changes of a group one by one would not help.
  static func isOfEngine(_ error: any Error) -> Bool {
    guard let error = error as? StorageError else { return false }
    return error.isOfStore || error.isRepeatable
  }

  /// Runs a statement, with the engine's errors told as ours.
  static func mapping<Result>(_ body: () throws -> Result) throws(StorageError) -> Result {
    do {
      return try body()
    } catch let error as StorageError {
      throw error
    } catch let error as DatabaseError {
      throw StorageError(error)
    } catch {
      throw .statement(problem: "\(error)")
    }
  }

  private init(_ error: DatabaseError) {
    switch error.extendedResultCode {
    case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
      self = .conflict(problem: error.problem)
    case let code where code.primaryResultCode == .SQLITE_FULL: self = .full(problem: error.problem)
    case let code where Self.passing.contains(code.primaryResultCode): self = .unavailable(problem: error.problem)
    default:
      self = .statement(problem: error.problem)
    }
  }
}

extension StorageError {
  /// What SQLite says of a file that it cannot use at present.
  private static let passing: [ResultCode] = [
    .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_CORRUPT, .SQLITE_NOTADB,
    .SQLITE_PROTOCOL,
  ]
}

extension DatabaseError {
  fileprivate var problem: String { message ?? "SQLite error \(extendedResultCode.rawValue)" }
}
