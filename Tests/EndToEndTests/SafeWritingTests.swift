// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Writing safely", .timeLimit(.minutes(5)))
struct SafeWritingTests {
  /// An object that can be created and changed, with a place for the request's id in the requests.
  private struct Kind {
    let service: String
    let name: String
    /// The fields of a new one, and of another.
    let fields: String
    let others: String
    /// A change, without id and etag.
    let change: String

    var field: String { name.prefix(1).lowercased() + name.dropFirst() }
    var methods: String { "waymark.\(service).v1.\(name)Service" }

    func create(_ fields: String, request: String) -> String {
      "{\"\(field)\": {\(fields)}, \"requestId\": \"\(request)\"}"
    }

    func update(_ id: String, etag: String, mask: String) -> String {
      "{\"\(field)\": {\"id\": \"\(id)\", \"etag\": \"\(etag)\", \(change)}, \"updateMask\": \"\(mask)\"}"
    }
  }

  private static func made(_ answer: Answer, _ field: String) throws -> [String: Any] {
    try #require(try answer.json()[field] as? [String: Any], "\(answer)")
  }

  private static func id(_ answer: Answer, _ field: String) throws -> String {
    try #require(try made(answer, field)["id"] as? String)
  }

  /// What can be created, each within the ones before.
  private static func kinds(_ waymark: RunningWaymark) async throws -> [Kind] {
    let organisation = try await id(
      waymark.call(
        "waymark.people.v1.OrganisationService/CreateOrganisation", "{\"organisation\": {\"name\": \"North\"}}"),
      "organisation")
    let owner = "\"organisationId\": \"\(organisation)\""
    let project = try await id(
      waymark.call(
        "waymark.projects.v1.ProjectService/CreateProject", "{\"project\": {\(owner), \"title\": \"Falls\"}}"),
      "project")
    let measure = "\"projectId\": \"\(project)\", \"kind\": \"MEASURE_KIND_PROCESS\", \"direction\": \"DIRECTION_UP\""
    let renamed = "\"name\": \"Renamed\""
    return [
      Kind(
        service: "people", name: "Organisation", fields: "\"name\": \"A\", \"code\": \"A1\"", others: "\"name\": \"B\"",
        change: renamed),
      Kind(
        service: "people", name: "Person", fields: "\(owner), \"displayName\": \"A\"",
        others: "\(owner), \"displayName\": \"B\"", change: "\"displayName\": \"Renamed\""),
      Kind(
        service: "people", name: "Team", fields: "\(owner), \"name\": \"A\"", others: "\(owner), \"name\": \"B\"",
        change: renamed),
      Kind(
        service: "projects", name: "Project", fields: "\(owner), \"title\": \"A\", \"aim\": {\"what\": \"Fewer\"}",
        others: "\(owner), \"title\": \"B\"", change: "\"title\": \"Renamed\""),
      Kind(
        service: "measurement", name: "Measure", fields: "\(measure), \"name\": \"A\"",
        others: "\(measure), \"name\": \"B\"", change: renamed),
    ]
  }

  private static func mask(_ kind: Kind) -> String {
    switch kind.name {
    case "Person": "displayName"
    case "Project": "title"
    default: "name"
    }
  }

  @Test("a repeated create gets its first answer, byte for byte, also after a change and a kill of the service")
  func repeated() async throws {
    try await withWaymark { waymark in
      let kinds = try await Self.kinds(waymark)
      var first: [String: Answer] = [:]
      for kind in kinds {
        let create = kind.create(kind.fields, request: "once")
        let answer = try await waymark.call("\(kind.methods)/Create\(kind.name)", create)
        #expect(answer.status == 200, "\(answer)")
        first[kind.name] = answer
        let object = try Self.made(answer, kind.field)
        let changed = try await waymark.call(
          "\(kind.methods)/Update\(kind.name)",
          kind.update(
            try #require(object["id"] as? String), etag: try #require(object["etag"] as? String), mask: Self.mask(kind))
        )
        #expect(changed.status == 200 && changed.body.contains("Renamed"), "\(changed)")
        let again = try await waymark.call("\(kind.methods)/Create\(kind.name)", create)
        #expect(again.body == answer.body)
      }
      for service in ["people", "projects", "measurement"] {
        let starts = waymark.starts(of: service).count
        kill(pid_t(try waymark.child(service).process), SIGKILL)
        #expect(try await eventually { waymark.starts(of: service).count > starts }, "\(waymark.text)")
      }
      for kind in kinds {
        let method = "\(kind.methods)/Create\(kind.name)"
        var again = Answer(status: 0, body: "")
        // The gateway may find out only with this call that its connection is gone.
        _ = try await eventually {
          again = try await waymark.call(method, kind.create(kind.fields, request: "once"))
          return again.status != 503
        }
        #expect(again.body == first[kind.name]?.body)
        let other = try await waymark.call(method, kind.create(kind.others, request: "once"))
        #expect(other.status == 400 && other.body.contains("\"field\":\"request_id\""), "\(other)")
        let new = try await waymark.call(method, kind.create(kind.others, request: "another"))
        #expect(try Self.id(new, kind.field) != Self.id(again, kind.field))
      }
    }
  }

  @Test("a write from an older state is aborted, says which etag is newer, and changes nothing")
  func stale() async throws {
    try await withWaymark { waymark in
      for kind in try await Self.kinds(waymark) {
        let created = try await waymark.call(
          "\(kind.methods)/Create\(kind.name)", kind.create(kind.fields, request: ""))
        let object = try Self.made(created, kind.field)
        let (id, etag) = (try #require(object["id"] as? String), try #require(object["etag"] as? String))
        let update = "\(kind.methods)/Update\(kind.name)"
        let changed = try await waymark.call(update, kind.update(id, etag: etag, mask: Self.mask(kind)))
        let newer = try #require(try Self.made(changed, kind.field)["etag"] as? String)
        #expect(newer != etag)
        let refused = try await waymark.call(update, kind.update(id, etag: etag, mask: Self.mask(kind)))
        #expect(refused.status == 409 && refused.body.contains("\"code\":\"aborted\""), "\(refused)")
        let details = try refused.json()["details"] as? [[String: Any]]
        let info = details?.first?["debug"] as? [String: Any]
        #expect(info?["reason"] as? String == "ETAG_MISMATCH", "\(refused)")
        #expect(refused.body.contains(newer) && !refused.body.contains("\"etag\":\"\(etag)\""), "\(refused)")
        let found = try await waymark.call("\(kind.methods)/Get\(kind.name)", "{\"id\": \"\(id)\"}")
        #expect(try Self.made(found, kind.field)["etag"] as? String == newer)
        // With the newer one it goes through.
        let again = try await waymark.call(update, kind.update(id, etag: newer, mask: Self.mask(kind)))
        #expect(again.status == 200, "\(again)")
      }
    }
  }
}
