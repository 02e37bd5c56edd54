// SPDX-License-Identifier: Apache-2.0

/// The words of a command line, put as the parser can read them.
enum TypedArguments {
  /// Ties negative numbers to the options before them.
  ///
  /// The parser takes every word that begins with a hyphen for an option, so that `--centre -5` would be an option without
  /// its value. No option of ours begins with a digit.
  static func readable(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for argument in arguments {
      if isNegativeNumber(argument), let last = result.last, last.hasPrefix("--"), last.count > 2, !last.contains("=") {
        result[result.count - 1] = "\(last)=\(argument)"
      } else {
        result.append(argument)
      }
    }
    return result
  }

  private static func isNegativeNumber(_ text: String) -> Bool {
    let second = text.dropFirst().first
    return text.hasPrefix("-") && (second?.isASCII == true) && (second?.isNumber == true || second == ".")
  }

  /// What is wrong with a word that came through a word processor or a web page; nil when nothing is.
  static func copied(_ arguments: [String]) -> String? {
    for argument in arguments {
      // En and em dash, minus, and the hyphens of typographers.
      guard let first = argument.first, "–—−‐‑‒―".contains(first) else { continue }
      let name = argument.drop { "–—−‐‑‒―-".contains($0) }
      return "'\(argument)' begins with a dash that a word processor or web page made of hyphens. Did you mean "
        + "'--\(name)'?"
    }
    return nil
  }

  /// A command line as it can be typed into a shell again.
  static func typed(_ words: [String]) -> String {
    words.map { word in
      let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:@,%+".contains($0) }
      return isPlain
        ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }.joined(separator: " ")
  }
}
