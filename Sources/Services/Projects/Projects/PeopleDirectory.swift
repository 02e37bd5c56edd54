// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// What `projects` asks the `people` service: whether an organisation and a team exist, and which have a word in their names.
struct PeopleDirectory: Sendable {
  let organisations: PeopleV1.OrganisationServiceClient
  let teams: PeopleV1.TeamServiceClient

  init(_ client: RPCClient) {
    organisations = .init(client)
    teams = .init(client)
  }

  /// Checks the references of a project.
  ///
  /// - Throws: `INVALID_ARGUMENT` naming each one that does not exist, `UNAVAILABLE` when `people` cannot be asked.
  func check(organisation: String?, team: String, context: ServerContext) async throws {
    async let organisationExists = exists(organisation ?? "") {
      _ = try await organisations.getOrganisation(.init(id: $0), options: .within(context))
    }
    async let teamExists = exists(team) { _ = try await teams.getTeam(.init(id: $0), options: .within(context)) }
    var checks = FieldChecks()
    if try await !organisationExists {
      checks.violation(
        "project.organisation_id",
        "no organisation has the id \((organisation ?? "").shortened); the id of an existing one is accepted")
    }
    if try await !teamExists {
      checks.violation(
        "project.team_id", "no team has the id \(team.shortened); the id of an existing one is accepted, or none")
    }
    try checks.finish()
  }

  /// An empty id refers to nothing and is fine here; whether it may be empty is a rule of the project.
  private func exists(_ id: String, _ ask: (String) async throws -> Void) async throws -> Bool {
    guard !id.isEmpty else { return true }
    do {
      try await ask(id)
      return true
    } catch let error as RPCError where error.code == .notFound || error.code == .invalidArgument {
      return false
    } catch let error as RPCError {
      throw RPCError(
        code: .unavailable,
        message: "The people service could not be asked about \(id.shortened), so nothing was written: \(error.message)"
      )
    }
  }
}
