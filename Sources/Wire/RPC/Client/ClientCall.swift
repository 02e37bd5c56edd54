// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore

/// A call on the client: from the moment it is made to its status, over as many attempts as it takes.
///
/// Each attempt is a stream on some connection. Until the server's answer begins, what was sent is kept, so that
/// another attempt can send it again.
final class ClientCall: HTTP2StreamObserver, @unchecked Sendable {
  // Everything mutable is used on the event loop only; tasks get there through `onLoop`.

  let plan: CallPlan
  let link: ClientLink
  var eventLoop: any EventLoop { link.eventLoop }

  /// How the call went: the trailers of one that is OK.
  @exclusivity(unchecked) var outcome: Result<HeaderBlock, RPCError>?
  /// Whether messages that came before the end may still be read: not if this side ended the call.
  @exclusivity(unchecked) var isReadableToTheEnd = false
  private var hasStarted = false
  @exclusivity(unchecked) private var deadlineTimer: NIOScheduledCallback?

  // MARK: The attempt at hand

  @exclusivity(unchecked) var connection: ClientConnection?
  @exclusivity(unchecked) var stream: HTTP2Stream?
  @exclusivity(unchecked) var inbound: InboundMessages
  @exclusivity(unchecked) var hasReadHead = false
  /// The attempts that came to the server before this one.
  private var attempts = 0
  private var hasBeenRefused = false
  private var pauseTimer: Scheduled<Void>?
  /// Whether the link knows of the call as one that waits for a connection.
  @exclusivity(unchecked) var isWaitingForConnection = false

  // MARK: Requests

  /// The requests from the first one on, or those that are not handed over yet once there can be no other attempt.
  @exclusivity(unchecked) var requests: [ByteBuffer] = []
  /// How many of them the stream has.
  @exclusivity(unchecked) var handedOver = 0
  /// The bytes of those that are kept.
  @exclusivity(unchecked) var keptBytes = 0
  @exclusivity(unchecked) var hasAllRequests = false
  @exclusivity(unchecked) var hasEndedStream = false
  /// Whether there can be no other attempt: the answer has begun, or too much would have to be kept.
  @exclusivity(unchecked) var isCommitted = false
  @exclusivity(unchecked) var writer: Writer?

  // MARK: Responses

  /// What came before the first response.
  @exclusivity(unchecked) var head: HeaderBlock?
  @exclusivity(unchecked) var onlyResponse: ByteBuffer?
  @exclusivity(unchecked) var reader: Reader?
  @exclusivity(unchecked) var headReaders: [UnsafeContinuation<Metadata, any Error>] = []

  // MARK: For reports

  private var startInstant: ContinuousClock.Instant?
  private var attemptInstant: ContinuousClock.Instant?
  /// Whether the server's status came on the stream at hand.
  @exclusivity(unchecked) var isConcluded = false
  /// What was sent on the stream at hand.
  @exclusivity(unchecked) var attemptMessages = 0
  @exclusivity(unchecked) var attemptBytes = 0
  @exclusivity(unchecked) var traffic = Traffic()

  /// A task that waits to write.
  struct Writer {
    let frame: ByteBuffer
    let continuation: UnsafeContinuation<Void, any Error>
  }

  /// A task that waits for an answer.
  enum Reader {
    case only(UnsafeContinuation<Answer, any Error>)
    case batch(UnsafeContinuation<Batch, any Error>)
  }

  /// The only response and what came around it, unread.
  struct Answer: Sendable {
    let message: ByteBuffer
    let head: HeaderBlock
    let trailers: HeaderBlock
    let wasCompressed: Bool
  }

  /// Responses of a stream, unread.
  struct Batch: Sendable {
    var messages: [ByteBuffer] = []
    /// The places of those that came compressed, ascending.
    var compressed: [Int] = []
  }

  /// Counts a response that was taken from the stream.
  func countReceived(_ message: ByteBuffer) {
    traffic.receivedMessages += 1
    traffic.receivedBytes += message.readableBytes
    guard let connection else { return }
    connection.traffic.messagesReceived &+= 1
    connection.traffic.messageBytesReceived &+= message.readableBytes
  }

  /// Messages and their bytes, as a report has them.
  struct Traffic {
    var receivedMessages = 0
    var receivedBytes = 0
    var sentMessages = 0
    var sentBytes = 0
  }

  init(_ plan: CallPlan, link: ClientLink) {
    self.plan = plan
    self.link = link
    inbound = InboundMessages(limit: plan.receiveLimit)
  }

  @inline(__always)
  func onLoop(_ work: @escaping @Sendable () -> Void) {
    if eventLoop.inEventLoop { work() } else { eventLoop.execute(work) }
  }

  // MARK: The beginning

  /// Begins the call.
  ///
  /// On the loop only.
  func start() {
    guard !hasStarted else { return }
    hasStarted = true
    guard outcome == nil else { return }
    link.tally.calls.started &+= 1
    if !link.configuration.reporters.isEmpty {
      startInstant = .now
      if let method = plan.method { for reporter in link.configuration.reporters { reporter.callStarted(method) } }
    }
    if let deadline = plan.deadline {
      let remaining = deadline.remaining
      guard remaining > .zero else { return passDeadline() }
      // A month is longer than any call, and a timer cannot hold every duration that there is.
      if remaining < .seconds(30 * 86400) {
        // Fails only when the loop is shut down, and the call with it.
        deadlineTimer = try? eventLoop.scheduleCallback(in: TimeAmount(remaining), handler: DeadlineHandler(call: self))
      }
    }
    link.assign(self)
  }

  /// Goes on over a connection.
  ///
  /// On the loop only.
  func begin(on connection: ClientConnection) {
    isWaitingForConnection = false
    guard outcome == nil else { return }
    guard let http2 = connection.http2, !http2.isClosed else { return link.assign(self) }
    var head = plan.head
    if let deadline = plan.deadline {
      let remaining = deadline.remaining
      guard remaining > .zero else { return passDeadline() }
      // Kept out of the compression table, as no two are the same.
      head.add("grpc-timeout", TimeoutField.encode(remaining), isSecret: true)
    }
    if attempts > 0 { head.add("grpc-previous-rpc-attempts", String(attempts)) }
    do throws(HTTP2ConnectionError) {
      let stream = try http2.session.request(head)
      stream.observer = self
      self.stream = stream
      self.connection = connection
      connection.countCall()
    } catch {
      // The numbers of streams are used up, or the connection is about to end.
      connection.retire()
      return link.assign(self)
    }
    if startInstant != nil {
      attemptInstant = .now
      if let method = plan.method { for reporter in link.configuration.reporters { reporter.attemptStarted(method) } }
    }
    handOver()
    admitWriter()
    http2.setNeedsFlush()
  }

  /// There is no connection, and the call does not wait for one.
  ///
  /// On the loop only.
  func failToConnect(_ error: RPCError) {
    isWaitingForConnection = false
    guard outcome == nil else { return }
    endAttempt(error, trailers: nil)
  }

  // MARK: Changes

  func streamChanged(_ stream: HTTP2Stream) {
    guard stream === self.stream else { return }
    if outcome == nil { receive(stream) }
    if outcome == nil, stream === self.stream { admitWriter() }
  }

  /// What to do about an attempt that came to nothing, before anything of an answer came.
  func endAttempt(_ error: RPCError, trailers: HeaderBlock?) {
    guard !isCommitted else { return finish(.failure(error)) }
    let pushback = trailers.flatMap { PushBack($0) }
    let isRetryable = plan.retry?.retryableStatusCodes.contains(error.code) == true
    if isRetryable || pushback == .stop { link.throttle?.countFailure() }
    guard let retry = plan.retry, isRetryable, attempts + 1 < retry.maxAttempts, link.throttle?.allowsRetry != false
    else { return finish(.failure(error)) }
    attempts += 1
    switch pushback {
    case .stop: finish(.failure(error))
    case .after(let pause): rest(pause, error)
    case nil: rest(retry.pause(before: attempts), error)
    }
  }

  /// The server never looked at the attempt: makes another without counting it.
  /// - Parameter wasSent: whether it may have left this machine; then only once.
  func repeatUnprocessed(_ error: RPCError, wasSent: Bool) {
    guard !isCommitted else { return finish(.failure(error)) }
    guard !wasSent || !hasBeenRefused else { return endAttempt(error, trailers: nil) }
    hasBeenRefused = hasBeenRefused || wasSent
    resetAttempt(error)
    link.assign(self)
  }

  private func rest(_ pause: Duration, _ error: RPCError) {
    resetAttempt(error)
    if let deadline = plan.deadline, deadline.remaining < pause {
      // It would be over before the pause is; the timer says so when it is time.
      return
    }
    pauseTimer = eventLoop.scheduleTask(in: TimeAmount(pause)) {
      self.pauseTimer = nil
      if self.outcome == nil { self.link.assign(self) }
    }
  }

  private func resetAttempt(_ error: RPCError) {
    reportAttempt(error)
    if let stream {
      countStream()
      stream.observer = nil
      resetIfOpen(stream)
    }
    stream = nil
    connection = nil
    handedOver = 0
    hasEndedStream = false
    hasReadHead = false
    isConcluded = false
    attemptMessages = 0
    attemptBytes = 0
    inbound = InboundMessages(limit: plan.receiveLimit)
  }

  /// Counts the end of the stream at hand.
  private func countStream() {
    guard let connection else { return }
    if isConcluded {
      connection.traffic.streamsSucceeded &+= 1
    } else {
      connection.traffic.streamsFailed &+= 1
    }
  }

  func resetIfOpen(_ stream: HTTP2Stream) {
    guard stream.closeCode == nil, let http2 = connection?.http2 else { return }
    http2.session.reset(stream, .cancel)
    http2.setNeedsFlush()
  }

  // MARK: The end

  /// Gives the call up and tells the server.
  func cancel() {
    onLoop {
      self.finish(.failure(RPCError(code: .cancelled, message: "the call was cancelled")))
      self.reportIfRead(regardless: true)
    }
  }

  func passDeadline() {
    var message = "the time for the call is up"
    if let reason = isWaitingForConnection ? link.lastFailure : nil { message += "; \(reason)" }
    finish(.failure(RPCError(code: .deadlineExceeded, message: message)))
  }

  /// Ends the call.
  ///
  /// On the loop only.
  /// - Parameter isReadableToTheEnd: whether responses that have come are still to be read.
  func finish(_ result: Result<HeaderBlock, RPCError>, isReadableToTheEnd: Bool = false) {
    guard outcome == nil else { return }
    outcome = result
    self.isReadableToTheEnd = isReadableToTheEnd
    deadlineTimer?.cancel()
    deadlineTimer = nil
    pauseTimer?.cancel()
    pauseTimer = nil
    if isWaitingForConnection { link.withdraw(self) }
    if hasStarted {
      if result.isFailure { link.tally.calls.failed &+= 1 } else { link.tally.calls.succeeded &+= 1 }
    }
    if stream != nil { countStream() }
    // Nothing is reset if both sides are done; a server that answered before it was asked in full is told to stop
    // listening.
    if let stream, result.isFailure || !hasEndedStream || stream.unsentBytes > 0 { resetIfOpen(stream) }
    requests = []
    if case .success = result { link.throttle?.countSuccess() }
    if let writer = writer.take() { writer.continuation.resume(throwing: writeError(result)) }
    for reader in headReaders {
      switch result {
      case .success: reader.resume(returning: [:])
      case .failure(let error): reader.resume(throwing: error)
      }
    }
    headReaders = []
    serveReader()
    reportIfRead()
  }

  /// What a writer is told after the end.
  func writeError(_ result: Result<HeaderBlock, RPCError>) -> RPCError {
    switch result {
    case .failure(let error): error
    case .success: RPCError(code: .cancelled, message: "the server has answered and takes no more requests")
    }
  }

  /// Tells the reporters how the call went, once: when it is over and what came was read.
  func reportIfRead(regardless: Bool = false) {
    guard let start = startInstant, let outcome else { return }
    guard regardless || plan.hasOneResponse || !isReadableToTheEnd || stream.map({ $0.unreadBytes == 0 }) ?? true
    else { return }
    var status: RPCError?
    if case .failure(let error) = outcome { status = error }
    reportAttempt(status)
    startInstant = nil
    let report = CallReport(
      method: plan.method, path: plan.path, peer: connection?.peer ?? link.target.text, status: status,
      duration: start.duration(to: .now), receivedMessages: traffic.receivedMessages,
      receivedBytes: traffic.receivedBytes, sentMessages: traffic.sentMessages, sentBytes: traffic.sentBytes,
      traceID: plan.traceID)
    for reporter in link.configuration.reporters { reporter.callEnded(report) }
  }

  /// Tells the reporters how the attempt at hand went.
  private func reportAttempt(_ status: RPCError?) {
    guard let start = attemptInstant else { return }
    attemptInstant = nil
    let report = CallReport(
      method: plan.method, path: plan.path, peer: connection?.peer ?? link.target.text, status: status,
      duration: start.duration(to: .now), receivedMessages: traffic.receivedMessages,
      receivedBytes: traffic.receivedBytes, sentMessages: attemptMessages, sentBytes: attemptBytes,
      traceID: plan.traceID)
    for reporter in link.configuration.reporters { reporter.attemptEnded(report) }
  }

  /// Ends a call when its time is up.
  private struct DeadlineHandler: NIOScheduledCallbackHandler {
    let call: ClientCall
    func handleScheduledCallback(eventLoop: some EventLoop) { call.passDeadline() }
  }
}

extension Result {
  fileprivate var isFailure: Bool {
    if case .failure = self { true } else { false }
  }
}
