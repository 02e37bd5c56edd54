// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import RPC

// The form for a new measure.

extension WebPages {
  private static let measureFields = [
    "measure.name": "name", "measure.kind": "kind", "measure.chart_kind": "chart_kind", "measure.unit": "unit",
    "measure.multiplier": "multiplier", "measure.direction": "direction", "measure.target": "target",
    "measure.operational_definition": "definition", "measure.numerator_meaning": "numerator",
    "measure.denominator_meaning": "denominator", "measure.rule_set": "rules",
  ]

  /// The rule sets to choose from, in the words of their users.
  private static let ruleSets = [
    (value: "anhoej", label: "Anhøj: shifts and crossings, for run charts and others"),
    (value: "making-data-count", label: "Making Data Count (NHS England)"),
    (value: "ihi", label: "IHI: run charts, with its table of likely runs"),
    (value: "life-qi", label: "Life QI"),
    (value: "western-electric", label: "Western Electric: limits and zones"),
    (value: "nelson", label: "Nelson: eight tests, for industry and laboratories"),
    (value: "cec", label: "CEC New South Wales"),
    (value: "anhoej-best-box", label: "Anhøj, best box: runs and crossings judged together"),
    (value: "anhoej-cut-box", label: "Anhøj, cut box: the same without its least likely corners"),
  ]

  @Sendable func newMeasure(_ request: Request, _ context: Context) async throws -> Response {
    let answer = try await backends.projectList.getProject(.init(id: id(context)), options: deadline.options)
    let project = answer.project ?? .init()
    return render(measureForm(Form([:]), FormProblems(), project))
  }

  @Sendable func createMeasure(_ request: Request, _ context: Context) async throws -> Response {
    let id = id(context)
    let form = try await Form(request)
    var problems = FormProblems()
    let measure = Self.measure(form, project: id, &problems)
    // The aim is compared only where there is a target, and a page does without it while it cannot be had.
    if let target = measure.target {
      let aim = (try? await backends.projectList.getProject(.init(id: id), options: deadline.options))?.project?.aim
      MeasureScale(kind: measure.chartKind, unit: measure.unit, typed: nil).check(
        target: target, multiplier: measure.multiplier, isSure: form["sure_target"] == "yes", aim: aim, &problems)
    }
    guard problems.isEmpty else { return await refuse(form, FormRefusal(problems), project: id) }
    do {
      let answer = try await backends.measures.createMeasure(
        .init(measure: measure, requestID: RequestID.of(form)), options: deadline.options)
      return .seeOther(Paths.importing(measure: answer.measure?.id ?? "") + "?new=yes")
    } catch let error as RPCError {
      return await refuse(
        form, FormRefusal(error, by: backends.measurement, fields: Self.measureFields), project: id)
    }
  }

  private func refuse(_ form: Form, _ refusal: FormRefusal, project id: String) async -> Response {
    // The project's title is a courtesy here: the form comes back also while it cannot be had.
    let answer = try? await backends.projectList.getProject(.init(id: id), options: deadline.options)
    let project = answer?.project ?? .init(id: id, title: "Project")
    return render(measureForm(form, refusal.problems, project), status: refusal.status)
  }

  /// The measure that a form describes.
  private static func measure(
    _ form: Form, project: String, _ problems: inout FormProblems
  ) -> MeasurementV1.Measure {
    if form["name"].isEmpty { problems.add("Give the measure a name.", field: "name") }
    let chartKind = MeasurementV1.ChartKind.choices.first { $0.key == form["chart_kind"] } ?? .run
    let kind = MeasurementV1.MeasureKind.choices.first { $0.key == form["kind"] } ?? .outcome
    let before = problems
    let typed = chartKind.hasDenominator ? form.number("multiplier", &problems) : nil
    // What is not a number is not a missing one.
    let multiplier =
      problems == before
      ? MeasureScale(kind: chartKind, unit: form["unit"], typed: typed)
        .multiplier(isSure: form["sure_multiplier"] == "yes", &problems) : 0
    let isPerCent = chartKind.isShare && multiplier == 100
    return MeasurementV1.Measure(
      projectID: project, name: form["name"], kind: kind, operationalDefinition: form.prose("definition"),
      unit: form["unit"].isEmpty && isPerCent ? "%" : form["unit"], numeratorMeaning: form["numerator"],
      denominatorMeaning: chartKind.hasDenominator ? form["denominator"] : "",
      direction: CommonV1.Direction.choices.first { $0.key == form["direction"] } ?? .neutral,
      chartKind: chartKind, ruleSet: form["rules"], multiplier: chartKind.hasDenominator ? multiplier : 0,
      target: form.number("target", &problems))
  }

  private func measureForm(_ form: Form, _ problems: FormProblems, _ project: ProjectsV1.Project) -> FormView {
    FormView(
      heading: "New measure", intro: "Something you measure regularly to see if your changes help.",
      crumbs: [.projects, Crumb(label: project.title, path: Paths.project(project.id))], problems: problems,
      action: Paths.measures(project: project.id), requestID: RequestID.of(form),
      groups: Self.measureGroups(form, problems),
      submitLabel: "Create the measure", cancelPath: Paths.project(project.id))
  }

  /// The box by which a person says that something unusual is meant; none where nothing was asked.
  private static func confirmation(_ name: String, _ label: String, _ form: Form, _ problems: FormProblems) -> [Field] {
    let isTicked = form[name] == "yes"
    return isTicked || problems.message(for: name) != nil ? [.tick(name, label, ticked: isTicked)] : []
  }

  private static func measureGroups(_ form: Form, _ problems: FormProblems) -> [FieldGroup] {
    return [
      FieldGroup(
        "The measure",
        [
          .text(
            "name", "Name", hint: "Such as “Falls with harm per 1,000 bed days”.", value: form["name"], maxLength: 200),
          .choice(
            "kind", "What is it for?", value: form["kind"],
            choices: MeasurementV1.MeasureKind.choices.map { (value: $0.key, label: $0.purpose) }),
          .choice(
            "direction", "Which way is better?", value: form["direction"].isEmpty ? "down" : form["direction"],
            short: true, choices: CommonV1.Direction.choices.map { (value: $0.key, label: $0.words) }),
          .prose(
            "definition", "Definition", hint: "What exactly is counted, who is in and who is out.",
            value: form.prose("definition"), optional: true, maxLength: 4000),
        ]),
      FieldGroup("The chart", chartFields(form, problems)),
    ]
  }

  private static func chartFields(_ form: Form, _ problems: FormProblems) -> [Field] {
    let withDenominator = MeasurementV1.ChartKind.choices.filter(\.hasDenominator).map(\.key).joined(separator: " ")
    var fields: [Field] = [
      .choice(
        "chart_kind", "What are the values?", value: form["chart_kind"],
        choices: MeasurementV1.ChartKind.choices.map { (value: $0.key, label: $0.advice) }),
      .text(
        "numerator", "What is counted", hint: "Such as “people who waited over four hours”.",
        value: form["numerator"], optional: true, maxLength: 500),
      .text(
        "denominator", "Out of what", hint: "Such as “attendances” or “occupied bed days”.",
        value: form["denominator"], optional: true, onlyFor: withDenominator, maxLength: 500),
      .number(
        "multiplier", "Shown multiplied by",
        hint: "100 for per cent, 1000 for a rate per 1,000. Left empty, it is taken from the unit.",
        value: form["multiplier"], onlyFor: withDenominator),
      .text(
        "unit", "Unit as shown", hint: "Such as %, minutes or per 1,000 bed days.", value: form["unit"],
        optional: true, short: true, maxLength: 50),
    ]
    fields += confirmation("sure_multiplier", "Unit and factor are as they are meant", form, problems)
    fields.append(.number("target", "Target", hint: "In that unit.", value: form["target"]))
    fields += confirmation("sure_target", "The target is right", form, problems)
    fields.append(.choice("rules", "Rules for special causes", value: form["rules"], choices: ruleSets))
    return fields
  }
}
