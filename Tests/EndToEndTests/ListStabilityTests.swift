// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Testing

@Suite("Lists that change while they are paged through", .timeLimit(.minutes(5)))
struct ListStabilityTests {
  /// A list, and how it grows.
  private struct Growing {
    let name: String
    /// Makes an item that sorts by the word, if the list sorts by words; says what the item is known by.
    let insert: (_ word: String) async throws -> String
    /// A page, and the token of the next one.
    let page: (_ size: Int32, _ token: String) async throws -> (items: [String], next: String)
  }

  private static func lists(_ waymark: RunningWaymark, _ clients: [String: RPCClient]) async throws -> [Growing] {
    let people = try #require(clients["people"])
    let organisations = PeopleV1.OrganisationServiceClient(people)
    let persons = PeopleV1.PersonServiceClient(people)
    let teams = PeopleV1.TeamServiceClient(people)
    let projects = ProjectsV1.ProjectServiceClient(try #require(clients["projects"]))
    let measurement = try #require(clients["measurement"])
    let measures = MeasurementV1.MeasureServiceClient(measurement)
    let judgements = MeasurementV1.JudgementServiceClient(measurement)
    let observations = MeasurementV1.ObservationServiceClient(measurement)
    let root = try #require(
      await organisations.createOrganisation(.init(organisation: .init(name: "Root"))).organisation
    ).id
    let project = try #require(
      await projects.createProject(.init(project: .init(organisationID: root, title: "Root"))).project
    ).id
    let measure = try await Chain.measure(measurement, of: project, named: "Root").id
    return [
      Growing(name: "organisations") { word in
        let created = try await organisations.createOrganisation(
          .init(organisation: .init(parentID: root, name: word)))
        return created.organisation?.id ?? ""
      } page: { size, token in
        let page = try await organisations.listOrganisations(.init(pageSize: size, pageToken: token, parentID: root))
        return (page.organisations.map(\.id), page.nextPageToken)
      },
      Growing(name: "people") { word in
        try await persons.createPerson(.init(person: .init(organisationID: root, displayName: word))).person?.id ?? ""
      } page: { size, token in
        let page = try await persons.listPeople(.init(pageSize: size, pageToken: token, organisationID: root))
        return (page.people.map(\.id), page.nextPageToken)
      },
      Growing(name: "teams") { word in
        try await teams.createTeam(.init(team: .init(organisationID: root, name: word))).team?.id ?? ""
      } page: { size, token in
        let page = try await teams.listTeams(.init(pageSize: size, pageToken: token, organisationID: root))
        return (page.teams.map(\.id), page.nextPageToken)
      },
      Growing(name: "projects") { word in
        try await projects.createProject(.init(project: .init(organisationID: root, title: word))).project?.id ?? ""
      } page: { size, token in
        let page = try await projects.listProjects(.init(pageSize: size, pageToken: token))
        return (page.projects.map(\.id), page.nextPageToken)
      },
      Growing(name: "measures") { word in
        try await Chain.measure(measurement, of: project, named: word).id
      } page: { size, token in
        let page = try await measures.listMeasures(.init(pageSize: size, pageToken: token, projectID: project))
        return (page.measures.map(\.id), page.nextPageToken)
      },
      Growing(name: "annotations") { word in
        try await judgements.createAnnotation(
          .init(measureID: measure, day: .init(year: 2025, month: 1, day: 1), text: word)
        ).annotation?.id ?? ""
      } page: { size, token in
        let page = try await judgements.listAnnotations(.init(measureID: measure, pageSize: size, pageToken: token))
        return (page.annotations.map(\.id), page.nextPageToken)
      },
      Growing(name: "observations") { word in
        // A day that follows from the word, each of which is new.
        let day = Int(word.prefix(6), radix: 36).map { $0 % 9000 } ?? 0
        let period = CommonV1.Date(
          year: Int32(1990 + day / 300), month: Int32(1 + day % 300 / 25), day: Int32(1 + day % 25))
        let report = try await observations.importObservations { writer in
          try await writer.write(.init(part: .options(.init(measureID: measure, replace: true))))
          let row = "\(period.year)-\(period.month.padded)-\(period.day.padded),1,2"
          try await writer.write(.init(part: .chunk(Array("period,numerator,denominator\n\(row)\n".utf8))))
        }
        #expect(report.accepted, "\(report)")
        return "\(period)"
      } page: { size, token in
        let page = try await observations.listObservations(
          .init(measureID: measure, pageSize: size, pageToken: token))
        return (page.observations.compactMap(\.period).map { "\($0)" }, page.nextPageToken)
      },
    ]
  }

  @Test(
    "whatever is there at the start comes exactly once, whatever is added meanwhile", arguments: [1, 2, 3] as [UInt64])
  func stable(seed: UInt64) async throws {
    try await withWaymark { waymark in
      try await waymark.withClient(of: "people") { people in
        try await waymark.withClient(of: "projects") { projects in
          try await waymark.withClient(of: "measurement") { measurement in
            var random = Seeded(seed)
            let clients = ["people": people, "projects": projects, "measurement": measurement]
            for list in try await Self.lists(waymark, clients) {
              var start: Set<String> = []
              for _ in 0..<25 { start.insert(try await list.insert(random.word())) }
              var (seen, token) = ([String](), "")
              var rest = 40
              repeat {
                let page = try await list.page(Int32.random(in: 1...5, using: &random), token)
                seen += page.items
                token = page.next
                for _ in 0..<Int.random(in: 0...4, using: &random) where rest > 0 {
                  _ = try await list.insert(random.word())
                  rest -= 1
                }
              } while !token.isEmpty
              #expect(Set(seen).count == seen.count, "\(list.name) has something twice")
              #expect(start.isSubset(of: seen), "\(list.name) lacks something")
            }
          }
        }
      }
    }
  }
}

extension Int32 {
  fileprivate var padded: String { self < 10 ? "0\(self)" : "\(self)" }
}

/// Chances that are the same for the same seed (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Six letters and digits, in either case, which sort anywhere.
  mutating func word() -> String {
    let digits = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return String((0..<6).map { _ in digits[Int(next() % UInt64(digits.count))] })
  }
}
