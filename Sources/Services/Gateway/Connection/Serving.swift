// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A service that runs until it is told to stop, and not merely until the group that it belongs to is: so that something
/// can be done in between.
final class Serving: Sendable {
  private let group: ServiceGroup
  private let isStopping = Mutex(false)

  init(_ service: some Service, logger: Logger) {
    group = ServiceGroup(configuration: .init(services: [service], logger: logger))
  }

  /// Runs the service to its end.
  /// - Throws: what the service does; that it ends by itself is an error only before it was told to stop.
  func run() async throws {
    // What is detached does not hear of the shutdown of the group around it.
    let task = Task.detached { [group] in try await group.run() }
    do {
      try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    } catch let error as ServiceGroupError where error == .serviceFinishedUnexpectedly() {
      guard isStopping.withLock({ $0 }) else { throw error }
    }
  }

  /// Has the service shut down gracefully, after something else, with which it may end already.
  func stop(after preparation: () async -> Void) async {
    isStopping.withLock { $0 = true }
    await preparation()
    await group.triggerGracefulShutdown()
  }
}

/// The socket that connections come to, once there is one.
final class Listener: Sendable {
  let channel = Mutex<(any Channel)?>(nil)

  /// Lets nobody in any more.
  func close() async {
    // Fails only for one that is closed already.
    try? await channel.withLock { $0 }?.close().get()
  }
}
