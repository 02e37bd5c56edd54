// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A PostgreSQL of a test's own, which it may kill; gone when the test is.
final class PrivatePostgres: Sendable {
  /// The URL of its database.
  let url: String
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("pg-\(UUID().uuidString)").path
    do {
      url = try Self.run("start", folder).trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      _ = try? Self.run("stop", folder)
      throw error
    }
  }

  deinit { _ = try? Self.run("stop", folder) }

  /// Ends all of its processes, as a crash does.
  func kill() throws { _ = try Self.run("kill", folder) }

  /// Starts it again where it was.
  func resume() throws { _ = try Self.run("resume", folder) }

  private static func run(_ action: String, _ folder: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    // Not by Foundation, which waits for all that inherit from the process: the server would be among them.
    let output = FileManager.default.temporaryDirectory.appendingPathComponent("pg-\(UUID().uuidString).out").path
    defer { try? FileManager.default.removeItem(atPath: output) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
    let words = ["\(root.path)/Tools/postgres.sh", action, folder]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    var status: Int32 = 0
    guard posix_spawn(&process, words[0], &actions, nil, arguments, environ) == 0,
      waitpid(process, &status, 0) == process, status == 0
    else { throw Unhappy() }
    return try String(contentsOfFile: output, encoding: .utf8)
  }
}
