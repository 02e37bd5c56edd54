// SPDX-License-Identifier: Apache-2.0

import Charting
import Contracts
import RPC
import SPC
import ServiceRuntime
import Storage

/// Serves `waymark.measurement.v1.ChartService`.
struct ChartHandler: MeasurementV1.ChartServiceProtocol {
  let observations: ObservationStore
  let portfolio: PortfolioStore

  private var tokens: PageTokens { observations.database.pageTokens }

  func getChart(
    _ request: MeasurementV1.GetChartRequest, context: ServerContext
  ) async throws -> MeasurementV1.GetChartResponse {
    var checks = FieldChecks()
    let look = ChartLook(
      of: request.measureID, kind: request.kind, ruleSet: request.ruleSet, overrides: request.overrides, &checks)
    try checks.finish()
    let page = try ChartPage(size: request.pageSize, token: request.pageToken, look: look, of: tokens)
    let inputs = try await inputs(of: request.measureID, look)
    try page.require(inputs.measure)
    return try await context.offload {
      let chart = try inputs.chart()
      let points = page.points(of: chart)
      return MeasurementV1.GetChartResponse(
        chart: MeasurementV1.Chart(chart, of: inputs.measure, points: points, annotations: inputs.annotations),
        nextPageToken: page.token(after: points, of: chart, inputs.measure, tokens: tokens))
    }
  }

  func renderChart(
    _ request: MeasurementV1.RenderChartRequest, context: ServerContext
  ) async throws -> MeasurementV1.RenderChartResponse {
    var checks = FieldChecks()
    let look = ChartLook(
      of: request.measureID, kind: request.kind, ruleSet: request.ruleSet, overrides: request.overrides, &checks)
    let width = checks.length(request.width, field: "width", default: 720)
    let height = checks.length(request.height, field: "height", default: 320)
    try checks.finish()
    let inputs = try await inputs(of: request.measureID, look)
    return try await context.offload {
      let chart = try inputs.chart()
      let drawing = ChartDrawing(
        title: inputs.measure.definition.name, width: width, height: height,
        // Drawings of one chart in several sizes may stand on one page.
        id: "chart-\(inputs.measure.id)-\(width)x\(height)",
        annotations: inputs.judgements.compactMap { ChartAnnotation($0) })
      let svg = drawing.svg(of: chart)
      let room = ChartPage.answerBytes - svg.utf8.count
      guard room > 0 else {
        throw RPCError.failure(
          .failedPrecondition, reason: "DRAWING_TOO_LARGE",
          message: "The drawing of \(chart.points.count) points is larger than an answer may be; GetChart gives the "
            + "numbers page by page.")
      }
      let points = ChartPage().points(of: chart, budget: room)
      return MeasurementV1.RenderChartResponse(
        svg: svg,
        chart: MeasurementV1.Chart(chart, of: inputs.measure, points: points, annotations: inputs.annotations))
    }
  }

  func suggestPhases(
    _ request: MeasurementV1.SuggestPhasesRequest, context: ServerContext
  ) async throws -> MeasurementV1.SuggestPhasesResponse {
    var checks = FieldChecks()
    let look = ChartLook(
      of: request.measureID, kind: request.kind, ruleSet: request.ruleSet, overrides: request.overrides, &checks)
    try checks.finish()
    let inputs = try await inputs(of: request.measureID, look)
    return try await context.offload {
      let chart = try inputs.chart()
      return MeasurementV1.SuggestPhasesResponse(
        suggestions: chart.phaseSuggestions.map { MeasurementV1.PhaseSuggestion($0, of: chart) })
    }
  }

  func recommendChart(
    _ request: MeasurementV1.RecommendChartRequest, context: ServerContext
  ) async throws -> MeasurementV1.RecommendChartResponse {
    var checks = FieldChecks()
    let look = ChartLook(of: request.measureID, kind: .unspecified, ruleSet: "", overrides: nil, &checks)
    if case .unrecognized(let number) = request.nature {
      checks.violation(
        "nature",
        "has the unknown value \(number); PROPORTION, RATE, COUNT, MEASUREMENT, SUBGROUPS, TIME_BETWEEN and "
          + "CASES_BETWEEN are accepted")
    }
    try checks.finish()
    let inputs = try await inputs(of: request.measureID, look)
    return try await context.offload {
      let recommendation = ChartChooser.recommend(for: try inputs.series(), nature: DataNature(request.nature))
      return MeasurementV1.RecommendChartResponse(recommendation)
    }
  }

  func listSignals(
    _ request: MeasurementV1.ListSignalsRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListSignalsResponse {
    var checks = FieldChecks()
    if request.organisationID.isEmpty {
      checks.violation("organisation_id", "is empty; the id of an organisation is needed")
    }
    let since = checks.day(request.since, field: "since")
    let meanings = checks.meanings(request.meanings, field: "meanings")
    try checks.finish()
    let search = PortfolioStore.Search(
      organisation: request.organisationID, since: since, meanings: meanings, project: request.projectID)
    let page = try Page(size: request.pageSize, token: request.pageToken, default: 100, maximum: 200, of: tokens)
    try page.require(list: search.fingerprint)
    let found = try await portfolio.find(search, after: page.after?.last ?? "", limit: page.limit)
    let (inputs, token) = page.cut(found) { [search.fingerprint, $0.measure.id] }
    return try await context.offload {
      MeasurementV1.ListSignalsResponse(
        measures: inputs.map { MeasurementV1.MeasureSignals($0, search) }, nextPageToken: token)
    }
  }

  func listRuleSets(
    _ request: MeasurementV1.ListRuleSetsRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListRuleSetsResponse {
    let sets = RuleSet.available.sorted { ($0.id.name, $0.id.version) < ($1.id.name, $1.id.version) }
    return MeasurementV1.ListRuleSetsResponse(ruleSets: sets.map { MeasurementV1.RuleSet($0) })
  }

  /// Reads what a chart is made of.
  private func inputs(of id: String, _ look: ChartLook) async throws -> ChartInputs {
    guard let (measure, points, judgements) = try await observations.series(of: id) else {
      throw RPCError.notFound("measure", id: id)
    }
    return ChartInputs(measure: measure, look: look, observations: points, judgements: judgements)
  }
}

extension FieldChecks {
  /// Checks the meanings to look for; none means all.
  fileprivate mutating func meanings(_ messages: [MeasurementV1.SignalMeaning], field: String) -> Set<Meaning> {
    var meanings: Set<Meaning> = []
    for (index, message) in messages.enumerated() {
      switch message {
      case .improvement: meanings.insert(.improvement)
      case .concern: meanings.insert(.concern)
      case .neutral: meanings.insert(.neutral)
      case .unspecified, .unrecognized:
        violation("\(field)[\(index)]", "is not a meaning; IMPROVEMENT, CONCERN and NEUTRAL are accepted")
      }
    }
    return messages.isEmpty ? [.improvement, .concern, .neutral] : meanings
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

extension ChartAnnotation {
  /// Nil unless it is an annotation.
  fileprivate init?(_ judgement: Judgement) {
    guard case .annotation(let said, let reference) = judgement.content else { return nil }
    let kind: Kind =
      switch said {
      case .event: .event
      case .change: .change
      case .pdsa: .pdsa
      case .note, .unspecified, .unrecognized: .note
      }
    self.init(day: judgement.day, kind: kind, text: judgement.text, reference: reference)
  }
}
