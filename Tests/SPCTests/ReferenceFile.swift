// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A file of reference cases (`Reference/README.md` says what is in them).
struct ReferenceFile {
  let name: String
  let cases: [JSON]

  init(_ name: String) throws {
    self.name = name
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Reference"))
    let file = try JSONDecoder().decode(JSON.self, from: Data(contentsOf: url))
    cases = try #require(file["cases"].array)
    #expect(file["schema"].number == 1)
  }
}

/// Any JSON value.
enum JSON: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
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

  subscript(_ key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }

  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var integer: Int? { number.map { Int($0) } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
  var isNull: Bool { if case .null = self { true } else { false } }

  /// A list, or one value as a list of one.
  var array: [JSON]? {
    switch self {
    case .list(let values): values
    case .null: nil
    default: [self]
    }
  }

  /// Numbers, NaN for null.
  var numbers: [Double]? { array?.map { $0.number ?? .nan } }
  var integers: [Int]? { array?.compactMap(\.integer) }
  var bools: [Bool]? { array?.compactMap(\.bool) }
  var texts: [String]? { array?.compactMap(\.text) }
}

/// Compares two columns, NaN meaning not defined, within 10⁻⁹ of the larger number or of a thousandth of the scale.
func expectEqual(
  _ actual: [Double], _ expected: [Double]?, scale: [Double], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let expected else { return }
  guard actual.count == expected.count else {
    Issue.record("\(what): \(actual.count) instead of \(expected.count) numbers", sourceLocation: sourceLocation)
    return
  }
  for (index, (a, e)) in zip(actual, expected).enumerated() {
    if a.isNaN, e.isNaN { continue }
    let size = max(abs(a), abs(e), scale[index].isNaN ? 0 : abs(scale[index]) / 1000)
    if abs(a - e) <= 1e-9 * size || a == e { continue }
    Issue.record("\(what) at \(index + 1): \(a) instead of \(e)", sourceLocation: sourceLocation)
  }
}
