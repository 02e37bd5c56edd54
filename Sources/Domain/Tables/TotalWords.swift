// SPDX-License-Identifier: Apache-2.0

/// Names under which rows hold what other rows add up to.
package enum TotalWords {
  private static let names: Set<String> = [
    "total", "totals", "grand total", "sub total", "subtotal", "sub-total", "overall", "overall total", "sum", "all",
    "all sites", "all wards", "all units", "all trusts", "all providers", "all organisations", "all hospitals",
    "all ages", "all persons", "all types", "all areas", "all regions", "trust total", "national total", "summe",
    "gesamt",
  ]
  /// Totals where the other rows are parts of them, and units where they are others like them.
  private static let nations: Set<String> = [
    "england", "wales", "scotland", "northern ireland", "united kingdom", "uk", "great britain", "national",
    "england and wales", "england total", "all england", "nhs england",
  ]

  /// Whether a name says that the row is a total.
  package static func isTotal(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 40, let first = text.first, first > 0x39, text.withUnsafeBufferPointer(hasPart) else {
      return false
    }
    let name = normal(text)
    return names.contains(name) || name.hasSuffix(" total") || name.hasPrefix("total ") || name.hasPrefix("total:")
  }

  /// Whether a name is that of a nation or of all of it, which is a total only beside its parts.
  package static func isNation(_ text: ArraySlice<UInt8>) -> Bool {
    text.count <= 40 && nations.contains(normal(text))
  }

  /// Whether a text has one of the parts that every name of a total has.
  private static func hasPart(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    func has(_ part: StaticString, at start: Int) -> Bool {
      part.withUTF8Buffer { part in
        start + part.count <= text.count && part.indices.allSatisfy { text[start + $0] | 0x20 == part[$0] }
      }
    }
    for index in text.indices {
      switch text[index] | 0x20 {
      case UInt8(ascii: "t"): if has("total", at: index) { return true }
      case UInt8(ascii: "a"): if has("all", at: index) { return true }
      case UInt8(ascii: "s"): if has("sum", at: index) { return true }
      case UInt8(ascii: "g"): if has("gesamt", at: index) { return true }
      default: break
      }
    }
    return false
  }

  private static func normal(_ text: ArraySlice<UInt8>) -> String {
    var name = String(decoding: text, as: UTF8.self).lowercased()
    while let last = name.last, last == ":" || last == "*" || last == "." || last == " " { name.removeLast() }
    return name
  }
}
