// SPDX-License-Identifier: Apache-2.0

import Testing

/// Runs one `waymark up` with demonstration data around a whole suite; its tests find it in `RunningWaymark.shared`.
struct SharedWaymark: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withoutActuallyEscaping(function) { function in
      try await withWaymark(demo: true) { waymark in
        try await RunningWaymark.$current.withValue(waymark) { try await function() }
      }
    }
  }
}

extension Trait where Self == SharedWaymark {
  /// One running stack with demonstration data for all tests of the suite.
  static var demonstration: Self { SharedWaymark() }
}

extension RunningWaymark {
  @TaskLocal fileprivate static var current: RunningWaymark?

  /// The stack of the suite.
  static var shared: RunningWaymark {
    get throws { try #require(current) }
  }
}
