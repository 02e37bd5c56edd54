// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What standard output is shown on, as far as it can be told.
struct Terminal {
  let width: Int
  let isUnicode: Bool
  let hasColour: Bool

  init(width: Int, isUnicode: Bool, hasColour: Bool) {
    self.width = width
    self.isUnicode = isUnicode
    self.hasColour = hasColour
  }

  /// By the terminal and the environment: `COLUMNS`, `LC_ALL`, `LC_CTYPE`, `LANG`, `TERM` and `NO_COLOR`.
  static func current(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Terminal {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var size = winsize()
    let told = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
    let columns = environment["COLUMNS"].flatMap { Int($0) } ?? (told > 0 ? told : 80)
    // The first that is set decides, as in the C library.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let isDumb = environment["TERM"] == "dumb"
    let isUTF8 = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
    return Terminal(
      width: min(max(columns, 40), 200), isUnicode: isUTF8 && !isDumb,
      hasColour: isTerminal && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty)
  }

  /// Text broken into lines that fit; the lines of an item of a list begin where its text does.
  func wrapped(_ text: String, indent: String = "") -> String {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let start = indent + (paragraph.hasPrefix("- ") ? "  " : "")
      var line = indent
      var isEmpty = true
      for word in paragraph.split(separator: " ") {
        if !isEmpty, line.count + 1 + word.count > width {
          lines.append(line)
          line = start
          isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      lines.append(isEmpty ? "" : line)
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
