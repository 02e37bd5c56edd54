// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// What a finished program left behind.
struct Finished: Sendable {
  let status: TerminationStatus
  let output: String
  let error: String

  var succeeded: Bool { status == .exited(0) }
  /// Everything it said, for the message of a failed test.
  var said: String { "\(status)\n\(output)\n\(error)" }
}

/// Runs a program to its end.
func finish(_ program: String, _ arguments: String...) async throws -> Finished {
  try await finish(program, arguments)
}

func finish(_ program: String, _ arguments: [String]) async throws -> Finished {
  let executable: Executable = program.contains("/") ? .path(FilePath(program)) : .name(program)
  let result = try await run(
    executable, arguments: Arguments(arguments), output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
  return Finished(
    status: result.terminationStatus, output: result.standardOutput, error: result.standardError)
}

/// What a server answered to `curl`.
struct Answer: Sendable {
  let status: Int
  let body: String

  /// The body as JSON.
  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
  }
}

/// Asks a server with `curl`; status 0 means that there was no answer.
func curl(_ arguments: String...) async throws -> Answer {
  let finished = try await finish("curl", ["-s", "--max-time", "30", "-w", "\n%{http_code}"] + arguments)
  guard let line = finished.output.lastIndex(of: "\n") else { return Answer(status: 0, body: finished.error) }
  let status = Int(finished.output[finished.output.index(after: line)...]) ?? 0
  return Answer(status: status, body: String(finished.output[..<line]))
}

/// Whether there is a process of that id that has not ended.
///
/// One that has ended and that nobody has waited for has ended.
func isRunning(_ process: Int) -> Bool {
  guard kill(pid_t(process), 0) == 0 else { return false }
  guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
  return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
}

/// Asks again and again until the answer is yes; says no after `limit`.
func eventually(within limit: Duration = .seconds(30), _ holds: () async throws -> Bool) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while try await !holds() {
    guard ContinuousClock.now < deadline else { return false }
    try await Task.sleep(for: .milliseconds(20))
  }
  return true
}
