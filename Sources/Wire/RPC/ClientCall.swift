// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore

/// A call with one response on the client: from the header of the request to the status.
final class ClientCall: HTTP2StreamObserver, MessageSink, @unchecked Sendable {
  // Everything mutable is used on the event loop only; tasks get there through `waiters` and `onLoop`.

  /// How a call ended other than well.
  struct Failure: Error {
    let status: RPCError
    /// Whether it is certain that the server did nothing of it, so that it may be sent again.
    let isUnprocessed: Bool
  }

  let sendLimit: Int
  private let connection: ClientConnection
  private let head: HeaderFields
  private let deadline: Deadline?
  private let waiters: StreamWaiters
  private var stream: HTTP2Stream?
  private var hasBegun = false
  private var hasEnded = false
  private var hasCheckedHead = false
  private var inbound: InboundMessages
  private var message: ByteBuffer?
  private var outcome: Result<UnaryResponse<ByteBuffer>, Failure>?
  private var deadlineTimer: Scheduled<Void>?

  /// How much may wait to be sent before a writer has to wait.
  private static let unsentLimit = 64 << 10

  /// - Parameter head: the header of the request but for `grpc-timeout`.
  init(on connection: ClientConnection, head: HeaderFields, deadline: Deadline?, messageLimit: Int) {
    self.connection = connection
    self.head = head
    self.deadline = deadline
    self.sendLimit = messageLimit
    inbound = InboundMessages(limit: messageLimit)
    waiters = StreamWaiters(eventLoop: connection.eventLoop)
  }

  // MARK: For the caller's task

  /// Sends the only request and waits for the response.
  func send(only frame: ByteBuffer) async throws -> UnaryResponse<ByteBuffer> {
    try await finish {
      if !self.hasBegun, self.begin() { self.sendPiece(frame) }
      self.endSending()
    }
  }

  func send(_ frame: ByteBuffer) async throws {
    let _: Bool = try await waiters.wait(.writer) {
      if !self.hasBegun { self.begin() }
      switch self.outcome {
      case .failure(let failure): throw failure.status
      case .success: throw RPCError(code: .cancelled, message: "the server has answered and takes no more requests")
      case nil: break
      }
      guard let stream = self.stream else { return nil }
      stream.wantsRoom = stream.unsentBytes > Self.unsentLimit
      if stream.wantsRoom { return nil }
      self.sendPiece(frame)
      return true
    }
  }

  /// Ends the stream of requests and waits for the response.
  func finish() async throws -> UnaryResponse<ByteBuffer> {
    try await finish {
      if !self.hasBegun { self.begin() }
      self.endSending()
    }
  }

  /// What the call came to, if it is over already.
  func outcomeSoFar() async -> Result<UnaryResponse<ByteBuffer>, Failure>? {
    // The future cannot fail: reading a property does not throw.
    try? await connection.eventLoop.submit { self.outcome }.get()
  }

  /// Gives the call up and tells the server.
  func cancel() {
    onLoop { self.end(.failure(self.failure(.cancelled, "the call was cancelled")), reset: true) }
  }

  private func finish(_ prepare: @escaping @Sendable () -> Void) async throws -> UnaryResponse<ByteBuffer> {
    do {
      return try await waiters.wait(.reader) {
        if self.outcome == nil { prepare() }
        return try self.outcome?.get()
      }
    } catch is CancellationError {
      cancel()
      throw failure(.cancelled, "the call was cancelled")
    }
  }

  // MARK: Sending

  @discardableResult
  private func begin() -> Bool {
    hasBegun = true
    guard outcome == nil else { return false }
    guard let http2 = connection.http2, connection.isUsable else {
      end(.failure(failure(.unavailable, "the connection to \(connection.target) is gone", isUnprocessed: true)))
      return false
    }
    var head = head
    if let deadline {
      let remaining = deadline.remaining
      guard remaining > .zero else {
        end(.failure(failure(.deadlineExceeded, "the time for the call is up")))
        return false
      }
      // Kept out of the compression table, as no two are the same.
      head.add("grpc-timeout", TimeoutField.encode(remaining), isSecret: true)
      deadlineTimer = connection.eventLoop.scheduleTask(in: TimeAmount(remaining)) { self.passDeadline() }
    }
    do throws(HTTP2ConnectionError) {
      let stream = try http2.session.request(head)
      stream.observer = self
      self.stream = stream
      http2.setNeedsFlush()
      return true
    } catch {
      // The server takes no more streams here, or their numbers are used up.
      connection.retire()
      end(.failure(failure(.unavailable, "\(connection.target): \(error)", isUnprocessed: true)))
      return false
    }
  }

  private func sendPiece(_ frame: ByteBuffer) {
    guard let stream, let http2 = connection.http2 else { return }
    http2.session.send(frame, on: stream)
    http2.setNeedsFlush()
  }

  private func endSending() {
    guard !hasEnded, let stream, let http2 = connection.http2 else { return }
    hasEnded = true
    http2.session.end(stream)
    http2.setNeedsFlush()
  }

  // MARK: Receiving

  func streamChanged(_ stream: HTTP2Stream) {
    if outcome == nil { read(stream) }
    if outcome == nil, let code = stream.closeCode { end(.failure(failure(of: code, stream))) }
    waiters.check()
  }

  private func read(_ stream: HTTP2Stream) {
    guard stream.hasHead, let http2 = connection.http2 else { return }
    do throws(RPCError) {
      if !hasCheckedHead {
        hasCheckedHead = true
        if let error = ResponseStatus.problem(with: stream.head) { throw error }
      }
      while true {
        switch try inbound.next(of: stream, in: http2.session) {
        case .message(let next):
          guard message == nil else {
            throw RPCError(code: .unimplemented, message: "the method gives one response, more came")
          }
          message = next
        case .incomplete:
          http2.setNeedsFlush()
          return
        case .end: return end(conclude(stream))
        }
      }
    } catch {
      end(.failure(Failure(status: error, isUnprocessed: false)), reset: true)
    }
  }

  private func conclude(_ stream: HTTP2Stream) -> Result<UnaryResponse<ByteBuffer>, Failure> {
    let isOnlyTrailers = stream.trailers.isEmpty
    let trailers = isOnlyTrailers ? stream.head : stream.trailers
    if let error = ResponseStatus.error(in: trailers) {
      return .failure(Failure(status: error, isUnprocessed: false))
    }
    guard let message else {
      return .failure(failure(.unimplemented, "the method gives one response, none came"))
    }
    return .success(
      UnaryResponse(
        message: message, initialMetadata: isOnlyTrailers ? [:] : Metadata(stream.head),
        trailingMetadata: Metadata(trailers)))
  }

  // MARK: The end

  private func end(_ result: Result<UnaryResponse<ByteBuffer>, Failure>, reset: Bool = false) {
    guard outcome == nil else { return }
    outcome = result
    deadlineTimer?.cancel()
    deadlineTimer = nil
    if let stream, let http2 = connection.http2, reset || !hasEnded {
      http2.session.reset(stream, .cancel)
      http2.setNeedsFlush()
    }
    waiters.check()
  }

  private func passDeadline() {
    end(.failure(failure(.deadlineExceeded, "the time for the call is up")), reset: true)
  }

  private func failure(_ code: RPCError.Code, _ message: String, isUnprocessed: Bool = false) -> Failure {
    Failure(status: RPCError(code: code, message: message), isUnprocessed: isUnprocessed)
  }

  /// What a stream that was reset stands for; the gRPC specification of HTTP/2 has the table.
  private func failure(of code: HTTP2ErrorCode, _ stream: HTTP2Stream) -> Failure {
    if let reason = connection.lossReason {
      return failure(.unavailable, "the connection to \(connection.target) was lost: \(reason)")
    }
    let message = "the server ended the call: \(code)"
    switch code {
    case .refusedStream: return failure(.unavailable, message, isUnprocessed: !stream.hasHead)
    case .cancel: return failure(.cancelled, message)
    case .enhanceYourCalm: return failure(.resourceExhausted, message)
    case .inadequateSecurity: return failure(.permissionDenied, message)
    default: return failure(.internalError, message)
    }
  }

  private func onLoop(_ work: @escaping @Sendable () -> Void) {
    if connection.eventLoop.inEventLoop { work() } else { connection.eventLoop.execute(work) }
  }
}
