// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Tables

/// A file of delimited text with a line of names: all of its cells, and where they stand.
struct DataFile {
  /// A row with as many cells as there are names.
  struct Row {
    /// The line of the file where the row begins, from 1.
    let line: Int
    let cells: [ArraySlice<UInt8>]
  }

  /// The file, as it was named.
  let name: String
  let columns: [String]
  let rows: [Row]
  /// What separates cells.
  let separator: UInt8

  /// Reads a file, or standard input for `-`.
  ///
  /// - Throws: `CommandFailure` for a file that cannot be read, is no delimited text, or has rows that do not fit the line
  ///   of names; the first ten of them are named.
  init(path: String) throws(CommandFailure) {
    name = path == "-" ? "standard input" : path
    let bytes = try DataFile.bytes(of: path, name: name)
    var reader = CSVReader()
    var columns: [String]?
    var rows: [Row] = []
    var problems: [String] = []
    var separator = UInt8(ascii: ",")
    func take(_ row: CSVRow, _ mark: UInt8) {
      separator = mark
      guard !row.isBlank else { return }
      let place = "line \(row.line)"
      if let fault = row.fault { return problems.append("\(place): \(DataFile.words(fault))") }
      guard let names = columns else {
        columns = (0..<row.count).map { String(decoding: trimmed(row[$0]), as: UTF8.self) }
        return
      }
      guard row.count == names.count else {
        return problems.append("\(place): \(row.count) cells; \(names.count) are needed, one for each name.")
      }
      rows.append(Row(line: row.line, cells: (0..<row.count).map { trimmed(row[$0]) }))
    }
    guard !bytes.prefix(4096).contains(0) || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0x50, 0x4B]) else {
      throw CommandFailure(.data, "\(name) is not text; a CSV file (UTF-8) is accepted.")
    }
    reader.read(bytes, row: take)
    reader.finish(row: take)
    switch reader.foreignFormat {
    case .workbook?: throw CommandFailure(.data, "\(name) is a workbook; save the sheet as CSV (UTF-8) first.")
    case .utf16?: throw CommandFailure(.data, "\(name) is UTF-16; save it as CSV (UTF-8).")
    case nil: break
    }
    guard let columns, !columns.isEmpty else {
      throw CommandFailure(.data, "\(name) is empty; the first line must name the columns.")
    }
    try DataFile.refuse(problems, in: name)
    self.columns = columns
    self.rows = rows
    self.separator = separator
  }

  /// Throws what is wrong, the first ten things of it.
  static func refuse(_ problems: [String], in name: String) throws(CommandFailure) {
    guard !problems.isEmpty else { return }
    let more = problems.count > 10 ? ["and \(problems.count - 10) more"] : []
    let lines = (problems.prefix(10) + more).map { "  " + $0 }.joined(separator: "\n")
    throw CommandFailure(.data, "\(name) cannot be used:\n\(lines)")
  }

  private static func bytes(of path: String, name: String) throws(CommandFailure) -> [UInt8] {
    do {
      let file = path == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
      defer { if path != "-" { try? file.close() } }
      var bytes: [UInt8] = []
      let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
      defer { piece.deallocate() }
      while true {
        let count = try file.read(into: piece)
        if count == 0 { return bytes }
        bytes.append(contentsOf: piece[..<count])
        if bytes.count > CSVLimits.standard.file { break }
      }
    } catch {
      throw CommandFailure(
        .noInput,
        path == "-" ? "Standard input cannot be read: \(error)." : FileTrouble.reading(path, reason: "\(error)"))
    }
    throw CommandFailure(.data, "\(name) is larger than \(CSVLimits.standard.file / 1_048_576) MiB.")
  }

  private static func words(_ fault: CSVFault) -> String {
    switch fault {
    case .cellTooLong(let cell): "cell \(cell + 1) is longer than \(CSVLimits.standard.cell) bytes."
    case .rowTooLong: "the row is longer than \(CSVLimits.standard.row) bytes."
    case .tooManyCells: "the row has more than \(CSVLimits.standard.cells) cells."
    case .unclosedQuote(let cell): "the quote that opens cell \(cell + 1) is not closed."
    case .textAfterQuote(let cell): "there is text after the closing quote of cell \(cell + 1)."
    }
  }
}

extension DataFile {
  /// Index of a column by its name, in any case.
  ///
  /// - Throws: `CommandFailure` with the names there are, the nearest first.
  func column(_ wanted: String, option: String) throws(CommandFailure) -> Int {
    let key = wanted.lowercased()
    let matches = columns.indices.filter { columns[$0].lowercased() == key }
    if matches.count == 1 { return matches[0] }
    if let exact = columns.firstIndex(of: wanted), matches.count > 1 { return exact }
    if matches.count > 1 {
      throw CommandFailure(.usage, "\(option) \(wanted): \(matches.count) columns of \(name) have this name.")
    }
    let hint = NearestName.of(wanted, among: columns).map { " Did you mean \($0)?" } ?? ""
    throw CommandFailure(
      .usage,
      "\(option) \(wanted): \(name) has no such column.\(hint) Its columns are \(columns.joined(separator: ", ")).")
  }

  /// Index of the first of the usual names that is there.
  func column(usual names: [String]) -> Int? {
    for name in names {
      if let index = columns.firstIndex(where: { $0.lowercased() == name }) { return index }
    }
    return nil
  }
}
