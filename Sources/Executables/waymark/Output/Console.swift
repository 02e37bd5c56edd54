// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Tables

/// The one way by which the command line says something: what acts on a terminal is shown there as a sign.
///
/// File names, headers, cells and what servers answer come from outside, so nothing of them is sent as it is, whether a
/// terminal is there or not: what goes to a file today is shown on a terminal tomorrow. Colours of our own are written
/// as ``TerminalColour`` and become control sequences here, after that.
enum Console {
  /// Says what was asked for, on standard output.
  static func say(_ text: String, terminator: String = "\n") {
    // A closed pipe is told to nobody.
    _ = try? FileDescriptor.standardOutput.writeAll(
      TerminalColour.sequences(in: VisibleText.lines(text + terminator)).utf8)
  }

  /// Says what went wrong or is worth knowing, on standard error, so that it does not mix with what was asked for.
  static func tell(_ text: String, terminator: String = "\n") {
    // There is nowhere else to tell that this failed.
    _ = try? FileDescriptor.standardError.writeAll(VisibleText.lines(text + terminator).utf8)
  }
}

/// Colours in text that ``Console`` writes.
///
/// They stand in the text behind two characters for private use that each run draws anew, so that no text from outside
/// can have them.
enum TerminalColour: Int, CaseIterable {
  case blue = 34
  case orange = 33
  case purple = 35
  case dim = 2
  case plain = 0

  private static let introducer: [Unicode.Scalar] = (0..<2).map { _ in
    Unicode.Scalar(UInt32.random(in: 0xF0000...0xFFFFD)) ?? "\u{F0000}"
  }

  private var mark: String {
    var scalars = String.UnicodeScalarView(Self.introducer)
    scalars.append(contentsOf: "\(rawValue);".unicodeScalars)
    return String(scalars)
  }

  /// The text in this colour.
  func text(_ text: Character) -> String { "\(mark)\(text)\(TerminalColour.plain.mark)" }

  /// The text with the terminal's sequences in the place of colours.
  static func sequences(in text: String) -> String {
    guard text.unicodeScalars.contains(introducer[0]) else { return text }
    var result = text
    for colour in allCases { result = result.replacing(colour.mark, with: "\u{1B}[\(colour.rawValue)m") }
    return result
  }
}
