// SPDX-License-Identifier: Apache-2.0

import Contracts

extension ProjectsV1.Aim {
  /// The aim as one sentence: what, for whom, from where to where, by when.
  ///
  /// Empty when nothing is said.
  var sentence: String {
    var text = what
    while text.last == "." { text.removeLast() }
    if !forWhom.isEmpty { text += text.isEmpty ? "For \(forWhom)" : " for \(forWhom)" }
    let steps = [
      fromValue.map { "from \(Words.quantity($0, unit: unit))" },
      toValue.map { "to \(Words.quantity($0, unit: unit))" },
    ].compactMap { $0 }.joined(separator: " ")
    let parts = [text, steps, byWhen.map { "by \($0.words)" } ?? ""].filter { !$0.isEmpty }
    return Words.sentence(Words.capitalised(parts.joined(separator: ", ")))
  }
}

extension ProjectListView.Card {
  init(_ project: ProjectsV1.Project, organisationName: String?) {
    self.init(
      name: project.title, path: Paths.project(project.id), aimSentence: project.aim?.sentence ?? "",
      statusName: project.status.words, statusClass: project.status.key, organisationName: organisationName,
      when: project.aim?.byWhen.map { "by \($0.words)" })
  }
}

extension ProjectView {
  /// The page as it was gathered.
  ///
  /// Its holes become notices in words.
  init(_ page: GatewayV1.ProjectPage, projectID: String) {
    let project = page.project
    let holes = Dictionary(page.missing.map { ($0.part, $0) }) { first, _ in first }
    self.init(
      name: project?.title ?? "Project", aimSentence: project?.aim.map(\.sentence).flatMap { $0.isEmpty ? nil : $0 },
      statusName: project?.status.words, statusClass: project?.status.key ?? "",
      notices: page.missing.compactMap { $0.notice(hasMeasures: !page.measures.isEmpty) },
      facts: Self.facts(page, holes),
      newMeasurePath: project == nil ? nil : Paths.newMeasure(project: projectID),
      panels: page.measures.enumerated().map { index, panel in
        Panel(panel, chartMissing: holes["measures[\(index)].chart"]?.message)
      },
      measuresAreKnown: holes["measures"] == nil)
  }

  private static func facts(
    _ page: GatewayV1.ProjectPage, _ holes: [String: GatewayV1.MissingPart]
  ) -> [Fact] {
    let notHere = "can’t be shown right now"
    var facts: [Fact] = []
    if let organisation = page.organisation {
      facts.append(Fact(term: "Organisation", detail: organisation.name))
    } else if holes["organisation"] != nil {
      facts.append(Fact(term: "Organisation", detail: notHere, isMissing: true))
    }
    if let team = page.team {
      facts.append(Fact(term: "Team", detail: team.name))
    } else if holes["team"] != nil {
      facts.append(Fact(term: "Team", detail: notHere, isMissing: true))
    }
    if let day = page.project?.startDate { facts.append(Fact(term: "Begins", detail: day.words)) }
    if let day = page.project?.endDate { facts.append(Fact(term: "Ends", detail: day.words)) }
    return facts
  }
}

extension ProjectView.Panel {
  init(_ panel: GatewayV1.MeasurePanel, chartMissing: String?) {
    let measure = panel.measure ?? .init()
    let definition = measure.definition
    self.init(
      anchor: "measure-\(measure.id)", kindName: measure.kind.words, kindClass: measure.kind.key,
      measureName: measure.name, importPath: Paths.importing(measure: measure.id),
      chart: panel.chart.map { ChartView($0, svg: panel.svg, svgNarrow: panel.svgNarrow, measure: measure) },
      chartMissing: chartMissing.map { "\($0) Load the page again in a moment." },
      definition: definition, hasDefinition: !definition.isEmpty)
  }
}

extension GatewayV1.MissingPart {
  /// What a reader is told; `nil` for a chart, whose panel says it.
  func notice(hasMeasures: Bool) -> Notice? {
    let again = "Load the page again in a moment."
    return switch part {
    case "project":
      .hole(
        "The project itself can’t be shown right now", message,
        hasMeasures ? "Its measures are shown below. \(again)" : again)
    case "organisation": .hole("The organisation can’t be shown right now", message, again)
    case "team": .hole("The team can’t be shown right now", message, again)
    case "measures": .hole("The measures can’t be shown right now", message, again)
    case _ where part.hasSuffix(".chart"): nil
    default: .hole("Something can’t be shown right now", message)
    }
  }
}

extension MeasurementV1.Measure {
  /// How it is measured, as far as it is said.
  var definition: [Fact] {
    [
      ("Definition", operationalDefinition), ("Counted", numeratorMeaning), ("Out of", denominatorMeaning),
      ("Unit", unit), ("Direction", direction == .unspecified ? "" : direction.words),
      ("Target", target.map { Words.quantity($0, unit: unit) } ?? ""), ("Chart", chartKind.words),
    ].filter { !$0.1.isEmpty }.map { Fact(term: $0.0, detail: $0.1) }
  }
}

/// Where pages are.
enum Paths {
  static func project(_ id: String) -> String { "/projects/\(URLText.segment(id))" }
  static func newMeasure(project id: String) -> String { project(id) + "/measures/new" }
  static func measures(project id: String) -> String { project(id) + "/measures" }
  static func importing(measure id: String) -> String { "/measures/\(URLText.segment(id))/import" }
  static func measure(_ id: String, of project: String) -> String {
    self.project(project) + "#measure-\(URLText.segment(id))"
  }
}
