// SPDX-License-Identifier: Apache-2.0

import Charting
import Contracts
import RPC
import SPC
import ServiceRuntime

/// Serves `waymark.measurement.v1.ChartService`.
struct ChartHandler: MeasurementV1.ChartServiceProtocol {
  let observations: ObservationStore

  func getChart(
    _ request: MeasurementV1.GetChartRequest, context: ServerContext
  ) async throws -> MeasurementV1.GetChartResponse {
    var checks = FieldChecks()
    checks.chart(of: request.measureID, kind: request.kind, ruleSet: request.ruleSet)
    try checks.finish()
    let inputs = try await inputs(measure: request.measureID, kind: request.kind, ruleSet: request.ruleSet)
    let message = try await context.offload { MeasurementV1.Chart(try inputs.chart(), of: inputs.measure) }
    return MeasurementV1.GetChartResponse(chart: message)
  }

  func renderChart(
    _ request: MeasurementV1.RenderChartRequest, context: ServerContext
  ) async throws -> MeasurementV1.RenderChartResponse {
    var checks = FieldChecks()
    checks.chart(of: request.measureID, kind: request.kind, ruleSet: request.ruleSet)
    let width = checks.length(request.width, field: "width", default: 720)
    let height = checks.length(request.height, field: "height", default: 320)
    try checks.finish()
    let inputs = try await inputs(measure: request.measureID, kind: request.kind, ruleSet: request.ruleSet)
    return try await context.offload {
      let chart = try inputs.chart()
      let drawing = ChartDrawing(
        title: inputs.measure.definition.name, width: width, height: height,
        // Drawings of one chart in several sizes may stand on one page.
        id: "chart-\(inputs.measure.id)-\(width)x\(height)")
      return MeasurementV1.RenderChartResponse(
        svg: drawing.svg(of: chart), chart: MeasurementV1.Chart(chart, of: inputs.measure))
    }
  }

  /// Reads what a chart is made of.
  private func inputs(
    measure id: String, kind: MeasurementV1.ChartKind, ruleSet: String
  ) async throws -> ChartInputs {
    guard let (measure, points) = try await observations.series(of: id) else {
      throw RPCError.notFound("measure", id: id)
    }
    return ChartInputs(
      measure: measure, kind: ChartKind(kind) ?? measure.definition.chartKind,
      ruleSet: ruleSet.isEmpty ? measure.definition.ruleSet : ruleSet, observations: points)
  }
}

extension FieldChecks {
  /// Checks what all requests for a chart have in common.
  fileprivate mutating func chart(of measure: String, kind: MeasurementV1.ChartKind, ruleSet: String) {
    measureID(measure, field: "measure_id")
    chartKind(kind, field: "kind")
    self.ruleSet(ruleSet, field: "rule_set")
  }

  /// Checks a width or height in CSS pixels.
  fileprivate mutating func length(_ length: Int32, field: String, default usual: Int) -> Int {
    if length == 0 { return usual }
    if !ChartDrawing.sizes.contains(Int(length)) {
      violation(
        field,
        "\(length) is out of range; \(ChartDrawing.sizes.lowerBound) to \(ChartDrawing.sizes.upperBound) are accepted, "
          + "or 0 for \(usual)")
    }
    return Int(length)
  }
}
