// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// A part of a page: there, or a hole with its reason.
enum PagePart<Value: Sendable>: Sendable {
  case whole(Value)
  case missing(GatewayV1.MissingPart)
}

/// A measure with its chart, or with the reason why the chart is not there.
struct GatheredPanel: Sendable {
  let panel: GatewayV1.MeasurePanel
  /// Its `part` is completed once the panel's place on the page is known.
  var hole: GatewayV1.MissingPart?
}

extension GatewayV1.ProjectPage {
  /// Puts a part into its field, or its hole to the others.
  ///
  /// A part that was never asked for is neither.
  mutating func take<Value>(_ part: PagePart<Value?>?, into field: WritableKeyPath<Self, Value?>) {
    switch part {
    case .whole(let value)?: self[keyPath: field] = value
    case .missing(let hole)?: missing.append(hole)
    case nil: break
    }
  }
}

extension GatewayV1.MissingPart {
  /// The hole that an error of a backend leaves.
  init(part: String, of backend: Backend, _ error: any Error) {
    let error = error as? RPCError ?? RPCError(code: .unknown, message: "\(error)")
    let reason =
      switch error.code {
      case .unavailable: "The \(backend.name) service cannot be reached."
      case .deadlineExceeded: "The \(backend.name) service did not answer in time."
      default: Words.sentence(error.message.isEmpty ? "The \(backend.name) service failed" : error.message)
      }
    self.init(part: part, service: backend.name, code: error.code.name, message: reason)
  }
}
