// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The time between the wish that a service stops and its stop, in which proxies notice and send their calls elsewhere.
///
/// At TERM the service says that it is not ready, by `grpc.health.v1` and at `/readyz`, and goes on as before: it accepts
/// connections and serves calls. Health checks of proxies see that only at their next look, so that a service that closed
/// its port at once would turn calls away meanwhile. When the time is over, or at a second TERM or INT, the graceful stop
/// begins. INT comes from a person at a terminal, who does not wait: then there is no such time.
public final class Draining: Sendable {
  private struct State {
    var hasBegun = false
    var notices: [@Sendable () -> Void] = []
  }

  /// How long it takes; zero for not at all.
  public let time: Duration
  private let state = Mutex(State())

  /// - Parameter time: how long it takes.
  public init(time: Duration) { self.time = time }

  /// Whether the service is about to stop.
  public var hasBegun: Bool { state.withLock { $0.hasBegun } }

  /// Has `notice` called when it begins, at once if it has.
  public func onBegin(_ notice: @escaping @Sendable () -> Void) {
    let hasBegun = state.withLock { state in
      if !state.hasBegun { state.notices.append(notice) }
      return state.hasBegun
    }
    if hasBegun { notice() }
  }

  /// Begins it; every further call does nothing.
  public func begin() {
    let notices = state.withLock { state in
      defer { (state.hasBegun, state.notices) = (true, []) }
      return state.notices
    }
    for notice in notices { notice() }
  }
}

/// Ends, and with it the service, when a signal has asked for that and the time of draining is over.
struct StopSignals: Service {
  let draining: Draining
  let signals: UnixSignalsSequence
  let logger: Logger

  /// Takes the signals from here on.
  init(draining: Draining, logger: Logger) async {
    self.draining = draining
    self.logger = logger
    signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      // The sequence can be read once only.
      let (begun, begin) = AsyncStream.makeStream(of: Void.self)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          for await signal in signals {
            let isSecond = draining.hasBegun
            // Not ready any more in either case; without a time for it, the stop follows at once.
            draining.begin()
            guard !isSecond, signal == .sigterm, draining.time > .zero else { return }
            logger.info("draining", metadata: ["time": "\(draining.time)"])
            begin.yield()
          }
        }
        group.addTask {
          for await _ in begun.prefix(1) {}
          try? await Task.sleep(for: draining.time)
        }
        await group.next()
        group.cancelAll()
      }
    }
  }
}
