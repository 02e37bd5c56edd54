// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// A chart with its drawings.
struct DrawnChart: Sendable {
  let chart: MeasurementV1.Chart?
  /// For screens, 720 CSS pixels wide and scaled from there.
  let svg: String
  /// For a phone, 360 CSS pixels wide: the words of the other would be too small to read.
  let svgNarrow: String
}

extension Backends {
  /// Has the chart of a measure drawn in both widths, at the same time.
  func drawChart(of measure: String, options: CallOptions) async throws -> DrawnChart {
    async let wide = charts.renderChart(.init(measureID: measure), options: options)
    async let narrow = charts.renderChart(.init(measureID: measure, width: 360, height: 320), options: options)
    let drawn = try await wide
    return DrawnChart(chart: drawn.chart, svg: drawn.svg, svgNarrow: try await narrow.svg)
  }
}
