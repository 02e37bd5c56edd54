// SPDX-License-Identifier: Apache-2.0

import CNGHTTP2
import NIOCore

/// What nghttp2 calls.
///
/// Each callback notes what happened and returns: code of users never runs inside one.
struct SessionCallbacks: @unchecked Sendable {  // Never written after `init`, never freed.
  let pointer: OpaquePointer?

  /// One table for all sessions.
  static let shared = SessionCallbacks()

  /// Where nghttp2 gets the data of a stream.
  static var dataProvider: nghttp2_data_provider {
    nghttp2_data_provider(source: nghttp2_data_source(), read_callback: readData)
  }

  private init() {
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    pointer = callbacks
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, receiveHeader)
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, receiveInvalidHeader)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, receiveFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, receiveData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closeStream)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, sentFrame)
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, notSentFrame)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, sendData)
  }
}

/// Calls the body with the session that a callback is for.
///
/// The session frees nghttp2's half of itself in `deinit`, so that no callback comes after its end; counting references
/// to it here would take as long as the rest of most callbacks.
@inline(__always)
private func withSession(_ userData: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Int32) -> Int32 {
  guard let userData else { return 0 }
  return Unmanaged<HTTP2Session>.fromOpaque(userData)._withUnsafeGuaranteedRef(body)
}

extension HTTP2Session {
  /// Calls the body with the stream that a callback is for; `nil` if we have let go of it.
  ///
  /// `streams` keeps alive what nghttp2 points to until it is closed, which takes the pointer away.
  @inline(__always)
  fileprivate func withStream<R>(_ id: Int32, _ body: (HTTP2Stream) -> R) -> R? {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    return Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
  }
}

private func hasFlag(_ frame: nghttp2_frame_hd, _ flag: nghttp2_flag) -> Bool {
  frame.flags & UInt8(flag.rawValue) != 0
}

private func beginHeaders(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let frame, frame.pointee.hd.type == NGHTTP2_HEADERS.rawValue else { return 0 }
  return withSession(userData) { session in
    session.headers.begin()
    let id = frame.pointee.hd.stream_id
    if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
      let stream = HTTP2Stream(id: id)
      session.adopt(stream)
      nghttp2_session_set_stream_user_data(session.session, id, Unmanaged.passUnretained(stream).toOpaque())
      session.headerStream = stream
    } else {
      session.headerStream = session.withStream(id) { stream in
        stream.isReceivingTrailers = stream.hasHead
        return stream
      }
    }
    return 0
  }
}

private func receiveHeader(
  _: OpaquePointer?, _: UnsafePointer<nghttp2_frame>?, name: UnsafePointer<UInt8>?, nameLength: Int,
  value: UnsafePointer<UInt8>?, valueLength: Int, _: UInt8, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let name, let value else { return 0 }
  return withSession(userData) { session in
    if !session.headers.add(name, nameLength, value, valueLength) { session.noteOversizedHeader() }
    return 0
  }
}

/// Without this callback nghttp2 leaves such a field out and says nothing: a call would then mean something else.
private func receiveInvalidHeader(
  _: OpaquePointer?, _: UnsafePointer<nghttp2_frame>?, name: UnsafePointer<UInt8>?, nameLength: Int,
  value: UnsafePointer<UInt8>?, valueLength: Int, _: UInt8, userData: UnsafeMutableRawPointer?
) -> Int32 {
  withSession(userData) { session in
    session.headers.noteMalformed()
    return 0
  }
}

private func receiveFrame(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let frame else { return 0 }
  return withSession(userData) { session in
    let header = frame.pointee.hd
    switch UInt32(header.type) {
    case NGHTTP2_HEADERS.rawValue: session.endHeaders(isEndOfStream: hasFlag(header, NGHTTP2_FLAG_END_STREAM))
    case NGHTTP2_DATA.rawValue:
      if hasFlag(header, NGHTTP2_FLAG_END_STREAM) {
        _ = session.withStream(header.stream_id) { stream in
          stream.isInboundEnded = true
          session.noteChange(stream)
        }
      } else if header.length == frame.pointee.data.padlen {
        session.guardian?.spend(.emptyData)
      }
    case NGHTTP2_GOAWAY.rawValue:
      let goAway = frame.pointee.goaway
      session.goAway = HTTP2Session.GoAway(
        lastStreamID: goAway.last_stream_id, code: HTTP2ErrorCode(rawValue: goAway.error_code))
    case NGHTTP2_PING.rawValue:
      if hasFlag(header, NGHTTP2_FLAG_ACK) {
        session.answeredPings += 1
      } else {
        session.guardian?.notePing(hasCalls: session.streamCount > 0)
      }
    case NGHTTP2_SETTINGS.rawValue:
      if hasFlag(header, NGHTTP2_FLAG_ACK) {
        session.hasAcknowledgedSettings = true
      } else {
        session.hasPeerSettings = true
        session.guardian?.spend(.settings)
      }
    case NGHTTP2_RST_STREAM.rawValue: session.guardian?.spend(.reset)
    case NGHTTP2_PRIORITY.rawValue: session.guardian?.spend(.priority)
    case NGHTTP2_WINDOW_UPDATE.rawValue: session.guardian?.spend(.windowUpdate)
    default: break
    }
    return 0
  }
}

extension HTTP2Session {
  /// Gives the header section that has been received to its stream.
  fileprivate func endHeaders(isEndOfStream: Bool) {
    guard let stream = headerStream.take() else { return }
    if stream.isReceivingTrailers {
      stream.trailers = headers.trailers()
    } else {
      stream.head = headers.head()
    }
    if !stream.hasHead, role == .client, !isEndOfStream, stream.head.first(":status")?.first == "1" {
      // An interim response (RFC 9110, section 15.2); the one that counts follows.
      stream.head = HeaderBlock()
      return
    }
    stream.hasHead = true
    if isEndOfStream { stream.isInboundEnded = true }
    noteChange(stream)
  }
}

private func receiveData(
  _: OpaquePointer?, _: UInt8, id: Int32, bytes: UnsafePointer<UInt8>?, count: Int, userData: UnsafeMutableRawPointer?
) -> Int32 {
  withSession(userData) { session in
    session.unacknowledged += count
    _ = session.withStream(id) { stream in
      stream.receive(UnsafeRawBufferPointer(start: bytes, count: count))
      session.noteChange(stream)
    }
    return 0
  }
}

private func closeStream(
  _: OpaquePointer?, id: Int32, code: UInt32, userData: UnsafeMutableRawPointer?
) -> Int32 {
  withSession(userData) { session in
    // Counted, because the session lets go of it.
    guard let stream = session.withStream(id, { $0 }) else { return 0 }
    nghttp2_session_set_stream_user_data(session.session, id, nil)
    if session.headerStream === stream { session.headerStream = nil }
    session.close(stream, HTTP2ErrorCode(rawValue: code))
    return 0
  }
}

private func readData(
  _: OpaquePointer?, id: Int32, _: UnsafeMutablePointer<UInt8>?, length: Int, flags: UnsafeMutablePointer<UInt32>?,
  _: UnsafeMutablePointer<nghttp2_data_source>?, userData: UnsafeMutableRawPointer?
) -> Int {
  let failed = Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  guard let flags, userData != nil else { return Int(failed) }
  return Int(
    withSession(userData) { session in
      session.withStream(id) { session.read($0, upTo: length, &flags.pointee) } ?? failed
    })
}

extension HTTP2Session {
  /// How much data of a stream is to be sent now, and what follows it.
  fileprivate func read(_ stream: HTTP2Stream, upTo length: Int, _ flags: inout UInt32) -> Int32 {
    let count = min(length, stream.outbound.readableBytes)
    if count > 0 { flags |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue }
    guard count == stream.outbound.readableBytes else { return Int32(clamping: count) }
    switch stream.outboundEnd {
    case .open:
      if count == 0 {
        stream.isDeferred = true
        return Int32(NGHTTP2_ERR_DEFERRED.rawValue)
      }
    case .data, .sent:
      flags |= NGHTTP2_DATA_FLAG_EOF.rawValue
      stream.outboundEnd = .sent
    case .trailers(let trailers):
      // The one thing besides data that nghttp2 wants submitted from inside this callback.
      flags |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      stream.outboundEnd = .sent
      let code = trailers.withFields { nghttp2_submit_trailer(session, stream.id, $0, $1) }
      if code != 0 { return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
    }
    return Int32(clamping: count)
  }
}

private func sendData(
  _: OpaquePointer?, frame: UnsafeMutablePointer<nghttp2_frame>?, frameHeader: UnsafePointer<UInt8>?, length: Int,
  _: UnsafeMutablePointer<nghttp2_data_source>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  let failed = Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  guard let frame, userData != nil else { return failed }
  return withSession(userData) { session in
    session.withStream(frame.pointee.hd.stream_id) { stream in
      session.output.append(UnsafeRawBufferPointer(start: frameHeader, count: 9))
      stream.send(length, to: &session.output)
      session.unsentBytes -= length
      if stream.wantsRoom { session.noteChange(stream) }
      return 0
    } ?? failed
  }
}

private func sentFrame(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let frame else { return 0 }
  return withSession(userData) { session in
    let header = frame.pointee.hd
    if session.role == .client {
      if header.type == NGHTTP2_HEADERS.rawValue { _ = session.withStream(header.stream_id) { $0.hasLeft = true } }
      return 0
    }
    session.guardian?.noteSent(frame)
    guard hasFlag(header, NGHTTP2_FLAG_END_STREAM),
      header.type == NGHTTP2_HEADERS.rawValue || header.type == NGHTTP2_DATA.rawValue,
      session.withStream(header.stream_id, { !$0.isInboundEnded }) ?? false
    else { return 0 }
    // All is said before all was heard: RFC 9113, section 8.1 has the server ask the client to stop.
    return nghttp2_submit_rst_stream(
      session.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), header.stream_id, NGHTTP2_NO_ERROR.rawValue)
  }
}

private func notSentFrame(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, error: Int32, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let frame, frame.pointee.hd.type == NGHTTP2_HEADERS.rawValue else { return 0 }
  return withSession(userData) { session in
    let id = frame.pointee.hd.stream_id
    guard let stream = session.streams.first(where: { $0.id == id }) else { return 0 }
    switch session.role {
    // The section is larger than `HeaderFields.largestBlock`, and would be on any other connection.
    case .client where error == NGHTTP2_ERR_FRAME_SIZE_ERROR.rawValue: session.close(stream, .frameSizeError)
    // A request that never left, such as one that waited when the connection began to close: it may be sent elsewhere.
    case .client: session.close(stream, .refusedStream)
    // Without its head or its trailers an answer would never end.
    case .server: session.reset(stream, .internalError)
    }
    return 0
  }
}
