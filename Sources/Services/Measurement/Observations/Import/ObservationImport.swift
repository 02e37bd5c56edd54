// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// One row of a file that is as it should be.
struct ImportedRow: Sendable, Hashable {
  /// Line of the file where the row begins.
  var line: Int
  var day: Day
  var value: Double
  var denominator: Double?
  /// Nil when the file has no column for notes.
  var note: String?
}

/// What a file says: its good rows, and what is wrong with the others.
struct ImportReading: Sendable, Hashable {
  /// Good rows in order of lines, one a period.
  var rows: [ImportedRow] = []
  var problems = ProblemList()
  /// Rows without the line of names and without blank ones.
  var rowsRead = 0
  /// Rows with at least one problem.
  var rowsRejected = 0
  /// Rows of periods that have no value.
  var rowsWithoutValue = 0
  /// How the file was read, and what was passed over.
  var remarks: [Remark] = []
  /// The names of all columns, as the file gives them.
  var names: [String] = []
  /// Set when the columns that are needed were found.
  var columns: ImportColumns?
  /// SHA-256 of the file, in hexadecimal.
  var contentHash = ""
}

/// Reads observations from a CSV file as its bytes arrive, and checks every row.
///
/// Pure: what is stored already is compared later, by `ImportPlan`. What dates and numbers mean is told by their whole
/// columns, so that rows wait, in some tens of bytes each, until the file has ended; ``CSVLimits/file`` bounds them.
struct ObservationImport: Sendable {
  /// The file is longer than ``CSVLimits/file``.
  struct FileTooLarge: Error, Hashable {
    var limit: Int
  }

  /// The longest note, in Unicode scalars.
  static let maximumNote = 500

  private var reader: TableReader
  private var rows: RowChecks
  private var hash = ContentHash()
  private let limits: CSVLimits
  private var bytesRead = 0

  /// - Parameters:
  ///   - rules: What the measure's chart allows.
  ///   - hasDenominator: Whether the measure has a denominator, so that the usual names of its column are looked for.
  ///   - today: The day it is; periods up to the day after are accepted, since somewhere it is tomorrow already.
  init(
    rules: ObservationRules, hasDenominator: Bool, columns: ColumnChoice, today: Day,
    options: ReadingOptions = ReadingOptions(), limits: CSVLimits = .standard
  ) {
    self.limits = limits
    reader = TableReader(wanted: columns.wanted, limits: limits)
    rows = RowChecks(
      rules: rules, hasDenominator: hasDenominator || rules.needsDenominator, choice: columns, options: options,
      latest: today.advanced(by: 1), limits: limits)
  }

  /// Reads the next bytes of the file, cut anywhere.
  mutating func read(_ bytes: [UInt8]) throws(FileTooLarge) {
    bytesRead += bytes.count
    guard bytesRead <= limits.file else { throw FileTooLarge(limit: limits.file) }
    hash.update(bytes)
    reader.read(bytes) { rows.take($0, $1) }
  }

  /// Ends the file.
  mutating func finish() -> ImportReading {
    reader.finish { rows.take($0, $1) }
    var reading = rows.finish(reader)
    reading.contentHash = hash.digest()
    return reading
  }
}
