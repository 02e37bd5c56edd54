// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import NIOCore

/// The values of a form that came as `application/x-www-form-urlencoded`.
struct Form: Sendable {
  /// The most bytes of a form.
  ///
  /// The longest fields together stay far below.
  static let largestBody = 256 * 1024

  private let values: [String: String]

  init(_ values: [String: String]) {
    self.values = values
  }

  /// - Throws: ``WebFailure`` for another content type or what is not a form.
  init(_ request: Request) async throws {
    let type = request.headers[.contentType].flatMap(HeaderParameters.init)?.value
    guard type == "application/x-www-form-urlencoded" else {
      throw WebFailure(
        .unsupportedMediaType, "This is not a form",
        "The page takes application/x-www-form-urlencoded, as its own form sends it.")
    }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: Self.largestBody)
    } catch is NIOTooManyBytesError {
      throw WebFailure(.contentTooLarge, "The form is too long", "All its fields together may have 256 KiB.")
    }
    try self.init(encoded: String(buffer: body), heading: "The form cannot be read")
  }

  /// The parameters behind the question mark of an address.
  /// - Throws: ``WebFailure`` for what cannot be read.
  init(query request: Request) throws {
    try self.init(encoded: request.uri.query ?? "", heading: "This address cannot be read")
  }

  private init(encoded text: String, heading: String) throws {
    do {
      values = try URLEncodedFormDecoder().decode([String: String].self, from: text)
    } catch {
      throw WebFailure(
        .badRequest, heading, "A field is there twice, or a percent sign is not followed by two hexadecimal digits.")
    }
    // Messages cannot carry a NUL, and nobody types one.
    guard values.values.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw WebFailure(.badRequest, heading, "A field has a NUL character in it; text without one is accepted.")
    }
  }

  /// The value as typed, without blanks around it; empty when the field is not there.
  subscript(_ name: String) -> String {
    Self.trim(values[name] ?? "")
  }

  /// The text with the line breaks of a text area as LF.
  func prose(_ name: String) -> String {
    self[name].split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
  }

  /// A number, or `nil` for an empty field.
  ///
  /// A minus sign as people write it is one. What is not a number becomes a problem.
  func number(_ name: String, _ problems: inout FormProblems) -> Double? {
    let typed = self[name]
    if typed.isEmpty { return nil }
    let text = typed.replacing("−", with: "-")
    let isPlain = text.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) }
    if isPlain, let value = Double(text), value.isFinite { return value }
    let withoutCommas = text.replacing(",", with: "")
    if withoutCommas != text, withoutCommas.utf8.allSatisfy({ "0123456789.+-".utf8.contains($0) }),
      Double(withoutCommas) != nil
    {
      problems.add("Enter the number without commas, such as \(withoutCommas).", field: name)
    } else {
      problems.add("Enter a number only, such as 12.5: “\(typed)” is not a number.", field: name)
    }
    return nil
  }

  /// A day, or `nil` for an empty field.
  ///
  /// What is not a day becomes a problem.
  func day(_ name: String, _ problems: inout FormProblems) -> CommonV1.Date? {
    let text = self[name]
    if text.isEmpty { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isISO = text.utf8.count == 10 && parts.map(\.utf8.count) == [4, 2, 2]
    let numbers = parts.compactMap { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int32(part) : nil }
    if isISO, numbers.count == 3 {
      let day = CommonV1.Date(year: numbers[0], month: numbers[1], day: numbers[2])
      if day.isValid { return day }
    }
    problems.add("Enter a date as year-month-day, such as 2026-03-31: “\(text)” is not one.", field: name)
    return nil
  }

  /// The text without blanks around it.
  static func trim(_ text: String) -> String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    var text = Substring(text).drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
