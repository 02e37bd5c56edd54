// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Any JSON value, as a reference file has it.
public enum JSON: Decodable, Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  /// Reads a file.
  public init(data: Data) throws { self = try JSONDecoder().decode(JSON.self, from: data) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  /// The member of an object; null for other values.
  public subscript(_ key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var number: Double? { if case .number(let value) = self { value } else { nil } }
  public var integer: Int? { number.flatMap { Int(exactly: $0) } }
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }

  /// A list, or one value as a list of one, as some writers have it; nil for null.
  public var array: [JSON]? {
    switch self {
    case .list(let values): values
    case .null: nil
    default: [self]
    }
  }

  /// Numbers, NaN for null.
  public var numbers: [Double]? { array?.map { $0.number ?? .nan } }
  public var integers: [Int]? { array?.compactMap(\.integer) }
  /// Flags, false for null, which is unknown.
  public var flags: [Bool]? { array?.map { $0.bool ?? false } }
  public var texts: [String]? { array?.compactMap(\.text) }
}
