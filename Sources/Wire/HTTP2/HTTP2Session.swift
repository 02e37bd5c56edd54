// SPDX-License-Identifier: Apache-2.0

import CNGHTTP2
package import NIOCore

/// The protocol of one HTTP/2 connection, without any I/O: bytes in, bytes out, and a list of the streams that changed.
///
/// nghttp2 keeps the rules of RFC 9113 and RFC 7541, and its limits on floods of SETTINGS, PING, RST_STREAM and
/// CONTINUATION frames. Nothing of ours but bookkeeping runs inside its callbacks: what changed is collected, and
/// looked at once ``receive(_:)`` or ``drain(into:upTo:)`` has returned. Not thread-safe: one event loop owns a session.
package final class HTTP2Session {
  /// Which side of the connection this is.
  package enum Role: Sendable { case server, client }

  /// What the other side said when it began to close the connection.
  package struct GoAway: Sendable, Hashable {
    /// Streams above this one were not and will not be processed.
    package let lastStreamID: Int32
    package let code: HTTP2ErrorCode
  }

  package let role: Role
  package let limits: HTTP2Limits
  /// The last GOAWAY that was received.
  package internal(set) var goAway: GoAway?
  /// Whether the other side's SETTINGS came: the proof that it speaks HTTP/2.
  package internal(set) var hasPeerSettings = false
  /// How many PINGs of ours were answered.
  package internal(set) var answeredPings = 0
  /// How many streams are open or waiting to be opened.
  package var streamCount: Int { streams.count }

  // One event loop owns a session, and no access to these calls out while it lasts; checking each of them at run time
  // took about 7 % of a call.
  let session: OpaquePointer
  private let memory = SessionMemory()
  /// Keeps alive the streams that nghttp2 points to.
  @exclusivity(unchecked) var streams: [HTTP2Stream] = []
  /// Streams that changed since they were last asked for.
  @exclusivity(unchecked) private var changed: [HTTP2Stream] = []
  @exclusivity(unchecked) private var changedPosition = 0
  /// The stream whose header section is being received; sections do not interleave.
  @exclusivity(unchecked) var headerStream: HTTP2Stream?
  /// The fields of that section so far.
  @exclusivity(unchecked) var headers: HeaderCollector
  /// Received bytes that the connection window has yet to be given back.
  @exclusivity(unchecked) var unacknowledged = 0
  /// What the client of a server may do how often.
  @exclusivity(unchecked) var guardian: SessionGuard?
  /// Whether a GOAWAY with which the connection ends is on its way.
  var isFarewellSubmitted = false
  /// Whether the other side has agreed to our SETTINGS, with which its own have come.
  package internal(set) var hasAcknowledgedSettings = false
  /// How many bytes wait to be sent on all streams together.
  @exclusivity(unchecked) package internal(set) var unsentBytes = 0
  /// Where the frames of data go while nghttp2 sends.
  @exclusivity(unchecked) var output = ByteBuffer()

  /// A session that has its SETTINGS (and as a client the preface) ready to send.
  package init(_ role: Role, limits: HTTP2Limits = HTTP2Limits()) throws(HTTP2ConnectionError) {
    self.role = role
    self.limits = limits
    headers = HeaderCollector(limit: limits.headerListSize)
    if role == .server { guardian = SessionGuard(limits) }
    var options: OpaquePointer?
    try Self.check(nghttp2_option_new(&options))
    defer { nghttp2_option_del(options) }
    nghttp2_option_set_no_auto_window_update(options, 1)
    nghttp2_option_set_no_closed_streams(options, 1)
    // A server's responses have few fields that come again; a client's requests have more.
    nghttp2_option_set_max_deflate_dynamic_table_size(options, role == .server ? 512 : 4096)
    nghttp2_option_set_peer_max_concurrent_streams(options, 100)
    nghttp2_option_set_max_send_header_block_length(options, HeaderFields.largestBlock)
    if role == .server { SessionGuard.set(options) }

    var created: OpaquePointer?
    let callbacks = SessionCallbacks.shared.pointer
    let code = memory.withAllocator { allocator in
      switch role {
      case .server: nghttp2_session_server_new3(&created, callbacks, nil, options, allocator)
      case .client: nghttp2_session_client_new3(&created, callbacks, nil, options, allocator)
      }
    }
    try Self.check(code)
    guard let created else { throw HTTP2ConnectionError(reason: "nghttp2 gave no session") }
    session = created
    nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
    try submitSettings()
  }

  deinit { nghttp2_session_del(session) }

  private func submitSettings() throws(HTTP2ConnectionError) {
    func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
      nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
    }
    var entries = [
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindow),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headerListSize),
    ]
    switch role {
    case .server: entries.append(entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrentStreams))
    case .client: entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
    }
    try Self.check(nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count))
    try Self.check(
      nghttp2_session_set_local_window_size(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(clamping: limits.connectionWindow)))
  }

  /// Turns an error code of nghttp2 into an error.
  static func check(_ code: Int32) throws(HTTP2ConnectionError) {
    guard code >= 0 else { throw HTTP2ConnectionError(reason: String(cString: nghttp2_strerror(code))) }
  }

  // MARK: Bytes

  /// Takes bytes from the other side.
  /// - Throws: when the connection cannot go on. What is left to send, such as a GOAWAY, may still be drained.
  package func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTP2ConnectionError) {
    let taken = nghttp2_session_mem_recv(session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if taken < 0 { throw refuse(Int32(clamping: taken)) }
    if let excess = guardian?.excess { throw calm(excess) }
    if unacknowledged > 0 {
      // The connection's window is given back at once: a reader that is slow holds up its own stream, not the others.
      let count = unacknowledged
      unacknowledged = 0
      try Self.check(nghttp2_session_consume_connection(session, count))
    }
  }

  /// Writes bytes for the other side to the end of the buffer.
  /// - Parameter limit: stop once the buffer holds at least this many.
  /// - Returns: whether there may be more.
  package func drain(into buffer: inout ByteBuffer, upTo limit: Int) throws(HTTP2ConnectionError) -> Bool {
    swap(&buffer, &output)
    defer { swap(&buffer, &output) }
    while output.readableBytes < limit {
      var bytes: UnsafePointer<UInt8>?
      let before = output.writerIndex
      let count = nghttp2_session_mem_send(session, &bytes)
      if count < 0 { throw HTTP2ConnectionError(reason: String(cString: nghttp2_strerror(Int32(clamping: count)))) }
      if count == 0 {
        if output.writerIndex == before { return try sayFarewell() }
        continue
      }
      output.append(UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return true
  }

  /// Whether the connection has nothing more to say and nothing more to hear, and should be closed.
  package var isFinished: Bool {
    nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
  }

  /// Gives back memory that a session without streams can do without until something happens again.
  func rest() {
    // Nothing to write means that no frame is half sent either.
    guard streams.isEmpty, nghttp2_session_want_read(session) != 0, nghttp2_session_want_write(session) == 0 else {
      return
    }
    memory.release()
    headers.rest()
    output = ByteBuffer()
  }

  // MARK: Changes

  /// Puts a stream on the list of those that changed.
  func noteChange(_ stream: HTTP2Stream) {
    guard !stream.isListed else { return }
    stream.isListed = true
    changed.append(stream)
  }

  /// Takes the next stream off the list of those that changed, in the order of their first change.
  package func nextChanged() -> HTTP2Stream? {
    guard changedPosition < changed.count else {
      if changedPosition > 0 {
        changed.removeAll(keepingCapacity: true)
        changedPosition = 0
      }
      return nil
    }
    let stream = changed[changedPosition]
    changedPosition += 1
    stream.isListed = false
    return stream
  }

  // MARK: Streams

  func adopt(_ stream: HTTP2Stream) {
    stream.slot = streams.count
    streams.append(stream)
  }

  func disown(_ stream: HTTP2Stream) {
    let last = streams.removeLast()
    guard last !== stream else { return }
    streams[stream.slot] = last
    last.slot = stream.slot
  }

  /// Marks a stream as over and lets it go.
  func close(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard stream.closeCode == nil else { return }
    stream.closeCode = code
    unsentBytes -= stream.unsentBytes
    stream.outbound = ByteBuffer()
    stream.outboundEnd = .sent
    disown(stream)
    noteChange(stream)
  }

  /// Calls the closure with the observer of each stream that has one.
  package func forEachObserver(_ body: (any HTTP2StreamObserver) -> Void) {
    for stream in streams {
      if let observer = stream.observer { body(observer) }
    }
  }

  /// Ends every stream because the connection is gone.
  package func closeAll(_ code: HTTP2ErrorCode) {
    for stream in streams { close(stream, code) }
  }

  /// As a client, opens a stream with a request; data can follow until it is ended.
  /// - Throws: when the connection takes no more requests.
  package func request(_ head: HeaderFields) throws(HTTP2ConnectionError) -> HTTP2Stream {
    var provider = SessionCallbacks.dataProvider
    let next = nghttp2_session_get_next_stream_id(session)
    let stream = HTTP2Stream(id: Int32(clamping: next))
    let id = head.withFields { fields, count in
      nghttp2_submit_request(session, nil, fields, count, &provider, Unmanaged.passUnretained(stream).toOpaque())
    }
    try Self.check(id)
    guard id == stream.id else { throw HTTP2ConnectionError(reason: "nghttp2 gave stream \(id), not \(stream.id)") }
    adopt(stream)
    return stream
  }

  /// As a server, answers with a head; data can follow until it is ended.
  package func respond(_ stream: HTTP2Stream, _ head: OutgoingFields, endStream: Bool = false) {
    guard stream.closeCode == nil else { return }
    if endStream { stream.outboundEnd = .sent }
    var provider = SessionCallbacks.dataProvider
    let code = head.withFields { fields, count in
      endStream
        ? nghttp2_submit_response(session, stream.id, fields, count, nil)
        : nghttp2_submit_response(session, stream.id, fields, count, &provider)
    }
    if code != 0 { reset(stream, .internalError) }
  }

  /// As a server, sends an interim response before the one that counts (RFC 9110, section 15.2).
  package func inform(_ stream: HTTP2Stream, _ head: OutgoingFields) {
    guard stream.closeCode == nil else { return }
    // Fails only when memory is out; the client then waits until its patience ends, as it must be ready to.
    _ = head.withFields { fields, count in
      nghttp2_submit_headers(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, nil, fields, count, nil)
    }
  }

  /// Sends data behind that which is waiting.
  package func send(_ data: ByteBuffer, on stream: HTTP2Stream) {
    guard stream.closeCode == nil, data.readableBytes > 0 else { return }
    unsentBytes += data.readableBytes
    stream.enqueue(data)
    resume(stream)
  }

  /// Ends the sending side of a stream once its data is sent.
  /// - Parameter trailers: what goes behind the data.
  package func end(_ stream: HTTP2Stream, trailers: OutgoingFields? = nil) {
    guard stream.closeCode == nil, case .open = stream.outboundEnd else { return }
    stream.outboundEnd = trailers.map { .trailers($0) } ?? .data
    resume(stream)
  }

  private func resume(_ stream: HTTP2Stream) {
    guard stream.isDeferred else { return }
    stream.isDeferred = false
    // Fails only for a stream that nghttp2 has just closed, of which the close callback tells.
    _ = nghttp2_session_resume_data(session, stream.id)
  }

  /// Ends a stream at once in both directions.
  ///
  /// It counts as closed from here on.
  package func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard stream.closeCode == nil else { return }
    // Fails only when memory is out; the other side then learns of it when the connection ends.
    _ = nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
    nghttp2_session_set_stream_user_data(session, stream.id, nil)
    close(stream, code)
  }

  /// Lets the other side send this many more bytes on a stream, because they were read.
  package func acknowledge(_ count: Int, on stream: HTTP2Stream) {
    guard count > 0, stream.closeCode == nil, !stream.isInboundEnded else { return }
    // Fails only when memory is out; the stream then stalls until its deadline.
    _ = nghttp2_session_consume_stream(session, stream.id, count)
  }

  /// Lets as much be on its way on a stream as on the whole connection.
  package func widenWindow(of stream: HTTP2Stream) {
    guard stream.closeCode == nil, !stream.isInboundEnded else { return }
    // Fails only when memory is out; the window then stays as it is.
    _ = nghttp2_session_set_local_window_size(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, Int32(clamping: limits.connectionWindow))
  }

  // MARK: The end of the connection

  /// Asks the other side to open no more streams, without yet refusing those that are on their way.
  package func submitShutdownNotice() {
    _ = nghttp2_submit_shutdown_notice(session)
  }

  /// Refuses streams that the other side opens from here on; those that are open go on.
  package func submitGoAway(_ code: HTTP2ErrorCode = .noError) {
    let last = nghttp2_session_get_last_proc_stream_id(session)
    _ = nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, code.rawValue, nil, 0)
  }

  /// Ends the connection once the GOAWAY is sent.
  package func terminate(_ code: HTTP2ErrorCode) {
    _ = nghttp2_session_terminate_session(session, code.rawValue)
  }

  /// Asks the other side for a sign of life, see ``answeredPings``.
  package func submitPing() {
    _ = nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
  }
}
