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
package struct CSVRow: Sendable, Hashable {
  /// Line of the file where the row begins, from 1.
  package var line = 1
  package var fault: CSVFault?
  /// Whether all bytes are ASCII: most rows are, and need no look at their encoding.
  package private(set) var isASCII = true
  /// Whether there is a control character other than tab and line ends.
  package private(set) var hasControlCharacters = false

  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  package var count: Int { ends.count }

  /// The cell with this index; empty where the row has no such cell.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    guard ends.indices.contains(index) else { return [] }
    return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// Whether the row says nothing: an empty line, or only blank cells as spreadsheets leave them at the end.
  package var isBlank: Bool {
    // Nearly every row tells by its first byte.
    guard let first = bytes.first else { return fault == nil }
    guard first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") else { return false }
    return fault == nil && bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  /// Whether nothing of the row has been read yet.
  var isEmpty: Bool { bytes.isEmpty && ends.isEmpty && fault == nil }

  mutating func append(_ byte: UInt8, limits: CSVLimits) {
    guard fault == nil else { return }
    guard bytes.count - (ends.last ?? 0) < limits.cell else {
      fault = .cellTooLong(ends.count)
      ends.append(bytes.count)
      return
    }
    guard bytes.count < limits.row else {
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
    guard bytes.count - (ends.last ?? 0) + piece.count <= limits.cell, bytes.count + piece.count <= limits.row else {
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
