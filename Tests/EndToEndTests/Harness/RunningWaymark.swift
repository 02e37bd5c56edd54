// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Synchronization
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A real `waymark up` with its children, as somebody who reads its log sees it.
final class RunningWaymark: Sendable {
  /// A service as the log names it.
  struct Child: Sendable, Hashable {
    let address: String
    let process: Int
  }

  /// `http://127.0.0.1:PORT`.
  let base: String
  /// The process id of `waymark up` itself.
  let process: Int
  private let log: LogLines

  fileprivate init(base: String, process: Int, log: LogLines) {
    self.base = base
    self.process = process
    self.log = log
  }

  /// Every start of a service so far, in order.
  func starts(of service: String) -> [Child] {
    log.all.compactMap { line in
      // waymark      people ready at 127.0.0.1:41233, process 4711
      let words = line.split(separator: " ")
      guard words.count == 7, words[0] == "waymark", words[1] == service, words[2] == "ready" else { return nil }
      return Int(words[6]).map { Child(address: String(words[4].dropLast()), process: $0) }
    }
  }

  /// The service as it runs now.
  func child(_ service: String) throws -> Child { try #require(starts(of: service).last, "\(text)") }

  /// The lines of a service that hold all of the words.
  func lines(of service: String, with words: String...) -> [String] {
    log.all.filter { line in line.hasPrefix(service) && words.allSatisfy { line.contains($0) } }
  }

  /// The whole log, for the message of a failed test.
  var text: String { log.all.joined(separator: "\n") }
}

/// The lines that a process wrote so far.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func append(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Runs `waymark up` on free ports around `body`, then stops it and checks that it stopped well.
/// - Parameters:
///   - demo: with demonstration data.
///   - data: where it keeps its data; a directory of its own when nil.
///   - options: what it is told besides.
///   - environment: variables that it has beside those of the tests.
///   - ended: what its end is expected to be.
func withWaymark<R: Sendable>(
  demo: Bool = false, data: String? = nil, options: [String] = [], environment: [Environment.Key: String] = [:],
  ended: TerminationStatus = .exited(0),
  _ body: @escaping @Sendable (RunningWaymark) async throws -> R
) async throws -> R {
  let temporary = try TemporaryDirectory()
  let log = LogLines()
  let arguments =
    ["up", "--data-dir", data ?? temporary.path + "/data", "--gateway-port", "0", "--exit-with-parent"]
    + (demo ? ["--demo"] : []) + options
  let result = try await run(
    .path(FilePath(Products.executable("waymark"))), arguments: Arguments(arguments),
    environment: .inherit.updating(environment.mapValues { Optional($0) }), input: .inputWriter, output: .sequence,
    error: .sequence
  ) { execution in
    try await withThrowingTaskGroup(of: Void.self) { readers in
      let (ready, readySource) = AsyncStream<String>.makeStream()
      readers.addTask {
        for try await line in execution.standardOutput.strings() {
          if line.hasPrefix("gateway ready: ") { readySource.yield(String(line.dropFirst(15))) }
        }
        readySource.finish()
      }
      readers.addTask {
        for try await line in execution.standardError.strings() { log.append(line) }
      }
      do {
        let base = try #require(await ready.first { _ in true }, "not ready:\n\(log.all.joined(separator: "\n"))")
        let process = Int(execution.processIdentifier.value)
        let waymark = RunningWaymark(base: base, process: process, log: log)
        // The log comes on a way of its own.
        let isLogged = try await eventually {
          ["people", "projects", "measurement", "gateway"].allSatisfy { !waymark.starts(of: $0).isEmpty }
        }
        try #require(isLogged, "\(waymark.text)")
        let value = try await body(waymark)
        // It may have been killed by the body.
        try? execution.send(signal: .terminate)
        try await readers.waitForAll()
        return value
      } catch {
        try? execution.send(signal: .terminate)
        try await readers.waitForAll()
        throw error
      }
    }
  }
  #expect(result.terminationStatus == ended, "\(log.all.joined(separator: "\n"))")
  withExtendedLifetime(temporary) {}
  return result.closureResult
}
