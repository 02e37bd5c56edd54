// SPDX-License-Identifier: Apache-2.0

// Words that people search for, as conditions on sort keys.

extension String {
  /// The words of a search, as sort keys; each once.
  public var searchWords: [String] {
    var words: [String] = []
    for word in sortKey.split(whereSeparator: \.isWhitespace).map(String.init) where !words.contains(word) {
      words.append(word)
    }
    return words
  }

  /// A pattern that finds the text anywhere, its own wildcards taken literally, for `LIKE … ESCAPE '\'`.
  public var likePattern: String {
    var text = "%"
    for character in self {
      if character == "%" || character == "_" || character == "\\" { text.append("\\") }
      text.append(character)
    }
    return text + "%"
  }
}
