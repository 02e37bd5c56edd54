// SPDX-License-Identifier: Apache-2.0

public import Logging
import Tables

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How log lines look.
public enum LogFormat: String, Sendable, CaseIterable {
  /// For people at a terminal: time, level, message, then the metadata as `key=value`.
  case text
  /// For machines: one JSON object a line.
  case json

  /// Text where a person looks on, JSON otherwise.
  public static var automatic: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }
}

/// Writes log lines to standard error, each with one system call, so that lines of several processes do not mix.
public struct ServiceLogHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  /// Says what belongs to every line written just now, such as the trace.
  public var metadataProvider: Logger.MetadataProvider?
  private let service: String
  private let format: LogFormat
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes each whole line; standard error by default.
  public init(
    service: String, format: LogFormat, level: Logger.Level,
    write: @escaping @Sendable (String) -> Void = ServiceLogHandler.writeToStandardError
  ) {
    self.service = service
    self.format = format
    self.logLevel = level
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let more = event.metadata { all.merge(more) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    let pairs = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let time = Self.time()
    switch format {
    case .text:
      let level = event.level.rawValue.uppercased()
      let details = pairs.map { " \(Self.oneLine($0.0))=\(Self.quotedIfNeeded($0.1))" }.joined()
      write("\(time) \(level) \(Self.oneLine("\(event.message)"))\(details)\n")
    case .json:
      var members = [
        ("time", time), ("level", event.level.rawValue), ("service", service), ("message", "\(event.message)"),
      ]
      members += pairs.filter { pair in !members.contains { $0.0 == pair.0 } }
      write("{" + members.map { "\(Self.json($0.0)):\(Self.json($0.1))" }.joined(separator: ",") + "}\n")
    }
  }

  /// The default way out.
  public static let writeToStandardError: @Sendable (String) -> Void = { line in
    var line = line
    line.withUTF8 { bytes in _ = writeAll(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }

  /// RFC 3339 in UTC, to the millisecond.
  private static func time() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func padded(_ number: Int32, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))T"
      + "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))."
      + "\(padded(Int32(now.tv_nsec / 1_000_000), 3))Z"
  }

  private static func oneLine(_ text: String) -> String {
    VisibleText.line(
      String(String.UnicodeScalarView(text.unicodeScalars.map { "\n\r\t".unicodeScalars.contains($0) ? " " : $0 })))
  }

  private static func quotedIfNeeded(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
    return isPlain && !text.isEmpty ? text : json(text)
  }

  /// A JSON string (RFC 8259).
  private static func json(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      // All that acts on a terminal, U+2028 and what turns the order of text too, in JSON's own words.
      case _ where VisibleText.acts(scalar):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

private func writeAll(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
