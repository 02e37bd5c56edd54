// SPDX-License-Identifier: Apache-2.0

import NIOHTTP1

/// Why what came is not taken as a request; the connection ends with the answer.
struct HTTP1Refusal: Error, Hashable, Sendable {
  let status: HTTPResponseStatus
  var code: Int { Int(status.code) }
  /// What was wrong, as a sentence.
  let sentence: String
  /// The value of `Allow`, for a method that is never taken.
  var allow: String?

  init(_ status: HTTPResponseStatus, _ sentence: String, allow: String? = nil) {
    self.status = status
    self.sentence = sentence
    self.allow = allow
  }

  /// What the decoder could not read.
  init(_ error: HTTPParserError) {
    switch error {
    case .headerOverflow:
      self.init(
        .requestHeaderFieldsTooLarge,
        "The request line and the header fields are larger than \(HTTP1RequestDecoder.headerLimit) bytes together, "
          + "or more than \(HTTP1RequestDecoder.fieldLimit) fields.")
    case .invalidVersion:
      self.init(.httpVersionNotSupported, "The version is neither HTTP/1.1 nor HTTP/1.0.")
    case .invalidMethod: self.init(.badRequest, "The request does not begin with a method of HTTP, in capital letters.")
    case .invalidURL: self.init(.badRequest, "The target of the request is not an address.")
    case .invalidHeaderToken:
      self.init(.badRequest, "A header field has characters that HTTP does not allow.")
    case .unexpectedContentLength:
      self.init(.badRequest, "Content-Length is there twice, or together with Transfer-Encoding.")
    case .invalidContentLength:
      self.init(.badRequest, "Content-Length is not a number of bytes, or is there together with Transfer-Encoding.")
    case .invalidChunkSize: self.init(.badRequest, "The size of a chunk is not a number in hexadecimal digits.")
    default: self.init(.badRequest, "The request is not HTTP/1.1 as RFC 9112 has it.")
    }
  }
}

extension HTTP1Refusal: CustomStringConvertible {
  var description: String { sentence }
}
