// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
package import NIOCore

/// Runs tasks on an event loop.
///
/// Jobs that become ready on the loop wait in an array until the burst of work at hand is over (the bytes of a read,
/// the jobs before them), then run one after another, and then each connection that has something to send is flushed
/// once. Nothing is allocated for a job, and no thread is woken, unless it comes from another thread.
package final class LoopExecutor: TaskExecutor, @unchecked Sendable {
  // All properties but `foreign`, which has a lock, are used on the event loop only, and no access to
  // them calls out, so their exclusivity is not checked.

  package let eventLoop: any EventLoop
  @exclusivity(unchecked) private var jobs: [UnownedJob] = []
  @exclusivity(unchecked) private var spare: [UnownedJob] = []
  @exclusivity(unchecked) private var dirty: [any Flushable] = []
  @exclusivity(unchecked) private var isBursting = false
  @exclusivity(unchecked) private var isScheduled = false
  /// Jobs from other threads.
  private let foreign = NIOLockedValueBox<[UnownedJob]>([])

  /// After so many jobs the loop looks after its sockets and timers before it goes on.
  private static let jobsPerTurn = 4096

  package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if eventLoop.inEventLoop {
      jobs.append(job)
      schedule()
    } else {
      let isFirst = foreign.withLockedValue { waiting in
        waiting.append(job)
        return waiting.count == 1
      }
      if isFirst { eventLoop.execute { self.takeForeign() } }
    }
  }

  /// Begins a task on the loop and runs it at once, up to where it first has to wait.
  ///
  /// On the loop only.
  package func startTask(_ operation: @escaping @Sendable @concurrent () async -> Void) -> Task<Void, Never> {
    eventLoop.assertInEventLoop()
    if #available(macOS 26, *) { return Task.immediate(executorPreference: self, operation: operation) }
    return Task(executorPreference: self, operation: operation)
  }

  private func takeForeign() {
    let taken = foreign.withLockedValue { waiting in
      defer { waiting = [] }
      return waiting
    }
    jobs.append(contentsOf: taken)
    burst {}
  }

  /// Sees to it that the jobs and flushes that wait get their turn.
  private func schedule() {
    guard !isBursting, !isScheduled else { return }
    isScheduled = true
    eventLoop.execute {
      self.isScheduled = false
      self.burst {}
    }
  }

  /// Has the connection flushed at the end of the burst at hand, or of the next.
  ///
  /// On the loop only.
  package func setNeedsFlush(_ connection: any Flushable) {
    eventLoop.assertInEventLoop()
    dirty.append(connection)
    schedule()
  }

  /// Runs the body, then the jobs that it made ready, then flushes.
  ///
  /// On the loop only.
  package func burst(_ body: () -> Void) {
    eventLoop.assertInEventLoop()
    if isBursting { return body() }
    isBursting = true
    body()
    var left = Self.jobsPerTurn
    repeat {
      while !jobs.isEmpty, left > 0 {
        swap(&jobs, &spare)
        left -= spare.count
        let executor = asUnownedTaskExecutor()
        for job in spare { job.runSynchronously(on: executor) }
        spare.removeAll(keepingCapacity: true)
      }
      let flushing = dirty
      dirty.removeAll(keepingCapacity: true)
      for connection in flushing { connection.flushOutput() }
    } while left > 0 && !(jobs.isEmpty && dirty.isEmpty)
    isBursting = false
    if !(jobs.isEmpty && dirty.isEmpty) { schedule() }
  }
}

/// Something that collects output during a burst.
package protocol Flushable: AnyObject {
  /// Sends what was collected.
  func flushOutput()
}
