// SPDX-License-Identifier: Apache-2.0

import Logging
import RPC
import Tracing

extension Logger.MetadataProvider {
  /// The trace and the span that the line belongs to, as `trace_id` and `span_id`; nothing outside of both.
  static let trace = Logger.MetadataProvider {
    guard let trace = ServiceContext.current?.traceContext else { return [:] }
    return ["trace_id": "\(trace.traceID)", "span_id": "\(trace.parentID)"]
  }
}
