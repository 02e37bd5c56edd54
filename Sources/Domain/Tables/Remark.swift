// SPDX-License-Identifier: Apache-2.0

/// Something to know about a file that is no problem of a row.
package struct Remark: Sendable, Hashable {
  package enum Kind: Sendable, Hashable, CaseIterable {
    /// How something was read that could have been written otherwise.
    case howRead
    /// Something in the file that was left out.
    case passedOver
    /// Something that is possible but looks wrong.
    case warning
  }

  package var kind: Kind
  /// In a sentence.
  package var message: String
  /// Line of the file that it is about; 0 where it is about more than one.
  package var row: Int
  /// Name of the column; empty where it is about none.
  package var column: String

  package init(_ kind: Kind, _ message: String, row: Int = 0, column: String = "") {
    self.kind = kind
    self.message = message
    self.row = row
    self.column = column
  }
}

/// Something in a cell, or a whole column, that cannot be used.
package struct CellProblem: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case period, number, range
  }

  package var line: Int
  /// Which of the columns that are read: as ``SeriesReader`` numbers them.
  package var column: SeriesReader.Part
  package var kind: Kind
  /// The cell, shortened to 400 bytes.
  package var text: [UInt8]
  package var message: String
  package var accepted: String
}
