// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// The programs of others that the tests talk to.
enum ForeignTools {
  /// The Python that has grpcio; the variable `WAYMARK_TEST_PYTHON`, which `make test` sets, names it.
  static let python = ProcessInfo.processInfo.environment["WAYMARK_TEST_PYTHON"]
  static let isAvailable = python != nil
  /// `buf`, from the same virtual environment.
  static let buf = python.map { URL(filePath: $0).deletingLastPathComponent().appending(path: "buf").path }

  static let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Foreign")

  struct Output {
    let status: Int32
    let text: String
  }

  /// Runs a program to its end.
  static func run(_ program: String?, _ arguments: [String]) async throws -> Output {
    let process = Process()
    process.executableURL = URL(filePath: try #require(program))
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
          continuation.resume(returning: Output(status: process.terminationStatus, text: text))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// Runs the body while a grpcio server runs.
  static func withServer(_ options: [String] = [], _ body: (_ target: String) async throws -> Void) async throws {
    let process = Process()
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [scripts.appending(path: "server.py").path] + options
    let output = Pipe()
    let input = Pipe()
    process.standardOutput = output
    process.standardInput = input
    try process.run()
    // Neither a signal nor the end of its input would do: the child may have been born with signals blocked, and other
    // children hold copies of the pipe. That it cannot be written to means that the server is gone already.
    defer { try? input.fileHandleForWriting.write(contentsOf: Data("stop\n".utf8)) }
    let line = await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: output.fileHandleForReading.availableData) }
    }
    let port = try #require(Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
    try await body("127.0.0.1:\(port)")
  }
}
