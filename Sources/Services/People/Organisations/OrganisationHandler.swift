// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import RPC
import ServiceRuntime
import Storage

/// `waymark.people.v1.OrganisationService`.
struct OrganisationHandler: PeopleV1.OrganisationServiceProtocol {
  let database: Database
  let now: @Sendable () -> GoogleProtobuf.Timestamp

  func createOrganisation(
    _ request: PeopleV1.CreateOrganisationRequest, context: ServerContext
  ) async throws -> PeopleV1.CreateOrganisationResponse {
    var checks = FieldChecks()
    checks.requestID(request.requestID)
    try checks.finish()
    let created = try OrganisationRules.created(request.organisation ?? .init(), id: UUIDv7.next(), now: now())
    let key = try RequestKey(
      request, id: request.requestID, organisation: "", method: "CreateOrganisation")
    return try await database.write { transaction in
      try transaction.once(key) { id in
        try OrganisationStore.find(id, in: transaction).map { .init(organisation: $0) }
      } _: {
        try Self.checkReferences(of: created, in: transaction)
        try OrganisationStore.insert(created, in: transaction)
        transaction.append(
          Event(
            kind: "organisation.created", object: created.id, organisation: created.id, actor: .anonymous,
            after: try created.json()))
        return (PeopleV1.CreateOrganisationResponse(organisation: created), object: created.id)
      }
    }
  }

  func getOrganisation(
    _ request: PeopleV1.GetOrganisationRequest, context: ServerContext
  ) async throws -> PeopleV1.GetOrganisationResponse {
    var checks = FieldChecks()
    let id = checks.identifier(request.id, field: "id")
    try checks.finish()
    guard let found = try await OrganisationStore.find(id, in: database) else {
      throw RPCError.notFound("organisation", id: id)
    }
    return PeopleV1.GetOrganisationResponse(organisation: found)
  }

  func listOrganisations(
    _ request: PeopleV1.ListOrganisationsRequest, context: ServerContext
  ) async throws -> PeopleV1.ListOrganisationsResponse {
    var checks = FieldChecks()
    checks.count(request.ids.count, field: "ids", atMost: 1000)
    _ = checks.text(request.query, field: "query", length: 0...200)
    try checks.finish()
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 100, maximum: 1000, of: database.pageTokens)
    let found = try await database.read { try OrganisationStore.list(request, page: page, in: $0) }
    let (organisations, token) = page.cut(found) { [$0.name.sortKey, $0.id] }
    return PeopleV1.ListOrganisationsResponse(organisations: organisations, nextPageToken: token)
  }

  func updateOrganisation(
    _ request: PeopleV1.UpdateOrganisationRequest, context: ServerContext
  ) async throws -> PeopleV1.UpdateOrganisationResponse {
    let change = request.organisation ?? .init()
    var checks = FieldChecks()
    let id = checks.identifier(change.id, field: "organisation.id")
    try checks.finish()
    let mask = try UpdateMask(request.updateMask, changeable: OrganisationRules.changeable)
    let now = now()
    return try await database.write { transaction in
      guard let stored = try OrganisationStore.find(id, in: transaction) else {
        throw RPCError.notFound("organisation", id: id)
      }
      let revision = try Revision(etag: stored.etag)
      try revision.check(change.etag, of: "Organisation \(id)")
      let parent = mask.covers("parent_id") ? change.parentID.lowercased() : stored.parentID
      var next = try OrganisationRules.updated(
        stored, with: change, mask: mask, ancestors: try OrganisationStore.path(from: parent, in: transaction),
        now: now)
      try Self.checkReferences(of: next, in: transaction)
      try OrganisationStore.update(next, to: revision.next, in: transaction)
      next.etag = revision.next.etag
      transaction.append(
        Event(
          kind: "organisation.updated", object: id, organisation: id, actor: .anonymous,
          before: try stored.json(), after: try next.json()))
      return PeopleV1.UpdateOrganisationResponse(organisation: next)
    }
  }

  /// Refuses a parent that does not exist and a code that another organisation uses.
  private static func checkReferences(
    of organisation: PeopleV1.Organisation, in transaction: Transaction
  ) throws {
    var checks = FieldChecks()
    if !organisation.parentID.isEmpty, try !OrganisationStore.exists(organisation.parentID, in: transaction) {
      checks.violation(
        "organisation.parent_id",
        "no organisation has the id \(organisation.parentID); the id of an existing one is accepted, or none")
    }
    try checks.finish()
    if let owner = try OrganisationStore.owner(ofCode: organisation.code, in: transaction), owner != organisation.id {
      throw RPCError.alreadyExists(
        "organisation.code", value: organisation.code, "The organisation \(owner) has the code \(organisation.code).")
    }
  }
}
