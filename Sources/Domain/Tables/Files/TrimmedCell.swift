// SPDX-License-Identifier: Apache-2.0

/// A cell without blanks at its ends: spaces, tabs and no-break spaces.
package func trimmed(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  // Nearly every cell begins and ends with a letter, a digit or a sign.
  guard let first = cell.first, let last = cell.last else { return cell }
  if first > 0x20 && first < 0x7F && last > 0x20 && last < 0x7F { return cell }
  var cell = cell
  while let last = cell.last {
    if last == 0x20 || last == 0x09 {
      cell.removeLast()
    } else if last == 0xA0, cell.dropLast().last == 0xC2 {
      cell.removeLast(2)
    } else {
      break
    }
  }
  while let first = cell.first {
    if first == 0x20 || first == 0x09 {
      cell.removeFirst()
    } else if first == 0xC2, cell.dropFirst().first == 0xA0 {
      cell.removeFirst(2)
    } else {
      break
    }
  }
  return cell
}
