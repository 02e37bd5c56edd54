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
    self.traceState = traceState
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
