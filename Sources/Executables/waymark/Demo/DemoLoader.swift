// SPDX-License-Identifier: Apache-2.0

import Contracts
import Logging
import RPC

/// Loads the demonstration through the services' public methods, as any client could.
///
/// What is there already is found by its name and left as it is, so that loading again changes nothing; request ids keep
/// two loadings at a time from making anything twice.
struct DemoLoader: Sendable {
  /// What there is after loading.
  struct Summary: Sendable, CustomStringConvertible {
    var projects = 0
    var measures = 0
    var values = 0
    var newValues = 0

    var description: String {
      "demonstration data: \(projects) projects, \(measures) measures, \(values) values"
        + (newValues == 0 ? ", all there already" : "")
    }
  }

  /// A service refused something, or could not be reached.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let people: RPCClient
  let projects: RPCClient
  let measurement: RPCClient

  init(peopleAddress: String, projectsAddress: String, measurementAddress: String) {
    var configuration = RPCClient.Configuration()
    configuration.logger = Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() })
    people = RPCClient(target: peopleAddress, configuration: configuration)
    projects = RPCClient(target: projectsAddress, configuration: configuration)
    measurement = RPCClient(target: measurementAddress, configuration: configuration)
  }

  /// Loads into the services of a stack; nil when one of them is not there.
  init?(addresses: Stack.Addresses) {
    guard let people = addresses[.people], let projects = addresses[.projects],
      let measurement = addresses[.measurement]
    else { return nil }
    self.init(
      peopleAddress: "\(people)", projectsAddress: "\(projects)", measurementAddress: "\(measurement)")
  }

  /// Creates what is missing.
  /// - Throws: ``Failure`` with what could not be created and why.
  func load() async throws -> Summary {
    do {
      let summary = try await loadAll()
      await close()
      return summary
    } catch let error as RPCError {
      await close()
      throw Failure(description: "cannot load the demonstration data: \(error.code.name): \(error.message)")
    } catch {
      await close()
      throw error
    }
  }

  private func close() async {
    for client in [people, projects, measurement] { await client.close() }
  }

  private func loadAll() async throws -> Summary {
    let figures = Attendances.byCode()
    let system = try await system(.init(name: "Emergency care in England (demonstration)", kind: .system))
    return try await withThrowingTaskGroup(of: Summary.self) { group in
      for hospital in DemoHospital.all {
        guard let attendances = figures[hospital.code] else {
          throw Failure(description: "the demonstration data has no figures of \(hospital.code) \(hospital.name)")
        }
        group.addTask { try await load(hospital, attendances, in: system) }
      }
      var total = Summary()
      for try await part in group {
        total.projects += part.projects
        total.measures += part.measures
        total.values += part.values
        total.newValues += part.newValues
      }
      return total
    }
  }

  private func load(_ hospital: DemoHospital, _ figures: Attendances, in system: String) async throws -> Summary {
    let organisation = try await organisation(
      .init(parentID: system, name: hospital.name, code: hospital.code, kind: .organisation), key: hospital.code)
    var project = try await project(of: hospital, figures, in: organisation)

    var summary = Summary(projects: 1)
    var measures: [String] = []
    let there = try await MeasurementV1.MeasureServiceClient(measurement).listMeasures(
      .init(pageSize: 1000, projectID: project.id)
    ).measures
    for kind in DemoMeasure.all {
      let id: String
      if let known = there.first(where: { $0.name == kind.measure.name }) {
        id = known.id
      } else {
        id = try await measure(kind, of: project, hospital)
      }
      let report = try await importValues(figures, into: id, kind)
      measures.append(id)
      summary.measures += 1
      summary.values += Int(report.rowsRead)
      summary.newValues += Int(report.rowsAdded + report.rowsReplaced)
    }
    // Only when the project is new: somebody may have arranged it otherwise since.
    if project.measureIDs.isEmpty {
      project.measureIDs = measures
      _ = try await ProjectsV1.ProjectServiceClient(projects).updateProject(
        .init(project: project, updateMask: .init(paths: ["measure_ids"])))
    }
    return summary
  }

  /// The id of an organisation: made now, made by an earlier loading, or there before with the same code.
  private func organisation(_ organisation: PeopleV1.Organisation, key: String) async throws -> String {
    let service = PeopleV1.OrganisationServiceClient(people)
    do {
      let request = PeopleV1.CreateOrganisationRequest(
        organisation: organisation, requestID: "demo-organisation-\(key)")
      return try await service.createOrganisation(request).organisation?.id ?? ""
    } catch let error as RPCError where error.code == .alreadyExists {
      let list = try await service.listOrganisations(.init(code: organisation.code))
      guard let there = list.organisations.first else { throw error }
      return there.id
    }
  }

  /// The id of the organisation that all hospitals are in: it has no code to be found by.
  private func system(_ organisation: PeopleV1.Organisation) async throws -> String {
    let service = PeopleV1.OrganisationServiceClient(people)
    var token = ""
    repeat {
      let page = try await service.listOrganisations(.init(pageSize: 1000, pageToken: token))
      if let there = page.organisations.first(where: { $0.name == organisation.name && $0.kind == .system }) {
        return there.id
      }
      token = page.nextPageToken
    } while !token.isEmpty
    return try await self.organisation(organisation, key: "system")
  }

  /// The project of a hospital: there already, or made now with its team.
  private func project(
    of hospital: DemoHospital, _ figures: Attendances, in organisation: String
  ) async throws -> ProjectsV1.Project {
    let service = ProjectsV1.ProjectServiceClient(projects)
    var draft = Self.project(of: hospital, figures)
    let there = try await service.listProjects(
      .init(pageSize: 1000, organisationIDs: [organisation], query: draft.title)
    ).projects
    if let known = there.first(where: { $0.title == draft.title }) { return known }

    let team = try await PeopleV1.TeamServiceClient(people).createTeam(
      .init(
        team: .init(organisationID: organisation, name: hospital.team), requestID: "demo-team-\(hospital.code)"))
    draft.organisationID = organisation
    draft.teamID = team.team?.id ?? ""
    let created = try await service.createProject(.init(project: draft, requestID: "demo-project-\(hospital.code)"))
    guard let project = created.project else { throw Failure(description: "projects made no project") }
    return project
  }

  private static func project(of hospital: DemoHospital, _ figures: Attendances) -> ProjectsV1.Project {
    .init(
      title: "Fewer waits over four hours",
      aim: .init(
        what: "Fewer patients wait more than four hours in A&E at \(hospital.name)",
        forWhom: "everyone who comes to its major (type 1) departments",
        fromValue: (figures.baseline * 10).rounded() / 10,
        toValue: 5,
        unit: "%",
        byWhen: .init(year: 2019, month: 3, day: 31)),
      status: .active,
      startDate: .init(year: 2017, month: 4, day: 1),
      endDate: .init(year: 2019, month: 3, day: 31))
  }

  private func measure(
    _ kind: DemoMeasure, of project: ProjectsV1.Project, _ hospital: DemoHospital
  ) async throws -> String {
    var measure = kind.measure
    measure.projectID = project.id
    measure.organisationID = project.organisationID
    let service = MeasurementV1.MeasureServiceClient(measurement)
    let created = try await service.createMeasure(
      .init(measure: measure, requestID: "demo-measure-\(hospital.code)-\(kind.key)"))
    return created.measure?.id ?? ""
  }

  private func importValues(
    _ figures: Attendances, into measure: String, _ kind: DemoMeasure
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    let service = MeasurementV1.ObservationServiceClient(measurement)
    let options = MeasurementV1.ImportOptions(
      measureID: measure, periodColumn: "period", valueColumn: kind.valueColumn,
      denominatorColumn: kind.denominatorColumn)
    let report = try await service.importObservations { writer in
      try await writer.write(.init(part: .options(options)))
      try await writer.write(.init(part: .chunk(figures.csv)))
    }
    guard report.accepted else {
      let reason = report.problems.first.map { "line \($0.row): \($0.message)" } ?? "no reason given"
      throw Failure(description: "measurement did not take the values of '\(kind.measure.name)': \(reason)")
    }
    return report
  }
}
