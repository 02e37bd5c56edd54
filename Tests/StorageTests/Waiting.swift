// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import Testing

/// Holds threads back until it is opened, and counts those that came.
final class Latch: Sendable {
  private let count = Atomic(0)
  private let semaphore = DispatchSemaphore(value: 0)

  /// How many have come so far.
  var arrived: Int { count.load(ordering: .sequentiallyConsistent) }

  /// Waits until the latch is open; not for threads of tasks.
  ///
  /// Gives up after a minute, so that a test that fails ends.
  func pass() {
    count.add(1, ordering: .sequentiallyConsistent)
    guard semaphore.wait(timeout: .now() + 60) == .success else { return }
    // Whoever passes lets the next one through.
    semaphore.signal()
  }

  /// Lets everybody through from now on.
  func open() { semaphore.signal() }
}

/// Waits until something is so, for half a minute at most.
func eventually(
  isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(30)
  while ContinuousClock.now < end {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(5))
  }
  return try await condition()
}

/// Something that is done on a thread of its own, so that it may wait.
final class OnThread: Sendable {
  private let result = Mutex<Result<Void, any Error>?>(nil)

  init(_ body: @escaping @Sendable () throws -> Void) {
    Thread.detachNewThread { [self] in
      let ended = Result { try body() }
      result.withLock { $0 = ended }
    }
  }

  var hasEnded: Bool { result.withLock { $0 != nil } }

  /// Waits until it has ended.
  func value() async throws {
    #expect(try await eventually { hasEnded })
    try result.withLock { try $0?.get() }
  }
}

/// What tasks have brought together.
final class Collected<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  func add(_ element: Element) { elements.withLock { $0.append(element) } }

  var all: [Element] { elements.withLock { $0 } }
}
