// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import RPC
import ServiceRuntime
import Storage

/// `waymark.people.v1.PersonService`.
struct PersonHandler: PeopleV1.PersonServiceProtocol {
  let database: Database
  let now: @Sendable () -> GoogleProtobuf.Timestamp

  func createPerson(
    _ request: PeopleV1.CreatePersonRequest, context: ServerContext
  ) async throws -> PeopleV1.CreatePersonResponse {
    var checks = FieldChecks()
    checks.requestID(request.requestID)
    try checks.finish()
    let created = try PersonRules.created(request.person ?? .init(), id: UUIDv7.next(), now: now())
    let key = try RequestKey(
      request, id: request.requestID, organisation: created.organisationID, method: "CreatePerson")
    return try await database.write { transaction in
      try transaction.once(key) { id in
        try PersonStore.find(id, in: transaction).map { .init(person: $0) }
      } _: {
        try Self.checkReferences(of: created, in: transaction)
        try PersonStore.insert(created, in: transaction)
        transaction.append(
          Event(
            kind: "person.created", object: created.id, organisation: created.organisationID, actor: .anonymous,
            after: try created.json()))
        return (PeopleV1.CreatePersonResponse(person: created), object: created.id)
      }
    }
  }

  func getPerson(
    _ request: PeopleV1.GetPersonRequest, context: ServerContext
  ) async throws -> PeopleV1.GetPersonResponse {
    var checks = FieldChecks()
    let id = checks.identifier(request.id, field: "id")
    try checks.finish()
    guard let found = try await PersonStore.find(id, in: database) else {
      throw RPCError.notFound("person", id: id)
    }
    return PeopleV1.GetPersonResponse(person: found)
  }

  func listPeople(
    _ request: PeopleV1.ListPeopleRequest, context: ServerContext
  ) async throws -> PeopleV1.ListPeopleResponse {
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 100, maximum: 1000, of: database.pageTokens)
    let found = try await database.read { try PersonStore.list(request, page: page, in: $0) }
    let (people, token) = page.cut(found) { [$0.displayName.sortKey, $0.id] }
    return PeopleV1.ListPeopleResponse(people: people, nextPageToken: token)
  }

  func updatePerson(
    _ request: PeopleV1.UpdatePersonRequest, context: ServerContext
  ) async throws -> PeopleV1.UpdatePersonResponse {
    let change = request.person ?? .init()
    var checks = FieldChecks()
    let id = checks.identifier(change.id, field: "person.id")
    try checks.finish()
    let mask = try UpdateMask(request.updateMask, changeable: PersonRules.changeable)
    let now = now()
    return try await database.write { transaction in
      guard let stored = try PersonStore.find(id, in: transaction) else { throw RPCError.notFound("person", id: id) }
      let revision = try Revision(etag: stored.etag)
      try revision.check(change.etag, of: "Person \(id)")
      var next = try PersonRules.updated(stored, with: change, mask: mask, now: now)
      try Self.checkReferences(of: next, in: transaction)
      try PersonStore.update(next, to: revision.next, in: transaction)
      next.etag = revision.next.etag
      transaction.append(
        Event(
          kind: "person.updated", object: id, organisation: next.organisationID, actor: .anonymous,
          before: try stored.json(), after: try next.json()))
      return PeopleV1.UpdatePersonResponse(person: next)
    }
  }

  /// Refuses an organisation that does not exist and an e-mail address that somebody else uses.
  private static func checkReferences(of person: PeopleV1.Person, in transaction: Transaction) throws {
    var checks = FieldChecks()
    if try !OrganisationStore.exists(person.organisationID, in: transaction) {
      checks.violation(
        "person.organisation_id",
        "no organisation has the id \(person.organisationID); the id of an existing one is accepted")
    }
    try checks.finish()
    if let owner = try PersonStore.owner(ofEmail: person.email, in: transaction), owner != person.id {
      throw RPCError.alreadyExists(
        "person.email", value: person.email, "Another person has the e-mail address \(person.email).")
    }
  }
}
