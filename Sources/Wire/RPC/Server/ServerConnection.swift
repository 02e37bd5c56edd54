// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Logging
import NIOCore
import NIOSSL

/// A connection to the server: looks at each request and begins its call.
final class ServerConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
  // Everything mutable is used on the event loop only; `drain` and `abort` go there first.

  /// How far a graceful shutdown of the connection has come.
  private enum Phase {
    case serving
    /// The client was asked to open no more calls; those on their way arrive before the answer to the PING.
    case noticed
    /// Further calls are refused.
    case draining
  }

  let configuration: RPCServer.Configuration
  let peer: String
  /// Who the caller is, by its certificate; set before the first call begins, and never again.
  @exclusivity(unchecked) private(set) var peerIdentity: PeerIdentity?
  @exclusivity(unchecked) private var isIdentified = false
  @exclusivity(unchecked) private var channel: (any Channel)?
  private let router: RPCRouter
  private let registry: ConnectionRegistry
  private let eventLoop: any EventLoop
  @exclusivity(unchecked) private var connection: HTTP2Connection?
  @exclusivity(unchecked) private var phase = Phase.serving
  /// When the client was asked to open no more calls, and how many PINGs it had answered by then.
  private var noticed: NIODeadline?
  private var answeredPings = 0
  /// Handlers' tasks that have not ended.
  @exclusivity(unchecked) private var running = 0
  @exclusivity(unchecked) private var isClosed = false
  /// Streams that were opened, with a call or without.
  @exclusivity(unchecked) private var callCount = 0
  private var life: ConnectionLife
  private let watch: ConnectionWatch
  /// What was counted on the connection, but for what its session and the calls in flight know.
  @exclusivity(unchecked) var tally = ServerTally()
  private let id = ConnectionStatistics.nextID()
  private let began = NIODeadline.now()
  /// How many streams there were when the watch last saw more than before, and when that was.
  private var seenStreams = 0
  private var lastStream: NIODeadline?
  /// How often bytes had come when the watch last looked.
  private var seenReads = 0
  /// Where the watch keeps the connection.
  var watchSlot = 0
  /// Unary calls whose handlers begin when the client has taken some of the responses that wait for it.
  @exclusivity(unchecked) private var postponed: [ServerCall] = []
  /// How large the large requests are that are arriving or being served, and whose turn is next.
  private var largeRequests = 0
  private var awaitingAdmission: [ServerCall] = []
  /// Most clients make the same call again and again: the last header, what it says, and what serves its path.
  @exclusivity(unchecked) private var lastBlock = HeaderBlock()
  @exclusivity(unchecked) private var lastHead = CallHead(HeaderBlock()) { _ in }
  @exclusivity(unchecked) private var lastEntry: RPCRouter.Entry?

  init(
    router: RPCRouter, configuration: RPCServer.Configuration, registry: ConnectionRegistry, peer: String,
    eventLoop: any EventLoop, watch: ConnectionWatch
  ) {
    self.router = router
    self.configuration = configuration
    self.registry = registry
    self.peer = peer
    self.eventLoop = eventLoop
    self.watch = watch
    life = ConnectionLife(configuration.connections, began: .now())
  }

  /// Takes its place at the end of a channel's pipeline.
  ///
  /// On the loop only.
  func begin(on channel: any Channel, executor: LoopExecutor) throws {
    let session = try HTTP2Session(.server, limits: configuration.limits)
    let connection = HTTP2Connection(session: session, executor: executor, delegate: self)
    let admission = registry.add(self, upTo: configuration.connections.maximumConnections)
    guard admission != .refused else {
      watch.tally.connectionsRefused &+= 1
      throw ChannelError.ioOnClosedChannel
    }
    do {
      try channel.pipeline.syncOperations.addHandler(connection)
    } catch {
      registry.remove(self)
      throw error
    }
    // Not before it is certain that the connection has an end: these two and this one keep one another alive until then.
    self.connection = connection
    self.channel = channel
    tally.connectionsAccepted = 1
    watch.add(self)
    if admission == .takenToDrain { drain() }
  }

  // MARK: Calls

  func connection(_ connection: HTTP2Connection, opened stream: HTTP2Stream) {
    if !isIdentified {
      isIdentified = true
      peerIdentity = channel.flatMap { PeerIdentity.peer(of: $0) }
    }
    callCount &+= 1
    // Counts also handlers whose streams are reset and that have not ended yet, so that resets do not buy more of them.
    guard running < configuration.limits.concurrentStreams else {
      tally.traffic.streamsFailed &+= 1
      return connection.session.reset(stream, .refusedStream)
    }
    if stream.head.isTooLarge || stream.head.isMalformed { return refuseHeader(of: stream) }
    if !stream.head.isCopy(of: lastBlock) {
      lastEntry = nil
      lastHead = CallHead(stream.head) { lastEntry = self.entry(for: $0) }
      lastBlock = stream.head
    }
    let (head, entry) = (lastHead, lastEntry)
    guard head.isGRPC else { return openPlain(stream, on: connection) }
    guard head.isPost else {
      return refuse(stream, ResponseFields.methodNotAllowed, "405 (calls are made with POST)")
    }
    guard !head.hasUnknownExpectation else {
      return refuse(stream, ResponseFields.expectationFailed, "417 (an expectation that is not known)")
    }
    guard let entry else {
      let path = stream.head.first(":path") ?? ""
      return refuse(stream, RPCError(code: .unimplemented, message: "there is no method \(path)"))
    }
    guard let encoding = head.encoding else {
      let name = stream.head.first("grpc-encoding") ?? ""
      return refuse(
        stream,
        RPCError(
          code: .unimplemented,
          message: "messages compressed with \(name) are not understood; \(MessageEncoding.accepted) are"),
        entry)
    }
    if head.awaitsContinue { connection.session.inform(stream, Expectation.continues) }
    var deadline: Deadline?
    switch head.timeout {
    case .none: break
    case .after(let timeout): deadline = Deadline(after: timeout)
    case .malformed:
      return refuse(
        stream,
        RPCError(
          code: .internalError, message: "grpc-timeout is malformed: one to eight digits and one of H M S m u n"),
        entry)
    }
    tally.calls.started &+= 1
    ServerCall(
      stream: stream, connection: connection, owner: self, entry: entry, deadline: deadline, encoding: encoding
    ).begin()
  }

  /// Answers a request whose header is too large, or has characters that HTTP does not allow, in the words of its
  /// protocol; the connection and its other streams go on.
  private func refuseHeader(of stream: HTTP2Stream) {
    let isTooLarge = stream.head.isTooLarge
    let sentence =
      isTooLarge
      ? "the header is larger than the limit of \(configuration.limits.headerListSize) bytes"
      : "a header field has characters that HTTP does not allow"
    if CallHead.isGRPC(stream.head) {
      return refuse(stream, RPCError(code: isTooLarge ? .resourceExhausted : .internalError, message: sentence))
    }
    var fields = HeaderFields()
    fields.add(":status", isTooLarge ? "431" : "400")
    fields.add("content-type", "text/plain; charset=utf-8")
    connection?.session.respond(stream, .built(fields))
    connection?.session.send(ByteBuffer(string: Self.sentence(sentence)), on: stream)
    connection?.session.end(stream)
    connection?.setNeedsFlush()
    let status = isTooLarge ? "431 (the header is too large)" : "400 (the header is malformed)"
    noteRefusal(of: stream, RPCError(code: .unknown, message: "answered with HTTP status \(status)"), nil)
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + ".\n" }

  /// Answers a call that has not begun.
  private func refuse(_ stream: HTTP2Stream, _ error: RPCError, _ entry: RPCRouter.Entry? = nil) {
    connection?.session.respond(
      stream, ResponseFields.status(error, metadata: [:], isOnly: true), endStream: true)
    noteRefusal(of: stream, error, entry)
  }

  /// Answers what is no call with a status of HTTP, which gRPC's clients take for UNKNOWN.
  private func refuse(_ stream: HTTP2Stream, _ fields: StaticHeaderFields, _ status: String) {
    connection?.session.respond(stream, .constant(fields), endStream: true)
    noteRefusal(of: stream, RPCError(code: .unknown, message: "answered with HTTP status \(status)"), nil)
  }

  private func noteRefusal(of stream: HTTP2Stream, _ error: RPCError, _ entry: RPCRouter.Entry?) {
    tally.refuseCall()
    guard !configuration.reporters.isEmpty else { return }
    report(
      CallReport(
        method: entry?.method.descriptor, path: stream.head.first(":path") ?? "", peer: caller(of: stream),
        status: error, duration: .zero))
  }

  /// Whom a call comes from.
  func caller(of stream: HTTP2Stream) -> String {
    guard let caller = configuration.caller else { return peer }
    return caller(Metadata(stream.head), peer)
  }

  /// Tells those who want to know of a call that is over.
  func report(_ report: CallReport) {
    for reporter in configuration.reporters { reporter.callEnded(report) }
  }

  private func openPlain(_ stream: HTTP2Stream, on connection: HTTP2Connection) {
    guard let handler = configuration.plainHandler else {
      return refuse(stream, ResponseFields.unsupportedMediaType, "415 (only application/grpc is served)")
    }
    tally.plainRequests &+= 1
    taskStarted()
    PlainExchange(stream: stream, connection: connection).start(peer: peer, handler: handler) {
      self.tally.traffic.streamsSucceeded &+= 1
      self.taskEnded()
    }
  }

  private func entry(for path: UnsafeRawBufferPointer) -> RPCRouter.Entry? {
    router.entry(for: String(decoding: path, as: UTF8.self))
  }

  /// What runs the handlers.
  var workers: CallWorkers { watch.workers }

  func taskStarted() { running += 1 }

  func taskEnded() {
    running -= 1
    leaveIfDone()
  }

  /// Whether so much waits to be sent that no further response should be made now.
  var isCongested: Bool { (connection?.session.unsentBytes ?? 0) > Self.congestion }

  /// Begins the handler of a call once the connection is no longer congested.
  func postpone(_ call: ServerCall) { postponed.append(call) }

  private func resumePostponed() {
    while !postponed.isEmpty, !isCongested {
      let calls = postponed
      postponed = []
      // Those that find it congested again come back.
      for call in calls { call.resume() }
    }
  }

  // MARK: Large requests

  /// Room for requests that are larger than half of a stream's window and are arriving, or being served, at the same time.
  ///
  /// Without it a client could have as many of them as streams: with the limits by default, half a gigabyte.
  private var roomForLargeRequests: Int { max(configuration.maximumMessageSize, 4 << 20) }

  /// Takes room for a large request; there is always enough for one.
  /// - Returns: false if the call has to wait for its turn.
  func admit(_ call: ServerCall, _ size: Int) -> Bool {
    guard awaitingAdmission.isEmpty, largeRequests == 0 || largeRequests + size <= roomForLargeRequests else {
      if !awaitingAdmission.contains(where: { $0 === call }) { awaitingAdmission.append(call) }
      return false
    }
    largeRequests += size
    return true
  }

  /// Gives room back, and lets those go on whose turn it is.
  func giveBack(_ size: Int) {
    largeRequests -= size
    while let call = awaitingAdmission.first {
      guard let size = call.awaitingAdmission else {
        awaitingAdmission.removeFirst()
        continue
      }
      guard largeRequests == 0 || largeRequests + size <= roomForLargeRequests else { return }
      awaitingAdmission.removeFirst()
      largeRequests += size
      call.proceed(with: size)
    }
  }

  // MARK: Time

  /// Sees to it that the connection neither lasts nor waits for longer than it may.
  func look(at now: NIODeadline) {
    guard let connection, !isClosed else { return }
    let session = connection.session
    if callCount != seenStreams {
      seenStreams = callCount
      lastStream = now
    }
    endUnfinishedRequests(of: connection, at: now)
    if case .noticed = phase, let noticed, now - noticed >= Self.answerTime { refuseFurtherCalls(connection) }
    let verdict = life.judge(
      ConnectionLife.Sight(
        isReady: session.hasAcknowledgedSettings, headerStreamID: session.headerStreamID,
        isBusy: running > 0 || session.streamCount > 0, callCount: callCount, readCount: connection.readCount,
        writtenBytes: connection.writtenBytes,
        isClogged: !connection.isWritable || session.unsentBytes > Self.unsentLimit),
      at: now)
    switch verdict {
    case .none:
      if connection.readCount == seenReads { connection.rest() }
      seenReads = connection.readCount
    case .ping:
      tally.traffic.keepalivesSent &+= 1
      session.submitPing()
      connection.setNeedsFlush()
    case .drain: drain()
    case .abort: abort()
    case .terminate(let reason):
      configuration.logger.debug("a connection is ended", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
      switch reason {
      case .handshake: connection.terminate(.settingsTimeout)
      case .header: connection.endCalmly("header_timeout")
      case .stall: connection.endCalmly("responses_unread")
      case .keepalive: break
      }
      // Who does not read its socket cannot be told.
      if reason == .keepalive || !connection.isWritable { connection.close() }
    }
  }

  // MARK: Statistics

  /// All that was counted on the connection.
  var currentTally: ServerTally {
    var tally = tally
    tally.traffic.streamsStarted = callCount
    guard let connection else { return tally }
    tally.traffic.bytesSent = connection.writtenBytes
    tally.traffic.bytesReceived = connection.readBytes
    // A call is added to the counts when it is over, so that one that lasts adds what it has so far.
    connection.session.forEachObserver { ($0 as? ServerCall)?.addMessages(to: &tally.traffic) }
    return tally
  }

  func statistics(_ tally: ServerTally, at now: NIODeadline) -> ConnectionStatistics {
    var statistics = ConnectionStatistics(
      id: id, peer: peer, age: Duration(now - began), openStreams: connection?.session.streamCount ?? 0,
      traffic: tally.traffic)
    statistics.localAddress = channel?.localAddress?.text
    statistics.remoteAddress = channel?.remoteAddress?.text
    statistics.isEncrypted = isEncrypted
    if callCount != seenStreams {
      statistics.sinceLastStream = .zero
    } else {
      statistics.sinceLastStream = lastStream.map { Duration(now - $0) }
    }
    return statistics
  }

  private var isEncrypted: Bool {
    guard let channel else { return false }
    return (try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)) != nil
  }

  // MARK: Limits

  /// How much may wait to be sent before handlers of unary calls have to wait.
  private static let congestion = 4 << 20
  /// How much may wait to be sent on all streams together before the client counts as stalled if it takes none of it.
  private static let unsentLimit = 1 << 20
  /// How long a client may take to answer the PING that says that all calls on their way have arrived.
  private static let answerTime = TimeAmount.seconds(10)

  private func endUnfinishedRequests(of connection: HTTP2Connection, at now: NIODeadline) {
    guard connection.session.streamCount > 0 else { return }
    var late: [ServerCall] = []
    connection.session.forEachObserver { observer in
      if let call = observer as? ServerCall, call.lacksRequest(at: now) { late.append(call) }
    }
    for call in late { call.endForLackOfRequest() }
  }

  // MARK: The end

  func connectionChanged(_ connection: HTTP2Connection) {
    if !postponed.isEmpty { resumePostponed() }
    if case .noticed = phase, connection.session.answeredPings > answeredPings { refuseFurtherCalls(connection) }
  }

  private func refuseFurtherCalls(_ connection: HTTP2Connection) {
    phase = .draining
    connection.session.submitGoAway()
    connection.setNeedsFlush()
  }

  func connectionClosed(_ connection: HTTP2Connection, error: (any Error)?) {
    if let error {
      configuration.logger.debug("a connection failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
    }
    isClosed = true
    postponed = []
    awaitingAdmission = []
    watch.remove(self)
    leaveIfDone()
  }

  private func leaveIfDone() {
    guard isClosed, running == 0 else { return }
    connection = nil
    channel = nil
    registry.remove(self)
  }

  /// Lets the calls in flight finish, then closes the connection.
  func drain() {
    eventLoop.execute {
      guard let connection = self.connection, case .serving = self.phase else { return }
      self.phase = .noticed
      self.noticed = .now()
      self.answeredPings = connection.session.answeredPings
      connection.session.submitShutdownNotice()
      connection.session.submitPing()
      connection.setNeedsFlush()
    }
  }

  /// Ends the calls in flight and the connection now.
  func abort() {
    eventLoop.execute {
      guard let connection = self.connection else { return }
      connection.executor.burst {
        connection.session.forEachObserver { ($0 as? ServerCall)?.abort() }
        connection.terminate(.noError)
      }
    }
  }
}
