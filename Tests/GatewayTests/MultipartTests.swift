// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import Gateway

@Suite("Taking a multipart form apart")
struct MultipartTests {
  /// A part with its content put together.
  struct Part: Equatable {
    var name: String
    var fileName: String?
    var content: String
  }

  static let type = "multipart/form-data; boundary=XX"

  /// Parses `body`, given to the parser in pieces of `size` bytes.
  static func parts(of body: String, type: String = type, size: Int = 1 << 20) throws(MultipartError) -> [Part] {
    var parser = try MultipartParser(contentType: type)
    var parts: [Part] = []
    var rest = ByteBuffer(string: body)
    var isOpen = false
    while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
      parser.append(piece)
      while let event = try parser.next() {
        switch event {
        case .part(let part):
          #expect(!isOpen)
          isOpen = true
          parts.append(Part(name: part.name, fileName: part.fileName, content: ""))
        case .content(let bytes):
          #expect(isOpen)
          parts[parts.count - 1].content += String(buffer: bytes)
        case .endOfPart:
          #expect(isOpen)
          isOpen = false
        case .end: break
        }
      }
    }
    try parser.finish()
    return parts
  }

  private static func part(_ headers: String, _ content: String) -> String {
    "--XX\r\n\(headers)\r\n\r\n\(content)\r\n"
  }

  private static let whole =
    part("Content-Disposition: form-data; name=\"mode\"", "check")
    + part(
      "content-disposition: form-data; filename=\"a;b \\\"c\\\".csv\"; name=file\r\nContent-Type: text/csv",
      "period,value\r\n2026-01,1\r\n--X\r\n-- XX\r\n\r\n")
    + part("Content-Disposition: form-data; name=\"empty\"", "") + "--XX--\r\nwhatever follows"

  @Test("every part comes out whole, in pieces of any size", arguments: [1, 2, 3, 5, 7, 11, 64, 4096])
  func anyPieces(size: Int) throws {
    let parts = try Self.parts(of: Self.whole, size: size)
    #expect(
      parts == [
        Part(name: "mode", content: "check"),
        Part(
          name: "file", fileName: "a;b \"c\".csv", content: "period,value\r\n2026-01,1\r\n--X\r\n-- XX\r\n\r\n"),
        Part(name: "empty", content: ""),
      ])
  }

  @Test("a preamble is skipped, and blanks behind a boundary are allowed")
  func preamble() throws {
    let body = "to old mail readers\r\n--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX--"
    #expect(try Self.parts(of: body, size: 4) == [Part(name: "a", content: "1")])
  }

  @Test(
    "a malformed body is refused with its reason",
    arguments: [
      ("", MultipartError.endsEarly),
      ("nothing of the kind", .endsEarly),
      ("--XX", .endsEarly),
      ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue", .endsEarly),
      ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--XX", .endsEarly),
      ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--XX-", .endsEarly),
      ("--XXY\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--XX--", .badDelimiter),
      ("--XX\nContent-Disposition: form-data; name=a\n\nvalue\n--XX--", .badDelimiter),
      ("--XX\r\n\r\nvalue\r\n--XX--", .partWithoutName),
      ("--XX\r\nContent-Type: text/csv\r\n\r\nvalue\r\n--XX--", .partWithoutName),
      ("--XX\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--XX--", .partWithoutName),
      ("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nvalue\r\n--XX--", .partWithoutName),
      ("--XX\r\nContent-Disposition: attachment; name=a\r\n\r\nvalue\r\n--XX--", .partWithoutName),
      ("--XX\r\n" + String(repeating: "h", count: 9000), .headersTooLong(limit: 8192)),
      ("--XX\r\n" + String(repeating: "h", count: 9000) + "\r\n\r\n", .headersTooLong(limit: 8192)),
      (
        String(repeating: "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n", count: 33),
        .tooManyParts(limit: 32)
      ),
    ])
  func malformed(body: String, expected: MultipartError) {
    for size in [1, 1 << 20] {
      #expect(throws: expected, "in pieces of \(size)") { try Self.parts(of: body, size: size) }
    }
  }

  @Test(
    "a content type that cannot be worked with is refused",
    arguments: [
      (nil, MultipartError.notMultipart("")),
      ("text/csv", .notMultipart("text/csv")),
      ("multipart/form-data", .badBoundary("")),
      ("multipart/form-data; boundary=\"\"", .badBoundary("")),
      ("multipart/form-data; boundary=\"a ", .notMultipart("multipart/form-data; boundary=\"a ")),
      ("multipart/form-data; boundary=\"ä\"", .badBoundary("ä")),
      (
        "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
        .badBoundary(String(repeating: "b", count: 71))
      ),
    ] as [(String?, MultipartError)])
  func contentTypes(type: String?, expected: MultipartError) {
    #expect(throws: expected) { try MultipartParser(contentType: type) }
  }

  @Test("headers that are not UTF-8 are refused")
  func headersNotText() throws {
    var parser = try MultipartParser(contentType: Self.type)
    parser.append(ByteBuffer(bytes: Array("--XX\r\nContent-Disposition: ".utf8) + [0xff] + Array("\r\n\r\n".utf8)))
    #expect(throws: MultipartError.headersNotUTF8) { try parser.next() }
  }

  @Test("whatever content is chosen around boundary-like text, it comes back")
  func anyContent() throws {
    var random = SystemRandomNumberGenerator()
    let alphabet = ["\r", "\n", "-", "X", "--XX", "\r\n--X", "a", "\r\n"]
    for _ in 0..<300 {
      let content = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }.joined()
      if content.contains("\r\n--XX") || ("\r\n" + content).contains("\r\n--XX") { continue }
      let body = Self.part("Content-Disposition: form-data; name=a", content) + "--XX--\r\n"
      let size = Int.random(in: 1...9, using: &random)
      #expect(try Self.parts(of: body, size: size) == [Part(name: "a", content: content)])
    }
  }
}
