// SPDX-License-Identifier: Apache-2.0

/// Why a row could not be read as cells.
package enum CSVFault: Sendable, Hashable {
  /// The cell with this index is longer than ``CSVLimits/cell``.
  case cellTooLong(Int)
  /// The row is longer than ``CSVLimits/row``.
  case rowTooLong
  /// The row has more cells than ``CSVLimits/cells``.
  case tooManyCells
  /// The quote that opens the cell with this index is not closed before the file ends.
  case unclosedQuote(Int)
  /// Characters follow the closing quote of the cell with this index.
  case textAfterQuote(Int)
}

/// What a CSV file may hold at most, so that no file can make the reader use much memory.
package struct CSVLimits: Sendable, Hashable {
  /// Bytes of one cell.
  ///
  /// Spreadsheet programs hold at most 32,767 characters in one.
  package var cell: Int
  /// Bytes of one row.
  package var row: Int
  /// Cells of one row.
  package var cells: Int
  /// Bytes of the whole file.
  package var file: Int

  package static let standard = CSVLimits()

  package init(
    cell: Int = 32 * 1024, row: Int = 1024 * 1024, cells: Int = 1000, file: Int = 64 * 1024 * 1024
  ) {
    self.cell = cell
    self.row = row
    self.cells = cells
    self.file = file
  }
}

/// One row of a CSV file: its cells as bytes, without quotes and separators.
///
/// The bytes of all cells stand in one array that the reader uses again for the next row, so that a row costs no
/// allocation. A row with a ``fault`` has the cells up to where the fault was found.
package struct CSVRow: Sendable {
  /// Line of the file where the row begins, from 1.
  package var line = 1
  package var fault: CSVFault?
  /// Whether all bytes are ASCII: most rows are, and need no look at their encoding.
  package private(set) var isASCII = true
  /// Whether there is a control character other than tab and line ends.
  package private(set) var hasControlCharacters = false

  /// The cells, each with one byte behind it: in the file a separator or a line end stands there.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  package var count: Int { ends.count }

  /// The cell with this index; empty where the row has no such cell.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    guard index >= 0, index < ends.count else { return [] }
    return bytes[(index == 0 ? 0 : ends[index - 1] + 1)..<ends[index]]
  }

  /// The first byte of the first cell; nil where there is none.
  var firstByte: UInt8? { ends.first.map { $0 > 0 } ?? false ? bytes[0] : nil }

  /// Whether the row says nothing: an empty line, or only blank cells as spreadsheets leave them at the end.
  package var isBlank: Bool {
    // Nearly every row tells by its first byte.
    if let first = firstByte, !Self.isBlank(first) { return false }
    return fault == nil && (0..<count).allSatisfy { self[$0].allSatisfy(Self.isBlank) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Whether nothing of the row has been read yet.
  var isEmpty: Bool { bytes.isEmpty && ends.isEmpty && fault == nil }

  /// Where the cell that is being read begins.
  private var cellStart: Int { ends.last.map { $0 + 1 } ?? 0 }

  /// Takes a row that stands whole in a text and has no quotes, as most rows do.
  ///
  /// - Returns: Where the text goes on behind its line end; nil for any other row, of which nothing is taken.
  mutating func take(
    whole text: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8, limits: CSVLimits
  ) -> Int? {
    var (index, high, hasControl) = (start, UInt8(0), false)
    // A row within the limit of one cell is within all limits of bytes.
    let end = min(text.count, start + min(limits.cell, limits.row))
    while index < end {
      let byte = text[index]
      if byte == separator {
        ends.append(index - start)
      } else if byte > UInt8(ascii: "\"") {
        high |= byte
        if byte == 0x7F { hasControl = true }
      } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        ends.append(index - start)
        guard ends.count <= limits.cells else { break }
        isASCII = high < 0x80
        hasControlCharacters = hasControl
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...index]))
        return index + 1
      } else if byte == UInt8(ascii: "\"") {
        break
      } else if byte < UInt8(ascii: " ") && byte != UInt8(ascii: "\t") {
        hasControl = true
      }
      index += 1
    }
    ends.removeAll(keepingCapacity: true)
    return nil
  }

  mutating func append(_ byte: UInt8, limits: CSVLimits) {
    guard fault == nil else { return }
    guard bytes.count - cellStart < limits.cell else {
      fault = .cellTooLong(ends.count)
      ends.append(bytes.count)
      return
    }
    guard bytes.count - ends.count < limits.row else {
      fault = .rowTooLong
      ends.append(bytes.count)
      return
    }
    if byte >= 0x80 {
      isASCII = false
    } else if byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F {
      hasControlCharacters = true
    }
    bytes.append(byte)
  }

  /// Appends bytes of one cell, as ``append(_:limits:)`` would one after the other.
  mutating func append(contentsOf piece: Slice<UnsafeBufferPointer<UInt8>>, limits: CSVLimits) {
    guard fault == nil else { return }
    guard bytes.count - cellStart + piece.count <= limits.cell, bytes.count - ends.count + piece.count <= limits.row
    else {
      for byte in piece { append(byte, limits: limits) }
      return
    }
    var (high, low) = (UInt8(0), false)
    for byte in piece {
      high |= byte
      if byte < 0x20 || byte == 0x7F { low = low || byte != 0x09 && byte != 0x0A && byte != 0x0D }
    }
    if high >= 0x80 { isASCII = false }
    if low { hasControlCharacters = true }
    bytes.append(contentsOf: piece)
  }

  /// Takes the bytes as Windows-1252; false, with nothing changed, where one of them is no character.
  package mutating func decodeWindows1252() -> Bool {
    var (decoded, newEnds): ([UInt8], [Int]) = ([], [])
    for index in ends.indices {
      guard let cell = Windows1252.utf8(of: self[index]) else { return false }
      decoded += cell
      newEnds.append(decoded.count)
      decoded.append(UInt8(ascii: " "))
    }
    (bytes, ends) = (decoded, newEnds)
    return true
  }

  /// Whether all of its text is UTF-8.
  package var isUTF8: Bool {
    isASCII || (0..<count).allSatisfy { String(validating: self[$0], as: UTF8.self) != nil }
  }

  mutating func endCell(limits: CSVLimits) {
    guard fault == nil else { return }
    ends.append(bytes.count)
    bytes.append(UInt8(ascii: " "))
    if ends.count > limits.cells { fault = .tooManyCells }
  }

  /// Notes a fault in the cell that is being read, and ends that cell.
  mutating func fail(_ fault: CSVFault) {
    guard self.fault == nil else { return }
    self.fault = fault
    ends.append(bytes.count)
  }

  /// Index of the cell that is being read.
  var currentCell: Int { ends.count }

  mutating func clear(line: Int) {
    self.line = line
    fault = nil
    isASCII = true
    hasControlCharacters = false
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }
}
