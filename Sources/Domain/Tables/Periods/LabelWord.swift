// SPDX-License-Identifier: Apache-2.0

/// A word of a label in one number, five bits for each of its letters, so that it is compared without a text.
struct LabelWord: Sendable, Hashable {
  private let letters: UInt64

  /// As many letters as any word has that is looked for.
  private static let longest = 9

  /// Nil for no letters at all, and for more than any word has that is looked for.
  ///
  /// - Parameter text: Letters from a to z, of either case.
  init?(_ text: some Collection<UInt8>) {
    guard (1...Self.longest).contains(text.count) else { return nil }
    letters = text.reduce(0) { $0 << 5 | UInt64(($1 | 0x20) - 0x60) }
  }
}
