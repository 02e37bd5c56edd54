// SPDX-License-Identifier: Apache-2.0

import Storage
import UnixSignals

extension CommandFailure {
  /// Runs a command that makes, checks or restores backups, and says in its exit code what kind of failure it was.
  static func ofBackup(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as BackupError {
      throw CommandFailure(kind(of: error), error.description)
    } catch let error as DataDirectory.Unusable {
      throw CommandFailure(.temporary, error.description)
    } catch is CancellationError {
      throw CommandFailure(.temporary, "Stopped before it was done; everything is as it was.")
    }
  }

  private static func kind(of error: BackupError) -> Kind {
    switch error {
    case .foreign, .damaged, .mixed, .newerFormat, .newerStore: .data
    case .noStores, .unreadable, .noSet: .noInput
    case .full, .unwritable, .notEmpty, .occupied, .halfway: .cannotCreate
    case .busy, .inUse: .temporary
    }
  }
}

/// Runs work that SIGINT and SIGTERM cancel, so that it can clean up behind itself.
func untilSignalled<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
  return try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      for await _ in signals { break }
      return nil
    }
    // What was signalled is told by the work itself: it may have been past the point of turning back.
    while let next = try await group.next() {
      group.cancelAll()
      if let result = next { return result }
    }
    throw CancellationError()
  }
}
