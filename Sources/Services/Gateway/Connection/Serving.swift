// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A service that does not hear of the shutdown of the group that it belongs to: it is for others to bring its end about.
final class Serving: Sendable {
  private let group: ServiceGroup
  private let isStopping = Mutex(false)

  init(_ service: some Service, logger: Logger) {
    group = ServiceGroup(configuration: .init(services: [service], logger: logger))
  }

  /// Runs the service to its end.
  /// - Throws: what the service does; that it ends is an error only when nobody expects it.
  func run() async throws {
    // Detached so that it does not hear of the shutdown of the group around it. Safe: it is always awaited below, a
    // cancellation is passed on, and all that it captures is the group, which is Sendable.
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

  /// Says that the service will end by itself, as what it needs is taken away.
  func expectEnd() { isStopping.withLock { $0 = true } }
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
