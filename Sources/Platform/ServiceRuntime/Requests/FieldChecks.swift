// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC

/// Collects what is wrong with a request, field by field, so that a caller learns everything at once.
///
/// ```swift
/// var checks = FieldChecks()
/// let title = checks.text(project.title, field: "project.title", length: 1...200)
/// try checks.finish()   // INVALID_ARGUMENT naming each field, or nothing
/// ```
public struct FieldChecks: Sendable {
  /// What was found so far, in the order of the checks.
  public private(set) var violations: [FieldViolation] = []

  public init() {}

  /// Notes that `field` is wrong; `description` says what is wrong and what would be accepted.
  public mutating func violation(_ field: String, _ description: String) {
    violations.append(FieldViolation(field: field, description: description))
  }

  /// Throws `INVALID_ARGUMENT` with every violation as a detail, when there is one.
  public func finish() throws(RPCError) {
    guard violations.isEmpty else { throw RPCError.invalidArgument(violations) }
  }

  /// Checks a text and returns it without the white space around it.
  ///
  /// - Parameters:
  ///   - length: accepted length in Unicode scalars, after trimming. Scalars, because one grapheme can hide any number.
  ///   - lines: whether line breaks and tabs are accepted. Other control characters never are.
  public mutating func text(
    _ value: String, field: String, length: ClosedRange<Int>, lines: Bool = false
  ) -> String {
    let trimmed = value.trimmed
    let count = trimmed.unicodeScalars.count
    if count == 0, length.lowerBound > 0 {
      violation(field, "is empty; \(Self.phrase(length)) are needed")
    } else if !length.contains(count) {
      violation(field, "has \(count) characters; \(Self.phrase(length)) are accepted")
    }
    if let control = trimmed.unicodeScalars.first(where: { $0.isControl && !(lines && $0.isLayout) }) {
      let code = String(control.value, radix: 16, uppercase: true)
      violation(field, "contains the control character U+\(code); plain text is accepted")
    }
    return trimmed
  }

  /// Checks an identifier that refers to something: a UUID in its usual form, in either case.
  ///
  /// Returns it in lower case.
  public mutating func identifier(_ value: String, field: String, required: Bool = true) -> String {
    if value.isEmpty {
      if required { violation(field, "is empty; an id is needed") }
      return value
    }
    guard Self.isUUID(value) else {
      violation(
        field, "\"\(value.shortened)\" is not an id; a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057 is accepted")
      return value
    }
    // Ids come back as they were given out, as a rule: then nothing has to be made.
    return value.utf8.contains { (0x41...0x5A).contains($0) } ? value.lowercased() : value
  }

  /// Checks a calendar date, when there is one.
  public mutating func date(_ value: CommonV1.Date?, field: String) {
    guard let value, !value.isValid else { return }
    violation(
      field,
      "year \(value.year), month \(value.month), day \(value.day) is not a date; a day of the Gregorian calendar from "
        + "0001-01-01 to 9999-12-31 is accepted")
  }

  /// Checks that a number is finite.
  public mutating func finite(_ value: Double?, field: String) {
    guard let value, !value.isFinite else { return }
    violation(field, "\(value) is not a number that can be shown; any finite number is accepted")
  }

  /// Checks the id that makes a create idempotent: empty, or 1 to 128 printable ASCII characters.
  public mutating func requestID(_ value: String, field: String = "request_id") {
    let printable = value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    guard !printable || value.utf8.count > 128 else { return }
    violation(field, "\"\(value.shortened)\" is not accepted; 1 to 128 printable ASCII characters are, or none")
  }

  /// Whether `value` has the form of a UUID: 8-4-4-4-12 hexadecimal digits.
  static func isUUID(_ value: String) -> Bool {
    let bytes = Array(value.utf8)
    guard bytes.count == 36 else { return false }
    for (index, byte) in bytes.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return false }
      } else {
        guard Character(UnicodeScalar(byte)).isHexDigit else { return false }
      }
    }
    return true
  }

  private static func phrase(_ length: ClosedRange<Int>) -> String {
    length.lowerBound == 0
      ? "at most \(length.upperBound) characters" : "\(length.lowerBound) to \(length.upperBound) characters"
  }
}

extension String {
  /// Without white space and line breaks at both ends.
  fileprivate var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }

  /// At most 100 characters, for a message.
  public var shortened: String {
    let scalars = unicodeScalars
    guard scalars.count > 100 else { return self }
    return String(String.UnicodeScalarView(scalars.prefix(99))) + "…"
  }
}

extension UnicodeScalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
  fileprivate var isLayout: Bool { self == "\n" || self == "\t" || self == "\r" }
}
