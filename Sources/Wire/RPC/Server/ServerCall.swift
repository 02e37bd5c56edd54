// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Logging
import NIOCore
import Synchronization

/// One call on the server: from the header of the request to the status.
final class ServerCall: CallRecord, HTTP2StreamObserver, MessageSource, MessageSink, @unchecked Sendable {
  // Everything mutable is used on the event loop only; the handler's task runs there, and gets back through
  // `waiters`.
  // Accesses do not call out while they last, so their exclusivity is not checked.

  private let stream: HTTP2Stream
  private let connection: HTTP2Connection
  private let owner: ServerConnection
  private let route: RPCRouter.Route
  private let isUnary: Bool
  @exclusivity(unchecked) private var inbound: InboundMessages
  /// The request of a unary call, until its stream has ended and proved it to be the only one.
  @exclusivity(unchecked) private var request: ByteBuffer?
  @exclusivity(unchecked) private var worker: CallWorker?
  @exclusivity(unchecked) private var deadlineTimer: Scheduled<Void>?
  /// When the call was first seen to wait for its request.
  @exclusivity(unchecked) private var firstLook: NIODeadline?
  /// Whether the handler waits for the client to take earlier responses.
  @exclusivity(unchecked) private var isPostponed = false
  /// Whether the handler was begun, and has not ended.
  @exclusivity(unchecked) private var hasBegun = false
  @exclusivity(unchecked) private var isRunning = false
  @exclusivity(unchecked) private var hasSentHead = false
  /// Whether the status was sent, or nobody is left to send it to.
  @exclusivity(unchecked) private var isFinished = false
  /// Why the call ended before its handler did.
  @exclusivity(unchecked) private var failure: RPCError?
  /// How much room of the connection's for large requests the call has.
  @exclusivity(unchecked) private var admitted = 0
  @exclusivity(unchecked) private var sentMessages = 0
  @exclusivity(unchecked) private var sentBytes = 0
  /// Whether the connection's counts have the call's messages.
  @exclusivity(unchecked) private var hasReported = false
  /// When the call began, if somebody wants to know how long it took.
  private let start: NIODeadline?
  /// `nil` for a unary call, whose handler has nothing to wait for.
  private let waiters: StreamWaiters?

  /// How much may wait to be sent before a writer has to wait.
  private static let unsentLimit = 64 << 10

  init(
    stream: HTTP2Stream, connection: HTTP2Connection, owner: ServerConnection, entry: RPCRouter.Entry,
    deadline: Deadline?, encoding: MessageEncoding
  ) {
    self.stream = stream
    self.connection = connection
    self.owner = owner
    self.route = entry.route
    isUnary = if case .unary = entry.route { true } else { false }
    waiters = isUnary ? nil : StreamWaiters(eventLoop: connection.eventLoop)
    self.inbound = InboundMessages(
      limit: owner.configuration.maximumMessageSize, encoding: encoding, needsAdmission: true)
    self.start = owner.configuration.reporters.isEmpty ? nil : .now()
    super.init(
      method: entry.method, source: .header(stream.head), deadline: deadline,
      peer: owner.caller(of: stream))
  }

  /// Begins the call with what has come so far.
  func begin() {
    stream.observer = self
    if start != nil {
      for reporter in owner.configuration.reporters { reporter.callStarted(method.descriptor) }
    }
    if let deadline {
      let (seconds, attoseconds) = deadline.remaining.components
      // A month is longer than any connection lives, and a timer cannot hold every duration that the wire can.
      if seconds < 30 * 86400 {
        let delay = TimeAmount.nanoseconds(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
        deadlineTimer = connection.eventLoop.scheduleTask(in: delay) { self.passDeadline() }
      }
    }
    if !isUnary { run() }
    if !isFinished { streamChanged(stream) }
  }

  func streamChanged(_ stream: HTTP2Stream) {
    if let code = stream.closeCode {
      if !isFinished { abandon(RPCError(code: .cancelled, message: "the call was cancelled (\(code))")) }
      return
    }
    if isUnary { receiveOnlyRequest() } else { waiters?.check() }
  }

  override var peerIdentity: PeerIdentity? { owner.peerIdentity }

  override var acceptedEncodings: [MessageEncoding] { MessageEncoding.accepted(by: stream.head) }

  // MARK: The handler

  /// Takes the request of a unary call and runs the handler once it is certain to be the only one.
  private func receiveOnlyRequest() {
    guard !hasBegun, !isFinished, !isPostponed else { return }
    do throws(RPCError) {
      while true {
        switch try inbound.next(of: stream, in: connection.session) {
        case .message(let message):
          guard request == nil else {
            throw RPCError(code: .unimplemented, message: "the method takes one request, more came")
          }
          request = message
        case .incomplete:
          if isAdmissionGranted() { continue }
          if request != nil, stream.unreadBytes > 0 {
            throw RPCError(code: .unimplemented, message: "the method takes one request, more came")
          }
          return
        case .end:
          guard request != nil else {
            throw RPCError(code: .unimplemented, message: "the method takes one request, none came")
          }
          if owner.isCongested {
            isPostponed = true
            return owner.postpone(self)
          }
          noteCompression()
          return run()
        }
      }
    } catch {
      fail(error)
    }
  }

  /// Has the handler run on the loop.
  private func run() {
    hasBegun = true
    isRunning = true
    owner.taskStarted()
    let worker = owner.workers.serve(self, on: connection.executor)
    // A handler that was begun at once may be done.
    if isRunning { self.worker = worker }
  }

  /// Runs the handler, and ends the call: what a worker's task does.
  @inline(__always)
  func serve() async {
    do {
      let context = ServerContext(call: self)
      let frame: ByteBuffer?
      if deadline == nil, owner.configuration.interceptors.isEmpty {
        switch route {
        case .unary(let handler): frame = try await handler(takeRequest(), self, context)
        case .streaming(let handler):
          try await handler(self, self, context)
          frame = nil
        }
      } else {
        frame = try await Deadline.$current.withValue(deadline) { try await intercept(context) }
      }
      finish(frame)
    } catch {
      fail(failure ?? status(of: error))
      endTask()
    }
  }

  private func takeRequest() -> ByteBuffer { request.take() ?? ByteBuffer() }

  private func handle(_ context: ServerContext) async throws -> ByteBuffer? {
    switch route {
    case .unary(let handler): return try await handler(takeRequest(), self, context)
    case .streaming(let handler):
      try await handler(self, self, context)
      return nil
    }
  }

  /// Calls the interceptors around the handler.
  private func intercept(_ context: ServerContext) async throws -> ByteBuffer? {
    enum Answer: Equatable { case pending, frame(ByteBuffer?) }
    let answer = Mutex<Answer?>(nil)
    try await ServerInterception.call(owner.configuration.interceptors[...], context) {
      let isFirst = answer.withLock { answer in
        defer { answer = answer ?? .pending }
        return answer == nil
      }
      guard isFirst else { throw RPCError(code: .internalError, message: "an interceptor went on more than once") }
      let frame = try await self.handle(context)
      answer.withLock { $0 = .frame(frame) }
    }
    guard case .frame(let frame)? = answer.withLock({ $0 }) else {
      throw RPCError(code: .internalError, message: "an interceptor let the call end without an answer")
    }
    return frame
  }

  /// Ends a call whose handler returned.
  private func finish(_ frame: ByteBuffer?) {
    if !isFinished {
      do throws(RPCError) {
        if let frame {
          try sendHead()
          transmit(frame)
        }
        try finishStream()
      } catch {
        fail(error)
      }
    }
    endTask()
  }

  private func endTask() {
    worker = nil
    isRunning = false
    owner.taskEnded()
  }

  // MARK: Messages

  var sendLimit: Int { owner.configuration.maximumSendSize ?? owner.configuration.maximumMessageSize }

  func encoding(compressed: Bool?) -> MessageEncoding {
    if compressed == false { return .identity }
    let (fixed, wanted) = response.withLock { ($0.sentEncoding, $0.encoding) }
    if let fixed { return fixed }
    let chosen = wanted ?? owner.configuration.compression
    return chosen != .identity && chosen.isAccepted(by: stream.head) ? chosen : .identity
  }

  func nextMessage() async throws -> ByteBuffer? {
    if connection.eventLoop.inEventLoop {
      switch try nextStep() {
      case .message(let message): return message
      case .end: return nil
      case .incomplete: break
      }
    }
    guard let waiters else { return nil }
    let step: InboundMessages.Step = try await waiters.wait(.reader) {
      let step = try self.nextStep()
      if case .incomplete = step { return nil }
      return step
    }
    guard case .message(let message) = step else { return nil }
    return message
  }

  private func nextStep() throws(RPCError) -> InboundMessages.Step {
    if let failure { throw failure }
    if isFinished { return .end }
    var step = try inbound.next(of: stream, in: connection.session)
    if case .incomplete = step, isAdmissionGranted() { step = try inbound.next(of: stream, in: connection.session) }
    if case .end = step { return step }
    if case .message = step {
      noteCompression()
      giveBackAdmission()
    }
    // The window that was given back has to be told of.
    connection.setNeedsFlush()
    return step
  }

  /// Lets the handler see whether its request was compressed.
  private func noteCompression() {
    // Nothing to tell where nothing can be compressed.
    guard inbound.encoding != .identity else { return }
    let wasCompressed = inbound.wasCompressed
    response.withLock { $0.isLastRequestCompressed = wasCompressed }
  }

  func send(_ frame: ByteBuffer) async throws {
    if connection.eventLoop.inEventLoop, try trySend(frame) { return }
    guard let waiters else { throw RPCError(code: .internalError, message: "a unary call has one response") }
    let _: Bool = try await waiters.wait(.writer) { try self.trySend(frame) ? true : nil }
  }

  /// Sends the message if there is room for it.
  private func trySend(_ frame: ByteBuffer) throws(RPCError) -> Bool {
    if let failure { throw failure }
    if isFinished { throw RPCError(code: .cancelled, message: "the call is over") }
    stream.wantsRoom = stream.unsentBytes > Self.unsentLimit
    if stream.wantsRoom { return false }
    try sendHead()
    transmit(frame)
    connection.setNeedsFlush()
    return true
  }

  private func transmit(_ frame: ByteBuffer) {
    sentMessages += 1
    sentBytes += frame.readableBytes - MessageFrame.prefixSize
    connection.session.send(frame, on: stream)
  }

  // MARK: Header and status

  private func sendHead() throws(RPCError) {
    guard !hasSentHead else { return }
    let encoding = encoding(compressed: nil)
    let initial = response.withLock { response in
      response.sentEncoding = encoding
      return response.initial
    }
    let head = try ResponseFields.head(initial, encoding: encoding)
    hasSentHead = true
    connection.session.respond(stream, head)
  }

  private func finishStream() throws(RPCError) {
    guard !isFinished else { return }
    try sendHead()
    let trailers = try ResponseFields.trailers(response.withLock { $0.trailing })
    connection.session.end(stream, trailers: trailers)
    connection.setNeedsFlush()
    end(nil)
  }

  private func fail(_ error: RPCError) {
    guard !isFinished else { return }
    let hasSentHead = hasSentHead
    let metadata = response.withLock { response in
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
    end(error)
  }

  private func end(_ status: RPCError?) {
    isFinished = true
    giveBackAdmission()
    deadlineTimer?.cancel()
    deadlineTimer = nil
    owner.tally.endCall(isOK: status == nil, isAnswered: stream.closeCode == nil)
    addMessages(to: &owner.tally.traffic)
    hasReported = true
    guard let start else { return }
    owner.report(
      CallReport(
        method: method.descriptor, path: method.descriptor.path, peer: peer, status: status,
        duration: Duration(.now() - start), receivedMessages: inbound.count, receivedBytes: inbound.bytes,
        sentMessages: sentMessages, sentBytes: sentBytes, traceID: response.withLock { $0.traceID }))
  }

  /// Adds the messages so far to the counts, unless they have them.
  func addMessages(to counts: inout TrafficCounts) {
    guard !hasReported else { return }
    counts.messagesReceived &+= inbound.count
    counts.messageBytesReceived &+= inbound.bytes
    counts.messagesSent &+= sentMessages
    counts.messageBytesSent &+= sentBytes
  }

  // MARK: Large requests

  /// Whether a message larger than half of the window, should one be arriving, may go on now; if not, it waits for its turn.
  private func isAdmissionGranted() -> Bool {
    guard let size = inbound.awaitingAdmission, owner.admit(self, size) else { return false }
    noteAdmission(size)
    return true
  }

  private func noteAdmission(_ size: Int) {
    admitted = size
    inbound.admit()
    connection.session.widenWindow(of: stream)
    connection.setNeedsFlush()
  }

  /// How large the request is that waits for its turn; `nil` if it need not wait any more.
  var awaitingAdmission: Int? { isFinished || stream.closeCode != nil ? nil : inbound.awaitingAdmission }

  /// Goes on after the wait for its turn.
  func proceed(with size: Int) {
    noteAdmission(size)
    streamChanged(stream)
  }

  private func giveBackAdmission() {
    guard admitted > 0 else { return }
    let size = admitted
    admitted = 0
    owner.giveBack(size)
  }

  /// Begins the handler that had to wait for the client to take earlier responses.
  func resume() {
    isPostponed = false
    guard stream.closeCode == nil else { return }
    streamChanged(stream)
  }

  // MARK: Ends before the handler's

  /// Whether the request of a unary call should have been here by now.
  ///
  /// Asked once a second.
  func lacksRequest(at now: NIODeadline) -> Bool {
    guard isUnary, !hasBegun, !isFinished, !isPostponed else { return false }
    guard let firstLook else {
      firstLook = now
      return false
    }
    return now - firstLook >= owner.configuration.connections.requestTimeout
  }

  /// Ends a call whose request does not come.
  func endForLackOfRequest() {
    fail(RPCError(code: .deadlineExceeded, message: "the request did not arrive in time"))
  }

  private func passDeadline() {
    stop(RPCError(code: .deadlineExceeded, message: "the time for the call is up"))
  }

  /// Stops the handler of a call that nobody waits for any more.
  private func abandon(_ error: RPCError) {
    failure = error
    end(error)
    worker?.cancel()
    waiters?.check()
  }

  /// Has the handler stop and its caller told that the server goes away.
  func abort() {
    stop(RPCError(code: .unavailable, message: "the server is shutting down"))
  }

  private func stop(_ error: RPCError) {
    guard !isFinished else { return }
    connection.executor.burst {
      self.failure = error
      self.fail(error)
      self.worker?.cancel()
      self.waiters?.check()
    }
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
        "a handler failed", metadata: ["method": "\(method.descriptor.path)", "error": "\(error)"])
      return RPCError(code: .unknown, message: "")
    }
  }
}
