// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs of others that the tests run.
enum ForeignProgram {
  /// The Python that has prometheus-client; the variable `WAYMARK_TEST_PYTHON`, which `make test` sets, names it.
  static let python = ProcessInfo.processInfo.environment["WAYMARK_TEST_PYTHON"]

  private static let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Foreign")

  /// Runs a script to its end, and gives what it wrote.
  static func script(_ name: String, _ arguments: [String]) async throws -> (status: Int32, text: String) {
    try await run(try #require(python), [scripts.appending(path: name).path] + arguments)
  }

  static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
      // Reads on a thread of its own: the output may be more than a pipe holds.
      Thread.detachNewThread {
        do {
          try process.run()
          let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
          process.waitUntilExit()
          continuation.resume(returning: (process.terminationStatus, text))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }
}
