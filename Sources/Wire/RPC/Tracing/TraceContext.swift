// SPDX-License-Identifier: Apache-2.0

/// Where a call stands in a trace that spans processes: `traceparent` and `tracestate` of W3C Trace Context, level 1.
///
/// ```swift
/// TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")?.traceID
/// // "4bf92f3577b34da6a3ce929d0e0e4736"
/// ```
/// - SeeAlso: <https://www.w3.org/TR/trace-context-1/>
public struct TraceContext: Sendable, Hashable {
  /// 32 lower-case hexadecimal digits, not all zero.
  public let traceID: String
  /// The span of the caller: 16 lower-case hexadecimal digits, not all zero.
  public let parentID: String
  /// The lowest bit says that the caller may have recorded the trace.
  public let flags: UInt8
  /// What tracing systems say to each other, passed on as it came.
  public var traceState: String?

  public var isSampled: Bool { flags & 1 == 1 }

  /// Reads a `traceparent`; `nil` for one that is not valid, which the specification has ignored.
  ///
  /// A version after 00 is read by the rules of 00, and may have more behind a dash; version ff is forbidden.
  public init?(traceparent text: String, traceState: String? = nil) {
    let bytes = Array(text.utf8)
    let dash = UInt8(ascii: "-")
    guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
      let version = Self.byte(bytes[0..<2]), version != 0xFF, bytes.count == 55 || (version != 0 && bytes[55] == dash),
      let traceID = Self.identifier(bytes[3..<35]), let parentID = Self.identifier(bytes[36..<52]),
      let flags = Self.byte(bytes[53..<55])
    else { return nil }
    self.traceID = traceID
    self.parentID = parentID
    self.flags = flags
    self.traceState = traceState.flatMap { Self.forwardable($0) }
  }

  private init(traceID: String, parentID: String, flags: UInt8, traceState: String?) {
    self.traceID = traceID
    self.parentID = parentID
    self.flags = flags
    self.traceState = traceState
  }

  /// The beginning of a trace that nobody records.
  public static func root() -> TraceContext {
    TraceContext(
      traceID: hexadecimal(TraceNumbers.next()) + hexadecimal(TraceNumbers.next()),
      parentID: hexadecimal(TraceNumbers.next()), flags: 0, traceState: nil)
  }

  /// The next span of the same trace.
  public func child() -> TraceContext {
    TraceContext(
      traceID: traceID, parentID: Self.hexadecimal(TraceNumbers.next()), flags: flags, traceState: traceState)
  }

  /// What of a `tracestate` may go on: at most 32 members and 512 characters, the longest dropped first.
  ///
  /// `nil` when nothing is left, or when it holds what no header may.
  private static func forwardable(_ text: String) -> String? {
    guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    var members = text.split(separator: ",").map { $0.trimming(while: { $0 == " " }) }.filter { !$0.isEmpty }
    guard members.count <= 32 else { return nil }
    func length() -> Int { members.reduce(members.count - 1) { $0 + $1.utf8.count } }
    if length() > 512 { members.removeAll { $0.utf8.count > 128 } }
    while length() > 512 { members.removeLast() }
    return members.isEmpty ? nil : members.joined(separator: ",")
  }

  /// 16 digits.
  private static func hexadecimal(_ number: UInt64) -> String {
    let digits: StaticString = "0123456789abcdef"
    return String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        buffer[index] = digits.utf8Start[Int(truncatingIfNeeded: number >> UInt64(60 - 4 * index)) & 15]
      }
      return 16
    }
  }

  /// The value to send, always of version 00; of the flags only the one that version knows is passed on.
  public var traceparent: String { "00-\(traceID)-\(parentID)-0\(flags & 1)" }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static func byte(_ digits: ArraySlice<UInt8>) -> UInt8? {
    var value: UInt8 = 0
    for character in digits {
      guard let digit = digit(character) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private static func identifier(_ digits: ArraySlice<UInt8>) -> String? {
    guard digits.allSatisfy({ digit($0) != nil }), digits.contains(where: { $0 != UInt8(ascii: "0") }) else {
      return nil
    }
    return String(decoding: digits, as: UTF8.self)
  }
}

extension Substring {
  fileprivate func trimming(while condition: (Character) -> Bool) -> Substring {
    var rest = drop(while: condition)
    while let last = rest.last, condition(last) { rest.removeLast() }
    return rest
  }
}
