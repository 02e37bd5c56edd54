// SPDX-License-Identifier: Apache-2.0

/// A header value with parameters, such as `form-data; name="file"; filename="a.csv"`.
///
/// - SeeAlso: RFC 9110, section 5.6.6; RFC 7578, section 4.2.
struct HeaderParameters: Sendable, Hashable {
  /// The part before the first semicolon, in lower case.
  let value: String
  /// Parameter values by their names in lower case.
  ///
  /// Of a name that is there twice the first counts.
  let parameters: [String: String]

  /// - Returns: `nil` when a quoted string is not closed or a parameter lacks its name or `=`.
  init?(_ text: String) {
    var rest = Substring(text)
    let head = rest.prefix { $0 != ";" }
    rest = rest.dropFirst(head.count)
    var parameters: [String: String] = [:]
    while rest.first == ";" {
      rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
      if rest.isEmpty { break }
      if rest.first == ";" { continue }
      let name = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(name.count)
      guard rest.first == "=", !name.isEmpty else { return nil }
      guard let value = Self.parameterValue(&rest) else { return nil }
      let key = Self.trimmed(name).lowercased()
      if parameters[key] == nil { parameters[key] = value }
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard rest.isEmpty || rest.first == ";" else { return nil }
    }
    self.value = Self.trimmed(head).lowercased()
    self.parameters = parameters
  }

  /// Reads `=token` or `="quoted string"`.
  private static func parameterValue(_ rest: inout Substring) -> String? {
    rest = rest.dropFirst()
    guard rest.first == "\"" else {
      let token = rest.prefix { $0 != ";" }
      rest = rest.dropFirst(token.count)
      return trimmed(token)
    }
    rest = rest.dropFirst()
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return value
      case "\\":
        guard let escaped = rest.popFirst() else { return nil }
        value.append(escaped)
      default: value.append(character)
      }
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
