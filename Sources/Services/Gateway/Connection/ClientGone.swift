// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore
import NIOHTTP1
import RPC

/// The client went away before it had its answer, or before its request was whole.
///
/// That is its right, and neither an error of ours nor work to go on with.
struct ClientGone: Error, Hashable, CustomStringConvertible {
  var description: String { "the client went away" }

  /// Whether an error that a request ended with means that its client is gone, by either version of HTTP.
  static func isMeant(by error: any Error) -> Bool { error is ClientGone || error is HTTP2StreamError }

  /// Whether an error of an HTTP/1 connection means that the client is gone.
  static func isMeant(onConnection error: any Error) -> Bool {
    switch error {
    // The end of the connection inside of a request.
    case HTTPParserError.invalidEOFState: true
    case is HTTPParserError, is HTTP1Refusal: false
    // What is not about requests is about the connection: a reset, an end of TLS that was not announced.
    default: true
    }
  }
}
