// SPDX-License-Identifier: Apache-2.0

import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// One run of a child: started with pipes on all three streams, its output read line by line until it ends.
///
/// The pipe to its standard input carries nothing. It is there because it breaks when this process dies, however that
/// happens, and a child started with `--exit-with-parent` stops at that.
struct ChildProcess: Sendable {
  let executable: String
  let arguments: [String]

  /// Starts the child and waits until it has ended.
  /// - Parameters:
  ///   - signals: sent to it while it runs.
  ///   - started: is told its process id.
  ///   - output: takes each line of its standard output.
  ///   - log: takes each line of its standard error.
  /// - Throws: when it cannot be started, such as when there is no such file.
  func run(
    signals: AsyncStream<Signal>,
    started: @escaping @Sendable (Int) async -> Void,
    output: @escaping @Sendable (String) async -> Void,
    log: @escaping @Sendable (String) async -> Void
  ) async throws -> TerminationStatus {
    var options = PlatformOptions()
    // A group of its own: Ctrl-C at the terminal reaches only us, and we stop the children in order.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    let result = try await Subprocess.run(
      .path(FilePath(executable)), arguments: Arguments(arguments), platformOptions: options,
      input: .inputWriter, output: .sequence, error: .sequence
    ) { execution in
      await started(Int(execution.processIdentifier.value))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          // Sending fails when the child has just ended by itself, and then it has what the signal asks for.
          for await signal in signals { try? execution.send(signal: signal) }
        }
        // The child has ended, or is about to, when both streams have.
        try await withThrowingTaskGroup(of: Void.self) { streams in
          streams.addTask { try await Self.read(execution.standardOutput, to: output) }
          streams.addTask { try await Self.read(execution.standardError, to: log) }
          try await streams.waitForAll()
        }
        group.cancelAll()
      }
    }
    return result.terminationStatus
  }

  private static func read(
    _ stream: SubprocessOutputSequence, to take: @Sendable (String) async -> Void
  ) async throws {
    var lines = LineBuffer()
    for try await chunk in stream {
      for line in chunk.withUnsafeBytes({ lines.append($0) }) { await take(line) }
    }
    if let last = lines.finish() { await take(last) }
  }
}

extension TerminationStatus {
  /// How a process ended, for a sentence that begins with its name.
  var inWords: String {
    switch self {
    case .exited(let code): "ended with exit code \(code)"
    case .signaled(let signal): "was killed by signal \(signal)"
    }
  }
}

extension Duration {
  /// Such as `0.2 s`.
  var inSeconds: String {
    let tenths = (components.seconds * 10) + (components.attoseconds / 100_000_000_000_000_000)
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
