// SPDX-License-Identifier: Apache-2.0

/// What is in the place of a store while it is being replaced: a text, which no service takes for a database.
///
/// A service that starts meanwhile would otherwise begin a new store, or take one that does not go with the others.
struct UnfinishedStore: Sendable, Hashable {
  /// The folder, in that of the data, with the files that were there; empty when there were none.
  var aside: String

  private static let beginning = """
    This is no store: 'waymark restore' was ended before it had put one here.
    The same command again completes it. What was here is in:

    """

  func write(to path: String) throws(BackupError) {
    try DurableFiles.write(Array((Self.beginning + aside + "\n").utf8), to: path)
  }

  /// Reads what is in the place of a store; nil when that is something else.
  init?(path: String) {
    guard let length = DurableFiles.length(path), length < 4096,
      let content = try? DurableFiles.content(of: path, limit: 4096)
    else { return nil }
    let text = String(decoding: content, as: UTF8.self)
    guard text.hasPrefix(Self.beginning), text.hasSuffix("\n") else { return nil }
    let name = String(text.dropFirst(Self.beginning.count).dropLast())
    // It is used as a folder's name, and could have been written by anybody.
    guard !name.contains("/"), name != ".." else { return nil }
    aside = name
  }

  init(aside: String) { self.aside = aside }
}
