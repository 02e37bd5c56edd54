// SPDX-License-Identifier: Apache-2.0

/// Reads CSV as it arrives: bytes in pieces of any size in, rows out.
///
/// The format is RFC 4180 as spreadsheets write it: cells in double quotes may hold separators, line ends and doubled
/// quotes; lines end in LF, CRLF or CR; a byte order mark is skipped, and UTF-16 is turned into UTF-8. The separator is a
/// comma, a semicolon or a tab: what a line `sep=;` says, as Excel writes it, or else what the first lines have as many of
/// one below the other outside quotes.
///
/// Guarantees: how the bytes are cut into pieces changes nothing; memory stays within ``CSVLimits`` however long a
/// line is; after a row that cannot be read the reader goes on with the next one.
package struct CSVReader: Sendable {
  private enum Phase {
    /// Collecting the first bytes, to see what the file is.
    case opening
    /// Collecting the first lines, to see what separates their cells.
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
  private var phase = Phase.opening
  private var head: [UInt8] = []
  private var headInQuotes = false
  /// Lines of the head that are not blank, and where the one that is being collected begins.
  private var headLines = 0
  private var headLineStart = 0
  private var utf16: UTF16Reader?

  private var state = State.cellStart
  private var row = CSVRow()
  private var line = 1
  private var previousWasCR = false

  /// What separates cells; a comma until the first line has been seen.
  package private(set) var separator = UInt8(ascii: ",")
  /// Set when the file is something else than CSV; no rows are given then.
  package private(set) var foreignFormat: ForeignFormat?
  /// How the text is kept, as far as the first bytes tell.
  package private(set) var encoding = TextEncoding.utf8
  /// Whether a first line said what separates cells.
  package private(set) var saysSeparator = false

  package init(limits: CSVLimits = .standard) {
    self.limits = limits
  }

  /// Reads the next bytes and hands over each row that they complete, with what separates its cells.
  ///
  /// Blank rows are handed over as well; see ``CSVRow/isBlank``. A row may be changed: the reader only clears it.
  package mutating func read(_ bytes: [UInt8], row handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    readAll(bytes, row: handle)
  }

  private mutating func readAll(
    _ bytes: some Collection<UInt8>, row handle: (inout CSVRow, _ separator: UInt8) -> Void
  ) {
    switch phase {
    case .refused: return
    case .opening:
      head.append(contentsOf: bytes)
      if head.count >= ForeignFormat.headLength { open(handle) }
    case .sniffing, .reading:
      if utf16 != nil {
        let text = utf16?.utf8(of: bytes) ?? []
        text.withUnsafeBufferPointer { readText($0, handle) }
      } else if bytes.withContiguousStorageIfAvailable({ readText($0, handle) }) == nil {
        Array(bytes).withUnsafeBufferPointer { readText($0, handle) }
      }
    }
  }

  /// Tells what the file is, and goes on with what has come.
  private mutating func open(_ handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    let bytes = head
    head = []
    if let format = ForeignFormat(head: bytes) {
      foreignFormat = format
      phase = .refused
      return
    }
    encoding = TextEncoding(head: bytes)
    if encoding != .utf8 { utf16 = UTF16Reader(isBig: encoding == .utf16BigEndian) }
    phase = .sniffing
    readAll(bytes, row: handle)
  }

  private mutating func readText(
    _ bytes: UnsafeBufferPointer<UInt8>, _ handle: (inout CSVRow, _ separator: UInt8) -> Void
  ) {
    var index = 0
    while phase == .sniffing, index < bytes.count {
      sniff(bytes[index], handle)
      index += 1
    }
    while index < bytes.count {
      if state == .cellStart, row.isEmpty, !(previousWasCR && bytes[index] == Self.lineFeed),
        let next = row.take(whole: bytes, from: index, separator: separator, limits: limits)
      {
        index = next
        previousWasCR = bytes[index - 1] == Self.carriageReturn
        handOver(handle)
        continue
      }
      // Bytes that mean nothing else than themselves are taken together.
      let start = index
      switch state {
      case .cellStart where bytes[index] == UInt8(ascii: "\""): break
      case .cellStart, .plain:
        while index < bytes.count, !isSpecial(bytes[index]) { index += 1 }
        if index > start { state = .plain }
      case .quoted:
        while index < bytes.count, bytes[index] > 0x22 { index += 1 }
      case .closing: break
      }
      if index > start {
        previousWasCR = false
        row.append(contentsOf: bytes[start..<index], limits: limits)
      } else {
        step(bytes[index], handle)
        index += 1
      }
    }
  }

  /// Whether a byte ends a cell or a row.
  @inline(__always)
  private func isSpecial(_ byte: UInt8) -> Bool {
    byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn
  }

  /// Ends the file: hands over a last row that has no line end.
  package mutating func finish(row handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    if phase == .opening { open(handle) }
    if let rest = utf16?.end(), !rest.isEmpty { rest.withUnsafeBufferPointer { readText($0, handle) } }
    if phase == .sniffing { leaveSniffing(handle) }
    guard phase == .reading else { return }
    if state == .quoted { row.fail(.unclosedQuote(row.currentCell)) }
    if state != .cellStart || !row.isEmpty { endRow(handle) }
  }

  // MARK: The first lines

  private mutating func sniff(_ byte: UInt8, _ handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    let opensCell = head.count == headLineStart || head.last.map { Self.separators.contains($0) } ?? true
    head.append(byte)
    if head == Self.byteOrderMark && headLines == 0 {
      head.removeAll()
      return
    }
    if byte == UInt8(ascii: "\"") && (headInQuotes || opensCell) { headInQuotes.toggle() }
    let endsLine = !headInQuotes && (byte == Self.lineFeed || byte == Self.carriageReturn)
    guard endsLine || head.count > limits.row else { return }
    if endsLine {
      if !head[headLineStart...].allSatisfy({ $0 <= UInt8(ascii: " ") && $0 != 0 }) { headLines += 1 }
      headLineStart = head.count
      guard headLines >= Self.headLines || head.count > Self.headBytes else { return }
    }
    leaveSniffing(handle)
  }

  private mutating func leaveSniffing(_ handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    var bytes = head[...]
    head = []
    phase = .reading
    if let said = Self.saidSeparator(&bytes) {
      separator = said
      saysSeparator = true
      line += 1
      row.clear(line: line)
    } else {
      separator = Self.separator(ofLines: Array(bytes))
    }
    Array(bytes).withUnsafeBufferPointer { readText($0, handle) }
  }

  /// The most lines, and about the most bytes, by which the separator is told.
  private static let headLines = 30
  private static let headBytes = 64 * 1024

  /// What a first line `sep=;` says, which is then taken away.
  private static func saidSeparator(_ bytes: inout ArraySlice<UInt8>) -> UInt8? {
    guard let end = bytes.firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) else { return nil }
    var line = bytes[..<end]
    if line.first == UInt8(ascii: "\""), line.last == UInt8(ascii: "\"") { line = line.dropFirst().dropLast() }
    guard line.count == 5, line.prefix(4).map({ $0 | 0x20 }).elementsEqual("sep=".utf8.map { $0 | 0x20 }),
      let said = line.last, separators.contains(said)
    else { return nil }
    let isCR = bytes[end] == carriageReturn
    bytes = bytes[(end + 1)...]
    if isCR, bytes.first == lineFeed { bytes = bytes.dropFirst() }
    return said
  }

  /// The separator of which most lines, one below the other, have as many; of equal ones the one that the first line has
  /// most of.
  static func separator(ofLines bytes: [UInt8]) -> UInt8 {
    var counts: [[Int]] = []
    var line = [0, 0, 0]
    var (inQuotes, opensCell, isBlank) = (false, true, true)
    func endLine() {
      if !isBlank { counts.append(line) }
      (line, opensCell, isBlank) = ([0, 0, 0], true, true)
    }
    for byte in bytes {
      if byte == UInt8(ascii: "\"") && (inQuotes || opensCell) { inQuotes.toggle() }
      if !inQuotes, byte == lineFeed || byte == carriageReturn {
        endLine()
        continue
      }
      let index = separators.firstIndex(of: byte)
      if let index, !inQuotes { line[index] += 1 }
      opensCell = index != nil
      if byte > UInt8(ascii: " ") || byte == 0 { isBlank = false }
    }
    endLine()
    let first = counts.first ?? line
    let favourite = first.firstIndex(of: first.max() ?? 0) ?? 0
    // What the first line has most of, and the second as many, needs no further look.
    if counts.count < 2 || first[favourite] > 0 && counts[1][favourite] == first[favourite] {
      return separators[favourite]
    }
    func run(_ separator: Int) -> Int {
      var (longest, current) = (0, 0)
      for (index, line) in counts.enumerated() {
        let goesOn = index > 0 && line[separator] > 0 && counts[index - 1][separator] == line[separator]
        current = line[separator] == 0 ? 0 : goesOn ? current + 1 : 1
        longest = max(longest, current)
      }
      return longest
    }
    let runs = separators.indices.map(run)
    let most = runs.max() ?? 0
    if runs[favourite] == most { return separators[favourite] }
    return separators[runs.firstIndex(of: most) ?? 0]
  }

  // MARK: Cells and rows

  private mutating func step(_ byte: UInt8, _ handle: (inout CSVRow, _ separator: UInt8) -> Void) {
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

  private mutating func endRow(_ handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    row.endCell(limits: limits)
    handOver(handle)
    state = .cellStart
  }

  private mutating func handOver(_ handle: (inout CSVRow, _ separator: UInt8) -> Void) {
    handle(&row, separator)
    line += 1
    row.clear(line: line)
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// In order of preference where a line has as many of one as of another.
  private static let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
}
