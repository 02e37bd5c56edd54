// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Takes `multipart/form-data` apart as its bytes arrive, in memory that does not grow with the body.
///
/// Bytes go in by `append`, events come out of `next`. The content of a part is handed on as it comes, so that a file
/// of any size passes through.
/// - SeeAlso: RFC 2046, section 5.1; RFC 7578.
struct MultipartParser: Sendable {
  /// What the parser met.
  enum Event: Sendable, Hashable {
    /// A part begins.
    case part(MultipartPart)
    /// Content of the part that began last.
    case content(ByteBuffer)
    /// The part that began last ends.
    case endOfPart
    /// The last part has ended. What follows is ignored.
    case end
  }

  /// Bounds that keep memory small whatever a client sends.
  struct Limits: Sendable {
    /// Bytes in the headers of one part.
    var headerBytes = 8 * 1024
    /// Parts in one body.
    var parts = 32
  }

  private enum State { case beforeFirst, afterDelimiter, headers, content, finished }

  private let delimiter: [UInt8]
  private let limits: Limits
  private var buffer = ByteBuffer()
  private var state = State.beforeFirst
  private var parts = 0

  /// - Parameter contentType: The request's `Content-Type`, which names the boundary.
  init(contentType: String?, limits: Limits = Limits()) throws(MultipartError) {
    guard let header = contentType.flatMap(HeaderParameters.init), header.value == "multipart/form-data" else {
      throw .notMultipart(contentType ?? "")
    }
    let boundary = header.parameters["boundary"] ?? ""
    guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
      boundary.last != " "
    else { throw .badBoundary(boundary) }
    self.delimiter = Array("\r\n--\(boundary)".utf8)
    self.limits = limits
    // The first delimiter has no line break before it when it begins the body; with this one it has.
    buffer.writeString("\r\n")
  }

  /// Adds the bytes that follow.
  ///
  /// Take all events out by `next` before adding more.
  mutating func append(_ bytes: ByteBuffer) {
    buffer.discardReadBytes()
    buffer.writeImmutableBuffer(bytes)
  }

  /// The next event, or `nil` when more bytes are needed first.
  mutating func next() throws(MultipartError) -> Event? {
    while true {
      switch state {
      case .beforeFirst:
        guard skipPreamble() else { return nil }
        state = .afterDelimiter
      case .afterDelimiter:
        guard let isLast = try readDelimiterEnd() else { return nil }
        state = isLast ? .finished : .headers
        if isLast { return .end }
      case .headers:
        guard let part = try readHeaders() else { return nil }
        state = .content
        return .part(part)
      case .content:
        return readContent()
      case .finished:
        buffer.clear()
        return nil
      }
    }
  }

  /// Says that no bytes follow.
  func finish() throws(MultipartError) {
    guard case .finished = state else { throw .endsEarly }
  }

  private mutating func skipPreamble() -> Bool {
    if let start = offset(of: delimiter) {
      buffer.moveReaderIndex(forwardBy: start + delimiter.count)
      return true
    }
    buffer.moveReaderIndex(forwardBy: max(0, buffer.readableBytes - delimiter.count + 1))
    return false
  }

  /// Reads what follows a delimiter: a line break before the next part, or `--` after the last.
  private mutating func readDelimiterEnd() throws(MultipartError) -> Bool? {
    let view = buffer.readableBytesView
    // Blanks may stand between a delimiter and its line break.
    let padding = view.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    guard padding <= limits.headerBytes else { throw .headersTooLong(limit: limits.headerBytes) }
    guard view.count >= padding + 2 else { return nil }
    let end = Array(view.dropFirst(padding).prefix(2))
    if padding == 0, end == Array("--".utf8) {
      buffer.moveReaderIndex(forwardBy: 2)
      return true
    }
    guard end == Array("\r\n".utf8) else { throw .badDelimiter }
    buffer.moveReaderIndex(forwardBy: padding + 2)
    return false
  }

  private mutating func readHeaders() throws(MultipartError) -> MultipartPart? {
    let view = buffer.readableBytesView
    // A part without headers has none of the line breaks that end them but the one before its content.
    if view.starts(with: "\r\n".utf8) { throw .partWithoutName }
    guard let length = offset(of: Array("\r\n\r\n".utf8)) else {
      guard view.count <= limits.headerBytes else { throw .headersTooLong(limit: limits.headerBytes) }
      return nil
    }
    guard length <= limits.headerBytes else { throw .headersTooLong(limit: limits.headerBytes) }
    parts += 1
    guard parts <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
    guard let text = String(validating: view.prefix(length), as: UTF8.self) else { throw .headersNotUTF8 }
    buffer.moveReaderIndex(forwardBy: length + 4)
    return try MultipartPart(headers: text)
  }

  private mutating func readContent() -> Event? {
    if let length = offset(of: delimiter) {
      if length > 0, let content = buffer.readSlice(length: length) { return .content(content) }
      buffer.moveReaderIndex(forwardBy: delimiter.count)
      state = .afterDelimiter
      return .endOfPart
    }
    // The last bytes may be the beginning of a delimiter.
    let certain = buffer.readableBytes - delimiter.count + 1
    guard certain > 0, let content = buffer.readSlice(length: certain) else { return nil }
    return .content(content)
  }

  /// Where `pattern` begins in the readable bytes.
  private func offset(of pattern: [UInt8]) -> Int? {
    let view = buffer.readableBytesView
    var from = view.startIndex
    while let start = view[from...].firstIndex(of: pattern[0]) {
      guard view.endIndex - start >= pattern.count else { return nil }
      if view[start..<(start + pattern.count)].elementsEqual(pattern) { return start - view.startIndex }
      from = start + 1
    }
    return nil
  }
}

/// The headers of one part.
struct MultipartPart: Sendable, Hashable {
  /// Name of the form's field.
  let name: String
  /// Name of the file, when the part is one.
  let fileName: String?

  init(headers: String) throws(MultipartError) {
    // A CR LF is one Character, so lines are split by scalars.
    let lines = headers.unicodeScalars.split { $0 == "\r" || $0 == "\n" }.map { String(String.UnicodeScalarView($0)) }
    let prefix = "content-disposition:"
    guard let line = lines.first(where: { $0.lowercased().hasPrefix(prefix) }) else { throw .partWithoutName }
    guard let disposition = HeaderParameters(String(line.unicodeScalars.dropFirst(prefix.count))),
      disposition.value == "form-data", let name = disposition.parameters["name"], !name.isEmpty
    else { throw .partWithoutName }
    self.name = name
    self.fileName = disposition.parameters["filename"]
  }
}

/// Why a body is no form.
enum MultipartError: Error, Sendable, Hashable, CustomStringConvertible {
  case notMultipart(String)
  case badBoundary(String)
  case badDelimiter
  case headersTooLong(limit: Int)
  case headersNotUTF8
  case partWithoutName
  case tooManyParts(limit: Int)
  case endsEarly
  case valueTooLong(field: String, limit: Int)
  case bodyTooLarge(limit: Int)
  case twice(field: String)
  case nulCharacter(field: String)
  case badKeptFile

  var description: String {
    switch self {
    case .notMultipart(let type):
      "The form came as “\(type)”; the upload takes multipart/form-data."
    case .badBoundary(let boundary):
      "The boundary “\(boundary)” of the form is not 1 to 70 printable ASCII characters."
    case .badDelimiter: "A boundary of the form is not followed by a line break."
    case .headersTooLong(let limit): "The headers of a part of the form are longer than \(limit) bytes."
    case .headersNotUTF8: "The headers of a part of the form are not UTF-8."
    case .partWithoutName:
      "A part of the form has no header Content-Disposition: form-data with a name."
    case .tooManyParts(let limit): "The form has more than \(limit) parts."
    case .endsEarly: "The form ends before its last boundary; the upload was cut off."
    case .valueTooLong(let field, let limit): "The value of “\(field)” is longer than \(limit) bytes."
    case .twice("file"): "The form has two files. Send one at a time."
    case .twice(let field): "The form has the field “\(field)” twice. Send it once."
    case .nulCharacter(let field): "The field “\(field)” has a NUL character in it; text without one is accepted."
    case .badKeptFile: "The file that the page carried along is damaged. Choose the file again."
    case .bodyTooLarge(let limit):
      "The upload is larger than \(Words.number(Double(limit) / 1024 / 1024)) MiB, the most that one may have."
    }
  }
}
