// SPDX-License-Identifier: Apache-2.0

/// What a single cell looks like, to guess which column is which.
package enum CellLooks {
  /// Whether it can be a period and is not just a number.
  package static func isPeriod(_ cell: ArraySlice<UInt8>) -> Bool {
    PeriodLabel(cell).readings != 0 && NumberShape(cell) == nil
  }

  package static func isNumber(_ cell: ArraySlice<UInt8>) -> Bool {
    if case .success = NumberCell.read(cell) { return true }
    return false
  }
}
