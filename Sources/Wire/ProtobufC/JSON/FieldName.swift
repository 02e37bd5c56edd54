// SPDX-License-Identifier: Apache-2.0

/// Names of fields in the two ways of writing them.
enum FieldName {
  /// `by_when` becomes `byWhen`: underscores go, a small letter after one becomes a capital.
  static func camelCase(_ name: String) -> String {
    var result = ""
    var afterUnderscore = false
    for character in name {
      if character == "_" {
        afterUnderscore = true
      } else {
        result += afterUnderscore && character.isASCII ? character.uppercased() : String(character)
        afterUnderscore = false
      }
    }
    return result
  }

  /// `byWhen` becomes `by_when`.
  ///
  /// Nil for a name with an underscore, which no camel case name has.
  static func snakeCase(_ name: some StringProtocol) -> String? {
    var result = ""
    for character in name {
      if character == "_" { return nil }
      if character.isASCII, character.isUppercase {
        result += "_" + character.lowercased()
      } else {
        result.append(character)
      }
    }
    return result
  }
}
