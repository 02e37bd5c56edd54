// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Why a command could not do what it was asked: what to say, and the exit code that tells scripts.
///
/// The codes are those of `sysexits.h`.
struct CommandFailure: Error, CustomStringConvertible {
  /// What kind of failure it is.
  enum Kind: Int32 {
    /// What was looked for is not so: the answer to a question, more than a failure.
    case failed = 1
    /// Options that do not go together, or do not fit the data.
    case usage = 64
    /// Data that cannot be used.
    case data = 65
    /// A file that is not there, or cannot be read.
    case noInput = 66
    /// Something that is needed is not installed.
    case unavailable = 69
    /// A file that cannot be written.
    case cannotCreate = 73
    /// What may succeed later, such as when somebody else is done with a file.
    case temporary = 75
  }

  let kind: Kind
  let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Runs a command, and tells people and scripts why it failed.
  static func reporting(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let failure as CommandFailure {
      Console.tell("waymark: " + failure.description)
      throw ExitCode(failure.kind.rawValue)
    }
  }
}
