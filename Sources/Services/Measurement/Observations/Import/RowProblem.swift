// SPDX-License-Identifier: Apache-2.0

import Tables

/// One thing that is wrong in a file that is being imported: where, what, and what would be accepted instead.
struct RowProblem: Sendable, Hashable {
  enum Kind: Sendable, Hashable, CaseIterable {
    case column, cells, period, number, range, duplicate, stored, text, empty
  }

  /// Line of the file where the row begins, from 1.
  var row: Int
  /// Name of the column; empty when the whole row is meant.
  var column = ""
  /// The offending text as ``quoted(_:)`` shows it.
  var value = ""
  var kind: Kind
  /// What is wrong, in a sentence.
  var message: String
  /// What would be accepted, in a sentence.
  var accepted: String
}

extension RowProblem {
  /// The most characters of a file that a problem repeats.
  static let quotedLength = 100

  /// Text of the file as a problem shows it: at most 100 characters, always valid and printable.
  ///
  /// Bytes that are not UTF-8 become U+FFFD, control characters the symbols that stand for them (U+2400 to U+2421).
  /// A character is never cut in two, unless it alone has more than 100 Unicode scalars.
  static func quoted(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(quotedLength * 4), as: UTF8.self)
    var scalars = String.UnicodeScalarView()
    for character in text {
      let room = quotedLength - scalars.count
      guard character.unicodeScalars.count <= room || scalars.isEmpty else { break }
      scalars.append(contentsOf: character.unicodeScalars.prefix(room).map(printable))
    }
    return String(scalars)
  }

  private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0..<0x20: Unicode.Scalar(0x2400 + UInt16(scalar.value)) ?? "\u{FFFD}"
    case 0x7F: "\u{2421}"
    default: scalar
    }
  }
}

/// Problems in the order in which they were found: the first ones in full, the others counted.
struct ProblemList: Sendable, Hashable {
  /// The most problems that a report names.
  static let limit = 1000

  private(set) var first: [RowProblem] = []
  private(set) var total = 0

  var isEmpty: Bool { total == 0 }

  init(_ problems: RowProblem...) {
    for problem in problems { append(problem) }
  }

  mutating func append(_ problem: @autoclosure () -> RowProblem) {
    total += 1
    if first.count < Self.limit { first.append(problem()) }
  }

  /// Appends what another list has found, as problems of rows.
  mutating func append(contentsOf tally: ProblemTally, as problem: (CellProblem) -> RowProblem) {
    for found in tally.first.prefix(max(0, Self.limit - first.count)) { first.append(problem(found)) }
    total += tally.total
  }

  /// The list in order of rows; problems of one row keep their order.
  func sorted() -> ProblemList {
    var sorted = self
    sorted.first = first.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }
      .map(\.element)
    return sorted
  }

  /// Both lists as one, in order of rows; problems of one row keep their order.
  static func + (a: ProblemList, b: ProblemList) -> ProblemList {
    var merged = ProblemList()
    var (i, j) = (0, 0)
    while merged.first.count < limit && (i < a.first.count || j < b.first.count) {
      if j == b.first.count || (i < a.first.count && a.first[i].row <= b.first[j].row) {
        merged.first.append(a.first[i])
        i += 1
      } else {
        merged.first.append(b.first[j])
        j += 1
      }
    }
    merged.total = a.total + b.total
    return merged
  }
}
