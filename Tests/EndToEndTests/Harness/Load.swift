// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Synchronization
import Testing

/// What services have acknowledged.
final class Ledger: Sendable {
  private let all = Mutex<[StoredObject]>([])
  private let over = Mutex(false)
  var objects: [StoredObject] { all.withLock { $0 } }
  func add(_ object: StoredObject) { all.withLock { $0.append(object) } }

  /// Whether callers shall make no more.
  var isOver: Bool { over.withLock { $0 } }
  func end() { over.withLock { $0 = true } }
}

/// Objects that refer to one another across the services, each made when the one before was acknowledged.
enum Chain {
  /// An organisation, a team in it, a project of the team, and a measure of the project.
  static func make(_ number: String, people: RPCClient, projects: RPCClient, measurement: RPCClient, _ ledger: Ledger)
    async throws
  {
    let organisations = PeopleV1.OrganisationServiceClient(people)
    let organisation = try #require(
      try await organisations.createOrganisation(
        .init(organisation: .init(name: "Organisation \(number)", kind: .organisation))
      ).organisation)
    ledger.add(.organisation(organisation))
    let teams = PeopleV1.TeamServiceClient(people)
    let team = try #require(
      try await teams.createTeam(.init(team: .init(organisationID: organisation.id, name: "Team \(number)"))).team)
    ledger.add(.team(team))
    var draft = ProjectsV1.Project(organisationID: organisation.id, title: "Project \(number)", teamID: team.id)
    draft.aim = .init(what: "Fewer falls", forWhom: "everyone", byWhen: .init(year: 2030, month: 1, day: 1))
    let project = try #require(
      try await ProjectsV1.ProjectServiceClient(projects).createProject(.init(project: draft)).project)
    ledger.add(.project(project))
    let measure = try await Self.measure(measurement, of: project.id, named: "Measure \(number)")
    ledger.add(.measure(measure))
  }

  static func measure(_ client: RPCClient, of project: String, named name: String) async throws
    -> MeasurementV1.Measure
  {
    let measures = MeasurementV1.MeasureServiceClient(client)
    let created = try await measures.createMeasure(
      .init(
        measure: .init(
          projectID: project, name: name, kind: .process, unit: "%", direction: .up, chartKind: .p, multiplier: 100)))
    return try #require(created.measure)
  }

  static func measure(_ waymark: RunningWaymark, of project: String, named name: String) async throws
    -> MeasurementV1.Measure
  {
    try await waymark.withClient(of: "measurement") { try await measure($0, of: project, named: name) }
  }
}

/// Runs `body` while several callers make chains of objects as fast as they can, and `then` when they have stopped.
func withLoad<Part: Sendable, Whole: Sendable>(
  on waymark: RunningWaymark, callers: Int = 6, _ body: @escaping @Sendable (Ledger) async throws -> Part,
  then: (Part) async throws -> Whole
) async throws -> Whole {
  let ledger = Ledger()
  let part = try await waymark.withClient(of: "people") { people in
    try await waymark.withClient(of: "projects") { projects in
      try await waymark.withClient(of: "measurement") { measurement in
        try await withThrowingTaskGroup(of: Part?.self) { group in
          group.addTask {
            defer { ledger.end() }
            return try await body(ledger)
          }
          for caller in 0..<callers {
            group.addTask {
              // Stops between two chains, so that none is cut short.
              for number in 0..<5000 where !ledger.isOver {
                try await Chain.make(
                  "\(caller)-\(number)", people: people, projects: projects, measurement: measurement, ledger)
              }
              return nil
            }
          }
          var part: Part?
          while let next = try await group.next() { part = next ?? part }
          return part
        }
      }
    }
  }
  return try await then(try #require(part))
}
