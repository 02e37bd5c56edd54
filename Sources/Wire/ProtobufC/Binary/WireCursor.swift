// SPDX-License-Identifier: Apache-2.0

/// Reads the binary format's elements from memory, never past its end.
struct WireCursor {
  private(set) var position: UnsafeRawPointer
  private let end: UnsafeRawPointer

  init(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    position = start
    self.end = end
  }

  /// Field number and wire type.
  @inline(__always)
  mutating func tag() throws(WireCheck.Failure) -> (field: UInt32, wireType: Int) {
    guard position < end else { throw WireCheck.Failure(problem: .truncated) }
    let first = position.load(as: UInt8.self)
    if first < 0x80 {
      position += 1
      guard first >= 8 else { throw WireCheck.Failure(problem: .invalidFieldNumber) }
      return (UInt32(first >> 3), Int(first & 7))
    }
    let start = position
    let value = try varint()
    // libprotobuf-c reads at most five bytes of a tag.
    guard start.distance(to: position) <= 5, let tag = UInt32(exactly: value), tag >= 8 else {
      throw WireCheck.Failure(problem: .invalidFieldNumber)
    }
    return (tag >> 3, Int(tag & 7))
  }

  /// A variable-length integer.
  @inline(__always)
  mutating func varint() throws(WireCheck.Failure) -> UInt64 {
    guard position < end else { throw WireCheck.Failure(problem: .truncated) }
    let first = position.load(as: UInt8.self)
    position += 1
    return first < 0x80 ? UInt64(first) : try longVarint(UInt64(first & 0x7f))
  }

  private mutating func longVarint(_ low: UInt64) throws(WireCheck.Failure) -> UInt64 {
    var value = low
    var shift: UInt64 = 7
    while position < end {
      let byte = position.load(as: UInt8.self)
      position += 1
      // The tenth byte has room for one bit.
      if shift == 63, byte > 1 { throw WireCheck.Failure(problem: .varintOverflow) }
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw WireCheck.Failure(problem: .truncated)
  }

  /// The bytes of a length-delimited value.
  @inline(__always)
  mutating func slice() throws(WireCheck.Failure) -> (start: UnsafeRawPointer, end: UnsafeRawPointer) {
    let prefix = position
    let length = try varint()
    // libprotobuf-c reads at most five bytes of a length.
    guard prefix.distance(to: position) <= 5, length <= UInt64(position.distance(to: end)) else {
      throw WireCheck.Failure(problem: .truncated)
    }
    let start = position
    position += Int(length)
    return (start, position)
  }

  /// Passes over a value.
  mutating func skip(_ wireType: Int) throws(WireCheck.Failure) {
    switch wireType {
    case 0: _ = try varint()
    case 1: try skip(bytes: 8)
    case 2: _ = try slice()
    case 3, 4: throw WireCheck.Failure(problem: .group)
    case 5: try skip(bytes: 4)
    default: throw WireCheck.Failure(problem: .invalidWireType)
    }
  }

  private mutating func skip(bytes: Int) throws(WireCheck.Failure) {
    guard position.distance(to: end) >= bytes else { throw WireCheck.Failure(problem: .truncated) }
    position += bytes
  }
}
