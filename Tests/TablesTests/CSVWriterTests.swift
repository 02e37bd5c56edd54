// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tables

@Suite("CSV that leaves")
struct CSVWriterTests {
  static func line(_ cells: CSVWriter.Cell...) -> String {
    var writer = CSVWriter()
    writer.row(cells)
    return writer.text
  }

  @Test(
    "text that a spreadsheet would compute gets an apostrophe before it",
    arguments: [
      ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\""),
      ("-1+1", "'-1+1"), ("-2-3", "'-2-3"), ("- no data", "'- no data"), ("＝1+1", "'＝1+1"), ("  =1+1", "\"  '=1+1\""),
      ("\u{A0}=1+1", "\u{A0}'=1+1"), ("\u{FEFF}=1+1", "\u{FEFF}'=1+1"), ("\t=1+1", "\"'\t'=1+1\""),
      ("\r=1+1", "␍=1+1"), ("\n=1+1", "\"\n'=1+1\""), ("\"=1+1\"", "\"\"\"'=1+1\"\"\""),
      // Cut at the semicolon by a spreadsheet of another country.
      ("Ward 1;=1+1", "\"Ward 1;'=1+1\""), ("a\tb\t@x", "\"a\tb\t'@x\""), ("a\nb\n-x", "\"a\nb\n'-x\""),
      ("=", "'="), ("-", "'-"), ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
    ])
  func formulas(text: String, written: String) {
    #expect(Self.line(.text(text)) == written + "\n")
  }

  @Test(
    "what no spreadsheet computes stays as it is",
    arguments: [
      "Ward 7", "-12.5", "+3", "-4%", "-1e-6", "12", "2026-03-31", "a-b", "a=b", "1+1", "naïve 🩺", "", "−3", "O'Neill",
      "a@b.example", ".5", "-.5",
    ])
  func plain(text: String) {
    #expect(Self.line(.text(text)) == text + "\n")
  }

  @Test("numbers keep all their digits and their sign, and what is none is an empty cell")
  func numbers() {
    #expect(
      Self.line(
        .number(-0.1), .number(nil), .number(1e-9), .number(.nan), .number(-.infinity), .whole(-3), .truth(true))
        == "-0.1,,1e-09,,,-3,true\n")
  }

  @Test("separators, quotes and line breaks stand in quotes, control characters are shown")
  func quotes() {
    #expect(
      Self.line(.text("a,b"), .text("say \"x\""), .text("two\nlines"), .text(" blank "), .text("\u{1B}[31m\u{0}"))
        == "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\" blank \",␛[31m␀\n")
  }
}

@Suite("Text that may be shown")
struct VisibleTextTests {
  @Test(
    "what would act is shown as a sign",
    arguments: [
      ("\u{1B}[31mred\u{1B}[0m", "␛[31mred␛[0m"), ("\u{1B}]52;c;aGk=\u{7}", "␛]52;c;aGk=␇"), ("a\r\u{8}b", "a␍␈b"),
      ("\u{9B}31m", "‹U+009B›31m"), ("\u{85}\u{7F}\u{0}", "‹U+0085›␡␀"), ("a\u{202E}b\u{2069}", "a‹U+202E›b‹U+2069›"),
      ("\u{2028}x", "‹U+2028›x"), ("e\u{1B}\u{301}", "e␛\u{301}"),
      ("plain £40 🩺 שלום\u{200F}", "plain £40 🩺 שלום\u{200F}"),
    ])
  func signs(text: String, shown: String) {
    #expect(VisibleText.line(text) == shown)
    #expect(VisibleText.lines(text) == shown)
  }

  @Test("line breaks and tabs stay where lines are wanted, and only there")
  func lineBreaks() {
    #expect(VisibleText.lines("a\n\tb\r\n") == "a\n\tb␍\n")
    #expect(VisibleText.line("a\n\tb") == "a␊␉b")
  }
}
