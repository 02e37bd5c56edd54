// SPDX-License-Identifier: Apache-2.0

public import Logging

/// Writes one line per call to a log, once it is over.
///
/// The metadata of the line: `method`, `code`, `duration_ms`, `peer`, `received_bytes`, `sent_bytes`; `reason`, the
/// message of the status, for a call that failed; `trace_id` for a call that is traced.
public struct AccessLog: CallReporter {
  /// Which calls are written.
  public enum Selection: String, Sendable, CaseIterable {
    case off, errors, all
  }

  private let logger: Logger
  private let selection: Selection
  private let level: Logger.Level

  /// - Parameter level: how important the lines are.
  public init(_ selection: Selection = .errors, logger: Logger, level: Logger.Level = .info) {
    self.selection = selection
    self.logger = logger
    self.level = level
  }

  public func callStarted(_ method: MethodDescriptor) {}

  public func callEnded(_ report: CallReport) {
    switch selection {
    case .off: return
    case .errors where report.status == nil: return
    case .errors, .all: break
    }
    var metadata: Logger.Metadata = [
      // A path that is no method's comes from outside and may be of any length.
      "method": "\(report.method?.path ?? String(report.path.prefix(256)))",
      "code": "\(report.status?.code.name ?? "OK")",
      "duration_ms": "\(Self.milliseconds(report.duration))",
      "peer": "\(report.peer)",
      "received_bytes": "\(report.receivedBytes)",
      "sent_bytes": "\(report.sentBytes)",
    ]
    if let traceID = report.traceID { metadata["trace_id"] = "\(traceID)" }
    if let message = report.status?.message, !message.isEmpty { metadata["reason"] = "\(message.prefix(512))" }
    logger.log(level: level, "call", metadata: metadata)
  }

  /// With three digits behind the point.
  static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !microseconds.overflow, seconds >= 0 else { return "0.000" }
    let total = microseconds.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
    let fraction = String(total % 1000)
    return "\(total / 1000)." + String(repeating: "0", count: max(0, 3 - fraction.count)) + fraction
  }
}
