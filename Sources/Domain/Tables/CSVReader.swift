// SPDX-License-Identifier: Apache-2.0

/// Reads CSV as it arrives: bytes in pieces of any size in, rows out.
///
/// The format is RFC 4180 as spreadsheets write it: cells in double quotes may hold separators, line ends and doubled
/// quotes; lines end in LF, CRLF or CR; a byte order mark is skipped. The separator is a comma, a semicolon or a tab,
/// whichever the first line that is not blank has most of outside quotes.
///
/// Guarantees: how the bytes are cut into pieces changes nothing; memory stays within ``CSVLimits`` however long a
/// line is; after a row that cannot be read the reader goes on with the next one.
package struct CSVReader: Sendable {
  /// A file that is not CSV at all, told by its first bytes.
  package enum ForeignFormat: Sendable, Hashable {
    case utf16
    /// A ZIP archive, which is what Excel and OpenDocument workbooks are.
    case workbook
  }

  private enum Phase {
    /// Collecting the first line that is not blank, to see what separates its cells.
    case sniffing
    case reading
    /// Not CSV: nothing more is read.
    case refused
  }

  private enum State {
    case cellStart
    case plain
    case quoted
    /// After a quote inside a quoted cell: its end, or the first half of a doubled quote.
    case closing
  }

  private let limits: CSVLimits
  private var phase = Phase.sniffing
  private var head: [UInt8] = []
  private var headInQuotes = false

  private var state = State.cellStart
  private var row = CSVRow()
  private var line = 1
  private var previousWasCR = false

  /// What separates cells; a comma until the first line has been seen.
  package private(set) var separator = UInt8(ascii: ",")
  /// Set when the file is something else than CSV; no rows are given then.
  package private(set) var foreignFormat: ForeignFormat?

  package init(limits: CSVLimits = .standard) {
    self.limits = limits
  }

  /// Reads the next bytes and hands over each row that they complete, with what separates its cells.
  ///
  /// Blank rows are handed over as well; see ``CSVRow/isBlank``.
  package mutating func read(_ bytes: some Sequence<UInt8>, row handle: (CSVRow, _ separator: UInt8) -> Void) {
    // Bytes that lie together are read as such, whatever holds them.
    if bytes.withContiguousStorageIfAvailable({ readAll($0, row: handle) }) == nil {
      readAll(ContiguousArray(bytes), row: handle)
    }
  }

  @inline(__always)
  private mutating func readAll(
    _ bytes: some Sequence<UInt8>, row handle: (CSVRow, _ separator: UInt8) -> Void
  ) {
    for byte in bytes {
      switch phase {
      case .reading: step(byte, handle)
      case .sniffing: sniff(byte, handle)
      case .refused: return
      }
    }
  }

  /// Ends the file: hands over a last row that has no line end.
  package mutating func finish(row handle: (CSVRow, _ separator: UInt8) -> Void) {
    if phase == .sniffing { leaveSniffing(handle) }
    guard phase == .reading else { return }
    if state == .quoted { row.fail(.unclosedQuote(row.currentCell)) }
    if state != .cellStart || !row.isEmpty { endRow(handle) }
  }

  // MARK: The first line

  private mutating func sniff(_ byte: UInt8, _ handle: (CSVRow, _ separator: UInt8) -> Void) {
    let opensCell = head.last.map { Self.separators.contains($0) } ?? true
    head.append(byte)
    if head == Self.byteOrderMark && line == 1 {
      head.removeAll()
      return
    }
    if byte == UInt8(ascii: "\"") && (headInQuotes || opensCell) { headInQuotes.toggle() }
    let endsLine = !headInQuotes && (byte == Self.lineFeed || byte == Self.carriageReturn)
    guard endsLine || head.count > limits.row else { return }

    let isBlank = head.allSatisfy { $0 <= UInt8(ascii: " ") && $0 != 0 }
    if endsLine && isBlank {
      let blank = head
      head.removeAll(keepingCapacity: true)
      for byte in blank { step(byte, handle) }
    } else {
      leaveSniffing(handle)
    }
  }

  private mutating func leaveSniffing(_ handle: (CSVRow, _ separator: UInt8) -> Void) {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      foreignFormat = .utf16
    } else if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      foreignFormat = .workbook
    }
    guard foreignFormat == nil else {
      phase = .refused
      head = []
      return
    }
    separator = Self.separator(of: head)
    phase = .reading
    let bytes = head
    head = []
    for byte in bytes { step(byte, handle) }
  }

  /// The separator that a line has most of outside quotes; a comma when it has none.
  static func separator(of line: [UInt8]) -> UInt8 {
    var counts = [0, 0, 0]
    var inQuotes = false
    var opensCell = true
    for byte in line {
      if byte == UInt8(ascii: "\"") && (inQuotes || opensCell) { inQuotes.toggle() }
      let index = separators.firstIndex(of: byte)
      if let index, !inQuotes { counts[index] += 1 }
      opensCell = index != nil
    }
    let most = counts.max() ?? 0
    return separators[counts.firstIndex(of: most) ?? 0]
  }

  // MARK: Cells and rows

  private mutating func step(_ byte: UInt8, _ handle: (CSVRow, _ separator: UInt8) -> Void) {
    let followsCR = previousWasCR
    previousWasCR = byte == Self.carriageReturn
    let isLineFeed = byte == Self.lineFeed
    let isLineEnd = isLineFeed || byte == Self.carriageReturn

    switch state {
    case .quoted:
      if byte == UInt8(ascii: "\"") {
        state = .closing
      } else {
        if isLineEnd && !(isLineFeed && followsCR) { line += 1 }
        row.append(byte, limits: limits)
      }
    case .cellStart where isLineFeed && followsCR:
      break  // The second half of CRLF; the row ended with its CR.
    case .cellStart where byte == UInt8(ascii: "\""):
      state = .quoted
    case .closing where byte == UInt8(ascii: "\""):
      row.append(byte, limits: limits)
      state = .quoted
    case .cellStart, .plain, .closing:
      if byte == separator {
        row.endCell(limits: limits)
        state = .cellStart
      } else if isLineEnd {
        endRow(handle)
      } else {
        if state == .closing { row.fail(.textAfterQuote(row.currentCell)) }
        row.append(byte, limits: limits)
        state = .plain
      }
    }
  }

  private mutating func endRow(_ handle: (CSVRow, _ separator: UInt8) -> Void) {
    row.endCell(limits: limits)
    handle(row, separator)
    line += 1
    row.clear(line: line)
    state = .cellStart
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// In order of preference where a line has as many of one as of another.
  private static let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
}
