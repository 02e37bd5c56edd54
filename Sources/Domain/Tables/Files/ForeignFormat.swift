// SPDX-License-Identifier: Apache-2.0

/// A file that is not delimited text, told by its first bytes.
package enum ForeignFormat: Sendable, Hashable, CaseIterable {
  case workbook, oldWorkbook, web, spreadsheetXML, pdf, parquet, arrow, json, compressed, picture, database, sas, spss,
    stata, binary

  /// What it is, after "is": `a PDF`.
  package var title: String {
    switch self {
    case .workbook: "a workbook (or another archive), not CSV"
    case .oldWorkbook: "a workbook of Excel 97 to 2003 (.xls), not CSV"
    case .web: "a web page (HTML), whatever its name says, not CSV"
    case .spreadsheetXML: "an XML document, not CSV"
    case .pdf: "a PDF, not CSV"
    case .parquet: "a Parquet file, not CSV"
    case .arrow: "an Arrow or Feather file, not CSV"
    case .json: "JSON, not CSV"
    case .compressed: "compressed, not CSV"
    case .picture: "a picture, not CSV"
    case .database: "a database, not CSV"
    case .sas: "a SAS data set, not CSV"
    case .spss: "an SPSS data set, not CSV"
    case .stata: "a Stata data set, not CSV"
    case .binary: "not text"
    }
  }

  /// What to do, as a sentence.
  package var advice: String {
    switch self {
    case .workbook, .oldWorkbook, .web, .spreadsheetXML:
      "Open it in a spreadsheet program and save the sheet as “CSV UTF-8”."
    case .pdf: "Ask for the data behind it, or copy its table into a spreadsheet and save that as “CSV UTF-8”."
    case .parquet, .arrow, .database, .sas, .spss, .stata: "Export it as CSV (UTF-8) from the program that made it."
    case .json: "Write it as CSV: a line with the names of the columns, and a row for each record."
    case .compressed: "Unpack it first."
    case .picture, .binary: "A CSV file (UTF-8) is accepted."
    }
  }

  /// How many bytes tell.
  static let headLength = 512

  /// What a file is that begins so; nil for what may be delimited text.
  package init?(head: some Collection<UInt8>) {
    let head = Array(head.prefix(Self.headLength))
    func begins(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
    func begins(_ text: String) -> Bool { head.starts(with: text.utf8) }
    if begins([0x50, 0x4B, 0x03, 0x04]) || begins([0x50, 0x4B, 0x05, 0x06]) {
      self = .workbook
    } else if begins([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) || begins([0x09, 0x08, 0x10, 0x00]) {
      self = .oldWorkbook
    } else if begins("%PDF") {
      self = .pdf
    } else if begins("PAR1") {
      self = .parquet
    } else if begins("ARROW1") || begins("FEA1") {
      self = .arrow
    } else if begins([0x1F, 0x8B]) || begins("BZh") || begins([0xFD, 0x37, 0x7A, 0x58, 0x5A])
      || begins([0x28, 0xB5, 0x2F, 0xFD])
      || begins([0x37, 0x7A, 0xBC, 0xAF])
    {
      self = .compressed
    } else if begins([0x89, 0x50, 0x4E, 0x47]) || begins([0xFF, 0xD8, 0xFF]) || begins("GIF8") {
      self = .picture
    } else if begins("SQLite format 3") || head.dropFirst(4).starts(with: "Standard Jet DB".utf8)
      || head.dropFirst(4).starts(with: "Standard ACE DB".utf8)
    {
      self = .database
    } else if head.count >= 16, head[0..<12].allSatisfy({ $0 == 0 }), head[12] == 0xC2, head[13] == 0xEA {
      self = .sas
    } else if begins("$FL2") || begins("$FL3") {
      self = .spss
    } else if begins("<stata_dta>") {
      self = .stata
    } else if let format = Self.markup(head) {
      self = format
    } else if head.contains(0), !TextEncoding.isUTF16(head) {
      // One stray NUL is a fault of its row; many are no text.
      guard head.filter({ $0 == 0 }).count > head.count / 8 || head.first == 0 else { return nil }
      self = .binary
    } else {
      return nil
    }
  }

  private static func markup(_ head: [UInt8]) -> ForeignFormat? {
    var text = head[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    text = text.drop { $0 <= 0x20 }
    let start = String(decoding: text.prefix(200), as: UTF8.self).lowercased()
    if ["<html", "<!doctype html", "<table", "<head", "<body", "<meta", "<style", "<div"].contains(
      where: start.hasPrefix)
    {
      return .web
    }
    if start.hasPrefix("<?xml") { return start.contains("<html") ? .web : .spreadsheetXML }
    guard let first = text.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else { return nil }
    let next = text.dropFirst().drop { $0 <= 0x20 }.first
    if first == UInt8(ascii: "[") {
      return next == UInt8(ascii: "{") || next == UInt8(ascii: "[") || next == UInt8(ascii: "]") ? .json : nil
    }
    return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") ? .json : nil
  }
}
