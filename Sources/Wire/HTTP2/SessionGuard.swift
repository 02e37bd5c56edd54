// SPDX-License-Identifier: Apache-2.0

import CNGHTTP2
import NIOCore

/// Stands between a server's session and a client that floods it.
///
/// nghttp2 limits what waits to be answered; this limits what comes per time.
struct SessionGuard {
  private var budget: FrameBudget?
  private var strikes: PingStrikes?
  private var hasSentContent = false
  private let now: () -> NIODeadline
  /// What the client did too often, in the words of the GOAWAY's debug data.
  private(set) var excess: StaticString?
  /// The error of the last GOAWAY that was sent; `nil` if none was, or no error.
  private(set) var sentError: HTTP2ErrorCode?

  init(_ limits: HTTP2Limits, now: @escaping () -> NIODeadline = NIODeadline.now) {
    budget = limits.floods.map { FrameBudget($0, now: now) }
    strikes = limits.pings.map { PingStrikes($0) }
    self.now = now
  }

  /// Has nghttp2's own limits leave room for ours, whose replies say more.
  static func set(_ options: OpaquePointer?) {
    nghttp2_option_set_stream_reset_rate_limit(options, 100_000, 100_000)
    nghttp2_option_set_max_continuations(options, 8)
    nghttp2_option_set_max_outbound_ack(options, 1000)
    nghttp2_option_set_max_settings(options, 32)
  }

  /// Notes an event that costs a token.
  mutating func spend(_ event: FrameBudget.Event) {
    if budget?.spend(event) == true { excess = excess ?? event.reason }
  }

  /// Notes a header section that is larger by far than allowed.
  mutating func noteOversizedHeader() { excess = excess ?? "header_list_too_large" }

  /// Notes a PING of the client.
  mutating func notePing(hasCalls: Bool) {
    let hasSent = hasSentContent
    hasSentContent = false
    if hasSent { budget?.forgive(.ping) }
    spend(.ping)
    if strikes?.note(at: now(), hasSent: hasSent, hasCalls: hasCalls) == true { excess = excess ?? "too_many_pings" }
  }

  /// Notes a frame that was sent.
  @inline(__always)
  mutating func noteSent(_ frame: UnsafePointer<nghttp2_frame>) {
    switch UInt32(frame.pointee.hd.type) {
    case NGHTTP2_DATA.rawValue:
      hasSentContent = true
      // A frame may hold many small messages, and gRPC's own clients send an update after each that they have read.
      budget?.grant(.windowUpdate, 4 + frame.pointee.hd.length / 8)
    case NGHTTP2_HEADERS.rawValue: hasSentContent = true
    case NGHTTP2_RST_STREAM.rawValue:
      if frame.pointee.rst_stream.error_code != NGHTTP2_NO_ERROR.rawValue { spend(.provokedReset) }
    case NGHTTP2_GOAWAY.rawValue:
      let code = frame.pointee.goaway.error_code
      if code != NGHTTP2_NO_ERROR.rawValue { sentError = HTTP2ErrorCode(rawValue: code) }
    default: break
    }
  }
}

extension HTTP2Session {
  /// The error of the last GOAWAY that was sent; `nil` if none was, or no error.
  package var sentError: HTTP2ErrorCode? { guardian?.sentError }

  /// Whether a header section has begun and not ended.
  package var headerStreamID: Int32? { headerStream?.id }

  func noteOversizedHeader() { guardian?.noteOversizedHeader() }

  /// Puts a GOAWAY for a client that does too much of something in the queue.
  func calm(_ reason: StaticString) -> HTTP2ConnectionError {
    guard !isFarewellSubmitted else { return HTTP2ConnectionError(reason: "\(reason)") }
    isFarewellSubmitted = true
    let last = nghttp2_session_get_last_proc_stream_id(session)
    _ = nghttp2_submit_goaway(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_ENHANCE_YOUR_CALM.rawValue, reason.utf8Start,
      reason.utf8CodeUnitCount)
    return HTTP2ConnectionError(reason: "\(reason)")
  }

  /// Finds the words, and for a client the GOAWAY, for what nghttp2 cannot go on after.
  func refuse(_ code: Int32) -> HTTP2ConnectionError {
    if role == .server {
      switch nghttp2_error(code) {
      case NGHTTP2_ERR_FLOODED: return calm("too_many_unread_answers")
      case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS: return calm("too_many_continuations")
      case NGHTTP2_ERR_BAD_CLIENT_MAGIC:
        _ = nghttp2_submit_goaway(
          session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, NGHTTP2_PROTOCOL_ERROR.rawValue, nil, 0)
      default: break
      }
    }
    return HTTP2ConnectionError(reason: String(cString: nghttp2_strerror(code)))
  }

  /// When all is sent, ends the connection if the sending showed that the client does too much of something.
  /// - Returns: whether there is more to send.
  func sayFarewell() throws(HTTP2ConnectionError) -> Bool {
    guard let excess = guardian?.excess else { return false }
    if !isFarewellSubmitted {
      _ = calm(excess)
      return true
    }
    throw HTTP2ConnectionError(reason: "\(excess)")
  }
}
