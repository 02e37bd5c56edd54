// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC
public import Storage

extension SQLValue {
  /// `NULL` for an empty text, so that a unique index lets any number of rows go without.
  public static func optional(text: String) -> SQLValue { text.isEmpty ? .null : .text(text) }

  /// `NULL` for none.
  public static func optional(real: Double?) -> SQLValue { real.map { .real($0) } ?? .null }

  /// `YYYY-MM-DD`, or `NULL` for none.
  public static func optional(date: CommonV1.Date?) -> SQLValue { date.map { .text($0.isoText) } ?? .null }
}

extension Row {
  /// A date that was stored as `YYYY-MM-DD`.
  public func optionalDate(_ column: String) throws -> CommonV1.Date? {
    try optionalText(column).flatMap { CommonV1.Date(isoText: $0) }
  }
}

extension CallOptions {
  /// For a call made while answering another: within what is left of its deadline, and at most `limit`.
  public static func within(_ context: ServerContext, limit: Duration = .seconds(5)) -> CallOptions {
    CallOptions(timeout: min(context.deadline?.remaining ?? limit, limit))
  }
}

extension GoogleProtobuf.Timestamp? {
  /// Microseconds since 1970-01-01T00:00:00Z, the way stores keep times; 0 for none.
  public var microseconds: Int64 {
    guard let self else { return 0 }
    return self.seconds &* 1_000_000 &+ Int64(self.nanos / 1000)
  }
}

extension GoogleProtobuf.Timestamp {
  public init(microseconds: Int64) {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    self.init(
      seconds: rest < 0 ? seconds - 1 : seconds, nanos: Int32((rest < 0 ? rest + 1_000_000 : rest) * 1000))
  }
}

extension CommonV1.Date {
  /// `YYYY-MM-DD`; sorts like the days do.
  public var isoText: String { "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))" }

  /// Reads back `isoText`; nil for any other form.
  public init?(isoText: String) {
    let parts = isoText.split(separator: "-", omittingEmptySubsequences: false).map { Int32($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

extension Int32 {
  fileprivate func padded(_ width: Int) -> String {
    let digits = String(self)
    return digits.count < width ? String(repeating: "0", count: width - digits.count) + digits : digits
  }
}
