// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// Asks the services for the parts of one page, within its deadline.
struct PageSource: Sendable {
  let backends: Backends
  let deadline: SharedDeadline
  /// Whether charts are drawn as well.
  let render: Bool

  /// - Throws: ``RPCError`` `NOT_FOUND` or `INVALID_ARGUMENT`: then there is no page.
  func project(_ id: String) async throws -> PagePart<ProjectsV1.Project> {
    do {
      let answer = try await backends.projectList.getProject(.init(id: id), options: deadline.options)
      return .whole(answer.project ?? .init())
    } catch let error as RPCError where error.code == .notFound || error.code == .invalidArgument {
      throw error
    } catch {
      return .missing(.init(part: "project", of: backends.projects, error))
    }
  }

  func organisation(_ id: String) async -> PagePart<PeopleV1.Organisation?> {
    await part("organisation", of: backends.people) {
      try await backends.organisations.getOrganisation(.init(id: id), options: deadline.options).organisation
    }
  }

  func team(_ id: String) async -> PagePart<PeopleV1.Team?> {
    await part("team", of: backends.people) {
      try await backends.teams.getTeam(.init(id: id), options: deadline.options).team
    }
  }

  /// The measures that belong to the project, in order of creation.
  func measures(ofProject id: String) async -> PagePart<[MeasurementV1.Measure]> {
    await part("measures", of: backends.measurement) {
      var measures: [MeasurementV1.Measure] = []
      var token = ""
      repeat {
        let answer = try await backends.measures.listMeasures(
          .init(pageSize: 1000, pageToken: token, projectID: id), options: deadline.options)
        measures += answer.measures
        token = answer.nextPageToken
      } while !token.isEmpty
      return measures
    }
  }

  /// The measures with these ids, as far as they exist.
  func measures(ids: [String]) async -> PagePart<[MeasurementV1.Measure]> {
    await part("measures", of: backends.measurement) {
      try await backends.measures.listMeasures(.init(pageSize: 1000, ids: ids), options: deadline.options).measures
    }
  }

  func panel(for measure: MeasurementV1.Measure) async -> GatheredPanel {
    do {
      if render {
        let drawn = try await backends.drawChart(of: measure.id, options: deadline.options)
        return GatheredPanel(
          panel: .init(measure: measure, chart: drawn.chart, svg: drawn.svg, svgNarrow: drawn.svgNarrow))
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
