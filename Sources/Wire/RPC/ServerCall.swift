// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Logging
import NIOCore
import Synchronization

/// One call on the server: from the header of the request to the status.
final class ServerCall: HTTP2StreamObserver, MessageSource, MessageSink, @unchecked Sendable {
  // Everything mutable is used on the event loop only; the handler's task gets there through `onLoop` and `waiters`.

  private let stream: HTTP2Stream
  private let connection: HTTP2Connection
  private let owner: ServerConnection
  private let route: RPCRouter.Route
  private let record: CallRecord
  @exclusivity(unchecked) private var inbound: InboundMessages
  /// The request of a unary call, until its stream has ended and proved it to be the only one.
  private var request: ByteBuffer?
  private var task: Task<Void, Never>?
  private var deadlineTimer: Scheduled<Void>?
  private var hasSentHead = false
  /// Whether the status was sent, or nobody is left to send it to.
  private var isFinished = false
  /// Why the call ended before its handler did.
  private var failure: RPCError?
  private lazy var waiters = StreamWaiters(eventLoop: connection.eventLoop)

  /// How much may wait to be sent before a writer has to wait.
  private static let unsentLimit = 64 << 10

  init(
    stream: HTTP2Stream, connection: HTTP2Connection, owner: ServerConnection, entry: RPCRouter.Entry,
    deadline: Deadline?
  ) {
    self.stream = stream
    self.connection = connection
    self.owner = owner
    self.route = entry.route
    self.record = CallRecord(
      method: entry.method, source: .header(stream.head), deadline: deadline, peer: owner.peer)
    self.inbound = InboundMessages(limit: owner.configuration.maximumMessageSize)
  }

  var sendLimit: Int { owner.configuration.maximumMessageSize }

  /// Begins the call with what has come so far.
  func start() {
    stream.observer = self
    if let deadline = record.deadline {
      let (seconds, attoseconds) = deadline.remaining.components
      // A month is longer than any connection lives, and a timer cannot hold every duration that the wire can.
      if seconds < 30 * 86400 {
        let delay = TimeAmount.nanoseconds(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
        deadlineTimer = connection.eventLoop.scheduleTask(in: delay) { self.passDeadline() }
      }
    }
    if case .streaming(let handler) = route {
      run { try await handler(self, self, ServerContext(call: self.record)) }
    }
    streamChanged(stream)
  }

  func streamChanged(_ stream: HTTP2Stream) {
    if let code = stream.closeCode {
      if !isFinished { abandon(RPCError(code: .cancelled, message: "the call was cancelled (\(code))")) }
      return
    }
    switch route {
    case .unary(let handler): receiveOnlyRequest(handler)
    case .streaming: waiters.check()
    }
  }

  // MARK: Unary

  private func receiveOnlyRequest(
    _ handler: @escaping @Sendable (ByteBuffer, ServerContext, Int) async throws -> ByteBuffer
  ) {
    guard task == nil, !isFinished else { return }
    do throws(RPCError) {
      while true {
        switch try inbound.next(of: stream, in: connection.session) {
        case .message(let message):
          guard request == nil else {
            throw RPCError(code: .unimplemented, message: "the method takes one request, more came")
          }
          request = message
        case .incomplete:
          if request != nil, stream.unreadBytes > 0 {
            throw RPCError(code: .unimplemented, message: "the method takes one request, more came")
          }
          return
        case .end:
          guard let request = request.take() else {
            throw RPCError(code: .unimplemented, message: "the method takes one request, none came")
          }
          run(handler, request)
          return
        }
      }
    } catch {
      fail(error)
    }
  }

  /// Runs the handler as a task on the loop.
  private func run(_ handler: @escaping @Sendable () async throws -> Void) {
    owner.taskStarted()
    task = Task(executorPreference: connection.executor) {
      var thrown: (any Error)?
      do { try await handler() } catch { thrown = error }
      let status = thrown.map { self.status(of: $0) }
      self.onLoop {
        if let status { self.fail(self.failure ?? status) } else { self.finishStream() }
        self.endTask()
      }
    }
  }

  /// Runs the handler of a unary call as a task on the loop.
  private func run(
    _ handler: @escaping @Sendable (ByteBuffer, ServerContext, Int) async throws -> ByteBuffer, _ request: ByteBuffer
  ) {
    owner.taskStarted()
    task = Task(executorPreference: connection.executor) {
      do {
        let frame = try await handler(request, ServerContext(call: self.record), self.sendLimit)
        // Nearly always on the loop already: no closure then.
        if self.connection.eventLoop.inEventLoop {
          self.finish(frame)
        } else {
          self.connection.eventLoop.execute { self.finish(frame) }
        }
      } catch {
        let status = self.status(of: error)
        self.onLoop {
          self.fail(self.failure ?? status)
          self.endTask()
        }
      }
    }
  }

  private func finish(_ frame: ByteBuffer) {
    if !isFinished {
      do throws(RPCError) {
        try sendHead()
        connection.session.send(frame, on: stream)
        finishStream()
      } catch {
        fail(error)
      }
    }
    endTask()
  }

  private func endTask() {
    task = nil
    owner.taskEnded()
  }

  // MARK: Streaming

  func nextMessage() async throws -> ByteBuffer? {
    enum Next { case message(ByteBuffer), end }
    let next: Next = try await waiters.wait(.reader) {
      if let failure = self.failure { throw failure }
      if self.isFinished { return .end }
      switch try self.inbound.next(of: self.stream, in: self.connection.session) {
      case .message(let message):
        self.connection.setNeedsFlush()
        return .message(message)
      case .incomplete:
        self.connection.setNeedsFlush()
        return nil
      case .end: return .end
      }
    }
    switch next {
    case .message(let message): return message
    case .end: return nil
    }
  }

  func send(_ frame: ByteBuffer) async throws {
    let _: Bool = try await waiters.wait(.writer) {
      if let failure = self.failure { throw failure }
      if self.isFinished { throw RPCError(code: .cancelled, message: "the call is over") }
      self.stream.wantsRoom = self.stream.unsentBytes > Self.unsentLimit
      if self.stream.wantsRoom { return nil }
      try self.sendHead()
      self.connection.session.send(frame, on: self.stream)
      self.connection.setNeedsFlush()
      return true
    }
  }

  // MARK: The response

  private func sendHead() throws(RPCError) {
    guard !hasSentHead else { return }
    let head = try ResponseFields.head(record.response.withLock { $0.initial })
    hasSentHead = true
    connection.session.respond(stream, head)
  }

  private func finishStream() {
    guard !isFinished else { return }
    do throws(RPCError) {
      try sendHead()
      let trailers = try ResponseFields.trailers(record.response.withLock { $0.trailing })
      end()
      connection.session.end(stream, trailers: trailers)
      connection.setNeedsFlush()
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: RPCError) {
    guard !isFinished else { return }
    end()
    let metadata = record.response.withLock { response in
      var metadata = hasSentHead ? Metadata() : response.initial
      metadata.add(contentsOf: response.trailing)
      return metadata
    }
    let fields = ResponseFields.status(error, metadata: metadata, isOnly: !hasSentHead)
    if hasSentHead {
      connection.session.end(stream, trailers: fields)
    } else {
      connection.session.respond(stream, fields, endStream: true)
    }
    connection.setNeedsFlush()
  }

  private func end() {
    isFinished = true
    deadlineTimer?.cancel()
    deadlineTimer = nil
  }

  // MARK: Ends before the handler's

  private func passDeadline() {
    guard !isFinished else { return }
    let error = RPCError(code: .deadlineExceeded, message: "the time for the call is up")
    connection.executor.burst {
      self.failure = error
      self.fail(error)
      self.task?.cancel()
      self.waiters.check()
    }
  }

  /// Stops the handler of a call that nobody waits for any more.
  private func abandon(_ error: RPCError) {
    end()
    failure = error
    task?.cancel()
    waiters.check()
  }

  /// Has the handler stop and its caller told that the server goes away.
  func abort() {
    guard !isFinished else { return }
    let error = RPCError(code: .unavailable, message: "the server is shutting down")
    failure = error
    fail(error)
    task?.cancel()
    waiters.check()
  }

  /// The status that an error stands for.
  ///
  /// What went wrong inside is the server's business, not the caller's.
  private func status(of error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: return error
    case is CancellationError: return RPCError(code: .cancelled, message: "the call was cancelled")
    default:
      owner.configuration.logger.error(
        "a handler failed", metadata: ["method": "\(record.method.descriptor.path)", "error": "\(error)"])
      return RPCError(code: .unknown, message: "")
    }
  }

  private func onLoop(_ work: @escaping @Sendable () -> Void) {
    if connection.eventLoop.inEventLoop { work() } else { connection.eventLoop.execute(work) }
  }
}
