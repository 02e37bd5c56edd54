// SPDX-License-Identifier: Apache-2.0

/// The text of a statement, or a part of one, in the common SQL dialect.
///
/// It can only be written down in the program: a `String` neither is one nor goes into one, so that what comes from outside
/// reaches the store as a value of a parameter and never as text.
///
/// ```swift
/// let columns: SQL = "id, name"
/// try transaction.rows("SELECT \(columns) FROM teams WHERE id = $1", [.text(id)])
/// ```
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The text.
  public let text: String

  init(text: String) { self.text = text }

  public init(stringLiteral text: String) { self.text = text }

  public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// What may stand in a statement's text: other statements' parts, and whole numbers.
  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    fileprivate var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

    public mutating func appendLiteral(_ literal: String) { text += literal }
    public mutating func appendInterpolation(_ part: SQL) { text += part.text }
    public mutating func appendInterpolation(_ number: Int) { text += String(number) }
  }

  /// One after the other.
  public static func + (first: SQL, second: SQL) -> SQL { SQL(text: first.text + second.text) }
}
