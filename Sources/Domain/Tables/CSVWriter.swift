// SPDX-License-Identifier: Apache-2.0

/// Writes rows as CSV that a spreadsheet shows and never computes.
///
/// A cell that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet, whoever wrote it: a ward called
/// `=HYPERLINK(…)` would act on the machine of whoever opens the file. Such text gets an apostrophe before it, which
/// spreadsheets take as “this is text”. Numbers stay numbers, negative ones too. Every CSV that leaves Waymark is
/// written here.
///
/// Lines end in LF. Cells with a separator, a quote or a line break stand in quotes; control characters are shown as
/// signs (``VisibleText``).
/// - SeeAlso: RFC 4180; OWASP, CSV Injection.
public struct CSVWriter: Sendable {
  /// What a cell has.
  public enum Cell: Sendable, Hashable {
    /// Text, which may come from outside.
    case text(String)
    /// A number with all its digits; empty for `nil` and for what is not finite.
    case number(Double?)
    case whole(Int)
    case truth(Bool)
  }

  /// The rows so far.
  public private(set) var text = ""

  public init() {}

  public mutating func row(_ cells: [Cell]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { text += "," }
      text += Self.written(cell)
    }
    text += "\n"
  }

  private static func written(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): quoted(harmless(text))
    case .number(let value): value.map { $0.isFinite ? "\($0)" : "" } ?? ""
    case .whole(let value): String(value)
    case .truth(let value): String(value)
    }
  }

  /// In quotes where the text has anything that CSV has a meaning for, or blanks at its ends that readers may drop.
  private static func quoted(_ text: String) -> String {
    let needsQuotes =
      text.unicodeScalars.contains { ",\"\n\r;\t|".unicodeScalars.contains($0) } || text.first == " "
      || text.last == " "
    guard needsQuotes else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The text with an apostrophe before whatever a spreadsheet would compute.
  ///
  /// A spreadsheet may be set to another separator than the comma, and then cuts even a cell in quotes; so the text
  /// after a semicolon, a tab, a bar or a line break is looked at as if a cell began there.
  public static func harmless(_ text: String) -> String {
    let text = VisibleText.lines(text)
    if isNumber(text) { return text }
    var scalars = String.UnicodeScalarView()
    var begins = true
    for scalar in text.unicodeScalars {
      if begins {
        // Blanks and quotes before a formula do not stop every program.
        if isFormulaStart(scalar) { scalars.append("'") }
        begins = scalar == "\"" || scalar.properties.isWhitespace || invisible.contains(scalar)
        // A tab at the start of a cell is dropped by some programs, which compute what follows.
        if scalar == "\t", scalars.isEmpty { scalars.append("'") }
      }
      scalars.append(scalar)
      if separators.contains(scalar) { begins = true }
    }
    return String(scalars)
  }

  private static let separators: Set<Unicode.Scalar> = [";", "\t", "|", "\n"]
  /// Zero-width characters, which do not show that a formula follows.
  private static let invisible: Set<Unicode.Scalar> = ["\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}"]

  /// Signs that begin a formula, those of East Asian keyboards too.
  private static func isFormulaStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "=", "+", "-", "@", "＝", "＋", "－", "＠": true
    default: false
    }
  }

  /// Whether the text is a plain number, which a spreadsheet shows as it is: `-12.5`, `+3`, `-4%`, `1e-6`.
  private static func isNumber(_ text: String) -> Bool {
    var rest = Substring(text).utf8
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var count = digits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      count += digits()
    }
    guard count > 0 else { return false }
    if let first = rest.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "%") { rest = rest.dropFirst() }
    return rest.isEmpty
  }
}
