// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTPTypes
import RPC
import Testing

@testable import Gateway

@Suite("What the services say, in words")
struct PresentingTests {
  @Test(
    "an aim is one sentence, however much of it is said",
    arguments: [
      (ProjectsV1.Aim(), ""),
      (.init(what: "reduce falls"), "Reduce falls."),
      (.init(what: "Reduce falls.", forWhom: "patients on Ward 7"), "Reduce falls for patients on Ward 7."),
      (
        .init(
          what: "Reduce waits", forWhom: "everyone", fromValue: 24.25, toValue: 5, unit: "%",
          byWhen: .init(year: 2027, month: 3, day: 31)),
        "Reduce waits for everyone, from 24.25% to 5%, by 31 March 2027."
      ),
      (.init(forWhom: "children", toValue: 0, unit: "days"), "For children, to 0 days."),
      (.init(what: "Why?"), "Why?"),
    ])
  func aims(aim: ProjectsV1.Aim, sentence: String) {
    #expect(aim.sentence == sentence)
  }

  static let chart: MeasurementV1.Chart = {
    var chart = MeasurementV1.Chart(measureID: "m1", kind: .pPrime, ruleSet: "making-data-count@1")
    for month in 1...3 {
      var point = MeasurementV1.ChartPoint(period: .init(year: 2026, month: Int32(month), day: 1))
      point.value = Double(month) * 1000.5
      (point.denominator, point.centreLine, point.lowerLimit, point.upperLimit) = (20_000, 2001, 1000, 3000)
      if month == 3 { point.signals = [0, 9, -1] }
      chart.points.append(point)
    }
    chart.points.append(.init(period: .init(year: 2026, month: 4, day: 1), note: "strike"))
    chart.centreStatistic = .mean
    chart.signals = [
      .init(
        rule: "outside", members: [2], meaning: .concern, sentence: "It is out.", label: "above the upper limit")
    ]
    (chart.variation, chart.assurance) = (.concernHigh, .fail)
    (chart.usefulPoints, chart.longestRun, chart.longestRunLimit) = (3, 2, 4)
    (chart.crossings, chart.crossingsLimit) = (1, 1)
    chart.runsSentence = "Longest run: 2 points (up to 4 expected by chance)."
    (chart.summary, chart.cautions, chart.title, chart.unit) = ("It got worse.", ["Few points."], "Waits", "%")
    return chart
  }()

  @Test("a chart is also a table, badges and signals")
  func chartInWords() {
    let view = ChartView(Self.chart, svg: "<svg/>", measure: .init(id: "m1", name: "Waits"))
    #expect(view.rows.map(\.period) == ["January 2026", "February 2026", "March 2026", "April 2026"])
    #expect(view.rows[0].value == "1,000.5")
    #expect(view.rows[2].signals == "above the upper limit")
    #expect(view.rows[3].value == "–")
    #expect(view.rows[3].note == "strike")
    #expect(view.showsDenominator && view.showsLimits && view.showsNotes && view.hasDrawing)
    #expect(view.badges.map(\.label) == ["Variation: concern, high", "Assurance: will not meet the target as it is"])
    #expect(view.signals.first?.meaning == "Concern")
    #expect(view.centreName == "Mean")
    #expect(view.runs == "Longest run: 2 points (up to 4 expected by chance).")
  }

  @Test("one shape stands for one meaning, in badges and in the list as in drawings")
  func shapes() {
    var chart = Self.chart
    func shapes(_ variation: MeasurementV1.Variation) -> [String] {
      chart.variation = variation
      return chart.badges.prefix(1).map(\.shape)
    }
    #expect(shapes(.commonCause) == ["●"])
    #expect(shapes(.improvementHigh) == ["◆"] && shapes(.improvementLow) == ["◆"])
    #expect(shapes(.concernHigh) == ["▲"] && shapes(.concernLow) == ["▲"])
    #expect(shapes(.neutralHigh) == ["■"] && shapes(.neutralLow) == ["■"])
    let meanings: [MeasurementV1.SignalMeaning] = [.improvement, .concern, .neutral]
    #expect(meanings.map { ChartView.Signal(.init(meaning: $0)).shape } == ["◆", "▲", "■"])
  }

  @Test("the badge for the target says what the measurement service says")
  func targetBadge() {
    var chart = Self.chart
    func badge(
      _ basis: MeasurementV1.TargetBasis, _ verdict: MeasurementV1.Assurance, _ label: String
    ) -> ChartView.Badge? {
      chart.targetAssessment = .init(basis: basis, verdict: verdict, label: label)
      return chart.badges.dropFirst().first
    }
    #expect(
      badge(.latest, .unspecified, "met in none of the last 9 months")
        == .init(.plain, "Target: met in none of the last 9 months", shape: "?"))
    #expect(
      badge(.limits, .pass, "should be met every time") == .init(.good, "Target: should be met every time", shape: "✓"))
    #expect(badge(.limits, .fail, "will not be met as things are")?.shape == "✕")
    #expect(badge(.direction, .unspecified, "no direction set") == nil)
  }

  @Test("a table has all columns, each with one precision, and the suggested phase stands beside it")
  func table() {
    var chart = MeasurementV1.Chart(kind: .p)
    for (month, value) in [(1, 5.0), (2, 5.25), (3, 12.125)] {
      var point = MeasurementV1.ChartPoint(period: .init(year: 2026, month: Int32(month), day: 1))
      (point.value, point.numerator, point.denominator) = (value, value * 8, 160)
      (point.centreLine, point.upperLimit) = (7.4583, 14)
      chart.points.append(point)
    }
    chart.phaseSuggestions = [.init(sentence: "From March 2026 on the mean is 12.")]
    let view = ChartView(chart, svg: "", measure: .init())
    #expect(view.rows.map(\.value) == ["5.00", "5.25", "12.13"])
    #expect(view.rows.map(\.centre) == ["7.46", "7.46", "7.46"] && view.rows[0].upper == "14.00")
    #expect(view.rows.map(\.numerator) == ["40", "42", "97"] && view.rows.map(\.denominator) == ["160", "160", "160"])
    #expect(view.showsNumerator && view.hasSuggestions)
    #expect(view.suggestions[0].hasPrefix("From March 2026 on the mean is 12. Should a new phase begin there?"))
  }

  @Test("phases say when and why they began, excluded points why they do not count, and a table what it lacks")
  func phases() {
    var chart = Self.chart
    chart.phases = [
      .init(pointCount: 2, centreLine: 24.5, baselineValues: 2, trial: true),
      .init(
        firstPoint: 2, pointCount: 2, reason: "new rota", centreLine: 12, baselineValues: 14,
        start: .init(year: 2026, month: 3, day: 1)),
    ]
    (chart.points[3].excluded, chart.points[3].exclusionReason) = (true, "strike day")
    chart.pointCount = 9000
    let view = ChartView(chart, svg: "", measure: .init())
    #expect(
      view.phases == [
        "At first: mean 24.5%, set by 2 values, trial lines.",
        "From 1 March 2026 (new rota): mean 12%, set by 14 values.",
      ])
    #expect(view.rows[3].note == "Left out: strike day. strike")
    #expect(view.omission?.contains("first 4 of 9,000 points") == true)
    #expect(ChartView(Self.chart, svg: "", measure: .init()).hasPhases == false)
  }

  @Test("the points of a later page find the signals by their numbers")
  func numberedSignals() {
    var chart = Self.chart
    chart.signals = [.init(rule: "shift", number: 9), .init(rule: "trend", number: 12)]
    #expect(ChartView(chart, svg: "", measure: .init()).rows[2].signals == "shift")
  }

  @Test("a signal that points nowhere does no harm")
  func wildSignal() {
    var chart = Self.chart
    chart.signals = [.init(rule: "x", members: [-5, 99]), .init(rule: "y")]
    let view = ChartView(chart, svg: "", measure: .init())
    #expect(view.signals.count == 2)
    #expect(view.rows[2].signals == "x")
  }

  @Test("the latest signals stand in view, the earlier ones are folded away")
  func manySignals() throws {
    var chart = Self.chart
    chart.signals = (0..<7).map { .init(rule: "r", members: [$0], sentence: "Signal \($0).") }
    let view = ChartView(chart, svg: "", measure: .init())
    #expect(view.signals.map(\.sentence) == ["Signal 6.", "Signal 5.", "Signal 4.", "Signal 3."])
    #expect(view.olderSignals.map(\.sentence) == ["Signal 2.", "Signal 1.", "Signal 0."])
    #expect(view.olderSummary == "3 earlier signals")
  }

  @Test("days are written out when periods are not months")
  func weeks() {
    var chart = Self.chart
    chart.points[1].period?.day = 8
    #expect(PeriodWords(chart)[1] == "8 February 2026")
    #expect(PeriodWords(chart)[99] == "")
  }

  @Test("a chart without points invites to upload")
  func emptyChart() throws {
    let view = ChartView(.init(kind: .run), svg: "<svg/>", measure: .init(id: "m1", name: "Waits"))
    #expect(view.isEmpty && !view.hasDrawing)
    let page = ProjectView(
      GatewayV1.ProjectPage(
        project: .init(id: "p", title: "P"), measures: [.init(measure: .init(id: "m1", name: "Waits"), chart: .init())]),
      projectID: "p")
    let html = try Templates().render(page)
    #expect(html.contains("No values yet."))
    #expect(html.contains("href=\"/measures/m1/import\""))
  }

  @Test("holes become notices, and the page stands")
  func holes() throws {
    let page = GatewayV1.ProjectPage(
      measures: [.init(measure: .init(id: "m1", name: "Waits", kind: .balancing))],
      missing: [
        .init(
          part: "project", service: "projects", code: "UNAVAILABLE", message: "The projects service cannot be reached."),
        .init(part: "team", service: "people", code: "UNAVAILABLE", message: "The people service cannot be reached."),
        .init(part: "measures[0].chart", service: "measurement", code: "DEADLINE_EXCEEDED", message: "Too slow."),
        .init(part: "novel", service: "people", code: "INTERNAL", message: "Odd."),
      ])
    let html = try Templates().render(ProjectView(page, projectID: "p1"))
    for text in [
      "The project itself can’t be shown right now", "The team can’t be shown right now",
      "The chart can’t be shown right now", "Too slow.", "Odd.",
      "Balancing measure", "can’t be shown right now",
    ] {
      #expect(html.contains(text))
    }
    #expect(!html.contains("New measure"))
  }

  @Test(
    "a report has a verdict that is true, and a tone that fits",
    arguments: [
      (.init(accepted: true, rowsRead: 3, rowsAdded: 3), "3 values saved", "good"),
      (.init(accepted: true, rowsRead: 3, rowsAdded: 1, rowsReplaced: 2), "3 values saved", "good"),
      (.init(accepted: true, rowsRead: 1, rowsUnchanged: 1), "Nothing new: all these values are already saved", "good"),
      (
        .init(accepted: true, rowsRead: 3, rowsAdded: 1, rowsRejected: 2, problemsTotal: 2),
        "1 value saved, 2 rows not saved", "part"
      ),
      (
        .init(accepted: true, rowsRead: 3, rowsUnchanged: 2, rowsRejected: 1, problemsTotal: 1),
        "Nothing new was saved, and 1 row could not be", "part"
      ),
      (.init(accepted: false, rowsRead: 3, rowsRejected: 1, problemsTotal: 1), "Nothing was saved", "bad"),
      (.init(accepted: true, dryRun: true, rowsRead: 3, rowsAdded: 3), "This file can be saved", "good"),
      (.init(accepted: false, dryRun: true, problemsTotal: 1), "This file cannot be saved as it is", "bad"),
      (
        .init(accepted: true, dryRun: true, rowsRead: 2, rowsAdded: 1, rowsRejected: 1, problemsTotal: 1),
        "1 row can be saved, 1 row cannot", "part"
      ),
      (
        .init(accepted: false, rowsRead: 2, remarks: [.init(kind: .warning, message: "Large.")]),
        "Nothing is saved yet: please check this first", "ask"
      ),
    ] as [(MeasurementV1.ImportObservationsResponse, String, String)])
  func verdicts(report: MeasurementV1.ImportObservationsResponse, verdict: String, tone: String) {
    var report = report
    report.periodColumn = "period"
    let view = ImportReportView(report)
    #expect(view.verdict == verdict)
    #expect(view.reportTone == tone)
  }

  @Test("a file whose columns are not known, or that cannot be read, has no row that was checked")
  func unreadFiles() {
    func view(_ kind: MeasurementV1.RowProblemKind) -> ImportReportView {
      ImportReportView(.init(rowsRead: 24, problems: [.init(row: 1, kind: kind, message: "So.")], problemsTotal: 1))
    }
    #expect(view(.column).explanation.hasPrefix("The columns could not be recognised; no row was checked."))
    #expect(view(.column).asksForColumns && view(.column).figures.isEmpty)
    // Where rows with problems may be left out, a service calls even this accepted.
    var report = MeasurementV1.ImportObservationsResponse(
      accepted: true, rowsRead: 24, problems: [.init(row: 1, kind: .column, message: "So.")], problemsTotal: 1)
    #expect(ImportReportView(report).verdict == "Nothing was saved" && ImportReportView(report).reportTone == "bad")
    report.dryRun = true
    #expect(ImportReportView(report).verdict == "This file cannot be saved as it is")
    for kind in [MeasurementV1.RowProblemKind.text, .empty] {
      #expect(view(kind).explanation == "The file could not be read; no row was checked.")
      #expect(!view(kind).asksForColumns)
    }
  }

  @Test(
    "a target that is a hundredfold from the values is questioned",
    arguments: [(0.00356, 3, true), (3.56, 3, false), (95, 0.95, true), (0, 3, false), (3, 0, false), (-400, 3, true)])
  func farTarget(centre: Double, target: Double, isQuestioned: Bool) {
    var chart = Self.chart
    chart.cautions = []
    for index in chart.points.indices { chart.points[index].centreLine = centre }
    let view = ChartView(chart, svg: "", measure: .init(target: target))
    #expect(view.cautions.contains { $0.contains("factor that values are multiplied by") } == isQuestioned)
  }

  @Test("measures stand in the order of the project, the others behind as they were made")
  func order() {
    let measures = ["a", "b", "c", "d"].map { MeasurementV1.Measure(id: $0) }
    #expect(measures.ordered(by: ["c", "x", "a", "c"]).map(\.id) == ["c", "a", "b", "d"])
  }

  @Test("what a service refuses is put to the fields of the form")
  func refusals() {
    let backend = Backends(
      people: ConnectTests.nowhere, projects: ConnectTests.nowhere, measurement: ConnectTests.nowhere
    )
    .projects
    let error = RPCError.invalidArgument([
      .init(field: "project.aim.by_when", description: "is no day"), .init(field: "other", description: "is odd"),
    ])
    let refusal = FormRefusal(error, by: backend, fields: ["project.aim.by_when": "by_when"])
    #expect(refusal.status == .unprocessableContent)
    #expect(
      refusal.problems.list(known: ["by_when"]) == [
        FormError(message: "Is no day.", target: "by_when"), FormError(message: "other: Is odd.", target: nil),
      ])
    #expect(FormRefusal(RPCError(code: .unavailable, message: "x"), by: backend, fields: [:]).status.code == 503)
    #expect(FormRefusal(RPCError(code: .deadlineExceeded, message: "x"), by: backend, fields: [:]).status.code == 504)
    #expect(FormRefusal(RPCError(code: .alreadyExists, message: "x"), by: backend, fields: [:]).status.code == 409)
    #expect(FormRefusal(RPCError(code: .internalError, message: "x"), by: backend, fields: [:]).status.code == 500)
  }

  @Test("request ids are fresh, or those of the form when a service would take them")
  func requestIDs() {
    #expect(RequestID.fresh() != RequestID.fresh())
    #expect(RequestID.fresh().count == 32)
    #expect(RequestID.of(Form(["request_id": "abc-1"])) == "abc-1")
    for bad in ["", "ä", "a b", String(repeating: "x", count: 129)] {
      #expect(RequestID.of(Form(["request_id": bad])).count == 32)
    }
  }
}
