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

/// Panels before they have their order.
struct GatheredPanels: Sendable {
  var panels: [GatheredPanel] = []
  var missing: [GatewayV1.MissingPart] = []

  func adding(_ more: GatheredPanels) -> GatheredPanels {
    GatheredPanels(panels: panels + more.panels, missing: missing + more.missing)
  }

  /// The panels that `ids` name, in that order, then the others as they are.
  func ordered(by ids: [String]) -> [GatheredPanel] {
    var place: [String: Int] = [:]
    for (index, id) in ids.enumerated() where place[id] == nil { place[id] = index }
    let keyed = panels.enumerated().map { index, panel in
      (rank: place[panel.panel.measure?.id ?? ""] ?? ids.count, index: index, panel: panel)
    }
    return keyed.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.panel)
  }
}

extension GatewayV1.ProjectPage {
  mutating func take<Value>(_ part: PagePart<Value?>, into field: WritableKeyPath<Self, Value?>) {
    switch part {
    case .whole(let value): self[keyPath: field] = value
    case .missing(let hole): missing.append(hole)
    }
  }

  mutating func take(_ gathered: GatheredPanels, order: [String]) {
    missing += gathered.missing
    for panel in gathered.ordered(by: order) {
      if var hole = panel.hole {
        hole.part = "measures[\(measures.count)].chart"
        missing.append(hole)
      }
      measures.append(panel.panel)
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
