// SPDX-License-Identifier: Apache-2.0

/// Text from outside, made fit to be shown: what would act on a terminal, or turn the order of what is read, is shown
/// as a sign instead.
///
/// A file name, a header, a cell or what another server answered may carry an escape sequence that clears the screen,
/// writes to the clipboard or hides a line. Everything that is written for people to read goes through here once, where
/// it leaves.
///
/// | characters | shown as |
/// |---|---|
/// | U+0000 to U+001F, DEL | their pictures, U+2400 to U+2421: `␛` for Escape |
/// | U+0080 to U+009F, U+2028, U+2029, U+202A to U+202E, U+2066 to U+2069 | `‹U+202E›` |
///
/// Marks that only say which way their neighbours run (U+200E, U+200F, U+061C) stay: Arabic and Hebrew need them, and
/// they reach no further.
/// - SeeAlso: ECMA-48 for control functions; Unicode Standard Annex #9 for the order of text.
public enum VisibleText {
  /// The text in one line: tabs and line breaks are shown as signs too.
  public static func line(_ text: String) -> String { shown(text) { _ in false } }

  /// The text with its line feeds and tabs.
  public static func lines(_ text: String) -> String { shown(text) { $0 == "\n" || $0 == "\t" } }

  /// Whether a character acts instead of being read.
  public static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func shown(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
    // Most text has nothing of the kind, and goes on as it is.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    guard text.unicodeScalars.contains(where: { acts($0) && !isKept($0) }) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !acts(scalar) || isKept(scalar) {
        scalars.append(scalar)
      } else {
        scalars.append(contentsOf: sign(of: scalar).unicodeScalars)
      }
    }
    return String(scalars)
  }

  private static func sign(of scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "\u{FFFD}"
    case 0x7F: "\u{2421}"
    default: "‹U+\(padded(String(scalar.value, radix: 16, uppercase: true)))›"
    }
  }

  private static func padded(_ digits: String) -> String {
    String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
