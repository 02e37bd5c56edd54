// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Testing

/// An object that a service has acknowledged.
enum StoredObject: Sendable, Hashable {
  case organisation(PeopleV1.Organisation)
  case team(PeopleV1.Team)
  case project(ProjectsV1.Project)
  case measure(MeasurementV1.Measure)
}

/// Everything that three services answer, by id.
struct StoredObjects: Sendable, Hashable {
  var organisations: [String: PeopleV1.Organisation] = [:]
  var teams: [String: PeopleV1.Team] = [:]
  var projects: [String: ProjectsV1.Project] = [:]
  var measures: [String: MeasurementV1.Measure] = [:]

  /// Asks for all pages of all lists.
  init(of waymark: RunningWaymark) async throws {
    organisations = try await waymark.withClient(of: "people") { client in
      let service = PeopleV1.OrganisationServiceClient(client)
      return try await Self.pages { token in
        let page = try await service.listOrganisations(.init(pageToken: token))
        return (page.organisations.map { ($0.id, $0) }, page.nextPageToken)
      }
    }
    teams = try await waymark.withClient(of: "people") { client in
      let service = PeopleV1.TeamServiceClient(client)
      var all: [String: PeopleV1.Team] = [:]
      for organisation in organisations.keys {
        all.merge(
          try await Self.pages { token in
            let page = try await service.listTeams(.init(pageToken: token, organisationID: organisation))
            return (page.teams.map { ($0.id, $0) }, page.nextPageToken)
          }, uniquingKeysWith: { $1 })
      }
      return all
    }
    projects = try await waymark.withClient(of: "projects") { client in
      let service = ProjectsV1.ProjectServiceClient(client)
      return try await Self.pages { token in
        let page = try await service.listProjects(.init(pageToken: token))
        return (page.projects.map { ($0.id, $0) }, page.nextPageToken)
      }
    }
    measures = try await waymark.withClient(of: "measurement") { client in
      let service = MeasurementV1.MeasureServiceClient(client)
      var all: [String: MeasurementV1.Measure] = [:]
      for project in projects.keys {
        all.merge(
          try await Self.pages { token in
            let page = try await service.listMeasures(.init(pageToken: token, projectID: project))
            return (page.measures.map { ($0.id, $0) }, page.nextPageToken)
          }, uniquingKeysWith: { $1 })
      }
      return all
    }
  }

  private static func pages<Value>(
    _ page: (String) async throws -> ([(String, Value)], String)
  ) async throws -> [String: Value] {
    var all: [String: Value] = [:]
    var token = ""
    repeat {
      let (values, next) = try await page(token)
      all.merge(values, uniquingKeysWith: { $1 })
      token = next
    } while !token.isEmpty
    return all
  }

  var count: Int { organisations.count + teams.count + projects.count + measures.count }

  /// Whether an object is there as it was acknowledged.
  func holds(_ object: StoredObject) -> Bool {
    switch object {
    case .organisation(let object): organisations[object.id] == object
    case .team(let object): teams[object.id] == object
    case .project(let object): projects[object.id] == object
    case .measure(let object): measures[object.id] == object
    }
  }

  /// Whether all that is here is also there, and the same.
  func isPart(of other: StoredObjects) -> Bool {
    organisations.allSatisfy { other.organisations[$0] == $1 } && teams.allSatisfy { other.teams[$0] == $1 }
      && projects.allSatisfy { other.projects[$0] == $1 } && measures.allSatisfy { other.measures[$0] == $1 }
  }

  /// References to objects that are not there.
  var danglingReferences: [String] {
    teams.values.filter { organisations[$0.organisationID] == nil }.map { "team \($0.id)" }
      + projects.values.filter { teams[$0.teamID] == nil }.map { "project \($0.id)" }
      + measures.values.filter { projects[$0.projectID] == nil }.map { "measure \($0.id)" }
  }
}
