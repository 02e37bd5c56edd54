// SPDX-License-Identifier: Apache-2.0

import CPostgres
import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Hears what other processes that have the store open tell each other, on a connection and a thread of its own.
///
/// Nothing is heard while the connection is broken: after each reconnection the listener is told so, and must look by
/// itself what it missed.
final class PostgresListener: EngineListening {
  /// What is heard.
  enum News: Sendable, Hashable {
    /// The connection is there, for the first time or again.
    case connected
    /// Somebody committed a transaction with a notification.
    case notified(String)
  }

  private let engine: PostgresEngine
  private let tell: @Sendable (News) -> Void
  private let bell: WakeBell
  private let isStopped = Atomic(false)
  private let thread: DispatchQueue

  /// After so long without a word the server is asked whether it is there.
  private static let silence = Duration.seconds(30)
  /// Between attempts to connect; the engine's gate makes those that are too early fail at once.
  private static let pause = Duration.milliseconds(200)

  /// Begins to listen.
  ///
  /// - Parameter tell: called on the listener's thread, one piece of news at a time.
  init(engine: PostgresEngine, tell: @escaping @Sendable (News) -> Void) throws(StorageError) {
    self.engine = engine
    self.tell = tell
    bell = try WakeBell()
    thread = DispatchQueue(label: "waymark-\(engine.schema) listener")
    thread.async { self.run() }
  }

  /// Ends the listening; when it returns, nothing more is told.
  ///
  /// Not to be called from within `tell`.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    bell.ring()
    thread.sync {}
  }

  private func run() {
    while !isStopped.load(ordering: .relaxed) {
      do {
        let link = try engine.listeningLink()
        tell(.connected)
        try listen(link)
      } catch {
        // What is wrong, everybody who uses the store notices as well.
        bell.wait(for: nil, atMost: Self.pause)
      }
    }
  }

  private func listen(_ link: PostgresLink) throws(StorageError) {
    while !isStopped.load(ordering: .relaxed) {
      while let notification = PQnotifies(link.handle) {
        defer { PQfreemem(notification) }
        tell(.notified(notification.pointee.extra.map { String(cString: $0) } ?? ""))
      }
      switch bell.wait(for: PQsocket(link.handle), atMost: Self.silence) {
      case .rung: return
      case .late: try link.command("SELECT 1", within: engine.limits.connect)
      case .ready:
        guard PQconsumeInput(link.handle) == 1 else { throw .unavailable(problem: link.problem) }
      }
    }
  }
}

extension PostgresEngine {
  /// What the processes that have this store open talk over.
  var channel: String { "waymark_\(schema)" }

  /// A connection on which notifications of the store are heard.
  fileprivate func listeningLink() throws(StorageError) -> PostgresLink {
    try gate.attempt { () throws(StorageError) in
      let link = try connecting.link()
      try link.command("LISTEN \(PostgresDialect.quoted(channel))", within: limits.connect)
      return link
    }
  }
}

extension EngineConnection {
  /// Tells other processes something when the transaction is committed, and only then.
  ///
  /// - Parameters:
  ///   - channel: see ``PostgresEngine/channel``.
  ///   - payload: less than 8000 bytes.
  func notify(_ channel: String, _ payload: String) throws(StorageError) {
    try enqueue("SELECT pg_catalog.pg_notify($1, $2)", [.text(channel), .text(payload)])
  }
}

extension PostgresLink {
  /// Runs a statement outside of a pipeline, and waits until it is done.
  fileprivate func command(_ sql: String, within limit: Duration) throws(StorageError) {
    guard PQsendQuery(handle, sql) == 1 else { throw .unavailable(problem: problem) }
    push()
    var refusal: PostgresRefusal?
    while let result = try result(within: limit) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK: break
      case PGRES_FATAL_ERROR: refusal = PostgresRefusal(result)
      default: throw .unavailable(problem: "the server's answers are out of order")
      }
    }
    if let refusal { throw refusal.error(of: sql) }
  }
}
