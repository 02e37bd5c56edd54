// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import NIOCore
import RPC

// The upload of a CSV file, and its report.

extension WebPages {
  @Sendable func importForm(_ request: Request, _ context: Context) async throws -> Response {
    let measure = try await measure(id(context))
    let isNew = try Form(query: request)["new"] == "yes"
    return render(await importView(measure, choice: ImportChoice(), notices: isNew ? [measure.creationNotice] : []))
  }

  @Sendable func importFile(_ request: Request, _ context: Context) async throws -> Response {
    let measure = try await measure(id(context))
    var upload = UploadForm()
    var choice = ImportChoice()
    do {
      // Nothing is passed on before the whole form is known: what to do may stand behind the file.
      try await upload.read(request, limit: settings.largestUpload)
      try ImportChoice.read(upload.fields, into: &choice)
      guard let file = upload.file else { throw UploadError.noFile }
      return await answer(try await send(file, to: measure, &choice), measure, choice, upload)
    } catch let error as MultipartError {
      try? ImportChoice.read(upload.fields, into: &choice)
      let isTooLarge = if case .bodyTooLarge = error { true } else { false }
      return await refuse(
        measure, choice, upload, .init(message: "\(error)"), isTooLarge ? .contentTooLarge : .badRequest)
    } catch let error as UploadError {
      let refusal = ImportView.Refusal(message: error.description, target: error.target)
      return await refuse(measure, choice, upload, refusal, .unprocessableContent)
    } catch let error as HeldFileError {
      return await refuse(
        measure, choice, upload, .init(message: error.description),
        .init(code: 507, reasonPhrase: "Insufficient Storage"))
    } catch let error as RPCError {
      let refusal = FormRefusal(error, by: backends.measurement, fields: [:])
      let messages = refusal.problems.list(known: []).map(\.message).joined(separator: " ")
      return await refuse(measure, choice, upload, .init(message: messages), refusal.status)
    }
  }

  private func answer(
    _ report: MeasurementV1.ImportObservationsResponse, _ measure: MeasurementV1.Measure, _ choice: ImportChoice,
    _ upload: UploadForm
  ) async -> Response {
    var next = choice
    // What was confirmed is done; and after a check that went well comes saving.
    next.confirmation = ""
    if report.dryRun, report.isTaken { next.mode = report.rowsRejected == 0 ? .all : .partial }
    let isDone = !report.dryRun && report.isTaken && report.rowsRejected == 0
    let view = await importView(
      measure, choice: isDone ? ImportChoice() : next, report: ImportReportView(report),
      columns: isDone ? [] : report.columns, kept: isDone ? nil : upload.kept,
      confirmation: report.isHeld || report.dryRun && report.hasWarnings ? upload.file?.fingerprint : nil)
    return render(view, status: report.isTaken ? .ok : .unprocessableContent)
  }

  private func refuse(
    _ measure: MeasurementV1.Measure, _ choice: ImportChoice, _ upload: UploadForm, _ refusal: ImportView.Refusal,
    _ status: HTTPResponse.Status
  ) async -> Response {
    render(await importView(measure, choice: choice, refusal: refusal, kept: upload.kept), status: status)
  }

  private func measure(_ id: String) async throws -> MeasurementV1.Measure {
    try await backends.measures.getMeasure(.init(id: id), options: deadline.options).measure ?? .init()
  }

  /// Sends the file to the measurement service; once more where its columns are named as the measure's own words say.
  private func send(
    _ file: HeldFile, to measure: MeasurementV1.Measure, _ choice: inout ImportChoice
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    let report = try await send(file, choice.options(measure: measure.id, fingerprint: file.fingerprint))
    guard report.lacksColumns else { return report }
    for named in choice.naming(report.columns, of: measure) {
      let second = try await send(file, named.options(measure: measure.id, fingerprint: file.fingerprint))
      if second.lacksColumns { continue }
      choice = named
      return second
    }
    return report
  }

  private func send(
    _ file: HeldFile, _ options: MeasurementV1.ImportOptions
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    try await backends.observations.importObservations(
      options: CallOptions(timeout: settings.uploadTimeout)
    ) { writer in
      try await writer.write(.init(part: .options(options)))
      try await file.forEachPiece { piece in
        try await writer.write(.init(part: .chunk(piece)))
      }
    }
  }

  private func importView(
    _ measure: MeasurementV1.Measure, choice: ImportChoice, notices: [Notice] = [], refusal: ImportView.Refusal? = nil,
    report: ImportReportView? = nil, columns: [String] = [], kept: ImportView.KeptFile? = nil,
    confirmation: String? = nil
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
    let subject = ImportView.Subject(
      projectName: title, projectPath: Paths.project(measure.projectID), measureName: measure.name,
      kindName: measure.kind.words, kindClass: measure.kind.key, action: Paths.importing(measure: measure.id),
      fileHint: measure.fileHint(largest: settings.largestUpload), exampleCSV: measure.exampleCSV,
      hasDenominator: measure.chartKind.hasDenominator, chart: chart, chartMissing: chartMissing)
    return ImportView(
      subject, choice: choice, largestFile: settings.largestUpload, notices: notices, refusal: refusal, report: report,
      columns: columns,
      kept: kept, confirmation: confirmation)
  }
}

extension UploadForm {
  /// The file, for the next page to carry along; `nil` when it is too large for that.
  var kept: ImportView.KeptFile? {
    file?.bytes(atMost: Self.mostKept).map {
      .init(keptName: fileName.isEmpty ? "the file" : fileName, keptContent: Base64.encoded($0))
    }
  }
}

extension ImportChoice {
  /// The choices in which columns that were left open are called what the measure counts, and what that is out of.
  ///
  /// - Parameter columns: The names in the file; empty when they are not known, so that names are to be tried.
  func naming(_ columns: [String], of measure: MeasurementV1.Measure) -> [ImportChoice] {
    func column(called meanings: String...) -> String {
      for meaning in meanings.map(Form.trim) where !meaning.isEmpty {
        if columns.isEmpty { return meaning }
        let found = columns.filter { Form.trim($0).lowercased() == meaning.lowercased() }
        if found.count == 1 { return found[0] }
      }
      return ""
    }
    let value = self.value.isEmpty ? column(called: measure.numeratorMeaning, measure.name) : ""
    let denominator = self.denominator.isEmpty ? column(called: measure.denominatorMeaning) : ""
    // One of the two may have a usual name.
    return [(value, denominator), (value, ""), ("", denominator)].compactMap { value, denominator in
      var named = self
      if !value.isEmpty { named.value = value }
      if !denominator.isEmpty { named.denominator = denominator }
      return named == self ? nil : named
    }
  }
}
