// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// Gathers a project page from the services that own its parts, in parallel and under one deadline.
///
/// What cannot be had becomes a named hole. Only a project that does not exist is an error. A part is asked for as soon
/// as what it depends on is known, so that nothing slow holds back anything else:
///
/// ```
/// project ──┬─ organisation, team
///           └─ measures that it lists and that are another project's ── their charts
/// measures of the project ── their charts
/// ```
struct ProjectPageGathering: Sendable {
  let backends: Backends
  /// How long the whole page may take.
  let limit: Duration

  /// Charts that are asked for at the same time: a project with very many measures shall not crowd out the others.
  private static let chartsAtOnce = 16

  /// The page of one project.
  /// - Parameters:
  ///   - render: Whether the charts are drawn as well.
  ///   - left: What is left of the caller's own deadline.
  /// - Throws: ``RPCError`` `NOT_FOUND` or `INVALID_ARGUMENT` when the projects service says so.
  func page(of projectID: String, render: Bool, left: Duration? = nil) async throws -> GatewayV1.ProjectPage {
    // A tenth of what the caller has left is kept for the way back.
    let deadline = SharedDeadline(min(limit, left.map { $0 * 9 / 10 } ?? limit))
    let source = PageSource(backends: backends, deadline: deadline, render: render)
    return try await withThrowingTaskGroup(of: PageArrival.self) { group in
      var gathered = GatheredPage()
      var waitingForChart: [MeasurementV1.Measure] = []
      var chartsUnderWay = 0
      group.addTask { .project(try await source.project(projectID)) }
      group.addTask { .ownMeasures(await source.measures(ofProject: projectID)) }
      while let arrival = try await group.next() {
        if case .panel = arrival { chartsUnderWay -= 1 }
        for wish in gathered.take(arrival) {
          switch wish {
          case .organisation(let id): group.addTask { .organisation(await source.organisation(id)) }
          case .team(let id): group.addTask { .team(await source.team(id)) }
          case .measures(let ids): group.addTask { .otherMeasures(await source.measures(ids: ids)) }
          case .chart(let measure): waitingForChart.append(measure)
          }
        }
        while chartsUnderWay < Self.chartsAtOnce, !waitingForChart.isEmpty {
          let measure = waitingForChart.removeFirst()
          group.addTask { .panel(await source.panel(for: measure)) }
          chartsUnderWay += 1
        }
      }
      return gathered.page
    }
  }
}

/// A part of a page that has come, or the hole it leaves.
enum PageArrival: Sendable {
  case project(PagePart<ProjectsV1.Project>)
  case organisation(PagePart<PeopleV1.Organisation?>)
  case team(PagePart<PeopleV1.Team?>)
  case ownMeasures(PagePart<[MeasurementV1.Measure]>)
  case otherMeasures(PagePart<[MeasurementV1.Measure]>)
  case panel(GatheredPanel)
}

/// A part of a page that can be asked for now.
enum PageWish: Sendable {
  case organisation(id: String)
  case team(id: String)
  /// Measures of other projects that this one lists.
  case measures(ids: [String])
  case chart(MeasurementV1.Measure)
}
