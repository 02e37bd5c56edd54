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
  /// What was passed over, and how the text was read.
  let remarks: [Remark]
  private let namesLine: NamesLine

  /// Reads a file, or standard input for `-`.
  ///
  /// - Parameter wanted: Names of columns by which the line of names is told from lines above it.
  /// - Throws: `CommandFailure` for a file that cannot be read, is not delimited text, or has rows that do not fit the line
  ///   of names; the first ten of them are named.
  init(path: String, wanted: [Set<String>] = []) throws(CommandFailure) {
    name = path == "-" ? "standard input" : path
    let bytes = try DataFile.bytes(of: path, name: name)
    var reader = TableReader(wanted: wanted)
    var names: NamesLine?
    var rows: [Row] = []
    var problems: [String] = []
    var separator = UInt8(ascii: ",")
    func take(_ event: TableReader.Event, _ row: CSVRow) {
      switch event {
      case .names(let mark):
        separator = mark
        if let words = DataFile.words(row) { return problems.append("line \(row.line): \(words)") }
        names = NamesLine(row)
      case .row:
        guard let count = names?.names.count else { return }
        rows.append(Row(line: row.line, cells: (0..<count).map { trimmed(row[$0]) }))
      case .misfit:
        guard let count = names?.names.count else { return }
        let cells = row.count == 1 ? "1 cell" : "\(row.count) cells"
        problems.append("line \(row.line): \(cells); \(count) are needed, one for each name.")
      case .fault:
        problems.append("line \(row.line): \(DataFile.words(row) ?? "the row cannot be read.")")
      }
    }
    reader.read(bytes, event: take)
    reader.finish(event: take)
    if let format = reader.foreignFormat {
      throw CommandFailure(.data, "\(name) is \(format.title). \(format.advice)")
    }
    try DataFile.refuse(problems, in: name)
    guard let names, names.names.contains(where: { !$0.isEmpty }) else {
      throw CommandFailure(.data, "\(name) is empty; the first line must name the columns.")
    }
    if let (utf8, other) = reader.mixedEncodings {
      throw CommandFailure(
        .data,
        "\(name): the text of line \(other) is not UTF-8, but that of line \(utf8) is. Save the file as CSV UTF-8.")
    }
    if names.looksLikeValues,
      !wanted.allSatisfy({ !$0.isDisjoint(with: names.names.map { $0.lowercased() }) }) || wanted.isEmpty
    {
      throw CommandFailure(
        .data,
        "\(name): the first line looks like a row of values (\(names.names.joined(separator: ", "))); the names of the columns "
          + "are missing. A first line such as month,value is needed.")
    }
    namesLine = names
    columns = names.names
    self.rows = rows
    self.separator = separator
    remarks = reader.remarks
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

  /// What keeps a row from being cells of text.
  private static func words(_ row: CSVRow) -> String? {
    guard let fault = row.fault else { return row.isUTF8 ? nil : "the text is neither UTF-8 nor Windows-1252." }
    return switch fault {
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
    switch namesLine.place(of: wanted) {
    case .success(let place): return place
    case .failure(.twice(_, let count)):
      throw CommandFailure(.usage, "\(option) \(wanted): \(count) columns of \(name) have this name.")
    case .failure(.absent): break
    }
    let hint = NearestName.of(wanted, among: columns).map { " Did you mean \($0)?" } ?? ""
    throw CommandFailure(
      .usage,
      "\(option) \(wanted): \(name) has no such column.\(hint) Its columns are \(columns.joined(separator: ", ")).")
  }

  /// Index of the first of the usual names that is there.
  ///
  /// - Throws: `CommandFailure` where more than one column has it.
  func column(usual names: [String]) throws(CommandFailure) -> Int? {
    switch namesLine.place(ofUsual: names) {
    case .success(let place): return place
    case .failure(.absent): return nil
    case .failure(.twice(let twice, let count)):
      throw CommandFailure(.data, "\(count) columns of \(name) are named \(twice); give each a name of its own.")
    }
  }
}
