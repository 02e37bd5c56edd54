// SPDX-License-Identifier: Apache-2.0

/// Many rows of one table, column by column.
///
/// Rows whose key is there already replace it, all columns but those of the key. No two rows have the same key.
public struct BulkRows: Sendable {
  /// The values of one column, as many as there are rows.
  public enum Values: Sendable {
    case text([String])
    case integer([Int64])
    case real([Double])
    case optionalReal([Double?])
    /// Whatever they are.
    case any([SQLValue])
    /// The same in every row.
    case same(SQLValue)
  }

  /// A column by name.
  public struct Column: Sendable {
    public let name: String
    public let values: Values

    public init(_ name: String, _ values: Values) {
      self.name = name
      self.values = values
    }
  }

  /// Name of the table.
  public let table: String
  /// The columns of the table's primary key.
  public let key: [String]
  /// All columns.
  public let columns: [Column]
  /// How many rows there are.
  public let count: Int

  /// - Precondition: every column that is not the same in every row has `count` values.
  public init(table: String, key: [String], columns: [Column], count: Int) {
    for column in columns {
      switch column.values {
      case .text(let values): precondition(values.count == count)
      case .integer(let values): precondition(values.count == count)
      case .real(let values): precondition(values.count == count)
      case .optionalReal(let values): precondition(values.count == count)
      case .any(let values): precondition(values.count == count)
      case .same: break
      }
    }
    self.table = table
    self.key = key
    self.columns = columns
    self.count = count
  }
}
