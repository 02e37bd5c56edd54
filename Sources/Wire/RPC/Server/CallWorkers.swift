// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// The tasks of one event loop in which handlers run.
///
/// To make a task costs more than many a handler does, so one that is done with a call waits for the next.
final class CallWorkers: @unchecked Sendable {
  // Used on the event loop only.

  @exclusivity(unchecked) private var idle: [CallWorker] = []
  /// How few waited at once since the last look.
  @exclusivity(unchecked) private var fewestIdle = 0
  @exclusivity(unchecked) private var isOpen = false

  /// How many wait at most.
  private static let capacity = 1024

  init() {}

  /// Runs the handler of a call.
  /// - Returns: what runs it, to be cancelled when the call is over before its handler.
  func serve(_ call: ServerCall, on executor: LoopExecutor) -> CallWorker {
    if let worker = idle.popLast() {
      fewestIdle = min(fewestIdle, idle.count)
      worker.resume(with: call)
      return worker
    }
    fewestIdle = 0
    let worker = CallWorker(call, self)
    worker.start(on: executor)
    return worker
  }

  /// Takes back what has run a handler.
  /// - Returns: whether it is wanted again.
  fileprivate func take(_ worker: CallWorker) -> Bool {
    guard isOpen, idle.count < Self.capacity else { return false }
    idle.append(worker)
    return true
  }

  /// Begins to keep tasks that are done.
  func open() { isOpen = true }

  /// Lets go of half of those that had nothing to do since the last time.
  func trim() {
    for worker in idle.prefix((fewestIdle + 1) / 2) { worker.resume(with: nil) }
    idle.removeFirst((fewestIdle + 1) / 2)
    fewestIdle = idle.count
  }

  /// Lets go of all that wait, and of the others once they are done.
  func close() {
    isOpen = false
    for worker in idle { worker.resume(with: nil) }
    idle = []
    fewestIdle = 0
  }
}

/// A task that runs handlers one after another.
final class CallWorker: @unchecked Sendable {
  // Used on the event loop only.

  @exclusivity(unchecked) private var call: ServerCall?
  @exclusivity(unchecked) private var task: Task<Void, Never>?
  @exclusivity(unchecked) private var pause: UnsafeContinuation<Void, Never>?
  @exclusivity(unchecked) private var isCancelled = false
  private let workers: CallWorkers

  fileprivate init(_ call: ServerCall, _ workers: CallWorkers) {
    self.call = call
    self.workers = workers
  }

  fileprivate func start(on executor: LoopExecutor) {
    let task = executor.startTask { await self.run() }
    // A handler may have been done, and waits for the next then, or cancelled already.
    self.task = task
    if isCancelled { task.cancel() }
  }

  fileprivate func resume(with call: ServerCall?) {
    self.call = call
    pause.take()?.resume()
  }

  /// Cancels the task; it ends with the call at hand.
  func cancel() {
    isCancelled = true
    task?.cancel()
  }

  private func run() async {
    while let call = call.take() {
      await call.serve()
      guard !isCancelled else { return }
      await withUnsafeContinuation { continuation in
        pause = continuation
        if !workers.take(self) { resume(with: nil) }
      }
    }
  }
}
