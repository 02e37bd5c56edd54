// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// A page as far as its parts have come.
///
/// Pure: it says what to ask for next, and others ask.
struct GatheredPage: Sendable {
  private var project: PagePart<ProjectsV1.Project>?
  private var organisation: PagePart<PeopleV1.Organisation?>?
  private var team: PagePart<PeopleV1.Team?>?
  private var own: PagePart<[MeasurementV1.Measure]>?
  private var others: PagePart<[MeasurementV1.Measure]>?
  /// Panels by the id of their measure.
  private var panels: [String: GatheredPanel] = [:]

  /// Keeps a part and says what can be asked for now that it is here.
  mutating func take(_ arrival: PageArrival) -> [PageWish] {
    switch arrival {
    case .project(let part):
      project = part
      guard case .whole(let project) = part else { return afterBoth() }
      let owners: [PageWish] =
        (project.organisationID.isEmpty ? [] : [.organisation(id: project.organisationID)])
        + (project.teamID.isEmpty ? [] : [.team(id: project.teamID)])
      return owners + afterBoth()
    case .ownMeasures(let part):
      own = part
      return part.measures.map(PageWish.chart) + afterBoth()
    case .otherMeasures(let part):
      others = part
      return part.measures.map(PageWish.chart)
    case .organisation(let part):
      organisation = part
      return []
    case .team(let part):
      team = part
      return []
    case .panel(let panel):
      panels[panel.panel.measure?.id ?? ""] = panel
      return []
    }
  }

  /// What can be asked for once both the project and its measures have come, whole or not.
  private func afterBoth() -> [PageWish] {
    guard let project, let own else { return [] }
    switch project {
    case .whole(let project):
      // When not even the project's own could be had, the hole `measures` says it already.
      guard case .whole(let measures) = own else { return [] }
      let known = Set(measures.map(\.id))
      let others = project.measureIDs.filter { !known.contains($0) }
      return others.isEmpty ? [] : [.measures(ids: others)]
    case .missing:
      // The measures know whose data they are, even while the projects service is away.
      guard let owner = own.measures.first?.organisationID, !owner.isEmpty else { return [] }
      return [.organisation(id: owner)]
    }
  }

  /// The page with all that has come.
  var page: GatewayV1.ProjectPage {
    var page = GatewayV1.ProjectPage()
    switch project {
    case .whole(let project)?: page.project = project
    case .missing(let hole)?: page.missing.append(hole)
    case nil: break
    }
    page.take(organisation, into: \.organisation)
    page.take(team, into: \.team)
    for case .missing(let hole)? in [own, others] { page.missing.append(hole) }
    page.missing += goneMeasures
    let order = page.project?.measureIDs ?? []
    for measure in ((own?.measures ?? []) + (others?.measures ?? [])).ordered(by: order) {
      guard let panel = panels[measure.id] else { continue }
      if var hole = panel.hole {
        hole.part = "measures[\(page.measures.count)].chart"
        page.missing.append(hole)
      }
      page.measures.append(panel.panel)
    }
    return page
  }

  /// Holes for measures that the project lists and that do not exist.
  private var goneMeasures: [GatewayV1.MissingPart] {
    guard case .whole(let project)? = project, case .whole(let own)? = own, case .whole(let others)? = others else {
      return []
    }
    let known = Set((own + others).map(\.id))
    return project.measureIDs.enumerated().filter { !known.contains($0.element) }.map { index, id in
      GatewayV1.MissingPart(
        part: "project.measure_ids[\(index)]", service: "measurement", code: RPCError.Code.notFound.name,
        message: "The project lists the measure \(id), which does not exist.")
    }
  }
}

extension PagePart<[MeasurementV1.Measure]> {
  fileprivate var measures: [MeasurementV1.Measure] {
    if case .whole(let measures) = self { measures } else { [] }
  }
}

extension [MeasurementV1.Measure] {
  /// Those that `ids` name, in that order, then the others as they are.
  func ordered(by ids: [String]) -> [MeasurementV1.Measure] {
    var place: [String: Int] = [:]
    for (index, id) in ids.enumerated() where place[id] == nil { place[id] = index }
    let keyed = enumerated().map { (rank: place[$0.element.id] ?? ids.count, index: $0.offset, measure: $0.element) }
    return keyed.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.measure)
  }
}
