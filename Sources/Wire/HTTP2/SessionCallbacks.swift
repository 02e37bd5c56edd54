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
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, receiveFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, receiveData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closeStream)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, sentFrame)
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, notSentFrame)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, sendData)
  }
}

extension HTTP2Session {
  /// The session that a callback is for.
  @inline(__always)
  fileprivate static func from(_ userData: UnsafeMutableRawPointer?) -> HTTP2Session? {
    // The session frees nghttp2's half of itself in `deinit`, so that no callback comes after its end.
    userData.map { Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The stream that a callback is for; `nil` if we have let go of it.
  @inline(__always)
  fileprivate func stream(_ id: Int32) -> HTTP2Stream? {
    // `streams` keeps alive what nghttp2 points to until it is closed, which takes the pointer away.
    nghttp2_session_get_stream_user_data(session, id).map {
      Unmanaged<HTTP2Stream>.fromOpaque($0).takeUnretainedValue()
    }
  }
}

private func hasFlag(_ frame: nghttp2_frame_hd, _ flag: nghttp2_flag) -> Bool {
  frame.flags & UInt8(flag.rawValue) != 0
}

private func beginHeaders(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData), let frame, frame.pointee.hd.type == NGHTTP2_HEADERS.rawValue else {
    return 0
  }
  session.headers.begin()
  let id = frame.pointee.hd.stream_id
  if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
    let stream = HTTP2Stream(id: id)
    session.adopt(stream)
    nghttp2_session_set_stream_user_data(session.session, id, Unmanaged.passUnretained(stream).toOpaque())
    session.headerStream = stream
  } else {
    let stream = session.stream(id)
    stream?.isReceivingTrailers = stream?.hasHead ?? false
    session.headerStream = stream
  }
  return 0
}

private func receiveHeader(
  _: OpaquePointer?, _: UnsafePointer<nghttp2_frame>?, name: UnsafePointer<UInt8>?, nameLength: Int,
  value: UnsafePointer<UInt8>?, valueLength: Int, _: UInt8, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let userData, let name, let value else { return 0 }
  // Ten times a request: worth sparing the counting of references.
  Unmanaged<HTTP2Session>.fromOpaque(userData)._withUnsafeGuaranteedRef {
    if !$0.headers.add(name, nameLength, value, valueLength) { $0.noteOversizedHeader() }
  }
  return 0
}

private func receiveFrame(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData), let frame else { return 0 }
  let header = frame.pointee.hd
  switch UInt32(header.type) {
  case NGHTTP2_HEADERS.rawValue:
    guard let stream = session.headerStream else { return 0 }
    session.headerStream = nil
    if stream.isReceivingTrailers {
      stream.trailers = session.headers.block()
    } else {
      stream.head = session.headers.block()
    }
    if !stream.hasHead, session.role == .client, !hasFlag(header, NGHTTP2_FLAG_END_STREAM),
      stream.head.first(":status")?.first == "1"
    {
      // An interim response (RFC 9110, section 15.2); the one that counts follows.
      stream.head = HeaderBlock()
      return 0
    }
    stream.hasHead = true
    if hasFlag(header, NGHTTP2_FLAG_END_STREAM) { stream.isInboundEnded = true }
    session.noteChange(stream)
  case NGHTTP2_DATA.rawValue:
    guard hasFlag(header, NGHTTP2_FLAG_END_STREAM) else {
      if header.length == frame.pointee.data.padlen { session.guardian?.spend(.emptyData) }
      return 0
    }
    guard let stream = session.stream(header.stream_id) else { return 0 }
    stream.isInboundEnded = true
    session.noteChange(stream)
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

private func receiveData(
  _: OpaquePointer?, _: UInt8, id: Int32, bytes: UnsafePointer<UInt8>?, count: Int, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData) else { return 0 }
  session.unacknowledged += count
  guard let stream = session.stream(id) else { return 0 }
  stream.inbound.writeBytes(UnsafeRawBufferPointer(start: bytes, count: count))
  session.noteChange(stream)
  return 0
}

private func closeStream(
  _: OpaquePointer?, id: Int32, code: UInt32, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData), let stream = session.stream(id) else { return 0 }
  nghttp2_session_set_stream_user_data(session.session, id, nil)
  if session.headerStream === stream { session.headerStream = nil }
  session.close(stream, HTTP2ErrorCode(rawValue: code))
  return 0
}

private func readData(
  _: OpaquePointer?, id: Int32, _: UnsafeMutablePointer<UInt8>?, length: Int, flags: UnsafeMutablePointer<UInt32>?,
  _: UnsafeMutablePointer<nghttp2_data_source>?, userData: UnsafeMutableRawPointer?
) -> Int {
  guard let session = HTTP2Session.from(userData), let stream = session.stream(id), let flags else {
    return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }
  let count = min(length, stream.outbound.readableBytes)
  if count > 0 { flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue }
  if count == stream.outbound.readableBytes {
    switch stream.outboundEnd {
    case .open:
      if count == 0 {
        stream.isDeferred = true
        return Int(NGHTTP2_ERR_DEFERRED.rawValue)
      }
    case .data, .sent:
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      stream.outboundEnd = .sent
    case .trailers(let trailers):
      // The one thing besides data that nghttp2 wants submitted from inside this callback.
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      stream.outboundEnd = .sent
      let code = trailers.withFields { nghttp2_submit_trailer(session.session, id, $0, $1) }
      if code != 0 { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
    }
  }
  return count
}

private func sendData(
  _: OpaquePointer?, frame: UnsafeMutablePointer<nghttp2_frame>?, frameHeader: UnsafePointer<UInt8>?, length: Int,
  _: UnsafeMutablePointer<nghttp2_data_source>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData), let frame, let stream = session.stream(frame.pointee.hd.stream_id)
  else { return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
  session.output.writeBytes(UnsafeRawBufferPointer(start: frameHeader, count: 9))
  stream.outbound.readWithUnsafeReadableBytes { bytes in
    session.output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
    return length
  }
  session.unsentBytes -= length
  if stream.outbound.readableBytes == 0 { stream.outbound = ByteBuffer() }
  if stream.wantsRoom { session.noteChange(stream) }
  return 0
}

private func sentFrame(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData), let frame else { return 0 }
  let header = frame.pointee.hd
  if session.role == .client {
    if header.type == NGHTTP2_HEADERS.rawValue { session.stream(header.stream_id)?.hasLeft = true }
    return 0
  }
  session.guardian?.noteSent(frame)
  guard hasFlag(header, NGHTTP2_FLAG_END_STREAM),
    header.type == NGHTTP2_HEADERS.rawValue || header.type == NGHTTP2_DATA.rawValue,
    let stream = session.stream(header.stream_id), !stream.isInboundEnded
  else { return 0 }
  // All is said before all was heard: RFC 9113, section 8.1 has the server ask the client to stop.
  return nghttp2_submit_rst_stream(
    session.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), header.stream_id, NGHTTP2_NO_ERROR.rawValue)
}

private func notSentFrame(
  _: OpaquePointer?, frame: UnsafePointer<nghttp2_frame>?, _: Int32, userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let session = HTTP2Session.from(userData), let frame, session.role == .client,
    frame.pointee.hd.type == NGHTTP2_HEADERS.rawValue
  else { return 0 }
  // A request that never left, such as one that waited when the connection began to close: it may be sent elsewhere.
  let id = frame.pointee.hd.stream_id
  if let stream = session.streams.first(where: { $0.id == id }) { session.close(stream, .refusedStream) }
  return 0
}
