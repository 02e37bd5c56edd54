// SPDX-License-Identifier: Apache-2.0

import GRDB

/// One row of an answer while it passes: valid only until the next one comes.
///
/// Columns are named by their place in the statement, from 0, which spares looking names up in every row.
public struct PassingRow {
  fileprivate let row: GRDB.Row

  /// A text that is never `NULL`.
  public func text(_ column: Int) throws(StorageError) -> String {
    try StorageError.mapping { try row.decode(String.self, atIndex: column) }
  }

  /// A whole number that is never `NULL`.
  public func integer(_ column: Int) throws(StorageError) -> Int64 {
    try StorageError.mapping { try row.decode(Int64.self, atIndex: column) }
  }

  /// A number that is never `NULL`.
  public func real(_ column: Int) throws(StorageError) -> Double {
    try StorageError.mapping { try row.decode(Double.self, atIndex: column) }
  }

  /// A number, or nil for `NULL`.
  public func optionalReal(_ column: Int) throws(StorageError) -> Double? {
    try StorageError.mapping { try row.decode(Double?.self, atIndex: column) }
  }
}

extension Transaction {
  /// Hands over the rows that a statement answers one after another and keeps none: for answers of any length.
  ///
  /// - Throws: a ``StorageError``, or what `body` throws, which ends the answer.
  public func forEachRow(
    _ sql: String, _ values: [SQLValue] = [], _ body: (PassingRow) throws -> Void
  ) throws {
    let cursor = try StorageError.mapping {
      try GRDB.Row.fetchCursor(try statement(sql), arguments: try arguments(values))
    }
    while let row = try StorageError.mapping({ try cursor.next() }) { try body(PassingRow(row: row)) }
  }
}
