// SPDX-License-Identifier: Apache-2.0

import Identity
import Testing

@Suite("Identity")
struct IdentityTests {
  private static let ward = "0190a0b0-0000-7000-8000-000000000001"
  private static let trust = "0190a0b0-0000-7000-8000-000000000002"
  private static let team = "0190a0b0-0000-7000-8000-000000000003"
  private static let person = "0190a0b0-0000-7000-8000-000000000004"

  private let caller = Caller(.person(id: person), teams: [team], organisations: [ward, trust])

  @Test("each permission includes itself and every weaker one, and no stronger one")
  func lattice() {
    #expect(Permission.allCases == [.view, .post, .edit, .admin])
    for (strength, permission) in Permission.allCases.enumerated() {
      let included = Permission.allCases.filter { permission.includes($0) }
      #expect(included == Array(Permission.allCases.prefix(strength + 1)))
    }
  }

  @Test(
    "a grant means the caller by person, team, organisation, or as one of all",
    arguments: [
      (Subject.everyone, true), (.person(id: person), true), (.team(id: team), true), (.organisation(id: ward), true),
      (.organisation(id: trust), true), (.person(id: team), false), (.team(id: person), false),
      (.organisation(id: team), false), (.person(id: "somebody else"), false),
    ])
  func meaning(subject: Subject, isMeant: Bool) {
    #expect(caller.isMeant(by: subject) == isMeant)
    #expect([Grant(.edit, to: subject)].permission(of: caller) == (isMeant ? .edit : nil))
  }

  @Test("without a grant nobody may do anything")
  func nothing() {
    #expect([Grant]().permission(of: caller) == nil)
    #expect([Grant(.admin, to: .team(id: "another"))].permission(of: caller) == nil)
  }

  @Test("somebody unknown has only what everyone has", arguments: [Actor.anonymous, .system("backup")])
  func unknown(actor: Actor) {
    let grants = [Grant(.view, to: .everyone), Grant(.admin, to: .person(id: Self.person))]
    #expect(grants.permission(of: Caller(actor)) == .view)
  }

  @Test("the strongest grant decides, in whatever order they stand, and the first of equals")
  func strongest() {
    let grants = [
      Grant(.view, to: .everyone), Grant(.edit, to: .team(id: Self.team)), Grant(.edit, to: .person(id: Self.person)),
      Grant(.post, to: .organisation(id: Self.trust)), Grant(.admin, to: .team(id: "another")),
    ]
    #expect(grants.deciding(for: caller) == Grant(.edit, to: .team(id: Self.team)))
    #expect(grants.reversed().deciding(for: caller) == Grant(.edit, to: .person(id: Self.person)))
  }

  @Test("one more grant never takes a permission away")
  func monotone() {
    let subjects: [Subject] = [.everyone, .person(id: Self.person), .team(id: Self.team), .organisation(id: "another")]
    let all = subjects.flatMap { subject in Permission.allCases.map { Grant($0, to: subject) } }
    for first in all {
      for second in all {
        let before = [first].permission(of: caller)
        let after = [first, second].permission(of: caller)
        #expect((after?.rawValue ?? 0) >= (before?.rawValue ?? 0))
        #expect(after == [second, first].permission(of: caller))
      }
    }
  }

  @Test(
    "an actor has one text in the audit trail",
    arguments: [
      (Actor.anonymous, "anonymous"), (.system("demo"), "system:demo"), (.person(id: person), "person:\(person)"),
    ])
  func actor(actor: Actor, text: String) {
    #expect(actor.text == text)
  }
}
