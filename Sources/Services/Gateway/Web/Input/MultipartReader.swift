// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore

/// Reads a multipart form from a request body, part by part.
///
/// Not to be shared: one task reads it from beginning to end.
struct MultipartReader {
  private var body: RequestBody.AsyncIterator
  private var parser: MultipartParser
  private let bodyLimit: Int
  private var bodyBytes = 0
  private var isAtEnd = false

  /// - Parameter bodyLimit: The most bytes that the whole body may have.
  init(body: RequestBody, contentType: String?, bodyLimit: Int) throws(MultipartError) {
    self.body = body.makeAsyncIterator()
    self.parser = try MultipartParser(contentType: contentType)
    self.bodyLimit = bodyLimit
  }

  /// The next part, or `nil` after the last.
  ///
  /// What is left of the part before is skipped.
  mutating func nextPart() async throws -> MultipartPart? {
    while let event = try await nextEvent() {
      if case .part(let part) = event { return part }
    }
    return nil
  }

  /// More content of the part that `nextPart` returned, or `nil` at its end.
  mutating func nextContent() async throws -> ByteBuffer? {
    guard let event = try await nextEvent(), case .content(let bytes) = event else { return nil }
    return bytes
  }

  /// The whole content of the part that `nextPart` returned, as text.
  ///
  /// Bytes that are not UTF-8 become U+FFFD, which no option accepts.
  mutating func value(of part: MultipartPart, limit: Int = 4 * 1024) async throws -> String {
    var value = ByteBuffer()
    while let bytes = try await nextContent() {
      guard value.readableBytes + bytes.readableBytes <= limit else {
        throw MultipartError.valueTooLong(field: part.name, limit: limit)
      }
      value.writeImmutableBuffer(bytes)
    }
    return String(buffer: value)
  }

  /// The next event; `nil` once the last boundary was met.
  private mutating func nextEvent() async throws -> MultipartParser.Event? {
    while !isAtEnd {
      if let event = try parser.next() {
        if event != .end { return event }
        isAtEnd = true
        break
      }
      guard let bytes = try await body.next() else {
        try parser.finish()
        isAtEnd = true
        break
      }
      bodyBytes += bytes.readableBytes
      guard bodyBytes <= bodyLimit else { throw MultipartError.bodyTooLarge(limit: bodyLimit) }
      parser.append(bytes)
    }
    return nil
  }
}
