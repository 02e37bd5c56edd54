// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import NIOCore
import RPC

// The upload of a CSV file, and its report.

extension WebPages {
  @Sendable func importForm(_ request: Request, _ context: Context) async throws -> Response {
    let measure = try await measure(id(context))
    return render(await importView(measure, choice: ImportChoice()))
  }

  @Sendable func importFile(_ request: Request, _ context: Context) async throws -> Response {
    let measure = try await measure(id(context))
    var choice = ImportChoice()
    do {
      let report = try await send(request, to: measure, &choice)
      let view = await importView(
        measure, choice: choice, report: ImportReportView(report, choice: choice))
      return render(view, status: report.accepted ? .ok : .unprocessableContent)
    } catch let error as MultipartError {
      let isTooLarge = if case .bodyTooLarge = error { true } else { false }
      return await refuse(measure, choice, "\(error)", isTooLarge ? .contentTooLarge : .badRequest)
    } catch let error as UploadError {
      return await refuse(measure, choice, error.description, .unprocessableContent)
    } catch let error as RPCError {
      let refusal = FormRefusal(error, by: backends.measurement, fields: [:])
      let messages = refusal.problems.list(known: []).map(\.message).joined(separator: " ")
      return await refuse(measure, choice, messages, refusal.status)
    }
  }

  private func refuse(
    _ measure: MeasurementV1.Measure, _ choice: ImportChoice, _ message: String, _ status: HTTPResponse.Status
  ) async -> Response {
    render(await importView(measure, choice: choice, fileError: message), status: status)
  }

  private func measure(_ id: String) async throws -> MeasurementV1.Measure {
    try await backends.measures.getMeasure(.init(id: id), options: deadline.options).measure ?? .init()
  }

  /// Passes the file of a form on to the measurement service as it arrives; the gateway keeps none of it.
  private func send(
    _ request: Request, to measure: MeasurementV1.Measure, _ choice: inout ImportChoice
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    if let length = request.headers[.contentLength].flatMap(Int.init), length > settings.largestUpload {
      throw MultipartError.bodyTooLarge(limit: settings.largestUpload)
    }
    var reader = try MultipartReader(
      body: request.body, contentType: request.headers[.contentType], bodyLimit: settings.largestUpload)
    // The options stand before the file in the form, and a browser sends the fields in that order.
    while let part = try await reader.nextPart(), part.name != "file" {
      let value = try await reader.value(of: part)
      switch part.name {
      case "mode":
        guard let mode = ImportChoice.Mode(rawValue: value) else { throw UploadError.badOption(part.name, value) }
        choice.mode = mode
      case "replace": choice.replace = value == "yes"
      default: break
      }
    }
    // An empty first piece is the sign of a form that was sent without a file.
    guard let first = try await reader.nextContent() else { throw UploadError.noFile }
    let options = MeasurementV1.ImportOptions(
      measureID: measure.id, dryRun: choice.mode == .check, allowPartial: choice.mode == .partial,
      replace: choice.replace)
    let file = UploadedFile(first: first, rest: reader)
    return try await backends.observations.importObservations(
      options: CallOptions(timeout: settings.uploadTimeout)
    ) { writer in
      try await writer.write(.init(part: .options(options)))
      try await file.forEachPiece { piece in
        try await writer.write(.init(part: .chunk(piece)))
      }
    }
  }

  private func importView(
    _ measure: MeasurementV1.Measure, choice: ImportChoice, fileError: String? = nil,
    report: ImportReportView? = nil
  ) async -> ImportView {
    let deadline = deadline
    async let project = backends.projectList.getProject(.init(id: measure.projectID), options: deadline.options)
    async let drawn = backends.drawChart(of: measure.id, options: deadline.options)
    var chart: ChartView?
    var chartMissing: String?
    do {
      let drawn = try await drawn
      chart = drawn.chart.map { ChartView($0, svg: drawn.svg, svgNarrow: drawn.svgNarrow, measure: measure) }
      chart?.importPath = nil
    } catch {
      chartMissing = GatewayV1.MissingPart(part: "chart", of: backends.measurement, error).message
    }
    // The title is a courtesy: the page is whole without it.
    let title = (try? await project)?.project?.title ?? "Project"
    return ImportView(
      projectName: title, projectPath: Paths.project(measure.projectID), measureName: measure.name,
      kindName: measure.kind.words, kindClass: measure.kind.key, fileError: fileError, report: report,
      action: Paths.importing(measure: measure.id), largestFile: settings.largestUpload, choice: choice,
      fileHint: measure.fileHint(largest: settings.largestUpload), exampleCSV: measure.exampleCSV, chart: chart,
      chartMissing: chartMissing)
  }
}

/// Why an upload has nothing to import.
enum UploadError: Error, Sendable, Hashable, CustomStringConvertible {
  case noFile
  case badOption(String, String)

  var description: String {
    switch self {
    case .noFile: "Choose a CSV file that is not empty."
    case .badOption(let name, let value): "“\(value)” is none of the choices of “\(name)”: all, check, partial."
    }
  }
}
