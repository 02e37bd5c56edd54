// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// Gathers a project page from the services that own its parts, in parallel and under one deadline.
///
/// What cannot be had becomes a named hole. Only a project that does not exist is an error.
struct ProjectPageGathering: Sendable {
  let backends: Backends
  /// How long the whole page may take.
  let limit: Duration

  /// Charts that are asked for at the same time. The services answer them one after the other anyway, and a project
  /// with very many measures shall not crowd out the others.
  private static let chartsAtOnce = 16

  /// The page of one project.
  /// - Parameters:
  ///   - render: Whether the charts are drawn as well.
  ///   - left: What is left of the caller's own deadline.
  /// - Throws: ``RPCError`` `NOT_FOUND` or `INVALID_ARGUMENT` when the projects service says so.
  func page(of projectID: String, render: Bool, left: Duration? = nil) async throws -> GatewayV1.ProjectPage {
    // A tenth of what the caller has left is kept for the way back.
    let deadline = SharedDeadline(min(limit, left.map { $0 * 9 / 10 } ?? limit))
    async let ownPanels = panels(ofProject: projectID, render: render, deadline)
    let project = try await project(projectID, deadline)

    var page = GatewayV1.ProjectPage()
    switch project {
    case .whole(let project):
      page.project = project
      async let organisation = organisation(project.organisationID, deadline)
      async let team = team(project.teamID, deadline)
      let listed = await ownPanels.adding(
        try await morePanels(of: project, own: await ownPanels, render: render, deadline))
      await page.take(organisation, into: \.organisation)
      await page.take(team, into: \.team)
      page.take(listed, order: project.measureIDs)
    case .missing(let hole):
      page.missing.append(hole)
      let own = await ownPanels
      page.take(own, order: [])
      // The measures know whose data they are, even while the projects service is away.
      let owner = own.panels.first?.panel.measure?.organisationID ?? ""
      page.take(await organisation(owner, deadline), into: \.organisation)
    }
    return page
  }
}

// MARK: - Parts

extension ProjectPageGathering {
  private func project(_ id: String, _ deadline: SharedDeadline) async throws -> PagePart<ProjectsV1.Project> {
    do {
      let answer = try await backends.projectList.getProject(.init(id: id), options: deadline.options)
      return .whole(answer.project ?? .init())
    } catch let error as RPCError where error.code == .notFound || error.code == .invalidArgument {
      throw error
    } catch {
      return .missing(.init(part: "project", of: backends.projects, error))
    }
  }

  private func organisation(
    _ id: String, _ deadline: SharedDeadline
  ) async -> PagePart<PeopleV1.Organisation?> {
    if id.isEmpty { return .whole(nil) }
    return await part("organisation", of: backends.people) {
      try await backends.organisations.getOrganisation(.init(id: id), options: deadline.options).organisation
    }
  }

  private func team(_ id: String, _ deadline: SharedDeadline) async -> PagePart<PeopleV1.Team?> {
    if id.isEmpty { return .whole(nil) }
    return await part("team", of: backends.people) {
      try await backends.teams.getTeam(.init(id: id), options: deadline.options).team
    }
  }

  /// The measures that belong to the project, in order of creation, with their charts.
  private func panels(
    ofProject projectID: String, render: Bool, _ deadline: SharedDeadline
  ) async -> GatheredPanels {
    let measures = await part("measures", of: backends.measurement) {
      var measures: [MeasurementV1.Measure] = []
      var token = ""
      repeat {
        let answer = try await backends.measures.listMeasures(
          .init(pageSize: 1000, pageToken: token, projectID: projectID), options: deadline.options)
        measures += answer.measures
        token = answer.nextPageToken
      } while !token.isEmpty
      return measures
    }
    switch measures {
    case .whole(let measures):
      return GatheredPanels(panels: await panels(for: measures, render: render, deadline))
    case .missing(let hole):
      return GatheredPanels(missing: [hole])
    }
  }

  /// Those measures that the project lists although they belong to another one.
  private func morePanels(
    of project: ProjectsV1.Project, own: GatheredPanels, render: Bool, _ deadline: SharedDeadline
  ) async throws -> GatheredPanels {
    let known = Set(own.panels.compactMap(\.panel.measure?.id))
    let others = project.measureIDs.filter { !known.contains($0) }
    // When not even the project's own could be had, the hole `measures` says it already.
    if others.isEmpty || !own.missing.isEmpty { return GatheredPanels() }
    let measures = await part("measures", of: backends.measurement) {
      try await backends.measures.listMeasures(.init(pageSize: 1000, ids: others), options: deadline.options).measures
    }
    switch measures {
    case .whole(let measures):
      let found = Set(measures.map(\.id))
      let holes = project.measureIDs.enumerated().filter { !known.contains($0.element) && !found.contains($0.element) }
        .map { index, id in
          GatewayV1.MissingPart(
            part: "project.measure_ids[\(index)]", service: backends.measurement.name,
            code: RPCError.Code.notFound.name, message: "The project lists the measure \(id), which does not exist.")
        }
      return GatheredPanels(panels: await panels(for: measures, render: render, deadline), missing: holes)
    case .missing(let hole):
      return GatheredPanels(missing: [hole])
    }
  }

  /// One panel a measure, in the same order.
  private func panels(
    for measures: [MeasurementV1.Measure], render: Bool, _ deadline: SharedDeadline
  ) async -> [GatheredPanel] {
    await withTaskGroup(of: (Int, GatheredPanel).self) { group in
      var panels = [GatheredPanel?](repeating: nil, count: measures.count)
      for (index, measure) in measures.enumerated() {
        if index >= Self.chartsAtOnce, let (done, panel) = await group.next() { panels[done] = panel }
        group.addTask { (index, await panel(for: measure, render: render, deadline)) }
      }
      for await (done, panel) in group { panels[done] = panel }
      return panels.compactMap { $0 }
    }
  }

  private func panel(
    for measure: MeasurementV1.Measure, render: Bool, _ deadline: SharedDeadline
  ) async -> GatheredPanel {
    do {
      if render {
        let drawn = try await backends.charts.renderChart(.init(measureID: measure.id), options: deadline.options)
        return GatheredPanel(panel: .init(measure: measure, chart: drawn.chart, svg: drawn.svg))
      }
      let computed = try await backends.charts.getChart(.init(measureID: measure.id), options: deadline.options)
      return GatheredPanel(panel: .init(measure: measure, chart: computed.chart))
    } catch {
      return GatheredPanel(
        panel: .init(measure: measure), hole: .init(part: "chart", of: backends.measurement, error))
    }
  }

  private func part<Value: Sendable>(
    _ name: String, of backend: Backend, _ fetch: @Sendable () async throws -> Value
  ) async -> PagePart<Value> {
    do {
      return .whole(try await fetch())
    } catch {
      return .missing(.init(part: name, of: backend, error))
    }
  }
}
