// SPDX-License-Identifier: Apache-2.0

/// Reads the binary format's elements for `WireReader`: says whether it could, and never reads past the end.
///
/// `WireCursor` is the same for those who have to know what is wrong.
struct ReadCursor {
  private var position: UnsafeRawPointer
  private let end: UnsafeRawPointer

  init(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    position = start
    self.end = end
  }

  var isAtEnd: Bool {
    @inline(__always) get { position >= end }
  }

  /// The bytes that follow, if there are so many.
  @inline(__always)
  mutating func take(_ count: Int) -> UnsafeRawPointer? {
    guard position.distance(to: end) >= count else { return nil }
    let start = position
    position += count
    return start
  }

  /// A variable-length integer.
  @inline(__always)
  mutating func varint(_ value: inout UInt64) -> Bool {
    guard position < end else { return false }
    let first = position.load(as: UInt8.self)
    position += 1
    value = UInt64(first)
    return first < 0x80 || longVarint(&value)
  }

  private mutating func longVarint(_ value: inout UInt64) -> Bool {
    value &= 0x7f
    var shift: UInt64 = 7
    while position < end {
      let byte = position.load(as: UInt8.self)
      position += 1
      // The tenth byte has room for one bit.
      if shift == 63, byte > 1 { return false }
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return true }
      shift += 7
    }
    return false
  }

  /// A field number, not 0, and a wire type, in at most five bytes.
  @inline(__always)
  mutating func tag(_ tag: inout UInt64) -> Bool {
    let start = position
    return varint(&tag) && tag >= 8 && tag <= UInt64(UInt32.max) && start.distance(to: position) <= 5
  }

  /// The length of what follows, in at most five bytes.
  @inline(__always)
  mutating func length(_ length: inout Int) -> Bool {
    let start = position
    var value: UInt64 = 0
    guard varint(&value), start.distance(to: position) <= 5, value <= UInt64(UInt32.max) else { return false }
    length = Int(value)
    return true
  }

  /// Passes over a value.
  mutating func skip(_ wireType: UInt64) -> Bool {
    switch wireType {
    case 0:
      var value: UInt64 = 0
      return varint(&value)
    case 1: return take(8) != nil
    case 2:
      var count = 0
      return length(&count) && take(count) != nil
    case 5: return take(4) != nil
    default: return false
    }
  }
}
