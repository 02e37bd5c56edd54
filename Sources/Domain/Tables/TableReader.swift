// SPDX-License-Identifier: Apache-2.0

/// Reads a table from delimited text as it arrives: finds the line of names, and passes over what is no row of the table.
///
/// Lines of text above the names, notes below the rows, comments, names that come again and separators too many are
/// passed over, and a remark says so. At most thirty rows wait until it is clear where the names are, and at most a hundred
/// until it is clear whether they are notes below the table.
package struct TableReader: Sendable {
  /// What a row of a file is.
  package enum Event: Sendable {
    /// It names the columns; the first event, and once.
    case names(separator: UInt8)
    case row
    /// It does not have as many cells as there are names.
    case misfit
    /// It could not be cut into cells or is not text.
    case fault
  }

  private var reader: CSVReader
  private let wanted: [Set<String>]
  private var head: [CSVRow] = []
  /// How many names there are, and how many cells the line of names has with those that are empty at its end.
  private var width: (named: Int, all: Int)?
  private var firstName: [UInt8] = []
  private var notes: [CSVRow] = []
  private var passedOver: [Remark] = []
  private var firstWindows1252: Int?
  private var firstUTF8: Int?
  private var hasExtraCells: Int?

  private static let headRows = 30
  private static let keptNotes = 100

  /// What separates cells, once the names have come.
  package private(set) var separator = UInt8(ascii: ",")
  package var foreignFormat: ForeignFormat? { reader.foreignFormat }

  /// - Parameter wanted: Names of columns in lower case by which the line of names is told from lines above it, for each
  ///   column that is looked for those that it may have.
  package init(wanted: [Set<String>] = [], limits: CSVLimits = .standard) {
    reader = CSVReader(limits: limits)
    self.wanted = wanted
  }

  package mutating func read(_ bytes: [UInt8], event: (Event, CSVRow) -> Void) {
    // The reader is taken out while it hands over rows, so that each may change this one.
    var reader = reader
    self.reader = CSVReader()
    reader.read(bytes) { row, mark in
      separator = mark
      take(&row, event)
    }
    self.reader = reader
  }

  package mutating func finish(event: (Event, CSVRow) -> Void) {
    var reader = reader
    self.reader = CSVReader()
    reader.finish { row, mark in
      separator = mark
      take(&row, event)
    }
    self.reader = reader
    if width == nil { leaveHead(event) }
    if !notes.isEmpty {
      let first = notes[0]
      let words = notes.count == 1 ? "The line below the rows was" : "\(notes.count) lines below the rows were"
      passedOver.append(
        Remark(.passedOver, "\(words) passed over as notes: \(Self.quoted(first)).", row: first.line))
    }
  }

  /// What was passed over, and how the text was read.
  package var remarks: [Remark] {
    var remarks = passedOver
    if reader.encoding != .utf8 {
      remarks.append(Remark(.howRead, "The file is in UTF-16 and was read so."))
    }
    if let line = firstWindows1252, firstUTF8 == nil {
      remarks.append(
        Remark(.howRead, "The file is not in UTF-8; it was read as Windows-1252, as older Excel writes it.", row: line))
    }
    if let line = hasExtraCells {
      remarks.append(Remark(.passedOver, "Cells to the right of the names were empty and passed over.", row: line))
    }
    return remarks
  }

  /// The lines that contradict one another: one that is UTF-8 with other letters than English ones, one that is not.
  package var mixedEncodings: (utf8: Int, other: Int)? {
    guard let firstUTF8, let firstWindows1252 else { return nil }
    return (firstUTF8, firstWindows1252)
  }

  // MARK: Rows

  private mutating func take(_ row: inout CSVRow, _ event: (Event, CSVRow) -> Void) {
    guard !row.isBlank else { return }
    if !row.isASCII && row.fault == nil {
      if row.isUTF8 {
        if firstUTF8 == nil { firstUTF8 = row.line }
      } else if row.decodeWindows1252() {
        if firstWindows1252 == nil { firstWindows1252 = row.line }
      }
    }
    guard width != nil else {
      head.append(row)
      if head.count >= Self.headRows || row.fault != nil && head.count == 1 { leaveHead(event) }
      return
    }
    body(row, event)
  }

  private mutating func body(_ row: CSVRow, _ event: (Event, CSVRow) -> Void) {
    guard let width else { return }
    if row.fault == nil && row.isUTF8 && width.named > 1 {
      let first = row.firstByte
      // Most rows begin with a digit, as periods do.
      if first.map({ $0 < 0x30 || $0 > 0x39 }) ?? true, isNote(row) {
        if row[0].first == UInt8(ascii: "#") {
          if passedOver.count < 50 {
            passedOver.append(Remark(.passedOver, "A comment was passed over: \(Self.quoted(row)).", row: row.line))
          }
        } else if notes.count < Self.keptNotes {
          notes.append(row)
        } else {
          release(event)
          give(row, event)
        }
        return
      }
      if first == firstName.first, row[0].elementsEqual(firstName), repeatsNames(row) {
        if passedOver.count < 50 {
          passedOver.append(
            Remark(.passedOver, "The names of the columns come again; that line was passed over.", row: row.line))
        }
        return
      }
    }
    if !notes.isEmpty { release(event) }
    give(row, event)
  }

  private mutating func release(_ event: (Event, CSVRow) -> Void) {
    for row in notes { give(row, event) }
    notes = []
  }

  private mutating func give(_ row: CSVRow, _ event: (Event, CSVRow) -> Void) {
    guard let width else { return }
    guard row.fault == nil, row.isUTF8 else { return event(.fault, row) }
    if row.count == width.named || row.count == width.all { return event(.row, row) }
    if row.count > width.named, (width.named..<row.count).allSatisfy({ $0 < width.all || trimmed(row[$0]).isEmpty }) {
      if hasExtraCells == nil, row.count > width.all { hasExtraCells = row.line }
      return event(.row, row)
    }
    event(.misfit, row)
  }

  /// Whether a row looks like a note below a table: text in its first cell alone, or in fewer cells than a row has.
  private func isNote(_ row: CSVRow) -> Bool {
    let first = trimmed(row[0])
    guard let byte = first.first, byte < 0x30 || byte > 0x39 else { return false }
    let filled = (1..<max(row.count, 1)).count { !row[$0].isEmpty && !trimmed(row[$0]).isEmpty }
    let isShort = row.count < width?.named ?? 0
    if byte == UInt8(ascii: "#") { return filled == 0 || isShort }
    guard filled == 0 || isShort && first.count > 20 || Self.opensNote(first) else { return false }
    return PeriodLabel(first).readings == 0
  }

  private static func opensNote(_ text: ArraySlice<UInt8>) -> Bool {
    guard let colon = text.prefix(12).firstIndex(of: UInt8(ascii: ":")) else { return false }
    let word = String(decoding: text[..<colon], as: UTF8.self).lowercased()
    return ["note", "notes", "source", "sources", "footnote", "footnotes"].contains(word)
  }

  private var names: [[UInt8]] = []

  private func repeatsNames(_ row: CSVRow) -> Bool {
    row.count >= names.count && names.indices.allSatisfy { trimmed(row[$0]).elementsEqual(names[$0]) }
  }

  // MARK: The line of names

  private mutating func leaveHead(_ event: (Event, CSVRow) -> Void) {
    guard !head.isEmpty else { return }
    let rows = head
    head = []
    let place = Self.lineOfNames(rows, wanted: wanted)
    for row in rows[..<place] where passedOver.count < 50 {
      passedOver.append(
        Remark(.passedOver, "A line above the names was passed over: \(Self.quoted(row)).", row: row.line))
    }
    let names = rows[place]
    let cells = (0..<names.count).map { Array(trimmed(names[$0])) }
    let named = (cells.lastIndex { !$0.isEmpty } ?? -1) + 1
    width = (max(named, 1), max(cells.count, 1))
    self.names = Array(cells.prefix(max(named, 1)))
    firstName = cells.first ?? []
    if named < cells.count, names.fault == nil, rows.dropFirst(place + 1).contains(where: { $0.count == named }) {
      passedOver.append(
        Remark(.passedOver, "The line of names has a separator too many at its end.", row: names.line))
    }
    event(.names(separator: separator), names)
    for row in rows[(place + 1)...] { body(row, event) }
  }

  /// Which of the first rows names the columns: the first with the names that are looked for or, where none has them, the
  /// first that has about as many cells as the rows below.
  static func lineOfNames(_ rows: [CSVRow], wanted: [Set<String>]) -> Int {
    let cells = rows.map { row in (0..<row.count).map { trimmed(row[$0]) }.filter { !$0.isEmpty } }
    func isComment(_ place: Int) -> Bool { cells[place].first?.first == UInt8(ascii: "#") && cells[place].count < 2 }
    if !wanted.isEmpty {
      let found = rows.indices.first { place in
        let names = Set(cells[place].map { String(decoding: $0, as: UTF8.self).lowercased() })
        return names.count > 1 && wanted.allSatisfy { !$0.isDisjoint(with: names) }
      }
      if let found { return found }
    }
    let most = cells.map(\.count).max() ?? 0
    if most <= 1 { return rows.indices.first { !isComment($0) } ?? 0 }
    let enough = max(2, (most + 1) / 2)
    return rows.indices.first { cells[$0].count >= enough && !isComment($0) } ?? 0
  }

  /// Text of a row as a remark shows it.
  static func quoted(_ row: CSVRow) -> String {
    let text = (0..<row.count).map { String(decoding: row[$0].prefix(200), as: UTF8.self) }
      .filter { !$0.allSatisfy(\.isWhitespace) }.joined(separator: ", ")
    let printable = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
    return "“\(String(printable.prefix(60)))\(printable.count > 60 ? "…" : "")”"
  }
}
